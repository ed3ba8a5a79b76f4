//! Commands on the notices.

use super::Answer;
use crate::desk::Desk;
use crate::notices::NoticesNews;
use tauri::{AppHandle, State, WebviewWindow, ipc::Channel};

/// Tells the channel the notices, now and whenever they change. A later call of the same
/// window takes the place of an earlier one.
#[tauri::command]
#[specta::specta]
pub async fn notices_watch(
    app: AppHandle,
    window: WebviewWindow,
    desk: State<'_, Desk>,
    channel: Channel<NoticesNews>,
) -> Answer<()> {
    let telling = desk.pages.telling(window.label(), channel);
    desk.noticing.watch(&app, window.label(), telling);
    Ok(())
}

/// Nothing more is told to this window.
#[tauri::command]
#[specta::specta]
pub async fn notices_unwatch(window: WebviewWindow, desk: State<'_, Desk>) -> Answer<()> {
    desk.noticing.unwatch(window.label());
    Ok(())
}

/// Somebody has seen all of them.
#[tauri::command]
#[specta::specta]
pub async fn notices_read(desk: State<'_, Desk>) -> Answer<()> {
    desk.noticing.read_all();
    Ok(())
}

/// Takes what is over off the list; what is still wrong stays.
#[tauri::command]
#[specta::specta]
pub async fn notices_clear(desk: State<'_, Desk>) -> Answer<()> {
    desk.noticing.clear();
    Ok(())
}
