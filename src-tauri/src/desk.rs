//! What the window works on: the simulator, which is opened behind the window, and the
//! listener in front of it.

use crate::{
    error::{CommandError, ErrorCode},
    listening::Listening,
    settings::Settings,
    updates::Updates,
};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_lab::simulator::{Simulator, SimulatorSettings};
use std::sync::Arc;
use tokio::sync::watch;

/// The state that commands share.
#[derive(Debug)]
pub(crate) struct Desk {
    stage: watch::Sender<Stage>,
    pub(crate) listening: Listening,
    pub(crate) updates: Updates,
}

/// How far the opening of the simulator is.
#[derive(Debug, Clone)]
enum Stage {
    Closed,
    Opening,
    Open(Arc<Simulator>),
    Failed(CommandError),
    Closing,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            stage: watch::Sender::new(Stage::Closed),
            listening: Listening::new(),
            updates: Updates::default(),
        }
    }

    /// Opens the simulator on the demo workspace, and the listener where that is set.
    /// Does nothing while it is open or being opened; after it failed, tries again.
    pub(crate) async fn open(&self, settings: &Settings) {
        let ours = self.stage.send_if_modified(|stage| match stage {
            Stage::Closed | Stage::Failed(_) => {
                *stage = Stage::Opening;
                true
            }
            Stage::Opening | Stage::Open(_) | Stage::Closing => false,
        });
        if !ours {
            return;
        }
        // The virtual clock starts at the present, so that webhooks from outside, which
        // carry the time of the world, are not from its future or long past.
        let demo = SimulatorSettings {
            open_to_others: true,
            ..SimulatorSettings::demo(SystemClock.now())
        };
        match Simulator::open(demo).await {
            Ok(simulator) => {
                let simulator = Arc::new(simulator);
                self.stage.send_replace(Stage::Open(Arc::clone(&simulator)));
                if settings.listener_autostart {
                    // Why it did not start is in its status, which the window shows.
                    let port = settings.listener_port;
                    self.listening.start((&simulator).into(), port).await;
                }
            }
            Err(error) => {
                tracing::error!(%error, "the simulator does not open");
                let error = CommandError::new(ErrorCode::Unavailable, error.to_string());
                self.stage.send_replace(Stage::Failed(error));
            }
        }
    }

    /// The simulator, as soon as it is open, or why it is not.
    pub(crate) async fn simulator(&self) -> Result<Arc<Simulator>, CommandError> {
        let mut stages = self.stage.subscribe();
        let stage = stages
            .wait_for(|stage| !matches!(stage, Stage::Closed | Stage::Opening))
            .await;
        match stage.as_deref() {
            Ok(Stage::Open(simulator)) => Ok(Arc::clone(simulator)),
            Ok(Stage::Failed(error)) => Err(error.clone()),
            Ok(Stage::Closed | Stage::Opening | Stage::Closing) | Err(_) => Err(closing()),
        }
    }

    /// The simulator, as soon as it is open, however often that fails before.
    pub(crate) async fn simulator_at_last(&self) -> Result<Arc<Simulator>, CommandError> {
        let mut stages = self.stage.subscribe();
        let stage = stages
            .wait_for(|stage| matches!(stage, Stage::Open(_) | Stage::Closing))
            .await;
        match stage.as_deref() {
            Ok(Stage::Open(simulator)) => Ok(Arc::clone(simulator)),
            _ => Err(closing()),
        }
    }

    /// Stops what is running: first what brings work, then what does it.
    pub(crate) async fn close(&self) {
        self.updates.stop();
        self.listening.stop().await;
        // Nothing of the simulator's outlives it, so it is dropped where it stands.
        self.stage.send_replace(Stage::Closing);
    }
}

fn closing() -> CommandError {
    CommandError::new(ErrorCode::Unavailable, "Heliograph is closing.")
}
