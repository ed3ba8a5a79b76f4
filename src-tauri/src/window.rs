//! The one window: it is shown at once, in the theme's colour, and filled when the UI
//! and the engine are there.

use crate::settings::Settings;
use tauri::{
    AppHandle, Manager, Runtime, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    webview::{Color, NewWindowResponse},
};

pub(crate) const LABEL: &str = "main";

/// `--surface-0` of the UI's two themes (tokens.css), so that nothing flashes before it
/// paints.
const LIGHT: Color = Color(0xe6, 0xe9, 0xee, 0xff);
const DARK: Color = Color(0x0b, 0x0e, 0x12, 0xff);

/// Opens the window.
pub(crate) fn open<R: Runtime>(
    app: &AppHandle<R>,
    settings: &Settings,
) -> tauri::Result<WebviewWindow<R>> {
    let theme = settings.theme.of_window();
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Heliograph")
        .inner_size(1440.0, 900.0)
        .min_inner_size(960.0, 640.0)
        .center()
        .theme(theme)
        .background_color(background(theme))
        // The UI stays what it is: nothing in it leads to another page or window.
        .on_navigation(|url| {
            matches!(url.scheme(), "tauri" | "about") || url.host_str().is_some_and(is_ours)
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    apply(&window, settings)?;
    Ok(window)
}

/// Lets the settings take effect.
pub(crate) fn apply<R: Runtime>(
    window: &WebviewWindow<R>,
    settings: &Settings,
) -> tauri::Result<()> {
    let theme = settings.theme.of_window();
    window.set_theme(theme)?;
    let shown = theme.or_else(|| window.theme().ok());
    window.set_background_color(Some(background(shown)))?;
    window.set_zoom(settings.zoom)
}

/// Brings the window to the front: somebody started the application a second time.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let shown = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window did not come to the front");
    }
}

fn background(theme: Option<Theme>) -> Color {
    match theme {
        Some(Theme::Dark) => DARK,
        _ => LIGHT,
    }
}

/// The UI out of the binary, or from the development server.
fn is_ours(host: &str) -> bool {
    host == "tauri.localhost" || (cfg!(dev) && host == "localhost")
}
