//! The desktop's service for notifications.

use anyhow::Result;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use zbus::Connection;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

const PATH: &str = "/org/freedesktop/Notifications";

/// One that it was asked to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its number.
    pub number: u32,
    /// The application.
    pub application: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// What can be done, in pairs of a key and a label.
    pub actions: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) notifications: Vec<Notification>,
    pub(super) closed: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Notifications(pub(super) Arc<Mutex<Told>>);

impl Notifications {
    pub(super) async fn click(connection: &Connection, number: u32) -> Result<()> {
        let emitter = SignalEmitter::new(connection, PATH)?;
        Ok(Self::action_invoked(&emitter, number, "default").await?)
    }
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[allow(
        clippy::too_many_arguments,
        clippy::needless_pass_by_value,
        reason = "the specification has them so"
    )]
    fn notify(
        &self,
        app_name: String,
        replaces_id: u32,
        _app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut told = self.0.lock();
        let number = match replaces_id {
            0 => u32::try_from(told.notifications.len()).unwrap_or_default() + 1,
            number => number,
        };
        told.notifications.push(Notification {
            number,
            application: app_name,
            title: summary,
            text: body,
            actions,
        });
        number
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        self.0.lock().closed.push(id);
        // 3: closed by a call.
        Self::notification_closed(&emitter, id, 3).await?;
        Ok(())
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["body", "actions", "body-markup"].map(str::to_owned).into()
    }

    #[zbus(signal)]
    async fn action_invoked(
        emitter: &SignalEmitter<'_>,
        id: u32,
        action_key: &str,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(
        emitter: &SignalEmitter<'_>,
        id: u32,
        reason: u32,
    ) -> zbus::Result<()>;
}
