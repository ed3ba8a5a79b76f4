//! Commands on the scenarios that are kept beside the library: plain files, which
//! `heliograph simulate` runs too.

use super::Answer;
use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode};
use heliograph_lab::scenario::{KeptScenario, ScenarioOutcome, Shelf, ShelfError, WriteError};
use heliograph_lab::simulator::OpenedScenario;
use serde::Serialize;
use tauri::State;

/// A conversation that was saved.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct SavedScenario {
    /// The file.
    pub file: String,
    /// Everything that is kept now.
    pub kept: Vec<KeptScenario>,
    /// Whether the file, when it is played, goes otherwise than the conversation did.
    pub differs: bool,
}

/// All that are kept, with what came of their last runs.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_list(desk: State<'_, Desk>) -> Answer<Vec<KeptScenario>> {
    Ok(desk.scenarios().list()?)
}

/// Saves the conversation as a scenario that passes.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_save(
    desk: State<'_, Desk>,
    name: String,
    about: String,
) -> Answer<SavedScenario> {
    let simulator = desk.simulator().await?;
    let shelf = desk.scenarios();
    let workspace = simulator.workspace();
    let id = workspace.workspace.id.to_string();
    let saved = simulator.write_scenario(&name, &about, &id).await?;
    shelf.put_workspace(&id, &workspace)?;
    let file = shelf.add(&saved.written.text)?;
    Ok(SavedScenario {
        file,
        kept: shelf.list()?,
        differs: saved.differs,
    })
}

/// Plays one in the simulator, to be looked at and gone on from.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_open(desk: State<'_, Desk>, file: String) -> Answer<OpenedScenario> {
    let simulator = desk.simulator().await?;
    let scenario = desk.scenarios().scenario(&file)?;
    let opened = simulator.open_scenario(&scenario).await?;
    desk.renew(&simulator).await;
    Ok(opened)
}

/// Runs one with the present automations, and says what came of it.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_run(desk: State<'_, Desk>, file: String) -> Answer<ScenarioOutcome> {
    let workspace = desk.simulator().await?.workspace();
    let shelf = desk.scenarios();
    shelf.put_workspace(workspace.workspace.id.as_str(), &workspace)?;
    Ok(shelf.run(&file).await?)
}

/// Calls one otherwise; answers with its file's name then.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_rename(desk: State<'_, Desk>, file: String, name: String) -> Answer<String> {
    Ok(desk.scenarios().rename(&file, &name)?)
}

/// Deletes one; answers with its text, with which it can be put back.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_delete(desk: State<'_, Desk>, file: String) -> Answer<String> {
    Ok(desk.scenarios().delete(&file)?)
}

/// Puts one back that was deleted.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_put_back(desk: State<'_, Desk>, file: String, text: String) -> Answer<()> {
    Ok(desk.scenarios().put_back(&file, &text)?)
}

/// Keeps a text that came from elsewhere; answers with its file's name.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_import(desk: State<'_, Desk>, text: String) -> Answer<String> {
    Ok(desk.scenarios().add(&text)?)
}

/// The text of one.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_text(desk: State<'_, Desk>, file: String) -> Answer<String> {
    Ok(desk.scenarios().text(&file)?)
}

/// Where the file of one is on this machine.
#[tauri::command]
#[specta::specta]
pub async fn scenarios_path(desk: State<'_, Desk>, file: String) -> Answer<String> {
    Ok(desk.scenarios().path(&file).display().to_string())
}

impl Desk {
    pub(super) fn scenarios(&self) -> Shelf {
        Shelf::new(&self.folder().join("scenarios"))
    }
}

impl From<ShelfError> for CommandError {
    fn from(error: ShelfError) -> Self {
        let code = match &error {
            ShelfError::NotFound(_) => ErrorCode::NotFound,
            ShelfError::Wrong(_) | ShelfError::Text(_) => ErrorCode::Invalid,
            ShelfError::Disk { .. } => ErrorCode::Unavailable,
        };
        tracing::warn!(?code, %error, "a command was not carried out");
        Self::new(code, error.to_string())
    }
}

impl From<WriteError> for CommandError {
    fn from(error: WriteError) -> Self {
        tracing::warn!(%error, "a conversation was not saved");
        Self::new(ErrorCode::Invalid, error.to_string())
    }
}
