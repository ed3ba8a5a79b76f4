//! What an app and its accounts are subscribed to, as it is shown.

use heliograph_engine::ports::{
    AppAccess, AppSubscription, Documents, PortError, PortResult, Subscriptions,
};
use heliograph_model::AccountId;
use serde::Serialize;

/// So many accounts are asked for at once; each is a request to Instagram.
const MOST: usize = 25;

/// What Heliograph understands of Instagram's webhooks, and so what is subscribed to; the
/// client leaves out what the login of the accounts has no field for.
pub const FIELDS: [&str; 7] = [
    "messages",
    "message_echoes",
    "messaging_postbacks",
    "message_reactions",
    "messaging_seen",
    "comments",
    "live_comments",
];

/// An account, and what of it the app is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SubscribedAccount {
    /// Its id.
    pub id: AccountId,
    /// Its handle, without `@`.
    pub username: String,
    /// The fields; empty: the app is told nothing.
    pub fields: Vec<String>,
    /// Why that is not known.
    pub problem: Option<String>,
}

/// Where an app's webhooks go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SubscribedApp {
    /// The app's id.
    pub app_id: String,
    /// Where Meta posts; none: it has no callback URL for Instagram.
    pub callback_url: Option<String>,
    /// What of.
    pub fields: Vec<String>,
}

/// Asks for the accounts of a profile, the first 25 that are active.
///
/// # Errors
/// When the accounts cannot be listed. What is wrong with one of them is beside it.
pub async fn accounts(
    documents: &dyn Documents,
    subscriptions: &dyn Subscriptions,
) -> PortResult<Vec<SubscribedAccount>> {
    let mut listed = Vec::new();
    for workspace in documents.workspaces().await? {
        listed.extend(documents.accounts(&workspace.id).await?);
    }
    let mut told = Vec::new();
    for account in listed.into_iter().filter(|it| it.is_active).take(MOST) {
        let (fields, problem) = match subscriptions.of_account(&account.id).await {
            Ok(fields) => (fields, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        told.push(SubscribedAccount {
            id: account.id,
            username: account.username,
            fields,
            problem,
        });
    }
    Ok(told)
}

/// Subscribes an account to all that is understood.
///
/// # Errors
/// When the guard level or Instagram refuses it.
pub async fn subscribe_account(
    subscriptions: &dyn Subscriptions,
    account: &AccountId,
) -> PortResult<()> {
    let fields = FIELDS.map(ToOwned::to_owned);
    subscriptions.subscribe_account(account, &fields).await
}

/// Asks where an app's webhooks go.
///
/// # Errors
/// When the id or the secret is missing, or Instagram refuses them.
pub async fn app(
    subscriptions: &dyn Subscriptions,
    app_id: &str,
    secret: &str,
) -> PortResult<SubscribedApp> {
    let access = access(app_id, secret)?;
    let found = subscriptions.of_app(&access).await?;
    let (callback_url, fields) = match found {
        Some(found) => (Some(found.callback_url), found.fields),
        None => (None, Vec::new()),
    };
    Ok(SubscribedApp {
        app_id: access.app_id().to_owned(),
        callback_url,
        fields,
    })
}

/// Lets Meta post all that is understood to a callback URL, in place of the one before.
///
/// # Errors
/// When the guard level or Instagram refuses it, as where the URL does not answer the
/// challenge.
pub async fn subscribe_app(
    subscriptions: &dyn Subscriptions,
    app_id: &str,
    secret: &str,
    callback_url: String,
    verify_token: &str,
) -> PortResult<SubscribedApp> {
    let wanted = AppSubscription {
        callback_url,
        fields: FIELDS.map(ToOwned::to_owned).to_vec(),
    };
    let access = access(app_id, secret)?;
    subscriptions
        .subscribe_app(&access, &wanted, verify_token)
        .await?;
    app(subscriptions, app_id, secret).await
}

fn access(app_id: &str, secret: &str) -> PortResult<AppAccess> {
    let (app_id, secret) = (app_id.trim(), secret.trim());
    if app_id.is_empty() || !app_id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PortError::other(
            "An app's id is a number. Copy it from the top of the app's dashboard.",
        ));
    }
    if secret.is_empty() {
        return Err(PortError::other(
            "Give the app secret: App settings, Basic, in the app's dashboard.",
        ));
    }
    Ok(AppAccess::new(app_id, secret))
}
