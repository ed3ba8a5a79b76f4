//! Commands on the listener.

use super::Answer;
use crate::{desk::Desk, listening::ListenerStatus, sample};
use tauri::State;

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
pub async fn listener_start(desk: State<'_, Desk>, port: u16) -> Answer<ListenerStatus> {
    let front = desk.front().await?;
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

/// A command line that posts a signed sample to the running listener.
#[tauri::command]
#[specta::specta]
pub async fn sample_curl(desk: State<'_, Desk>) -> Answer<String> {
    let view = desk.simulator().await?.view().await?;
    sample::curl(&desk.listening, &view)
}
