//! Notices: looks at the parts of the application, keeps the list of what needs a person,
//! and tells the windows, the system and the tray of it. What is told and what is not is
//! decided in `heliograph_desk::notices`.

use crate::desk::Desk;
use crate::error::CommandError;
use crate::front::Front;
use crate::listening::ListenerState;
use crate::settings::{self, Settings};
use crate::system::System;
use crate::telling::Telling;
use crate::watching::Watchers;
use crate::windows;
use heliograph_desk::notices::{
    self as eyes, Board, Hearing, LiveEye, Notice, NoticeScreen, ProfileEye, ProfileLook, Sighting,
    Tell, TunnelSeen,
};
use heliograph_desk::tray::{TrayFace, TrayIcon, TraySeen};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_tunnel::TunnelState;
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::{AppHandle, Manager};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// The least time between two looks at what changes by itself, and between two pieces of
/// news.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
/// So often it is looked anyway, for what has to last before it is told.
const AT_LEAST: Duration = Duration::from_secs(5);
/// How often a profile's servers are asked whether they are there.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(5);
/// How often the disk is looked at.
const BETWEEN_DISKS: Duration = Duration::from_secs(60);

/// The notices, and what a window can know of how they are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct NoticesNews {
    /// The latest first.
    pub notices: Vec<Notice>,
    /// How many nobody has seen.
    pub unread: u32,
    /// Whether the desktop shows the application's icon beside its clock.
    pub has_tray: bool,
    /// The screen that somebody asked for outside of the window, once.
    pub go: Option<NoticeScreen>,
}

/// The notices and who is told of them.
#[derive(Debug)]
pub(crate) struct Noticing {
    board: Mutex<Board>,
    /// Changes when the list does, or what is known of the tray.
    changed: watch::Sender<()>,
    /// The windows that have the focus.
    focused: Mutex<HashSet<String>>,
    /// The screen that a window is to show, by its label.
    asked: Mutex<HashMap<String, NoticeScreen>>,
    /// Tells each window.
    windows: Watchers,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    system: System,
}

impl Default for Noticing {
    fn default() -> Self {
        Self {
            board: Mutex::default(),
            changed: watch::Sender::new(()),
            focused: Mutex::default(),
            asked: Mutex::default(),
            windows: Watchers::default(),
            tasks: Mutex::default(),
            system: System::default(),
        }
    }
}

impl Noticing {
    /// Looks for what needs a person from now on, and shows the tray icon. `folder` is where
    /// the application keeps its data.
    pub(crate) fn start(&self, app: &AppHandle, folder: &Path) {
        self.system.start(app);
        let tasks = [
            spawn(keep_looking(app.clone())),
            spawn(keep_asking(app.clone())),
            spawn(keep_measuring(app.clone(), folder.to_owned())),
        ];
        self.tasks.lock().extend(tasks);
    }

    /// Ends all of it.
    pub(crate) async fn stop(&self) {
        for task in std::mem::take(&mut *self.tasks.lock()) {
            task.abort();
        }
        self.windows.stop();
        self.system.stop().await;
    }

    /// Tells a window the notices, now and whenever they change, in place of its channel
    /// before.
    pub(crate) fn watch(&self, app: &AppHandle, label: &str, telling: Telling<NoticesNews>) {
        let (app, of) = (app.clone(), label.to_owned());
        self.windows.watch(label, async move {
            let desk = app.state::<Desk>();
            let mut changes = desk.noticing.changed.subscribe();
            loop {
                changes.mark_unchanged();
                let not_before = Instant::now() + BETWEEN_LOOKS;
                if !telling.tell(desk.noticing.news(&of)).await {
                    return;
                }
                sleep_until(not_before).await;
                if changes.changed().await.is_err() {
                    return;
                }
            }
        });
    }

    /// Nothing is told to this window any more.
    pub(crate) fn unwatch(&self, label: &str) {
        self.windows.unwatch(label);
    }

    /// Somebody has seen the list.
    pub(crate) fn read_all(&self) {
        self.board.lock().read_all();
        self.changed.send_replace(());
    }

    /// Takes what is over off the list.
    pub(crate) fn clear(&self) {
        self.board.lock().clear();
        self.changed.send_replace(());
    }

    /// The desktop began or ceased to show the icon.
    pub(crate) fn renew(&self) {
        self.changed.send_replace(());
    }

    /// A window got or lost the focus.
    pub(crate) fn focus(&self, label: &str, focused: bool) {
        let mut all = self.focused.lock();
        if focused {
            all.insert(label.to_owned());
        } else {
            all.remove(label);
        }
    }

    /// A window is gone.
    pub(crate) fn forget(&self, label: &str) {
        self.focus(label, false);
        self.unwatch(label);
        self.asked.lock().remove(label);
    }

    /// Whether the desktop shows the icon, so that there is a way back to a window.
    pub(crate) fn has_tray(&self) -> bool {
        self.system.has_tray()
    }

    /// Brings a window to the front, with the screen where this notice is mended.
    pub(crate) fn open(&self, app: &AppHandle, notice: u32) {
        let screen = self.board.lock().notice(notice).map(|notice| notice.screen);
        if let (Some(label), Some(screen)) = (windows::show(app), screen) {
            self.asked.lock().insert(label, screen);
        }
        self.changed.send_replace(());
    }

    fn news(&self, label: &str) -> NoticesNews {
        let board = self.board.lock();
        NoticesNews {
            notices: board.notices(),
            unread: u32::try_from(board.unread()).unwrap_or(u32::MAX),
            has_tray: self.system.has_tray(),
            go: self.asked.lock().remove(label),
        }
    }

    /// Takes in what was seen, and lets the system tell what is new of it.
    fn see(&self, settings: &Settings, seen: impl IntoIterator<Item = Sighting>) {
        let hearing = Hearing {
            wanted: settings.notify,
            focused: !self.focused.lock().is_empty(),
            muted: &settings.muted_notices,
        };
        let now = SystemClock.now();
        let mut board = self.board.lock();
        let before = board.notices();
        let tells: Vec<Tell> = seen
            .into_iter()
            .flat_map(|sighting| board.see(now, sighting, &hearing))
            .collect();
        let is_news = board.notices() != before;
        drop(board);
        for tell in tells {
            if let Tell::Show(notice) = &tell {
                tracing::info!(kind = ?notice.kind, "told the system: {}", notice.title);
            }
            self.system.tell(tell);
        }
        if is_news {
            self.changed.send_replace(());
        }
    }
}

/// Looks at the listener, the tunnel and the guard whenever one of them changes, and lets
/// the tray show how they are.
async fn keep_looking(app: AppHandle) {
    let desk = app.state::<Desk>();
    let mut listener = desk.listening.changes();
    let mut connection = desk.connecting.changes();
    let mut tunnel = desk.tunnelling.tunnel.changes();
    let mut notices = desk.noticing.changed.subscribe();
    let mut wishes = desk.settings.subscribe();
    let mut live = LiveEye::default();
    let mut before = Before::default();
    loop {
        listener.mark_unchanged();
        connection.mark_unchanged();
        tunnel.mark_unchanged();
        notices.mark_unchanged();
        wishes.mark_unchanged();
        let settings = settings::read(&app);
        let seen = before.look(&desk, &mut live);
        desk.noticing.see(&settings, seen);
        desk.noticing
            .system
            .face(face(&desk), settings.keep_in_tray)
            .await;
        sleep(BETWEEN_LOOKS).await;
        let changed = async {
            tokio::select! {
                changed = listener.changed() => changed,
                changed = connection.changed() => changed,
                changed = tunnel.changed() => changed,
                changed = notices.changed() => changed,
                changed = wishes.changed() => changed,
            }
        };
        if let Ok(Err(_)) = timeout(AT_LEAST, changed).await {
            return;
        }
    }
}

/// What was told already, of what is told only when it changes.
#[derive(Debug, Default)]
struct Before {
    failure: Option<String>,
    address: Option<String>,
}

impl Before {
    fn look(&mut self, desk: &Desk, live: &mut LiveEye) -> Vec<Sighting> {
        let listener = desk.listening.status();
        let mut seen = vec![eyes::listener(listener.error.as_deref())];

        let connection = desk.connection();
        seen.extend(live.see(
            SystemClock.now(),
            connection.profile.as_deref(),
            connection.level,
            connection.until,
        ));
        let failure = connection.failure.as_ref();
        let new = failure.filter(|failure| self.failure.as_ref() != Some(&failure.message));
        seen.extend(new.map(|failure| eyes::not_connected(&failure.profile, &failure.message)));
        self.failure = failure.map(|failure| failure.message.clone());

        let tunnel = desk.tunnelling.tunnel.status();
        let is_another = tunnel.earlier_url.is_some();
        seen.extend(eyes::tunnel(match &tunnel.state {
            TunnelState::Stopped => TunnelSeen::Stopped,
            TunnelState::Starting { .. } => TunnelSeen::Starting,
            TunnelState::Reconnecting { reason, .. } => TunnelSeen::Away { reason },
            TunnelState::Failed { reason, advice } => TunnelSeen::Failed { reason, advice },
            TunnelState::Up { url, .. } => {
                let new = is_another && self.address.as_ref() != Some(url);
                self.address = Some(url.clone());
                TunnelSeen::Up {
                    changed: new.then_some(url.as_str()),
                }
            }
        }));
        seen
    }
}

fn face(desk: &Desk) -> TrayFace {
    let (listener, connection) = (desk.listening.status(), desk.connection());
    TrayFace::of(&TraySeen {
        listener: match listener.state {
            ListenerState::Running => TrayIcon::Listening,
            ListenerState::Stopped => TrayIcon::Stopped,
            ListenerState::Failed => TrayIcon::Failed,
        },
        port: listener.port,
        profile: connection.profile.as_deref(),
        level: connection.level,
        unread: desk.noticing.board.lock().unread(),
    })
}

/// Asks the servers of whichever profile is in front.
async fn keep_asking(app: AppHandle) {
    let desk = app.state::<Desk>();
    let mut fronts = desk.fronts.watch();
    loop {
        let front = fronts.borrow_and_update().clone();
        desk.noticing.see(&settings::read(&app), [Sighting::Left]);
        let asking = async {
            match front {
                Some(front) => ask(&app, &front).await,
                None => std::future::pending().await,
            }
        };
        let changed = tokio::select! {
            changed = fronts.changed() => changed,
            () = asking => Ok(()),
        };
        if changed.is_err() {
            return;
        }
    }
}

/// Asks one profile again and again.
async fn ask(app: &AppHandle, front: &Front) {
    let desk = app.state::<Desk>();
    let name = (!front.is_simulator).then(|| front.runtime.guard().profile().to_owned());
    let mut eye = ProfileEye::on(name);
    loop {
        let look = if front.is_simulator {
            ProfileLook::at_offline(&front.runtime).await
        } else {
            ProfileLook::at(&front.runtime, &desk.cache.desk).await
        };
        desk.noticing.see(&settings::read(app), eye.see(&look));
        sleep(BETWEEN_QUESTIONS).await;
    }
}

/// Looks at the disk.
async fn keep_measuring(app: AppHandle, folder: std::path::PathBuf) {
    let desk = app.state::<Desk>();
    loop {
        if let Some(free) = eyes::free_bytes(&folder) {
            desk.noticing.see(&settings::read(&app), eyes::disk(free));
        }
        sleep(BETWEEN_DISKS).await;
    }
}

/// Starts or stops the listener, whichever it is not, as its button in the window does.
pub(crate) async fn toggle_listener(app: AppHandle) {
    let desk = app.state::<Desk>();
    let toggled: Result<(), CommandError> = async {
        let status = desk.listening.status();
        if status.state == ListenerState::Running {
            desk.listening.stop().await;
            return Ok(());
        }
        let settings = settings::read(&app);
        let front = desk.front().await?;
        desk.listening.route(&settings.listener_path);
        let port = match status.port {
            0 => settings.listener_port,
            port => port,
        };
        desk.listening.start(&front.runtime, port).await;
        Ok(())
    }
    .await;
    if let Err(error) = toggled {
        tracing::warn!(%error, "the listener is as it was");
    }
}

/// Whether the application goes on when its last window is closed.
pub(crate) fn stays(app: &AppHandle) -> bool {
    settings::read(app).keep_in_tray && app.state::<Desk>().noticing.has_tray()
}
