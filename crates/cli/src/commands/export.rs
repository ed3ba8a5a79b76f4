//! `heliograph export`: a workspace as one file.

use crate::failure::Usage;
use crate::output;
use crate::place::{Needs, PlaceOptions};
use heliograph_model::{Workspace, WorkspaceId};
use std::path::PathBuf;
use std::process::ExitCode;

/// Writes a workspace as one JSON or YAML file, without secrets.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArguments {
    /// The workspace's id; may be left out when there is only one.
    #[arg(value_name = "WORKSPACE")]
    workspace: Option<WorkspaceId>,
    /// Where to write. YAML when it ends in .yaml or .yml, else JSON. Default: standard
    /// output, as YAML, or as JSON with --json.
    #[arg(long, short, env = "HELIOGRAPH_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceOptions,
}

/// Exports.
pub(crate) async fn run(arguments: ExportArguments, json: bool) -> anyhow::Result<ExitCode> {
    let chosen = arguments.place.choose(Needs::Documents)?;
    let documents = chosen.existing_documents().await?;
    let workspaces = documents.workspaces();
    let exported = match choose(&workspaces.list().await?, arguments.workspace.as_ref()) {
        Ok(id) => workspaces.export(&id).await.map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    documents.close();
    let file = exported?;
    let path = arguments.output.as_deref();
    let yaml = path.map_or(!json, |path| {
        path.extension()
            .is_some_and(|ending| ending == "yaml" || ending == "yml")
    });
    let text = if yaml {
        heliograph_lab::write_workspace(&file)?
    } else {
        serde_json::to_string_pretty(&file)?
    };
    match path {
        Some(path) => std::fs::write(path, text)
            .map_err(|error| Usage(format!("{} cannot be written: {error}", path.display())))?,
        None => output::line(text.trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The workspace that is meant.
fn choose(all: &[Workspace], wanted: Option<&WorkspaceId>) -> anyhow::Result<WorkspaceId> {
    let names = || {
        let names: Vec<_> = all.iter().map(|workspace| workspace.id.as_str()).collect();
        names.join(", ")
    };
    match (wanted, all) {
        (Some(id), _) if all.iter().any(|workspace| workspace.id == *id) => Ok(id.clone()),
        (Some(id), _) => Err(Usage(format!(
            "there is no workspace “{id}”; there are: {}",
            names()
        ))
        .into()),
        (None, [one]) => Ok(one.id.clone()),
        (None, []) => {
            Err(Usage("there is no workspace in this database; import one first".into()).into())
        }
        (None, _) => Err(Usage(format!("which workspace? There are: {}", names())).into()),
    }
}
