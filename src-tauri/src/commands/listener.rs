//! Commands on the listener.

use super::Answer;
use crate::{
    desk::Desk,
    listening::{ListenerDetails, ListenerStatus},
    sample, settings,
};
use heliograph_desk::connections::OFFLINE;
use tauri::{AppHandle, State};

/// How the listener is.
#[tauri::command]
#[specta::specta]
pub async fn listener_status(desk: State<'_, Desk>) -> Answer<ListenerStatus> {
    Ok(desk.listening.status())
}

/// Starts the listener on a port of the loopback address. Where that does not work, the
/// status says why.
#[tauri::command]
#[specta::specta]
pub async fn listener_start(
    app: AppHandle,
    desk: State<'_, Desk>,
    port: u16,
) -> Answer<ListenerStatus> {
    let front = desk.front().await?;
    desk.listening.route(&settings::read(&app).listener_path);
    desk.listening.start(&front.runtime, port).await;
    Ok(desk.listening.status())
}

/// Stops the listener once it has answered what it accepted.
#[tauri::command]
#[specta::specta]
pub async fn listener_stop(desk: State<'_, Desk>) -> Answer<ListenerStatus> {
    desk.listening.stop().await;
    Ok(desk.listening.status())
}

/// The app secret that deliveries to the listener are signed with. It is made anew at
/// every start and asked for only when somebody wants to see it.
#[tauri::command]
#[specta::specta]
pub async fn listener_app_secret(desk: State<'_, Desk>) -> Answer<String> {
    Ok(desk.listening.app_secret().to_owned())
}

/// What the listener is set up with.
#[tauri::command]
#[specta::specta]
pub async fn listener_details(desk: State<'_, Desk>) -> Answer<ListenerDetails> {
    Ok(desk.listening.details())
}

/// Keeps an app secret for the listener before the profile in front; the listener goes on
/// with it.
#[tauri::command]
#[specta::specta]
pub async fn listener_add_secret(
    desk: State<'_, Desk>,
    name: String,
    secret: String,
    accounts: Vec<String>,
) -> Answer<ListenerDetails> {
    let profile = desk.listener_profile();
    desk.connections
        .add_app_secret(profile, name, secret, accounts)
        .await?;
    desk.renew_listener(&desk.front().await?.runtime).await;
    Ok(desk.listening.details())
}

/// Removes an app secret; for some minutes the last one can be put back.
#[tauri::command]
#[specta::specta]
pub async fn listener_remove_secret(
    desk: State<'_, Desk>,
    name: String,
) -> Answer<ListenerDetails> {
    let profile = desk.listener_profile();
    desk.connections.remove_app_secret(profile, name).await?;
    desk.renew_listener(&desk.front().await?.runtime).await;
    Ok(desk.listening.details())
}

/// Puts the app secret back that was removed last from the listener before a profile, the
/// offline one where none is named, whichever is in front now.
#[tauri::command]
#[specta::specta]
pub async fn listener_put_back_secret(
    desk: State<'_, Desk>,
    profile: Option<String>,
) -> Answer<ListenerDetails> {
    let profile = profile.unwrap_or_else(|| OFFLINE.to_owned());
    desk.connections.put_back_app_secret(profile).await?;
    desk.renew_listener(&desk.front().await?.runtime).await;
    Ok(desk.listening.details())
}

/// Makes another verify token and keeps it.
#[tauri::command]
#[specta::specta]
pub async fn listener_new_token(desk: State<'_, Desk>) -> Answer<ListenerDetails> {
    let profile = desk.listener_profile();
    desk.connections.new_verify_token(profile).await?;
    desk.renew_listener(&desk.front().await?.runtime).await;
    Ok(desk.listening.details())
}

/// Keeps the verify token that Meta's dashboard has already.
#[tauri::command]
#[specta::specta]
pub async fn listener_set_token(desk: State<'_, Desk>, token: String) -> Answer<ListenerDetails> {
    let profile = desk.listener_profile();
    desk.connections.set_verify_token(profile, &token).await?;
    desk.renew_listener(&desk.front().await?.runtime).await;
    Ok(desk.listening.details())
}

/// A command line that posts a signed sample to the running listener.
#[tauri::command]
#[specta::specta]
pub async fn sample_curl(desk: State<'_, Desk>) -> Answer<String> {
    let view = desk.simulator().await?.view().await?;
    sample::curl(&desk.listening, &view)
}
