//! `heliograph lint`: what is wrong with automations.

use crate::options::{DatabaseOption, read_text};
use crate::output;
use anyhow::Context;
use heliograph_lab::lint::{Finding, lint};
use heliograph_model::{Automation, Severity};
use std::path::PathBuf;
use std::process::ExitCode;

/// Finds automations that can never fire, exceed Instagram's limits, or are empty.
///
/// Exit code 1 when something is wrong; warnings alone are 0, unless --strict.
#[derive(Debug, clap::Args)]
pub(crate) struct LintArguments {
    /// Workspace files to look at; `-`: standard input. Default: every workspace of the
    /// database.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Warnings count as errors.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    database: DatabaseOption,
}

/// Looks at each workspace by itself.
pub(crate) async fn run(arguments: LintArguments, json: bool) -> anyhow::Result<ExitCode> {
    let workspaces = if arguments.files.is_empty() {
        stored(&arguments.database).await?
    } else {
        let mut workspaces = Vec::new();
        for path in &arguments.files {
            let file = heliograph_lab::read_workspace(&read_text(path)?)
                .with_context(|| format!("{} is not a workspace file", path.display()))?;
            workspaces.push((file.workspace.name, file.automations));
        }
        workspaces
    };
    let mut errors = 0;
    let mut warnings = 0;
    for (name, automations) in &workspaces {
        for finding in lint(automations) {
            match finding.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
            print(name, &finding, json)?;
        }
    }
    if !json {
        let automations: usize = workspaces
            .iter()
            .map(|(_, automations)| automations.len())
            .sum();
        output::line(&format!(
            "{automations} automations looked at: {errors} errors, {warnings} warnings."
        ))?;
    }
    let bad = errors > 0 || (arguments.strict && warnings > 0);
    Ok(ExitCode::from(u8::from(bad)))
}

async fn stored(database: &DatabaseOption) -> anyhow::Result<Vec<(String, Vec<Automation>)>> {
    let documents = database.existing_documents()?;
    let mut all = Vec::new();
    for workspace in documents.workspaces().list().await? {
        let automations = documents.workspaces().automations(&workspace.id).await?;
        all.push((workspace.name, automations));
    }
    documents.close();
    Ok(all)
}

/// One line for each finding.
fn print(workspace: &str, finding: &Finding, json: bool) -> anyhow::Result<()> {
    if json {
        let mut line = serde_json::to_value(finding)?;
        line["workspace"] = workspace.into();
        return output::json(&line);
    }
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = finding
        .path
        .as_deref()
        .map_or_else(String::new, |path| format!(" {path}"));
    output::line(&format!(
        "{severity}: {workspace} / {}{place}: {}",
        finding.name, finding.message
    ))
}
