//! Commands on what an app and its accounts are subscribed to. An app's secret comes with
//! each request and is kept nowhere.

use super::Answer;
use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode};
use crate::tunnel::webhook_path;
use heliograph_engine::ports::PortError;
use heliograph_model::AccountId;
use heliograph_tunnel::{SubscribedAccount, SubscribedApp, subscribed};
use tauri::State;

/// What the accounts of the profile in front are subscribed to.
#[tauri::command]
#[specta::specta]
pub async fn subscriptions_accounts(desk: State<'_, Desk>) -> Answer<Vec<SubscribedAccount>> {
    let runtime = desk.front().await?.runtime;
    let found = subscribed::accounts(&*runtime.documents(), &*runtime.subscriptions()).await;
    found.map_err(|error| in_words(&error))
}

/// Where an app's webhooks go.
#[tauri::command]
#[specta::specta]
pub async fn subscriptions_app(
    desk: State<'_, Desk>,
    app_id: String,
    secret: String,
) -> Answer<SubscribedApp> {
    let runtime = desk.front().await?.runtime;
    let found = subscribed::app(&*runtime.subscriptions(), &app_id, &secret).await;
    found.map_err(|error| in_words(&error))
}

/// Subscribes an account to all that is understood; answers with how all of them are.
#[tauri::command]
#[specta::specta]
pub async fn subscriptions_subscribe_account(
    desk: State<'_, Desk>,
    account: AccountId,
) -> Answer<Vec<SubscribedAccount>> {
    let runtime = desk.front().await?.runtime;
    let done = subscribed::subscribe_account(&*runtime.subscriptions(), &account).await;
    done.map_err(|error| in_words(&error))?;
    subscriptions_accounts(desk).await
}

/// Lets Meta post an app's webhooks through the tunnel to this listener.
#[tauri::command]
#[specta::specta]
pub async fn subscriptions_subscribe_app(
    desk: State<'_, Desk>,
    app_id: String,
    secret: String,
) -> Answer<SubscribedApp> {
    let status = desk.tunnelling.tunnel.status();
    let Some(url) = status.state.url() else {
        return Err(CommandError::new(
            ErrorCode::Unavailable,
            "There is no public address that Meta could post to. Start the tunnel first.",
        ));
    };
    let listener = desk.listening.status();
    let callback = format!("{url}{}", webhook_path(&listener));
    let runtime = desk.front().await?.runtime;
    let subscriptions = runtime.subscriptions();
    let token = &listener.verify_token;
    let done = subscribed::subscribe_app(&*subscriptions, &app_id, &secret, callback, token).await;
    done.map_err(|error| in_words(&error))
}

fn in_words(error: &PortError) -> CommandError {
    let code = match error {
        PortError::Conflict(_) => ErrorCode::Conflict,
        PortError::Unavailable(_) => ErrorCode::Unavailable,
        PortError::Refused(_) | PortError::Other(_) => ErrorCode::Invalid,
    };
    CommandError::new(code, error.to_string())
}
