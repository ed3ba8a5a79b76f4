//! The conversation as a scenario, and a scenario as a conversation.

use super::rewind::{Again, redo};
use super::{Result, Simulator, SimulatorError};
use crate::scenario::{self, Files, Outline, Scenario, Title, WriteError, Written};
use heliograph_model::WorkspaceFile;
use serde::{Deserialize, Serialize};

/// The conversation as a scenario's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenScenario {
    /// The file.
    pub written: Written,
    /// Whether the file, when it is played, goes otherwise than the conversation did:
    /// automations were edited since, or people wrote from outside at another time.
    pub differs: bool,
}

/// A scenario as the conversation that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OpenedScenario {
    /// Its name.
    pub name: String,
    /// Why it could not be played to its end with the present automations.
    pub stopped: Option<String>,
    /// How many things are not as it expects.
    pub failures: u32,
}

impl Simulator {
    /// The workspace that is tried out, as a file.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceFile {
        self.settings.read().workspace.clone()
    }

    /// Writes the conversation as a scenario which passes when it is run: what was done is
    /// played again, and what comes of it is what it expects.
    ///
    /// # Errors
    /// When something of it has no words in a scenario, or cannot be done any more.
    pub async fn write_scenario(
        &self,
        name: &str,
        about: &str,
        workspace: &str,
    ) -> std::result::Result<WrittenScenario, WriteError> {
        self.stand_still();
        let turn = self.turn().await;
        turn.stage.look_around().await.map_err(failed)?;
        let entries = turn.stage.whole_log().map_err(failed)?;
        let title = Title {
            name,
            about,
            workspace,
        };
        let mut outline = Outline::begin(&title, &turn.stage);
        let stage = self.anew(&turn.stage).await.map_err(failed)?;
        for entry in &entries {
            outline.add(&stage, &entry.done)?;
            if let Again::Refused(why) = redo(&stage, entry, Some(&turn.stage)).await {
                return Err(failed(SimulatorError::Impossible(why)));
            }
        }
        stage.close().await;
        let files = Files::default().with_workspace(workspace, self.workspace());
        let written = outline.finish(&files).await?;
        let differs = written.transcript != turn.stage.told();
        Ok(WrittenScenario { written, differs })
    }

    /// Plays a scenario with the present automations, and goes on from where it ends. What
    /// was said before is gone.
    ///
    /// # Errors
    /// When a new engine does not start; the old one is still there then.
    pub async fn open_scenario(&self, scenario: &Scenario) -> Result<OpenedScenario> {
        self.stand_still();
        let turn = self.turn().await;
        self.keep_languages(&turn.stage);
        let settings = self.settings.read().clone();
        let left = scenario::play(scenario, settings)
            .await
            .map_err(|error| SimulatorError::Impossible(error.to_string()))?;
        left.stage.look_around().await?;
        self.rewound.lock().forget();
        self.enter(left.stage);
        Ok(OpenedScenario {
            name: scenario.name.clone(),
            stopped: left.stuck.map(|stuck| stuck.to_string()),
            failures: u32::try_from(left.failures.len()).unwrap_or(u32::MAX),
        })
    }
}

fn failed(error: SimulatorError) -> WriteError {
    WriteError::Run(error.into())
}
