//! `heliograph lint`: what is wrong with automations.

mod explore;

use crate::options::{DatabaseOption, read_text};
use crate::output;
use anyhow::Context;
use heliograph_lab::lint::{Finding, lint_for};
use heliograph_model::{Account, Automation, Severity};
use std::path::{Path, PathBuf};
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
    /// Walks every way through each automation too: each button, each kind of answer,
    /// silence. Whatever it finds is an error.
    #[arg(long)]
    explore: bool,
    /// Writes a scenario for each thing that was explored and is wrong into this folder.
    #[arg(long, value_name = "FOLDER", requires = "explore")]
    scenarios: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseOption,
}

/// A workspace that is looked at.
#[derive(Debug)]
struct Looked {
    name: String,
    /// What a scenario calls it: its file, or its id.
    file: String,
    accounts: Vec<Account>,
    automations: Vec<Automation>,
    /// Fields of its file that nothing reads.
    unread: Vec<String>,
}

/// Looks at each workspace by itself.
pub(crate) async fn run(arguments: LintArguments, json: bool) -> anyhow::Result<ExitCode> {
    let workspaces = if arguments.files.is_empty() {
        stored(&arguments.database).await?
    } else {
        let in_folder = arguments.scenarios.is_some();
        let read = |path: &PathBuf| Looked::read(path, in_folder);
        arguments.files.iter().map(read).collect::<Result<_, _>>()?
    };
    let mut errors = 0;
    let mut warnings = 0;
    let mut wrong_ways = 0;
    for workspace in &workspaces {
        for field in &workspace.unread {
            warnings += 1;
            print_unread(&workspace.name, field, json)?;
        }
        for finding in lint_for(&workspace.automations, &workspace.accounts) {
            match finding.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
            print(&workspace.name, &finding, json)?;
        }
        if arguments.explore {
            wrong_ways += explore::run(workspace, arguments.scenarios.as_deref(), json)?;
        }
    }
    if !json {
        let automations: usize = workspaces
            .iter()
            .map(|workspace| workspace.automations.len())
            .sum();
        let ways = if arguments.explore {
            format!(", {wrong_ways} ways with something wrong")
        } else {
            String::new()
        };
        output::line(&format!(
            "{automations} automations looked at: {errors} errors, {warnings} warnings{ways}."
        ))?;
    }
    let bad = errors > 0 || wrong_ways > 0 || (arguments.strict && warnings > 0);
    Ok(ExitCode::from(u8::from(bad)))
}

impl Looked {
    /// A file. Scenarios that are written somewhere else name it by its whole path.
    fn read(path: &PathBuf, whole_path: bool) -> anyhow::Result<Self> {
        let text = read_text(path)?;
        let file = heliograph_lab::read_workspace(&text)
            .with_context(|| format!("{} is not a workspace file", path.display()))?;
        let is_input = path.as_path() == Path::new("-");
        let name = match path.file_stem() {
            _ if is_input => file.workspace.id.to_string(),
            _ if whole_path => std::path::absolute(path)?.display().to_string(),
            Some(stem) => stem.to_string_lossy().into_owned(),
            None => file.workspace.id.to_string(),
        };
        Ok(Self {
            name: file.workspace.name,
            file: name,
            accounts: file.accounts,
            automations: file.automations,
            unread: heliograph_lab::unread_fields(&text),
        })
    }
}

async fn stored(database: &DatabaseOption) -> anyhow::Result<Vec<Looked>> {
    let documents = database.existing_documents()?;
    let mut all = Vec::new();
    for workspace in documents.workspaces().list().await? {
        all.push(Looked {
            accounts: documents.workspaces().accounts(&workspace.id).await?,
            automations: documents.workspaces().automations(&workspace.id).await?,
            file: workspace.id.to_string(),
            name: workspace.name,
            unread: Vec::new(),
        });
    }
    documents.close();
    Ok(all)
}

/// One line for a field that nothing reads.
fn print_unread(workspace: &str, field: &str, json: bool) -> anyhow::Result<()> {
    let message = "is no field of a workspace file and is left out; is it misspelt?";
    if json {
        return output::json(&serde_json::json!({
            "severity": Severity::Warning,
            "code": "unknown_field",
            "path": field,
            "message": format!("`{field}` {message}"),
            "workspace": workspace,
        }));
    }
    output::line(&format!("warning: {workspace}: `{field}` {message}"))
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
