//! Instagram: whether there are tokens, and whether the Graph API accepts them.

use super::Check;
use crate::GraphPlace;
use crate::instagram::graph;
use heliograph_engine::ports::{Clock, Documents};
use heliograph_model::Account;
use heliograph_mongo::MongoStore;
use std::sync::Arc;

/// Accounts that are asked about; each costs a request.
const MOST: usize = 20;

/// Looks at where sends go; with `online`, asks who the tokens belong to.
pub(super) async fn check(
    place: &GraphPlace,
    documents: Option<&Arc<MongoStore>>,
    online: bool,
    clock: &Arc<dyn Clock>,
) -> Vec<Check> {
    let client = match graph(place, documents, Arc::clone(clock)) {
        Ok(client) => client,
        Err(error) => {
            return vec![Check::failed(
                "instagram",
                error.to_string(),
                "Correct --graph and --graph-version.",
            )];
        }
    };
    let mut checks = vec![Check::ok(
        "instagram",
        format!(
            "Sends go to {} ({}).",
            place.base_url,
            client.config().version
        ),
    )];
    if !online {
        checks.push(Check::ok(
            "instagram.tokens",
            "The tokens were not tried; --online does.",
        ));
        return checks;
    }
    let accounts = match accounts(place, documents).await {
        Ok(accounts) => accounts,
        Err(error) => {
            checks.push(Check::warning(
                "instagram.tokens",
                format!("The accounts cannot be read: {error}"),
                "Put the connection to MongoDB right first.",
            ));
            return checks;
        }
    };
    if accounts.is_empty() {
        checks.push(Check::warning(
            "instagram.tokens",
            "There is no active account whose token could be tried.",
            "Connect an account.",
        ));
    }
    for account in accounts.iter().take(MOST) {
        checks.push(match client.who_am_i(account).await {
            Ok(who) => Check::ok(
                "instagram.tokens",
                format!("The token of {account} is accepted; it belongs to {who}."),
            ),
            Err(error) => Check::failed(
                "instagram.tokens",
                format!("{account}: {}", error.message),
                "Reconnect the account, or look into the Graph API's status.",
            ),
        });
    }
    checks
}

/// The accounts to be tried: those of the documents that are active, or those that tokens
/// were given for.
async fn accounts(
    place: &GraphPlace,
    documents: Option<&Arc<MongoStore>>,
) -> Result<Vec<heliograph_model::AccountId>, heliograph_engine::ports::PortError> {
    let Some(documents) = documents else {
        return Ok(place.tokens.iter().map(|(id, _)| id.clone()).collect());
    };
    let mut ids = Vec::new();
    for workspace in documents.workspaces().await? {
        let accounts: Vec<Account> = documents.accounts(&workspace.id).await?;
        let active = accounts.into_iter().filter(|account| account.is_active);
        ids.extend(active.map(|account| account.id));
        if ids.len() >= MOST {
            break;
        }
    }
    Ok(ids)
}
