//! `heliograph lint --explore`: every way through each automation.

use super::Looked;
use crate::output;
use anyhow::Context;
use heliograph_lab::explore::{Exploration, Way, Who, explore_in};
use std::path::Path;

/// Explores each automation of a workspace, on its first account and as if it were on. How
/// many ways have something wrong.
pub(super) fn run(
    workspace: &Looked,
    scenarios: Option<&Path>,
    json: bool,
) -> anyhow::Result<usize> {
    if workspace.automations.is_empty() {
        return Ok(0);
    }
    let account = workspace.accounts.first().with_context(|| {
        format!(
            "the workspace {} has no account, so nobody could write to it; add one to its file",
            workspace.name
        )
    })?;
    let mut wrong = 0;
    for automation in &workspace.automations {
        let explored = explore_in(&workspace.file, automation, &workspace.automations, account);
        wrong += explored.findings.len();
        if let Some(folder) = scenarios {
            write(folder, &explored)?;
        }
        if json {
            let mut line = serde_json::to_value(&explored)?;
            line["workspace"] = workspace.name.as_str().into();
            output::json(&line)?;
        } else {
            print(&workspace.name, &explored)?;
        }
    }
    Ok(wrong)
}

fn print(workspace: &str, explored: &Exploration) -> anyhow::Result<()> {
    let rest = if explored.complete {
        ""
    } else {
        ", and there are more that were not walked"
    };
    output::line(&format!(
        "explored: {workspace} / {}: {} ways, {} places{rest}",
        explored.name, explored.ways, explored.states
    ))?;
    for way in &explored.findings {
        let Way {
            kind,
            message,
            path,
            ..
        } = way;
        output::line(&format!(
            "{}: {workspace} / {} {path}: {message}",
            kind.in_words(),
            explored.name
        ))?;
        for turn in &way.conversation {
            let text = turn.text.replace('\n', "\n              ");
            output::line(&match turn.who {
                Who::Person => format!("     person > {text}"),
                Who::Account => format!("     person < {text}"),
                Who::Time => format!("            - {text}"),
            })?;
        }
    }
    Ok(())
}

/// One file for each way with something wrong.
fn write(folder: &Path, explored: &Exploration) -> anyhow::Result<()> {
    if explored.findings.is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    for (number, way) in explored.findings.iter().enumerate() {
        let kind = way.kind.in_words().replace(' ', "-");
        let id: String = explored
            .automation_id
            .as_str()
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        let path = folder.join(format!("{id}.{}.{kind}.yaml", number + 1));
        std::fs::write(&path, &way.scenario)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}
