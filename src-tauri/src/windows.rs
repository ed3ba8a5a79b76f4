//! The windows that are open, and what is kept of them for the next start.

use crate::desk::Desk;
use crate::settings::{self, Settings};
use crate::window;
use heliograph_desk::windows::{KeptWindow, OpenWindows, Place, Screen};
use heliograph_model::AutomationId;
use parking_lot::Mutex;
use serde_json::json;
use std::time::Instant;
use tauri::{AppHandle, Manager, WebviewWindow, WindowEvent};
use tauri_plugin_store::StoreExt;

const FILE: &str = "windows.json";
const KEY: &str = "windows";

/// The windows that are open. Held for a moment only, and never while a window is asked
/// something.
#[derive(Debug, Default)]
pub(crate) struct Windows(Mutex<OpenWindows>);

/// Opens the windows that were open last; the first one where it is not known which.
pub(crate) fn open_kept(app: &AppHandle, settings: &Settings) -> tauri::Result<()> {
    let stored = app.store(FILE).ok().and_then(|store| store.get(KEY));
    let kept = stored.and_then(|stored| serde_json::from_value::<Vec<KeptWindow>>(stored).ok());
    let mut kept = kept.unwrap_or_default();
    if kept.is_empty() {
        kept.push(KeptWindow::default());
    }
    for each in kept {
        open(app, settings, each, None)?;
    }
    Ok(())
}

/// Opens a window with a screen, a step aside of the one from which it is asked for. Where
/// an automation is named, the Builder shows it.
pub(crate) fn open_beside(
    from: &WebviewWindow,
    screen: Screen,
    automation: Option<&AutomationId>,
) -> tauri::Result<()> {
    let app = from.app_handle();
    // While it fills its monitor, only this knows where it stood before.
    let known = app.state::<Windows>().0.lock().get(from.label()).copied();
    let place = match known.and_then(|known| known.place) {
        Some(place) => Some(place),
        None => window::place(from)?,
    };
    let window = KeptWindow {
        screen,
        place: place.map(Place::beside),
    };
    open(app, &settings::read(app), window, automation)
}

fn open(
    app: &AppHandle,
    settings: &Settings,
    kept: KeptWindow,
    automation: Option<&AutomationId>,
) -> tauri::Result<()> {
    let windows = app.state::<Windows>();
    let label = windows.0.lock().open(kept);
    let opened = window::open(app, &label, settings, kept, automation);
    if opened.is_err() {
        windows.0.lock().close(&label, Instant::now());
    }
    keep(app);
    opened.map(drop)
}

/// A window shows another screen.
pub(crate) fn shows(app: &AppHandle, label: &str, screen: Screen) {
    app.state::<Windows>().0.lock().shows(label, screen);
    keep(app);
}

/// Takes in what a window tells of itself.
pub(crate) fn happens(app: &AppHandle, label: &str, event: &WindowEvent) {
    let windows = app.state::<Windows>();
    match event {
        WindowEvent::Focused(true) => windows.0.lock().came_to_front(label),
        WindowEvent::Moved(_) | WindowEvent::Resized(_) => {
            let window = app.get_webview_window(label);
            if let Some(Ok(Some(place))) = window.map(|window| window::place(&window)) {
                windows.0.lock().stands(label, place);
                keep(app);
            }
        }
        WindowEvent::Destroyed => {
            windows.0.lock().close(label, Instant::now());
            app.state::<Desk>().forget(label);
            keep(app);
        }
        _ => {}
    }
}

/// Brings the window to the front that was there last, or opens those that were closed:
/// somebody started the application a second time, or asked for it in the tray. Answers
/// with the label of the one in front.
pub(crate) fn show(app: &AppHandle) -> Option<String> {
    let windows = app.state::<Windows>();
    let front = || windows.0.lock().front().map(ToOwned::to_owned);
    let shown = match front().and_then(|label| app.get_webview_window(&label)) {
        Some(window) => window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus()),
        None => open_kept(app, &settings::read(app)),
    };
    if let Err(error) = shown {
        tracing::warn!(%error, "the window did not come to the front");
    }
    front()
}

/// Keeps for the next start which windows are open. The store writes it a moment later.
fn keep(app: &AppHandle) {
    let kept = app.state::<Windows>().0.lock().kept();
    match app.store(FILE) {
        Ok(store) => store.set(KEY, json!(kept)),
        Err(error) => tracing::warn!(%error, "the windows are not kept for the next start"),
    }
}
