//! What the desktop around the window shows of the application: notifications, and an icon
//! beside its clock. Where the desktop has none of these, the application does without, and
//! the log says so.
//!
//! Both are spoken over the session's D-Bus, so no library of a desktop is needed; other
//! systems than Linux have neither, and the list in the window is all.

#[cfg(target_os = "linux")]
mod notifications;
#[cfg(target_os = "linux")]
mod tray;

use heliograph_desk::notices::Tell;
use heliograph_desk::tray::TrayFace;
use tauri::AppHandle;

/// The desktop.
#[derive(Debug, Default)]
pub(crate) struct System {
    #[cfg(target_os = "linux")]
    notifications: notifications::Notifications,
    #[cfg(target_os = "linux")]
    tray: tray::TrayPlace,
}

#[cfg(target_os = "linux")]
impl System {
    /// Begins to show what it is told.
    pub(crate) fn start(&self, app: &AppHandle) {
        self.notifications.start(app);
        self.tray.start(app);
    }

    /// Takes away what it shows.
    pub(crate) async fn stop(&self) {
        self.notifications.stop();
        self.tray.stop().await;
    }

    /// Shows a notice, or takes it away.
    pub(crate) fn tell(&self, tell: Tell) {
        self.notifications.tell(tell);
    }

    /// What the icon shows from now on, and whether the application stays without a window.
    pub(crate) async fn face(&self, face: TrayFace, keeps: bool) {
        self.tray.face(face, keeps).await;
    }

    /// Whether the desktop shows the icon.
    pub(crate) fn has_tray(&self) -> bool {
        self.tray.is_shown()
    }
}

#[cfg(not(target_os = "linux"))]
#[allow(
    clippy::unused_self,
    clippy::unused_async,
    clippy::needless_pass_by_value,
    reason = "the same shape as on Linux, with nothing in it"
)]
impl System {
    pub(crate) fn start(&self, _app: &AppHandle) {}

    pub(crate) async fn stop(&self) {}

    pub(crate) fn tell(&self, _tell: Tell) {}

    pub(crate) async fn face(&self, _face: TrayFace, _keeps: bool) {}

    pub(crate) fn has_tray(&self) -> bool {
        false
    }
}
