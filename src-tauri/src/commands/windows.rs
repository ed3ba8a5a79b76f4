//! Commands on the windows themselves.

use super::Answer;
use crate::error::CommandError;
use crate::windows;
use heliograph_desk::windows::Screen;
use heliograph_model::AutomationId;
use tauri::{AppHandle, WebviewWindow};

/// Opens another window with a screen; the Builder shows the automation that is named.
#[tauri::command]
#[specta::specta]
pub async fn window_open(
    window: WebviewWindow,
    screen: Screen,
    automation: Option<AutomationId>,
) -> Answer<()> {
    windows::open_beside(&window, screen, automation.as_ref())
        .map_err(|error| CommandError::internal("Another window could not be opened", &error))
}

/// The window shows this screen from now on, and again after the next start.
#[tauri::command]
#[specta::specta]
pub async fn window_shows(window: WebviewWindow, app: AppHandle, screen: Screen) -> Answer<()> {
    windows::shows(&app, window.label(), screen);
    Ok(())
}

/// Closes the window; with the last one the application ends.
#[tauri::command]
#[specta::specta]
pub async fn window_close(window: WebviewWindow) -> Answer<()> {
    window
        .close()
        .map_err(|error| CommandError::internal("The window does not close", &error))
}

/// Closes all windows and leaves the application. The next start opens the same windows.
#[tauri::command]
#[specta::specta]
pub async fn quit(app: AppHandle) -> Answer<()> {
    app.exit(0);
    Ok(())
}
