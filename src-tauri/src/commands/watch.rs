//! The one subscription of a window.

use super::Answer;
use crate::{desk::Desk, updates::WindowUpdate};
use tauri::{State, WebviewWindow, ipc::Channel};

/// Tells the channel what changes, in batches at most every 80 ms, beginning with how
/// everything is now. A later call of the same window takes the place of an earlier one.
#[tauri::command]
#[specta::specta]
pub async fn watch(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    channel: Channel<Vec<WindowUpdate>>,
) -> Answer<()> {
    // A page that was loaded again begins with another screen.
    desk.unwatch_screens(window.label());
    let telling = desk.pages.telling(window.label(), channel);
    desk.updates.watch(&window, telling);
    Ok(())
}

/// The page has taken so many messages of a channel since it began; it is told no more while
/// too many are under way.
#[tauri::command]
#[specta::specta]
pub async fn taken(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    channel: u32,
    messages: u32,
) -> Answer<()> {
    desk.pages.taken(window.label(), channel, messages);
    Ok(())
}

/// Nobody sees the window any more.
#[tauri::command]
#[specta::specta]
pub async fn unwatch(window: WebviewWindow, desk: State<'_, Desk>) -> Answer<()> {
    desk.updates.windows.unwatch(window.label());
    Ok(())
}
