//! The window's listener: the real one, in front of the queue of the profile in front.
//!
//! Its verify token and app secret are made anew at every start of the application: they
//! open nothing but a demo workspace on the loopback address, and nothing of them is
//! kept.

use heliograph_listener::{
    Accepted, AppSecret, Listener, ListenerSettings, Observer, Received, Refusal, RunningListener,
    signature,
};
use heliograph_runtime::{Runtime, made_up_secret};
use parking_lot::Mutex;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::{io, net::Ipv4Addr, sync::Arc};
use tokio::{net::TcpListener, sync::watch};

/// What the window's own app secret is called.
pub(crate) const SECRET_NAME: &str = "this window";

/// How the listener is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ListenerStatus {
    /// Whether it runs.
    pub state: ListenerState,
    /// The address of its webhook route, while it runs.
    pub address: Option<String>,
    /// Its port, or the one that it was last asked to take.
    pub port: u16,
    /// What is typed into Meta's dashboard as the verify token; made anew at every start
    /// of the application.
    pub verify_token: String,
    /// Deliveries that it accepted.
    #[specta(type = specta_typescript::Number)]
    pub accepted: u64,
    /// Requests that it refused.
    #[specta(type = specta_typescript::Number)]
    pub rejected: u64,
    /// Why it does not run, for people.
    pub error: Option<String>,
}

/// Whether a listener runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ListenerState {
    /// It was not started, or was stopped.
    Stopped,
    /// It accepts deliveries.
    Running,
    /// It should run and could not start.
    Failed,
}

/// The listener and what it is started with.
#[derive(Debug)]
pub(crate) struct Listening {
    verify_token: SecretString,
    app_secret: SecretString,
    /// Held while starting and stopping, so that one is finished before the next begins.
    turn: tokio::sync::Mutex<()>,
    /// Held for a moment only, never while waiting.
    stage: Mutex<Stage>,
    changed: watch::Sender<()>,
    /// Is shown every request.
    looks_on: Arc<dyn Observer>,
}

#[derive(Debug)]
enum Stage {
    Stopped { port: u16 },
    Running(RunningListener),
    Failed { port: u16, error: String },
}

impl Listening {
    /// A listener that does not run yet, with fresh secrets; `looks_on` is shown every
    /// request.
    pub(crate) fn new(looks_on: Arc<dyn Observer>) -> Self {
        Self {
            verify_token: made_up_secret().into(),
            app_secret: made_up_secret().into(),
            turn: tokio::sync::Mutex::new(()),
            stage: Mutex::new(Stage::Stopped { port: 0 }),
            changed: watch::Sender::new(()),
            looks_on,
        }
    }

    /// Starts on a port of the loopback address, instead of where it runs now. Whether
    /// that worked is in the status.
    pub(crate) async fn start(&self, before: &Runtime, port: u16) {
        let _turn = self.turn.lock().await;
        self.end(port).await;
        let stage = match self.begin(before, port).await {
            Ok(running) => Stage::Running(running),
            Err(error) => {
                tracing::warn!(port, error, "the listener does not start");
                Stage::Failed { port, error }
            }
        };
        *self.stage.lock() = stage;
        self.changed.send_replace(());
    }

    /// Starts anew where it runs, after another profile came in front, with a queue of its
    /// own.
    pub(crate) async fn follow(&self, before: &Runtime) {
        let status = self.status();
        match status.state {
            ListenerState::Running => self.start(before, status.port).await,
            ListenerState::Stopped | ListenerState::Failed => {}
        }
    }

    async fn begin(&self, before: &Runtime, port: u16) -> Result<RunningListener, String> {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| in_words(&error, port))?;
        let settings = ListenerSettings {
            verify_token: Some(self.verify_token.clone()),
            secrets: vec![AppSecret {
                name: SECRET_NAME.into(),
                secret: self.app_secret.clone(),
                accounts: Vec::new(),
            }],
            ..ListenerSettings::default()
        };
        let observer = Arc::new(Refusals {
            changed: self.changed.clone(),
            looks_on: Arc::clone(&self.looks_on),
        });
        Listener::start_observed(
            tcp,
            before.queue(),
            Arc::clone(before.clock()),
            settings,
            Some(observer),
            // It ends when it is stopped or dropped, and not by itself.
            std::future::pending(),
        )
        .map_err(|error| error.to_string())
    }

    /// Stops once it has answered what it accepted.
    pub(crate) async fn stop(&self) {
        let _turn = self.turn.lock().await;
        let port = self.status().port;
        self.end(port).await;
        self.changed.send_replace(());
    }

    async fn end(&self, port: u16) {
        let before = std::mem::replace(&mut *self.stage.lock(), Stage::Stopped { port });
        if let Stage::Running(running) = before {
            running.stop().await;
        }
    }

    /// How it is now.
    pub(crate) fn status(&self) -> ListenerStatus {
        let mut status = ListenerStatus {
            state: ListenerState::Stopped,
            address: None,
            port: 0,
            verify_token: self.verify_token.expose_secret().to_owned(),
            accepted: 0,
            rejected: 0,
            error: None,
        };
        match &*self.stage.lock() {
            Stage::Stopped { port } => status.port = *port,
            Stage::Running(running) => {
                let counters = running.counters();
                status.state = ListenerState::Running;
                status.address = Some(running.url());
                status.port = running.address().port();
                status.accepted = counters.accepted;
                status.rejected = counters.rejected();
            }
            Stage::Failed { port, error } => {
                status.state = ListenerState::Failed;
                status.port = *port;
                status.error = Some(error.clone());
            }
        }
        status
    }

    /// Tells when it was started, stopped, or refused something. What it accepted shows
    /// in the simulator.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn app_secret(&self) -> &str {
        self.app_secret.expose_secret()
    }

    /// The signature of a body, as its header carries it.
    pub(crate) fn sign(&self, body: &[u8]) -> String {
        signature::sign(&self.app_secret, body)
    }
}

/// Lets the window know that the number of refused requests changed.
#[derive(Debug)]
struct Refusals {
    changed: watch::Sender<()>,
    looks_on: Arc<dyn Observer>,
}

impl Observer for Refusals {
    fn refused(&self, refusal: &Refusal, request: &Received<'_>) {
        if let Some(fault) = refusal.signature {
            tracing::info!(reason = ?refusal.reason, "refused: {}", fault.advice());
        }
        self.looks_on.refused(refusal, request);
        self.changed.send_replace(());
    }

    fn accepted(&self, accepted: &Accepted<'_>, request: &Received<'_>) {
        self.looks_on.accepted(accepted, request);
    }
}

fn in_words(error: &io::Error, port: u16) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("Port {port} is in use by another program. Choose another one.")
        }
        io::ErrorKind::PermissionDenied => {
            format!("The system does not allow port {port} to this program. Choose one above 1023.")
        }
        _ => format!("Port {port} cannot be opened: {error}. Choose another one."),
    }
}
