//! The settings that are not secret: what they are, and where they are kept.

use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode};
use heliograph_desk::notices::NoticeKind;
use heliograph_listener::ListenerSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_store::StoreExt;

const FILE: &str = "settings.json";
const KEY: &str = "settings";

/// What a person may set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The port that the listener takes when it is started.
    pub listener_port: u16,
    /// The path of its webhook route.
    pub listener_path: String,
    /// How large everything is; 1 is normal.
    #[specta(type = specta_typescript::Number)]
    pub zoom: f64,
    /// Whether the listener starts with the window.
    pub listener_autostart: bool,
    /// Whether the profile that was in front last is connected again with the window.
    pub reconnect: bool,
    /// Whether somebody was asked at the first start what to do first.
    pub welcomed: bool,
    /// Whether the system shows notices while no window has the focus.
    pub notify: bool,
    /// Those that it does not show even then.
    pub muted_notices: Vec<NoticeKind>,
    /// Whether the application goes on in the tray when its last window is closed.
    pub keep_in_tray: bool,
    /// Whether what is seen of profiles that keep no journal is kept over restarts.
    pub keep_seen: bool,
}

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            listener_port: 8787,
            listener_path: ListenerSettings::PATH.to_owned(),
            zoom: 1.0,
            listener_autostart: true,
            reconnect: false,
            welcomed: false,
            notify: true,
            muted_notices: Vec::new(),
            keep_in_tray: false,
            keep_seen: true,
        }
    }
}

impl Settings {
    /// Refuses what cannot be used.
    fn check(&self) -> Result<(), CommandError> {
        if !(0.5..=3.0).contains(&self.zoom) {
            let message = "The size must be between 50 % and 300 %.";
            return Err(CommandError::new(ErrorCode::Invalid, message));
        }
        let listener = ListenerSettings {
            path: self.listener_path.clone(),
            ..ListenerSettings::default()
        };
        if let Err(error) = listener.check() {
            return Err(CommandError::new(ErrorCode::Invalid, format!("{error}.")));
        }
        Ok(())
    }
}

impl Theme {
    /// The theme as windows take it: absent means as the system has it.
    pub(crate) fn of_window(self) -> Option<tauri::Theme> {
        match self {
            Self::System => None,
            Self::Light => Some(tauri::Theme::Light),
            Self::Dark => Some(tauri::Theme::Dark),
        }
    }
}

/// Reads the settings. What is missing or cannot be read is as on the first start: a
/// broken settings file must not keep the window shut.
pub(crate) fn read<R: Runtime>(app: &AppHandle<R>) -> Settings {
    let stored = app.store(FILE).ok().and_then(|store| store.get(KEY));
    stored.map_or_else(Settings::default, completed)
}

/// The stored settings, completed by the defaults where an older version did not know
/// one of them yet.
fn completed(stored: Value) -> Settings {
    let mut whole = json!(Settings::default());
    if let (Some(whole), Value::Object(stored)) = (whole.as_object_mut(), stored) {
        whole.extend(stored);
    }
    match serde_json::from_value::<Settings>(whole) {
        Ok(settings) if settings.check().is_ok() => settings,
        Ok(_) => Settings::default(),
        Err(error) => {
            tracing::warn!(%error, "the settings cannot be read and are as on the first start");
            Settings::default()
        }
    }
}

/// Keeps the settings, lets them take effect on every window, and tells these.
pub(crate) fn write<R: Runtime>(
    app: &AppHandle<R>,
    settings: &Settings,
) -> Result<(), CommandError> {
    settings.check()?;
    let keep = || -> Result<(), Box<dyn std::error::Error>> {
        let store = app.store(FILE)?;
        store.set(KEY, json!(settings));
        store.save()?;
        Ok(())
    };
    keep().map_err(|error| CommandError::internal("The settings could not be kept", &error))?;
    for window in app.webview_windows().values() {
        crate::window::apply(window, settings)
            .map_err(|error| CommandError::internal("The window refused the settings", &error))?;
    }
    app.state::<Desk>().settings.send_replace(());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_from_an_older_version_is_completed() {
        let settings = completed(json!({ "theme": "dark", "fromTheFuture": 1 }));
        assert_eq!(
            settings,
            Settings {
                theme: Theme::Dark,
                ..Settings::default()
            }
        );
    }

    #[test]
    fn what_cannot_be_read_is_as_on_the_first_start() {
        for stored in [
            json!(null),
            json!([]),
            json!({ "theme": "green" }),
            json!({ "zoom": 99 }),
        ] {
            assert_eq!(completed(stored), Settings::default());
        }
    }

    #[test]
    fn a_size_at_which_nothing_could_be_read_is_refused() {
        for zoom in [0.0, 0.1, 30.0, f64::NAN] {
            let settings = Settings {
                zoom,
                ..Settings::default()
            };
            assert!(settings.check().is_err(), "{zoom}");
        }
    }
}
