//! The window's listener: the real one, in front of the queue of the profile in front.
//!
//! The window's own app secret, and the verify token where none is kept, are made anew at
//! every start of the application: they count on the loopback address only. The app
//! secrets of Meta's dashboard are kept where secrets are, for each profile.

use heliograph_desk::connections::{KnownAppSecret, ListenerSecrets, taken_port};
use heliograph_listener::{
    Accepted, AppSecret, Listener, ListenerSettings, Observer, Received, Refusal, RunningListener,
    Verification, signature,
};
use heliograph_runtime::guard::Guard;
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
    /// What is typed into Meta's dashboard as the verify token.
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

/// What a listener is set up with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ListenerDetails {
    /// The path of its webhook route.
    pub path: String,
    /// Whether the verify token is kept; otherwise it is made anew at every start of the
    /// application.
    pub keeps_token: bool,
    /// The app secrets that count beside the window's own.
    pub secrets: Vec<KnownAppSecret>,
    /// A port that is free, where the one that was wanted is not.
    pub free_port: Option<u16>,
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
    /// What is kept for the profile in front. Held for a moment only.
    kept: Mutex<ListenerSecrets>,
    /// Held for a moment only.
    path: Mutex<String>,
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
    Stopped {
        port: u16,
    },
    /// With the guard of the profile that it stands before.
    Running(RunningListener, Arc<Guard>),
    Failed {
        port: u16,
        fault: Fault,
    },
}

/// Why it does not run.
#[derive(Debug, Clone)]
struct Fault {
    error: String,
    free_port: Option<u16>,
}

impl From<String> for Fault {
    fn from(error: String) -> Self {
        Self {
            error,
            free_port: None,
        }
    }
}

impl Listening {
    /// A listener that does not run yet, with fresh secrets; `looks_on` is shown every
    /// request.
    pub(crate) fn new(looks_on: Arc<dyn Observer>) -> Self {
        Self {
            verify_token: made_up_secret().into(),
            app_secret: made_up_secret().into(),
            kept: Mutex::default(),
            path: Mutex::new(ListenerSettings::PATH.to_owned()),
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
            Ok(running) => Stage::Running(running, Arc::clone(before.guard())),
            Err(fault) => {
                tracing::warn!(port, error = fault.error, "the listener does not start");
                Stage::Failed { port, fault }
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

    /// Checks with these secrets from the next start on.
    pub(crate) fn know(&self, kept: ListenerSecrets) {
        *self.kept.lock() = kept;
        self.changed.send_replace(());
    }

    /// Takes this path from the next start on.
    pub(crate) fn route(&self, path: &str) {
        path.clone_into(&mut self.path.lock());
    }

    async fn begin(&self, before: &Runtime, port: u16) -> Result<RunningListener, Fault> {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| in_words(&error, port))?;
        let kept = self.kept.lock().clone();
        let mut secrets = vec![AppSecret {
            name: SECRET_NAME.into(),
            secret: self.app_secret.clone(),
            accounts: Vec::new(),
        }];
        secrets.extend(kept.app);
        let settings = ListenerSettings {
            path: self.path.lock().clone(),
            verify_token: Some(kept.verify_token.unwrap_or(self.verify_token.clone())),
            secrets,
            ..ListenerSettings::default()
        };
        let observer = Arc::new(Refusals {
            changed: self.changed.clone(),
            looks_on: Arc::clone(&self.looks_on),
        });
        Listener::start_observed(
            tcp,
            before.intake(),
            Arc::clone(before.clock()),
            settings,
            Some(observer),
            // It ends when it is stopped or dropped, and not by itself.
            std::future::pending(),
        )
        .map_err(|error| error.to_string().into())
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
        if let Stage::Running(running, guard) = before {
            let counters = running.counting();
            running.stop().await;
            guard.heard(counters().accepted);
        }
    }

    /// How it is now.
    pub(crate) fn status(&self) -> ListenerStatus {
        let kept = self.kept.lock().clone();
        let token = kept.verify_token.as_ref().unwrap_or(&self.verify_token);
        let mut status = ListenerStatus {
            state: ListenerState::Stopped,
            address: None,
            port: 0,
            verify_token: token.expose_secret().to_owned(),
            accepted: 0,
            rejected: 0,
            error: None,
        };
        match &*self.stage.lock() {
            Stage::Stopped { port } => status.port = *port,
            Stage::Running(running, _) => {
                let counters = running.counters();
                status.state = ListenerState::Running;
                status.address = Some(running.url());
                status.port = running.address().port();
                status.accepted = counters.accepted;
                status.rejected = counters.rejected();
            }
            Stage::Failed { port, fault } => {
                status.state = ListenerState::Failed;
                status.port = *port;
                status.error = Some(fault.error.clone());
            }
        }
        status
    }

    /// What it is set up with.
    pub(crate) fn details(&self) -> ListenerDetails {
        let kept = self.kept.lock().clone();
        let known = |secret: AppSecret| KnownAppSecret {
            name: secret.name,
            accounts: secret.accounts,
        };
        ListenerDetails {
            path: self.path.lock().clone(),
            keeps_token: kept.verify_token.is_some(),
            secrets: kept.app.into_iter().map(known).collect(),
            free_port: match &*self.stage.lock() {
                Stage::Failed { fault, .. } => fault.free_port,
                Stage::Stopped { .. } | Stage::Running(..) => None,
            },
        }
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
        self.changed.send_replace(());
    }

    fn verification(&self, verification: &Verification, request: &Received<'_>) {
        self.looks_on.verification(verification, request);
    }
}

fn in_words(error: &io::Error, port: u16) -> Fault {
    let says = match error.kind() {
        io::ErrorKind::AddrInUse => {
            let taken = taken_port(port);
            let error = match &taken.program {
                Some(program) => format!(
                    "Port {port} is in use by another program: {program}. Choose another one, or stop that program."
                ),
                None => format!(
                    "Port {port} is in use by another program. Choose another one. Which program it is tells: {}",
                    taken.look
                ),
            };
            return Fault {
                error,
                free_port: taken.free,
            };
        }
        io::ErrorKind::PermissionDenied => {
            format!("The system does not allow port {port} to this program. Choose one above 1023.")
        }
        _ => format!("Port {port} cannot be opened: {error}. Choose another one."),
    };
    says.into()
}
