//! What somebody sets by hand: allowed by the guard, written down, and in every place when
//! it is said to be done.

use crate::Runtime;
use crate::audit::Change;
use heliograph_engine::cache::key;
use heliograph_engine::ports::{ConversationChange, PortError, PortResult};
use heliograph_engine::process::{ByHand, HandChange, HandError};
use heliograph_model::{AccountId, ContactId, DecisionRecord, Millis};

/// The most bytes of a cached state that are written into the audit log.
const MOST_SHOWN: usize = 4_096;

impl Runtime {
    /// Sets something by hand for a contact, behind their events that are under way. The
    /// answer is what the journal says of it, where there is one.
    ///
    /// Where documents are written behind, they have it too when this returns, also in a
    /// process that does no worker's work: an application beside it may read nothing else.
    ///
    /// # Errors
    /// [`HandError`], with nothing changed: also where the guard level does not allow it,
    /// or the audit log cannot be written.
    pub async fn by_hand(&self, hand: ByHand) -> Result<DecisionRecord, HandError> {
        let store = self.store();
        let (account, contact) = (hand.account_id.clone(), hand.contact_id.clone());
        let now = self.clock().now();
        let mut change = Change::new(
            what(&hand.change),
            format!("contact {contact} on account {account}"),
        );
        change.after = Some(after(&hand.change));
        let about_contact = matches!(
            hand.change,
            HandChange::Subscribed(_) | HandChange::EndTakeover
        );
        let clears = hand.change == HandChange::Clear;
        let before = async {
            if about_contact {
                let person = store.contact(&account, &contact).await.ok()?;
                serde_json::to_string(&person?).ok()
            } else {
                match store.user_state(&account, &contact, now).await.ok()? {
                    Some(state) => serde_json::to_string(&state).ok(),
                    None => self.only_cached(&account, &contact).await,
                }
            }
        };
        let call = async {
            let stamped = match clears {
                // What has expired counts as well: it is to be gone.
                true => {
                    self.documents()
                        .user_state(&account, &contact, Millis(0))
                        .await?
                }
                false => None,
            };
            let set = self.engine().by_hand(hand).await;
            let record = set.map_err(into_port)?;
            let stamped = stamped.map(|state| state.updated_at);
            match self.write_down(&record, stamped).await {
                // Until now it said that nothing is awaited, so that nobody could load the
                // document before it was gone.
                Ok(()) if clears => {
                    let cached = self.engine().cached();
                    cached.forget_contact(&account, &contact).await;
                }
                Ok(()) => {}
                // So it goes on saying it, as the ledger does.
                Err(error) => {
                    tracing::warn!(%error, "what was set by hand stays listed in Redis for the next worker");
                }
            }
            Ok(record)
        };
        let set: PortResult<DecisionRecord> = self.guard().change(change, before, call).await;
        set.map_err(from_port)
    }

    /// What only the cache says of where a contact stands, as it is there.
    async fn only_cached(&self, account: &AccountId, contact: &ContactId) -> Option<String> {
        let key = key::user_state(account, contact);
        let bytes = self.cache().peek(&key).await.ok()??;
        let shown = &bytes[..bytes.len().min(MOST_SHOWN)];
        Some(String::from_utf8_lossy(shown).into_owned())
    }

    /// Writes to the documents what was committed, where that is done behind. A state that
    /// is newer there stays, unless it is the one that was read before and stamped by a clock
    /// ahead of ours.
    async fn write_down(&self, record: &DecisionRecord, stamped: Option<Millis>) -> PortResult<()> {
        let Some(archive) = self.archive() else {
            return Ok(());
        };
        let (Some(account_id), Some(contact_id)) =
            (&record.event.account_id, &record.event.contact_id)
        else {
            return Ok(());
        };
        let trace = &record.decision.trace;
        let change = ConversationChange {
            account_id: account_id.clone(),
            contact_id: contact_id.clone(),
            state: record.decision.state.clone(),
            state_is_new: trace.state_before.is_none(),
            contact: Some(record.decision.contact.clone()).filter(|change| !change.is_empty()),
            is_new: false,
            since: trace.at,
            at: trace.at,
        };
        let refusals = archive.write(&[change], &[]).await?;
        if let Some(refused) = refusals.changes.into_iter().next() {
            return Err(PortError::other(refused.why));
        }
        match stamped.filter(|stamped| *stamped > trace.at) {
            Some(ahead) => archive.remove_state(account_id, contact_id, ahead).await,
            None => Ok(()),
        }
    }
}

fn what(change: &HandChange) -> &'static str {
    match change {
        HandChange::Release => "Releasing a conversation",
        HandChange::Clear => "Clearing a conversation",
        HandChange::PutBack(_) => "Putting a conversation back",
        HandChange::Move { .. } => "Moving a conversation to a step",
        HandChange::Subscribed(true) => "Subscribing a contact again",
        HandChange::Subscribed(false) => "Unsubscribing a contact",
        HandChange::EndTakeover => "Ending a human's takeover",
    }
}

fn after(change: &HandChange) -> String {
    match change {
        HandChange::Release => "nothing is awaited".to_owned(),
        HandChange::Clear => "nothing is held, in the cache or in the documents".to_owned(),
        HandChange::PutBack(state) => serde_json::to_string(state).unwrap_or_default(),
        HandChange::Move {
            automation_id,
            state,
        } => format!("{state} in automation {automation_id}"),
        HandChange::Subscribed(true) => "gets messages".to_owned(),
        HandChange::Subscribed(false) => "gets no message".to_owned(),
        HandChange::EndTakeover => "automations answer".to_owned(),
    }
}

fn into_port(error: HandError) -> PortError {
    match error {
        HandError::Port(error) => error,
        other => PortError::other(other),
    }
}

fn from_port(error: PortError) -> HandError {
    match error {
        PortError::Other(source) => match source.downcast::<HandError>() {
            Ok(error) => *error,
            Err(source) => PortError::Other(source).into(),
        },
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::AuditLog;
    use crate::{EmbeddedPlace, InstagramPlace, Place, Profile};
    use heliograph_engine::conformance::samples::{self, START};
    use heliograph_engine::ports::{Clock, Documents, VirtualClock};
    use heliograph_model::{Awaiting, GuardLevel, Millis, Steps};
    use std::sync::Arc;

    const ACCOUNT: &str = "17841400000000001";

    fn hand(change: HandChange) -> ByHand {
        ByHand {
            account_id: ACCOUNT.into(),
            contact_id: "501".into(),
            change,
            seen: None,
        }
    }

    fn to_email() -> HandChange {
        HandChange::Move {
            automation_id: "a1".into(),
            state: Awaiting::AwaitingEmail,
        }
    }

    /// A database on which a profile at *observe* can be opened.
    async fn filled(path: &std::path::Path, clock: &Arc<VirtualClock>) {
        let settings = heliograph_embedded::Settings::new(Arc::clone(clock) as _);
        let (database, _) = heliograph_embedded::Database::open(path, &settings).expect("it opens");
        let workspace = samples::workspace("w1", "Shop");
        database.put_workspace(&workspace).await.expect("written");
        let account = samples::account(ACCOUNT, "w1", "shop");
        database.put_account(&account).await.expect("written");
        let mut automation = samples::automation("a1", "w1", 0);
        automation.steps = Steps {
            email: Some(
                serde_json::from_value(serde_json::json!({ "text": "Your address?" }))
                    .expect("a step"),
            ),
            ..Steps::default()
        };
        database
            .put_automation(&automation, None)
            .await
            .expect("written");
    }

    #[tokio::test]
    async fn observe_refuses_everything_by_hand_and_live_leaves_a_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shop.sqlite");
        let clock = Arc::new(VirtualClock::new(START));
        filled(&path, &clock).await;
        let log = Arc::new(AuditLog::at(folder.path().join("audit.jsonl")));
        let profile = Profile {
            name: "shop".to_owned(),
            guard: GuardLevel::Observe,
            place: Place::Embedded(EmbeddedPlace::at(crate::DatabasePlace::File(path))),
            instagram: InstagramPlace::Simulated { strict: false },
            ..Profile::default()
        };
        let runtime =
            Runtime::open_at_hand(profile, Arc::clone(&clock) as Arc<dyn Clock>, Some(log))
                .await
                .expect("it opens");
        let state = async || {
            let (account, contact) = (ACCOUNT.into(), "501".into());
            let store = runtime.store();
            let state = store.user_state(&account, &contact, clock.now()).await;
            state.expect("an answer").map(|state| state.state)
        };
        for change in [
            HandChange::Release,
            HandChange::Clear,
            to_email(),
            HandChange::Subscribed(false),
            HandChange::EndTakeover,
        ] {
            let error = runtime.by_hand(hand(change)).await;
            let error = error.expect_err("it only observes").to_string();
            assert!(error.contains("observe"), "{error}");
            // Past the runtime the ports refuse it as well.
            let error = runtime.engine().by_hand(hand(to_email())).await;
            let error = error.expect_err("it only observes");
            assert!(
                matches!(&error, HandError::Port(PortError::Refused(_))),
                "{error}"
            );
        }
        assert_eq!(state().await, None);
        let (account, contact) = (ACCOUNT.into(), "501".into());
        let contact = runtime.store().contact(&account, &contact).await;
        assert_eq!(contact.expect("an answer"), None);

        runtime.guard().arm(Millis::HOUR).expect("it observes");
        runtime.by_hand(hand(to_email())).await.expect("it is live");
        assert_eq!(state().await, Some(Awaiting::AwaitingEmail));
        let wrong = HandChange::Move {
            automation_id: "a1".into(),
            state: Awaiting::AwaitingOpeningResponse,
        };
        let error = runtime
            .by_hand(hand(wrong))
            .await
            .expect_err("no such step");
        assert!(matches!(error, HandError::NoStep { .. }), "{error}");
        let old = ByHand {
            seen: Some(START - 1),
            ..hand(HandChange::Release)
        };
        let error = runtime.by_hand(old).await.expect_err("another state");
        assert!(matches!(error, HandError::MovedOn), "{error}");
        runtime
            .by_hand(hand(HandChange::Release))
            .await
            .expect("it is live");
        assert_eq!(state().await, None);

        // Cleared, nothing is cached either, not even that there is none; and put back it
        // stands as it stood, once.
        runtime.by_hand(hand(to_email())).await.expect("it is live");
        let (account, contact) = (ACCOUNT.into(), "501".into());
        let store = runtime.store();
        let stood = store.user_state(&account, &contact, clock.now());
        let stood = stood.await.expect("an answer").expect("it stands");
        clock.advance(Millis::MINUTE);
        runtime
            .by_hand(hand(HandChange::Clear))
            .await
            .expect("it is live");
        assert_eq!(state().await, None);
        let key = key::user_state(&account, &contact);
        assert_eq!(runtime.cache().peek(&key).await.expect("an answer"), None);
        let back = || HandChange::PutBack(Box::new(stood.clone()));
        runtime.by_hand(hand(back())).await.expect("it is live");
        let again = store.user_state(&account, &contact, clock.now());
        let again = again.await.expect("an answer").expect("it stands again");
        assert_eq!(
            (again.state, again.expires_at, again.asked),
            (stood.state, stood.expires_at, stood.asked)
        );
        let error = runtime.by_hand(hand(back())).await.expect_err("it stands");
        assert!(matches!(error, HandError::MovedOn), "{error}");
        runtime
            .by_hand(hand(HandChange::Release))
            .await
            .expect("it is live");
        let old = heliograph_model::UserState {
            expires_at: clock.now(),
            ..stood.clone()
        };
        let old = HandChange::PutBack(Box::new(old));
        let error = runtime.by_hand(hand(old)).await.expect_err("it is over");
        assert!(matches!(error, HandError::Expired), "{error}");
        let lines = std::fs::read_to_string(folder.path().join("audit.jsonl")).expect("a log");
        assert!(
            lines.contains("Moving a conversation to a step")
                && lines.contains("Releasing a conversation")
                && lines.contains("Clearing a conversation")
                && lines.contains("Putting a conversation back"),
            "{lines}"
        );
        runtime.stop().await;
    }
}
