//! The desktop's tray: who registers an icon, and what the icon and its menu say.

use anyhow::{Context, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy};

/// Takes icons in. A desktop that shows them is always there.
#[derive(Debug)]
pub(super) struct Watcher(pub(super) Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the header is handed over so"
    )]
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        // A path alone stands for the one who asks.
        let name = match header.sender() {
            Some(sender) if service.starts_with('/') => sender.to_string(),
            _ => service.to_owned(),
        };
        self.0.lock().push(name);
    }

    #[allow(clippy::unused_self, reason = "the specification has it so")]
    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().clone()
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// An icon as it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    service: String,
    menu: OwnedObjectPath,
    /// Its name for those who do not see it.
    pub title: String,
    /// `Active` or `NeedsAttention`.
    pub status: String,
    /// The widths of its pictures.
    pub widths: Vec<i32>,
    /// The pixels of its first picture.
    pub pixels: Vec<u8>,
    /// What its menu has, from the top.
    pub entries: Vec<Entry>,
}

/// One line of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    number: i32,
    /// What it says; empty for a line between entries.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    /// Whether it is ticked.
    pub ticked: bool,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Item {
    /// Reads the icon of a service; `None` when that is gone.
    pub(super) async fn read(connection: &Connection, service: &str) -> Result<Option<Self>> {
        let bus = zbus::fdo::DBusProxy::new(connection).await?;
        let read = Self::read_whole(connection, service).await;
        // It may go while it is read.
        if !bus.name_has_owner(service.try_into()?).await? {
            return Ok(None);
        }
        read.map(Some)
    }

    /// Its parts are asked for one by one, and it may change between two of them: what is
    /// the same twice is one face, not the halves of two.
    async fn read_whole(connection: &Connection, service: &str) -> Result<Self> {
        let mut before = Self::read_now(connection, service).await?;
        loop {
            let now = Self::read_now(connection, service).await?;
            if now == before {
                return Ok(now);
            }
            before = now;
        }
    }

    async fn read_now(connection: &Connection, service: &str) -> Result<Self> {
        let item = Proxy::new(
            connection,
            service.to_owned(),
            "/StatusNotifierItem",
            "org.kde.StatusNotifierItem",
        )
        .await?;
        let pixmaps: Vec<(i32, i32, Vec<u8>)> = item.get_property("IconPixmap").await?;
        let menu: OwnedObjectPath = item.get_property("Menu").await?;
        let menus = Self::menus(connection, service, &menu).await?;
        let (_, layout): (u32, Layout) = menus
            .call("GetLayout", &(0_i32, -1_i32, Vec::<String>::new()))
            .await?;
        Ok(Self {
            service: service.to_owned(),
            title: item.get_property("Title").await?,
            status: item.get_property("Status").await?,
            widths: pixmaps.iter().map(|(width, ..)| *width).collect(),
            pixels: pixmaps
                .into_iter()
                .next()
                .map(|(.., pixels)| pixels)
                .unwrap_or_default(),
            entries: layout
                .2
                .into_iter()
                .map(entry)
                .collect::<Result<Vec<_>>>()?,
            menu,
        })
    }

    /// Whether the menu has this line.
    #[must_use]
    pub fn says(&self, label: &str) -> bool {
        self.entries.iter().any(|entry| entry.label == label)
    }

    pub(super) async fn choose(&self, connection: &Connection, label: &str) -> Result<()> {
        let entry = self.entries.iter().find(|entry| entry.label == label);
        let entry = entry.with_context(|| format!("no “{label}” in {:?}", self.entries))?;
        let menus = Self::menus(connection, &self.service, &self.menu).await?;
        let event = (entry.number, "clicked", Value::from(0_i32), 0_u32);
        menus.call_method("Event", &event).await?;
        Ok(())
    }

    async fn menus(
        connection: &Connection,
        service: &str,
        menu: &OwnedObjectPath,
    ) -> Result<Proxy<'static>> {
        let interface = "com.canonical.dbusmenu";
        Ok(Proxy::new(connection, service.to_owned(), menu.clone(), interface).await?)
    }
}

fn entry(value: OwnedValue) -> Result<Entry> {
    let (number, properties, _): Layout = value.try_into()?;
    let text = |name: &str| {
        let value = properties.get(name)?;
        let text: &str = value.downcast_ref().ok()?;
        Some(text.to_owned())
    };
    let enabled = properties
        .get("enabled")
        .and_then(|value| value.downcast_ref::<bool>().ok());
    let ticked = properties
        .get("toggle-state")
        .and_then(|value| value.downcast_ref::<i32>().ok());
    Ok(Entry {
        number,
        label: text("label").unwrap_or_default(),
        enabled: enabled.unwrap_or(true),
        ticked: ticked == Some(1),
    })
}
