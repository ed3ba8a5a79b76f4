//! `heliograph simulate`: scenarios on a virtual clock.

use crate::failure::Usage;
use crate::options::read_text;
use crate::output;
use heliograph_lab::scenario::{self, FileError, Files, Report, Scenario};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Plays scenarios on a virtual clock, prints what was said, and fails where something is
/// not as expected.
///
/// Exit code 1 when an expectation fails or a scenario cannot be played.
#[derive(Debug, clap::Args)]
pub(crate) struct SimulateArguments {
    /// Scenario files; a folder stands for all scenarios in it; `-`: standard input.
    #[arg(value_name = "SCENARIO", required = true)]
    scenarios: Vec<PathBuf>,
    /// Print only which scenarios passed, and what failed.
    #[arg(long)]
    quiet: bool,
}

/// Plays one after the other, each on an engine of its own.
pub(crate) async fn run(arguments: SimulateArguments, json: bool) -> anyhow::Result<ExitCode> {
    let (mut passed, mut failed) = (0_u32, 0_u32);
    for path in files(&arguments.scenarios)? {
        let file = path.display().to_string();
        let good = match play(&path).await? {
            Ok(report) => {
                print(&file, &report, arguments.quiet, json)?;
                report.passed
            }
            Err(error) => {
                print_error(&file, &error, json)?;
                false
            }
        };
        if good {
            passed += 1;
        } else {
            failed += 1;
        }
    }
    if !json && passed + failed > 1 {
        output::line(&format!("{passed} passed, {failed} failed."))?;
    }
    Ok(ExitCode::from(u8::from(failed > 0)))
}

/// The files that are meant; what is in a folder comes by name.
fn files(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unreadable =
            |error: std::io::Error| Usage(format!("{} cannot be read: {error}", path.display()));
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if matches!(ending, Some("yaml" | "yml")) {
                inside.push(path);
            }
        }
        if inside.is_empty() {
            let message = format!("there is no scenario (*.yaml) in {}", path.display());
            return Err(Usage(message).into());
        }
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

/// Why a scenario was not played to its end.
type Unplayed = Box<dyn std::error::Error + Send + Sync>;

async fn play(path: &Path) -> anyhow::Result<Result<Report, Unplayed>> {
    let read = if path.as_os_str() == "-" {
        let text = read_text(path)?;
        Scenario::parse(&text)
            .map(|scenario| (scenario, Files::in_folder(Path::new("."))))
            .map_err(Unplayed::from)
    } else {
        match scenario::read(path) {
            // A name on the command line that is no file is wrong usage.
            Err(error @ FileError::Unreadable { .. }) => {
                return Err(Usage(error.to_string()).into());
            }
            other => other.map_err(Unplayed::from),
        }
    };
    let (scenario, files) = match read {
        Ok(read) => read,
        Err(error) => return Ok(Err(error)),
    };
    Ok(scenario::run(&scenario, &files)
        .await
        .map_err(Unplayed::from))
}

fn print(file: &str, report: &Report, quiet: bool, json: bool) -> anyhow::Result<()> {
    if json {
        let mut line = serde_json::to_value(report)?;
        line["file"] = file.into();
        return output::json(&line);
    }
    if !quiet {
        return output::line(&format!("{file}: {}", report.text()));
    }
    let verdict = if report.passed { "passed" } else { "failed" };
    output::line(&format!("{verdict}  {file}: {}", report.scenario))?;
    if report.passed {
        return Ok(());
    }
    output::line(&report.failures_text())
}

fn print_error(file: &str, error: &Unplayed, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&json!({
            "file": file, "passed": false, "error": error.to_string(),
        }));
    }
    output::line(&format!("failed  {file}: cannot be played\n{error}\n"))
}
