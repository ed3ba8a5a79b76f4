//! `heliograph import`: a workspace from a file.

use crate::options::read_text;
use crate::output;
use crate::place::{Needs, PlaceOptions};
use anyhow::Context;
use std::path::PathBuf;
use std::process::ExitCode;

/// Brings a workspace in from a JSON or YAML file.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArguments {
    /// The file, as `heliograph export` writes it. `-`: standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    place: PlaceOptions,
}

/// Imports. Nothing is written when anything in the file is wrong.
pub(crate) async fn run(arguments: ImportArguments, json: bool) -> anyhow::Result<ExitCode> {
    let text = read_text(&arguments.file)?;
    let file = heliograph_lab::read_workspace(&text)
        .with_context(|| format!("{} is not a workspace file", arguments.file.display()))?;
    let documents = arguments
        .place
        .choose(Needs::Documents)?
        .documents()
        .await?;
    for field in heliograph_lab::unread_fields(&text) {
        output::error_line(&format!(
            "heliograph: {}: `{field}` is no field of a workspace file and was left out; is it misspelt?",
            arguments.file.display()
        ));
    }
    let imported = documents.workspaces().import(&file).await;
    documents.close();
    imported?;
    if json {
        output::json(&serde_json::json!({
            "workspace": file.workspace.id,
            "accounts": file.accounts.len(),
            "automations": file.automations.len(),
            "contacts": file.contacts.len(),
        }))?;
    } else {
        output::line(&format!(
            "Imported workspace {}: {} accounts, {} automations, {} contacts.",
            file.workspace.name,
            file.accounts.len(),
            file.automations.len(),
            file.contacts.len(),
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
