//! The one subscription of the window.

use super::Answer;
use crate::{desk::Desk, updates::WindowUpdate};
use tauri::{AppHandle, State, ipc::Channel};

/// Tells the channel what changes, in batches at most every 80 ms, beginning with how
/// everything is now. A later call takes the place of an earlier one.
#[tauri::command]
#[specta::specta]
pub async fn watch(
    app: AppHandle,
    desk: State<'_, Desk>,
    channel: Channel<Vec<WindowUpdate>>,
) -> Answer<()> {
    // A page that was loaded again begins with another screen.
    desk.watching.unwatch();
    desk.queue.unwatch();
    desk.updates.watch(app, channel);
    Ok(())
}
