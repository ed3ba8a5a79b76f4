//! A desktop around the window: it takes notifications and tray icons over a D-Bus of its
//! own and says what a person prefers, as GNOME and KDE do, and keeps what it was told.

mod appearance;
mod notifications;
mod tray;

pub use notifications::Notification;
pub use tray::{Entry, Item};

use anyhow::Result;
use appearance::Appearance;
use heliograph_servers::dbus::Dbus;
use notifications::{Notifications, Told};
use parking_lot::Mutex;
use std::sync::Arc;
use tray::Watcher;
use zbus::Connection;
use zbus::connection::Builder;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// A desktop's session.
#[derive(Debug)]
pub struct Session {
    bus: Dbus,
    /// The desktop's own connection.
    connection: Connection,
    told: Arc<Mutex<Told>>,
    items: Arc<Mutex<Vec<String>>>,
    appearance: Appearance,
}

impl Session {
    /// A desktop that takes notifications, and has no place for tray icons yet.
    ///
    /// # Errors
    /// When its D-Bus does not start.
    pub async fn start() -> Result<Self> {
        let bus = Dbus::start()?;
        let told = Arc::new(Mutex::new(Told::default()));
        let connection = Builder::address(bus.address())?
            .name("org.freedesktop.Notifications")?
            .serve_at(
                "/org/freedesktop/Notifications",
                Notifications(Arc::clone(&told)),
            )?
            .build()
            .await?;
        Ok(Self {
            bus,
            connection,
            told,
            items: Arc::default(),
            appearance: Appearance::default(),
        })
    }

    /// The same with a place for tray icons.
    ///
    /// # Errors
    /// When its D-Bus does not start.
    pub async fn with_tray() -> Result<Self> {
        let session = Self::start().await?;
        session.make_room_for_icons().await?;
        Ok(session)
    }

    /// Shows tray icons from now on.
    ///
    /// # Errors
    /// When its D-Bus is gone.
    pub async fn make_room_for_icons(&self) -> Result<()> {
        let watcher = Watcher(Arc::clone(&self.items));
        let server = self.connection.object_server();
        server.at("/StatusNotifierWatcher", watcher).await?;
        self.connection.request_name(WATCHER).await?;
        Ok(())
    }

    /// Is dark from now on, or light, and says so to whoever asks or listens. Before that
    /// it says nothing of it, as a desktop without a portal.
    ///
    /// # Errors
    /// When its D-Bus is gone.
    pub async fn prefer_dark(&self, dark: bool) -> Result<()> {
        self.appearance.prefer(&self.connection, dark).await
    }

    /// Its D-Bus.
    #[must_use]
    pub fn bus(&self) -> &Dbus {
        &self.bus
    }

    /// The notifications that it was asked to show, the first one first.
    #[must_use]
    pub fn notifications(&self) -> Vec<Notification> {
        self.told.lock().notifications.clone()
    }

    /// The numbers of those that it was asked to take away.
    #[must_use]
    pub fn closed(&self) -> Vec<u32> {
        self.told.lock().closed.clone()
    }

    /// Clicks on a notification.
    ///
    /// # Errors
    /// When its D-Bus is gone.
    pub async fn click(&self, number: u32) -> Result<()> {
        Notifications::click(&self.connection, number).await
    }

    /// The icon in its tray, where there is one.
    ///
    /// # Errors
    /// When the icon does not answer.
    pub async fn icon(&self) -> Result<Option<Item>> {
        let Some(service) = self.items.lock().last().cloned() else {
            return Ok(None);
        };
        Item::read(&self.connection, &service).await
    }

    /// Chooses an entry of the icon's menu by its label.
    ///
    /// # Errors
    /// When there is no icon, or no such entry.
    pub async fn choose(&self, label: &str) -> Result<()> {
        let item = self.icon().await?;
        let item = item.ok_or_else(|| anyhow::anyhow!("there is no icon"))?;
        item.choose(&self.connection, label).await
    }
}
