//! Who is behind accounts' ids, for filters: rows know ids only.

use super::Shared;
use super::filter::Accounts;
use crate::connections::AccountsView;
use heliograph_engine::ports::Documents;
use std::sync::Arc;
use std::time::Duration;

/// The least time between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// The names of the accounts that a store has, under every id.
pub(super) async fn read(store: &dyn Documents) -> Option<Accounts> {
    let view = match AccountsView::read(store).await {
        Ok(view) => view,
        Err(error) => {
            tracing::warn!(%error, "accounts are found by their ids only");
            return None;
        }
    };
    let mut names = Accounts::new();
    for account in view.accounts {
        for id in account.aliases {
            names.insert(id, account.username.clone());
        }
        names.insert(account.id, account.username);
    }
    Some(names)
}

/// Reads the names when somebody asks for an account by its name, and again when somebody
/// does later: another application may have added it.
pub(super) async fn keep(shared: &Shared, store: &dyn Documents) {
    loop {
        shared.names_asked.notified().await;
        if let Some(names) = read(store).await {
            shared.change(|tail| tail.name_accounts(Arc::new(names)));
        }
        tokio::time::sleep(PAUSE).await;
    }
}
