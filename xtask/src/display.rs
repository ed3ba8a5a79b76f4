//! Whether a window could be shown here.

use std::env;

/// Whether a window could be shown here. The tests do not ask: they bring their own
/// display.
pub(crate) fn is_there() -> bool {
    if cfg!(any(target_os = "windows", target_os = "macos")) {
        return true;
    }
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}
