//! The accounts of a profile, as a person sees and saves them.

use crate::Runtime;
use heliograph_engine::cache::{Hand, key};
use heliograph_engine::ports::PortError;
use heliograph_engine::workspaces::{AccountEdit, WorkspaceError};
use heliograph_model::Account;

impl Runtime {
    /// Saves an account: a new one, or instead of the one with its id. It counts for the very
    /// next webhook, at every worker.
    ///
    /// # Errors
    /// As [`AccountEdit::check`], and where the guard level does not allow it. When the cache
    /// cannot be told, it is saved, and the message says so.
    pub async fn save_account(
        &self,
        account: Account,
        is_new: bool,
    ) -> Result<Account, WorkspaceError> {
        let store = self.store();
        let AccountEdit { account, known_as } =
            AccountEdit::check(&*store, account, is_new).await?;
        store.put_account(&account).await?;
        let keys: Vec<_> = known_as.iter().map(key::workspace).collect();
        let (cache, announcements) = (self.cache(), self.announcements());
        let hand = Hand {
            cache: &*cache,
            announcements: announcements.as_deref(),
        };
        if let Err(error) = self.engine().cached().invalidate_by_hand(hand, &keys).await {
            return Err(WorkspaceError::Store(PortError::Unavailable(format!(
                "The account is saved, but workers may go on with the old one for up to an hour: {error} Invalidate {} in Cache.",
                keys.join(" and ")
            ))));
        }
        Ok(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::AuditLog;
    use crate::{DatabasePlace, EmbeddedPlace, InstagramPlace, Place, Profile};
    use heliograph_engine::conformance::samples::{self, START};
    use heliograph_engine::ports::{Clock, Documents, VirtualClock};
    use heliograph_model::{GuardLevel, Millis};
    use std::sync::Arc;

    #[tokio::test]
    async fn observe_refuses_an_account_and_live_saves_it_for_the_next_webhook_and_leaves_a_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shop.sqlite");
        let clock = Arc::new(VirtualClock::new(START));
        let settings = heliograph_embedded::Settings::new(Arc::clone(&clock) as _);
        let (database, _) =
            heliograph_embedded::Database::open(&path, &settings).expect("it opens");
        let workspace = samples::workspace("w1", "Shop");
        database.put_workspace(&workspace).await.expect("written");
        database.close();
        drop(database);
        let profile = Profile {
            name: "shop".to_owned(),
            guard: GuardLevel::Observe,
            place: Place::Embedded(EmbeddedPlace::at(DatabasePlace::File(path))),
            instagram: InstagramPlace::Simulated { strict: false },
            ..Profile::default()
        };
        let log = folder.path().join("audit.jsonl");
        let runtime = Runtime::open_at_hand(
            profile,
            Arc::clone(&clock) as Arc<dyn Clock>,
            Some(Arc::new(AuditLog::at(log.clone()))),
        )
        .await
        .expect("it opens");
        let cached = runtime.engine().cached();
        let find = async |id: &str| cached.account(&id.into()).await.expect("an answer").0;
        // What is cached of it: that there is none.
        assert_eq!(find("1002").await, None);

        let account = Account {
            aliases: vec!["1002".into()],
            ..samples::account("1001", "w1", "shop")
        };
        let refused = runtime.save_account(account.clone(), true).await;
        let refused = refused.expect_err("it only observes");
        assert!(matches!(refused, WorkspaceError::Refused(_)), "{refused}");
        assert_eq!(find("1001").await, None);

        runtime.guard().arm(Millis::HOUR).expect("it observes");
        runtime
            .save_account(account.clone(), true)
            .await
            .expect("it is live");
        for id in ["1001", "1002"] {
            assert_eq!(find(id).await.as_deref(), Some(&account), "{id}");
        }
        let without = Account {
            aliases: Vec::new(),
            ..account
        };
        runtime
            .save_account(without, false)
            .await
            .expect("it is live");
        assert_eq!(find("1002").await, None, "it is known under that no more");
        let lines = std::fs::read_to_string(log).expect("a log");
        assert!(lines.contains("Saving an account"), "{lines}");
        runtime.stop().await;
    }
}
