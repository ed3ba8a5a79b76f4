//! One window: it is shown at once, in the theme's colour, and filled when the UI and the
//! engine are there.

use crate::settings::Settings;
use heliograph_desk::windows::{Area, KeptWindow, Place};
use heliograph_model::AutomationId;
use tauri::{
    AppHandle, PhysicalPosition, PhysicalSize, Runtime, Theme, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder,
    webview::{Color, NewWindowResponse},
};

/// `--surface-0` of the UI's two themes (tokens.css), so that nothing flashes before it
/// paints.
const LIGHT: Color = Color(0xe6, 0xe9, 0xee, 0xff);
const DARK: Color = Color(0x0b, 0x0e, 0x12, 0xff);

/// Opens a window with a screen, where it is to stand. Where an automation is named, the
/// Builder shows it.
pub(crate) fn open<R: Runtime>(
    app: &AppHandle<R>,
    label: &str,
    settings: &Settings,
    kept: KeptWindow,
    automation: Option<&AutomationId>,
) -> tauri::Result<WebviewWindow<R>> {
    let theme = settings.theme.of_window();
    let address = WebviewUrl::App(address(kept, automation).into());
    let window = WebviewWindowBuilder::new(app, label, address)
        .title("Heliograph")
        .inner_size(1440.0, 900.0)
        .min_inner_size(960.0, 640.0)
        .center()
        .theme(theme)
        .background_color(background(theme))
        // The page says which screen it shows.
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::debug!(%error, "a window keeps its old title");
            }
        })
        // The UI stays what it is: nothing in it leads to another page or window.
        .on_navigation(|url| {
            matches!(url.scheme(), "tauri" | "about") || url.host_str().is_some_and(is_ours)
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    if let Some(place) = kept.place {
        put(&window, place.on(&areas(&window)?))?;
    }
    apply(&window, settings)?;
    Ok(window)
}

/// The page with what it shows first.
fn address(kept: KeptWindow, automation: Option<&AutomationId>) -> String {
    let mut address = format!("index.html?screen={}", kept.screen.name());
    if let Some(automation) = automation {
        let coded = percent_encoding::utf8_percent_encode(
            automation.as_str(),
            percent_encoding::NON_ALPHANUMERIC,
        );
        address.push_str("&automation=");
        address.extend(coded);
    }
    address
}

fn put<R: Runtime>(window: &WebviewWindow<R>, place: Place) -> tauri::Result<()> {
    window.set_size(PhysicalSize::new(place.width, place.height))?;
    window.set_position(PhysicalPosition::new(place.x, place.y))?;
    if place.maximized {
        window.maximize()?;
    }
    Ok(())
}

/// Where a window stands; `None` while it is minimised. While it fills its monitor, it is
/// not known where it stood before.
pub(crate) fn place<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<Option<Place>> {
    if window.is_minimized()? {
        return Ok(None);
    }
    let (position, size) = (window.outer_position()?, window.inner_size()?);
    Ok(Some(Place {
        x: position.x,
        y: position.y,
        width: size.width,
        height: size.height,
        maximized: window.is_maximized()?,
    }))
}

/// What the monitors show, without the panels on them; the first one first.
fn areas<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<Vec<Area>> {
    let primary = window.primary_monitor()?;
    let monitors = window.available_monitors()?;
    Ok(primary
        .iter()
        .chain(&monitors)
        .map(|monitor| {
            let area = monitor.work_area();
            Area {
                x: area.position.x,
                y: area.position.y,
                width: area.size.width,
                height: area.size.height,
            }
        })
        .collect())
}

/// Lets the settings take effect.
pub(crate) fn apply<R: Runtime>(
    window: &WebviewWindow<R>,
    settings: &Settings,
) -> tauri::Result<()> {
    let theme = settings.theme.of_window();
    window.set_theme(theme)?;
    let shown = theme.or_else(|| window.theme().ok());
    // On Linux what is left to the system is light until that changes, so a system that is
    // dark already has to be followed by name.
    if cfg!(target_os = "linux") && theme.is_none() && shown == Some(Theme::Dark) {
        window.set_theme(shown)?;
    }
    window.set_background_color(Some(background(shown)))?;
    window.set_zoom(settings.zoom)
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
