//! Notifications by the service that every Linux desktop has for them.

use crate::desk::Desk;
use futures::StreamExt;
use heliograph_desk::notices::{Notice, Tell};
use parking_lot::Mutex;
use std::collections::HashMap;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::{AppHandle, Manager};
use tokio::sync::mpsc;
use zbus::zvariant::Value;

/// The service, as its specification has it.
#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Service {
    #[allow(clippy::too_many_arguments, reason = "the specification has so many")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// What a click on the notification itself is called.
const CLICK: &str = "default";

/// The task that shows what it is told.
#[derive(Debug, Default)]
pub(super) struct Notifications(Mutex<Option<(mpsc::UnboundedSender<Tell>, JoinHandle<()>)>>);

impl Notifications {
    pub(super) fn start(&self, app: &AppHandle) {
        // The board bounds how much is told.
        let (sender, told) = mpsc::unbounded_channel();
        let task = spawn(keep_showing(app.clone(), told));
        *self.0.lock() = Some((sender, task));
    }

    pub(super) fn stop(&self) {
        if let Some((_, task)) = self.0.lock().take() {
            task.abort();
        }
    }

    pub(super) fn tell(&self, tell: Tell) {
        if let Some((sender, _)) = &*self.0.lock() {
            // Fails only when the task has ended, and then nobody is there to be told.
            let _ = sender.send(tell);
        }
    }
}

async fn keep_showing(app: AppHandle, mut told: mpsc::UnboundedReceiver<Tell>) {
    // Nobody is asked for anything before there is something to show.
    while let Some(tell) = told.recv().await {
        if let Err(error) = show(&app, tell, &mut told).await {
            tracing::warn!(%error, "the desktop shows no notifications; the list in the window has all of them");
        }
    }
}

/// Shows what is told until the service is gone.
async fn show(
    app: &AppHandle,
    first: Tell,
    told: &mut mpsc::UnboundedReceiver<Tell>,
) -> zbus::Result<()> {
    let bus = zbus::Connection::session().await?;
    let service = ServiceProxy::new(&bus).await?;
    let marks_up = service
        .get_capabilities()
        .await?
        .iter()
        .any(|can| can == "body-markup");
    let mut clicks = service.receive_action_invoked().await?;
    let mut closings = service.receive_notification_closed().await?;
    // The service's number of each notice that is shown.
    let mut shown: HashMap<u32, u32> = HashMap::new();
    let mut next = Some(first);
    loop {
        match next.take() {
            Some(Tell::Show(notice)) => {
                let replaced = shown.get(&notice.id).copied().unwrap_or(0);
                let number = notify(&service, &notice, replaced, marks_up).await?;
                shown.insert(notice.id, number);
            }
            Some(Tell::Close(id)) => {
                if let Some(number) = shown.remove(&id) {
                    service.close_notification(number).await?;
                }
            }
            None => {}
        }
        tokio::select! {
            tell = told.recv() => match tell {
                Some(tell) => next = Some(tell),
                None => return Ok(()),
            },
            Some(click) = clicks.next() => {
                let click = click.args()?;
                let of = shown.iter().find(|(_, number)| **number == click.id);
                if let Some((notice, _)) = of {
                    app.state::<Desk>().noticing.open(app, *notice);
                }
            }
            Some(closed) = closings.next() => {
                let closed = closed.args()?;
                shown.retain(|_, number| *number != closed.id);
            }
        }
    }
}

async fn notify(
    service: &ServiceProxy<'_>,
    notice: &Notice,
    replaced: u32,
    marks_up: bool,
) -> zbus::Result<u32> {
    let body = if marks_up {
        escaped(&notice.text)
    } else {
        notice.text.clone()
    };
    // The name of the desktop entry that the packages bring, so that the desktop can keep
    // a setting for it.
    let hints = HashMap::from([("desktop-entry", Value::from("Heliograph"))]);
    service
        .notify(
            "Heliograph",
            replaced,
            "heliograph-desktop",
            &notice.title,
            &body,
            &[CLICK, "Show"],
            hints,
            -1,
        )
        .await
}

/// A text in which nothing is taken for markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_in_a_text_is_taken_for_markup() {
        assert_eq!(escaped("a <b>&</b>"), "a &lt;b&gt;&amp;&lt;/b&gt;");
    }
}
