//! The icon beside the desktop's clock, by the StatusNotifierItem that KDE, GNOME (with its
//! extension) and others show: the listener's state, the profile in front, and a menu.

use crate::desk::Desk;
use crate::notices::toggle_listener;
use crate::settings;
use crate::windows;
use heliograph_desk::tray::{TrayFace, TrayIcon};
use ksni::menu::{CheckmarkItem, MenuItem, StandardItem};
use ksni::{Category, Icon, OfflineReason, Status, ToolTip, TrayMethods};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::async_runtime::spawn;
use tauri::image::Image;
use tauri::{AppHandle, Manager, include_image};

/// Each picture in the sizes of ordinary and of dense screens.
const LISTENING: [Image<'_>; 2] = [
    include_image!("./src-tauri/icons/tray/listening-24.png"),
    include_image!("./src-tauri/icons/tray/listening-48.png"),
];
const STOPPED: [Image<'_>; 2] = [
    include_image!("./src-tauri/icons/tray/stopped-24.png"),
    include_image!("./src-tauri/icons/tray/stopped-48.png"),
];
const FAILED: [Image<'_>; 2] = [
    include_image!("./src-tauri/icons/tray/failed-24.png"),
    include_image!("./src-tauri/icons/tray/failed-48.png"),
];

/// Where the icon is, once it is there.
#[derive(Default)]
pub(super) struct TrayPlace {
    /// Whether the desktop shows it.
    shown: Arc<AtomicBool>,
    item: Arc<tokio::sync::Mutex<Option<ksni::Handle<Item>>>>,
    /// What it shows.
    face: Mutex<Option<(TrayFace, bool)>>,
}

impl std::fmt::Debug for TrayPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = self.is_shown();
        f.debug_struct("TrayPlace").field("shown", &shown).finish()
    }
}

impl TrayPlace {
    pub(super) fn start(&self, app: &AppHandle) {
        let (app, shown, place) = (app.clone(), Arc::clone(&self.shown), Arc::clone(&self.item));
        spawn(async move {
            // Until the desktop says otherwise.
            shown.store(true, Ordering::SeqCst);
            let item = Item {
                app: app.clone(),
                face: None,
                keeps: false,
                shown: Arc::clone(&shown),
            };
            // A desktop that is not ready yet shows it later.
            match item.assume_sni_available(true).spawn().await {
                Ok(item) => *place.lock().await = Some(item),
                Err(error) => {
                    shown.store(false, Ordering::SeqCst);
                    tracing::warn!(%error, "there is no tray icon, and the application ends with its last window");
                }
            }
            app.state::<Desk>().noticing.renew();
        });
    }

    pub(super) async fn stop(&self) {
        if let Some(item) = self.item.lock().await.take() {
            item.shutdown().await;
        }
    }

    pub(super) fn is_shown(&self) -> bool {
        self.shown.load(Ordering::SeqCst)
    }

    /// Shows something else, where that is something else.
    pub(super) async fn face(&self, face: TrayFace, keeps: bool) {
        let item = self.item.lock().await;
        let Some(item) = &*item else {
            return;
        };
        let wanted = Some((face, keeps));
        if *self.face.lock() == wanted {
            return;
        }
        self.face.lock().clone_from(&wanted);
        item.update(|item| {
            if let Some((face, keeps)) = wanted {
                item.face = Some(face);
                item.keeps = keeps;
            }
        })
        .await;
    }
}

/// The icon, as the desktop asks for it.
pub(super) struct Item {
    app: AppHandle,
    /// `None` until it was looked for the first time.
    face: Option<TrayFace>,
    /// Whether the application stays when its last window is closed.
    keeps: bool,
    shown: Arc<AtomicBool>,
}

impl Item {
    fn show_window(&self) {
        on_main(&self.app, |app| drop(windows::show(app)));
    }

    fn keep(&mut self, keeps: bool) {
        self.keeps = keeps;
        let mut settings = settings::read(&self.app);
        settings.keep_in_tray = keeps;
        on_main(&self.app, move |app| {
            if let Err(error) = settings::write(app, &settings) {
                tracing::warn!(%error, "what is kept of the tray is as it was");
            }
        });
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "heliograph".to_owned()
    }

    fn category(&self) -> Category {
        Category::ApplicationStatus
    }

    fn title(&self) -> String {
        let line = self.face.as_ref().map(TrayFace::line);
        line.map_or_else(
            || "Heliograph".to_owned(),
            |line| format!("Heliograph: {line}"),
        )
    }

    fn status(&self) -> Status {
        match &self.face {
            Some(face) if face.attention => Status::NeedsAttention,
            _ => Status::Active,
        }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        pixmap(self.face.as_ref().map(|face| face.icon))
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        self.icon_pixmap()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: "Heliograph".to_owned(),
            description: self.face.as_ref().map(TrayFace::line).unwrap_or_default(),
            icon_name: String::new(),
            icon_pixmap: Vec::new(),
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.show_window();
    }

    fn watcher_online(&self) {
        self.shown.store(true, Ordering::SeqCst);
        self.app.state::<Desk>().noticing.renew();
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        self.shown.store(false, Ordering::SeqCst);
        tracing::info!(
            ?reason,
            "the desktop shows no tray icons; it is shown as soon as there is a place for it"
        );
        self.app.state::<Desk>().noticing.renew();
        true
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let line = |label: &str| {
            MenuItem::Standard(StandardItem {
                label: unmarked(label),
                enabled: false,
                ..StandardItem::default()
            })
        };
        let mut menu = Vec::with_capacity(10);
        if let Some(face) = &self.face {
            menu.extend([line(&face.listener), line(&face.profile)]);
            menu.extend(face.notices.as_deref().map(line));
            menu.push(MenuItem::Separator);
        }
        menu.push(does("Show window", Self::show_window));
        let stops = self.face.as_ref().is_some_and(|face| face.stops);
        let toggle = if stops {
            "Stop listener"
        } else {
            "Start listener"
        };
        menu.push(does(toggle, |item| {
            spawn(toggle_listener(item.app.clone()));
        }));
        menu.push(MenuItem::Checkmark(CheckmarkItem {
            label: "Keep listening when the window is closed".to_owned(),
            checked: self.keeps,
            activate: Box::new(|item: &mut Self| item.keep(!item.keeps)),
            ..CheckmarkItem::default()
        }));
        menu.push(MenuItem::Separator);
        menu.push(does("Quit", |item| item.app.exit(0)));
        menu
    }
}

/// An entry that does something.
fn does(label: &str, act: impl Fn(&Item) + Send + 'static) -> MenuItem<Item> {
    MenuItem::Standard(StandardItem {
        label: label.to_owned(),
        activate: Box::new(move |item: &mut Item| act(item)),
        ..StandardItem::default()
    })
}

/// Windows are only touched on the main thread.
fn on_main(app: &AppHandle, act: impl FnOnce(&AppHandle) + Send + 'static) {
    let there = app.clone();
    if let Err(error) = app.run_on_main_thread(move || act(&there)) {
        tracing::warn!(%error, "the window is as it was");
    }
}

/// A label in which no letter is taken for a key.
fn unmarked(label: &str) -> String {
    label.replace('_', "__")
}

fn pixmap(icon: Option<TrayIcon>) -> Vec<Icon> {
    let images = match icon {
        Some(TrayIcon::Listening) => LISTENING,
        Some(TrayIcon::Failed) => FAILED,
        Some(TrayIcon::Stopped) | None => STOPPED,
    };
    images.iter().map(argb).collect()
}

/// A picture in the order that the desktop wants: alpha first.
fn argb(image: &Image<'_>) -> Icon {
    let pixels = image.rgba().chunks_exact(4);
    Icon {
        width: i32::try_from(image.width()).unwrap_or_default(),
        height: i32::try_from(image.height()).unwrap_or_default(),
        data: pixels
            .flat_map(|pixel| [pixel[3], pixel[0], pixel[1], pixel[2]])
            .collect(),
    }
}
