//! Which profile is connected: opening one in place of another without a restart, and what
//! is allowed on it.

use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode};
use crate::front::Front;
use heliograph_desk::connections::{ListenerSecrets, OFFLINE};
use heliograph_desk::traffic::KnownSecret;
use heliograph_listener::AppSecret;
use heliograph_model::{GuardLevel, Millis};
use heliograph_runtime::Runtime;
use heliograph_runtime::guard::{Arming, Guard};
use parking_lot::Mutex;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// What is in front, and what is allowed there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionStatus {
    /// The profile in front; `None` for the offline one, which the Simulator runs.
    pub profile: Option<String>,
    /// What is allowed now.
    pub level: GuardLevel,
    /// Until when it is *live*.
    pub until: Option<Millis>,
    /// Whether *live* can be armed.
    pub can_be_armed: bool,
    /// Whether deliveries are handled in this window.
    pub works_here: bool,
    /// The profile that is being opened.
    pub connecting: Option<String>,
    /// Why the last one could not be opened.
    pub failure: Option<ConnectFailure>,
}

/// A profile that could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ConnectFailure {
    /// Which.
    pub profile: String,
    /// Why, and what to do.
    pub message: String,
}

/// What is under way.
#[derive(Debug)]
pub(crate) struct Connecting {
    /// One switch at a time.
    turn: tokio::sync::Mutex<()>,
    /// Held for a moment only, never while waiting.
    stage: Mutex<Stage>,
    /// Tells of what the guard in front allows. Held for a moment only.
    guarding: Mutex<Option<AbortHandle>>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Stage {
    connecting: Option<String>,
    failure: Option<ConnectFailure>,
}

impl Default for Connecting {
    fn default() -> Self {
        Self {
            turn: tokio::sync::Mutex::new(()),
            stage: Mutex::default(),
            guarding: Mutex::default(),
            changed: watch::Sender::new(()),
        }
    }
}

impl Connecting {
    /// Tells when the status changed.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    fn at(&self, change: impl FnOnce(&mut Stage)) {
        change(&mut self.stage.lock());
        self.changed.send_replace(());
    }

    /// Tells of the changes of this guard from now on, and of no other.
    fn watch(&self, guard: Option<Arc<Guard>>) {
        let task = guard.map(|guard| {
            let (mut changes, changed) = (guard.changes(), self.changed.clone());
            tokio::spawn(async move {
                loop {
                    changes.next().await;
                    changed.send_replace(());
                }
            })
            .abort_handle()
        });
        if let Some(before) = std::mem::replace(&mut *self.guarding.lock(), task) {
            before.abort();
        }
    }
}

impl Desk {
    /// Opens a saved profile and puts it in front, in place of the one there. Where that
    /// fails, what was in front stays.
    ///
    /// # Errors
    /// When it cannot be opened; the message says what to do.
    pub(crate) async fn connect(&self, name: &str) -> Result<(), CommandError> {
        self.opened().await?;
        let _turn = self.connecting.turn.lock().await;
        self.connecting.at(|stage| {
            stage.connecting = Some(name.to_owned());
            stage.failure = None;
        });
        let opened = self.connections.open(name.to_owned()).await;
        let runtime = match opened {
            Ok(runtime) => Arc::new(runtime),
            Err(error) => {
                let error = CommandError::from(error);
                self.connecting.at(|stage| {
                    stage.connecting = None;
                    stage.failure = Some(ConnectFailure {
                        profile: name.to_owned(),
                        message: error.message.clone(),
                    });
                });
                return Err(error);
            }
        };
        tracing::info!(profile = name, level = %runtime.guard().level(), "connected");
        let metrics = self.connections.metrics(name.to_owned()).await;
        let metrics = metrics.unwrap_or_else(|error| {
            tracing::warn!(%error, profile = name, "its workers are not looked at");
            Vec::new()
        });
        self.switch(Front {
            runtime,
            is_simulator: false,
            metrics: metrics.into(),
        })
        .await;
        self.remember(Some(name.to_owned())).await;
        Ok(())
    }

    /// Puts the offline profile in front again.
    ///
    /// # Errors
    /// When it is not open.
    pub(crate) async fn disconnect(&self) -> Result<(), CommandError> {
        let simulator = self.simulator().await?;
        let _turn = self.connecting.turn.lock().await;
        self.switch(Front::simulator(simulator.runtime())).await;
        self.remember(None).await;
        Ok(())
    }

    /// Opens the profile again that was in front last. Where that fails, the status says
    /// why.
    pub(crate) async fn reconnect(&self) {
        let last = self
            .connections
            .view()
            .await
            .ok()
            .and_then(|view| view.last);
        if let Some(last) = last
            && let Err(error) = self.connect(&last).await
        {
            tracing::warn!(%error, profile = last, "it is not connected again");
        }
    }

    /// What is in front, and what is allowed there.
    pub(crate) fn connection(&self) -> ConnectionStatus {
        let front = self.fronts.watch().borrow().clone();
        let stage = self.connecting.stage.lock();
        let mut status = ConnectionStatus {
            profile: None,
            level: GuardLevel::Offline,
            until: None,
            can_be_armed: false,
            works_here: true,
            connecting: stage.connecting.clone(),
            failure: stage.failure.clone(),
        };
        if let Some(front) = front.filter(|front| !front.is_simulator) {
            let guard = front.runtime.guard();
            status.profile = Some(guard.profile().to_owned());
            status.level = guard.level();
            status.until = match guard.arming() {
                Arming::Until(at) => Some(at),
                Arming::Disarmed | Arming::WithoutLimit => None,
            };
            status.can_be_armed = guard.can_be_armed();
            status.works_here = guard.works_here();
        }
        status
    }

    /// The profile in front, which is none of the offline one.
    ///
    /// # Errors
    /// When no profile is connected.
    pub(crate) async fn connected(&self) -> Result<Arc<Runtime>, CommandError> {
        let front = self.front().await?;
        if front.is_simulator {
            let message = "No profile is connected. Connect one in Connections first.";
            return Err(CommandError::new(ErrorCode::Invalid, message));
        }
        Ok(front.runtime)
    }

    /// Puts a profile in front, and stops the one before it, unless that is the
    /// simulator's.
    async fn switch(&self, front: Front) {
        let before = self.fronts.watch().borrow().clone();
        let guard = (!front.is_simulator).then(|| Arc::clone(front.runtime.guard()));
        let runtime = Arc::clone(&front.runtime);
        self.fronts.put(front);
        self.connecting.watch(guard);
        self.connecting.at(|stage| *stage = Stage::default());
        self.renew_listener(&runtime).await;
        if let Some(before) = before
            && !before.is_simulator
            && !Arc::ptr_eq(&before.runtime, &runtime)
        {
            // Its journal is closed with it.
            self.traffic.note_all().await;
            // While it may still be live, so that what is under way ends as it should.
            before.runtime.stop().await;
            before.runtime.guard().disarm();
            self.seen.close(&before.runtime).await;
        }
    }

    /// Whose secrets the listener checks with.
    pub(crate) fn listener_profile(&self) -> String {
        self.connection()
            .profile
            .unwrap_or_else(|| OFFLINE.to_owned())
    }

    /// Lets the listener check with what is kept for the profile in front, and stand before
    /// it.
    pub(crate) async fn renew_listener(&self, runtime: &Runtime) {
        let profile = self.listener_profile();
        let removed = self.connections.removed_app_secret(&profile);
        let kept = self.connections.listener_secrets(profile).await;
        let kept = kept.unwrap_or_else(|error| {
            tracing::warn!(%error, "the listener's secrets are not to be had");
            ListenerSecrets::default()
        });
        let known = |secret: &AppSecret, accepted| KnownSecret {
            name: secret.name.clone(),
            secret: secret.secret.clone(),
            accepted,
        };
        self.traffic.know_kept(
            kept.app.iter().map(|secret| known(secret, true)).collect(),
            removed.map(|(secret, until)| (known(&secret, false), until)),
        );
        self.listening.know(kept);
        self.listening.follow(runtime).await;
    }

    /// Stops the profile in front, where it is none of the simulator's.
    pub(crate) async fn close_front(&self) {
        self.connecting.watch(None);
        let front = self.fronts.watch().borrow().clone();
        if let Some(front) = front.filter(|front| !front.is_simulator) {
            front.runtime.stop().await;
            front.runtime.guard().disarm();
            self.seen.close(&front.runtime).await;
        }
    }

    /// Forgets what was seen of profiles that keep no journal, and what is kept of it. The
    /// screens that list it begin anew.
    pub(crate) async fn forget_seen(&self) {
        self.seen.forget().await;
        let front = self.fronts.watch().borrow().clone();
        if let Some(front) = front.filter(|front| front.runtime.journal().is_none()) {
            self.traffic.follow(Arc::clone(&front.runtime));
            self.conversations.follow(front.runtime);
        }
    }

    async fn remember(&self, name: Option<String>) {
        if let Err(error) = self.connections.remember(name).await {
            tracing::warn!(%error, "which profile is in front is not kept");
        }
    }
}
