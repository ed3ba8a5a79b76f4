//! Commands on the settings.

use super::Answer;
use crate::desk::Desk;
use crate::settings::{self, Settings};
use tauri::{AppHandle, State};

/// The settings as they are.
#[tauri::command]
#[specta::specta]
pub async fn settings_get(app: AppHandle) -> Answer<Settings> {
    Ok(settings::read(&app))
}

/// Keeps the settings, lets them take effect, and answers with them.
#[tauri::command]
#[specta::specta]
pub async fn settings_set(
    app: AppHandle,
    desk: State<'_, Desk>,
    settings: Settings,
) -> Answer<Settings> {
    settings::write(&app, &settings)?;
    desk.seen.keep(settings.keep_seen).await;
    Ok(settings)
}
