//! Scenarios that are kept: a folder of plain files, each with what came of its last run.

use super::files::FileError;
use super::format::Scenario;
use super::report::Report;
use super::run;
use crate::write_workspace;
use heliograph_model::WorkspaceFile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A folder of scenarios. Workspaces that they name are in a folder beside it, so that
/// `heliograph simulate` plays them too.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

/// A scenario on the shelf.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KeptScenario {
    /// Its file's name, by which it is asked for.
    pub file: String,
    /// What it is called.
    pub name: String,
    /// What it shows.
    pub about: Option<String>,
    /// The workspace that it plays in.
    pub workspace: String,
    /// How many steps it has.
    pub steps: u32,
    /// Why it cannot be read; everything but the file's name is made up then.
    pub problem: Option<String>,
    /// What came of its last run.
    pub last: Option<ScenarioOutcome>,
}

/// What came of running a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ScenarioOutcome {
    /// Whether everything was as expected.
    pub passed: bool,
    /// How many steps were taken.
    pub steps: u32,
    /// How much virtual time passed, in words.
    pub took: String,
    /// What was not as expected.
    pub failures: Vec<Mismatch>,
    /// Why it could not be played to its end.
    pub problem: Option<String>,
}

/// Something that was not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Mismatch {
    /// Where the step stands in the file.
    pub line: u32,
    /// The step as it begins.
    pub step: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Line by line: what is only expected begins with `-`, what is only there with `+`.
    pub diff: Vec<String>,
}

/// Why something cannot be done with a scenario.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// There is no such file.
    #[error("there is no scenario “{0}” any more; it was renamed or deleted elsewhere")]
    NotFound(String),
    /// It has mistakes, or what it names has.
    #[error(transparent)]
    Wrong(#[from] FileError),
    /// Its text is no scenario.
    #[error("this is no scenario:\n{0}")]
    Text(#[from] super::ScenarioError),
    /// A file cannot be read or written.
    #[error("{path}: {source}. Make room, or let this user write there")]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

type Result<T> = std::result::Result<T, ShelfError>;

impl Shelf {
    /// The scenarios in this folder, which need not exist yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Where a scenario's file is.
    #[must_use]
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// All of them, by name.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<KeptScenario>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(disk(&self.folder, source)),
        };
        let outcomes = self.outcomes();
        let mut kept = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|source| disk(&self.folder, source))?;
            let path = entry.path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if !matches!(ending, Some("yaml" | "yml")) {
                continue;
            }
            let file = entry.file_name().to_string_lossy().into_owned();
            let last = outcomes.get(&file).cloned();
            kept.push(describe(file, &path, last));
        }
        kept.sort_by(|a, b| {
            (a.name.to_lowercase(), &a.file).cmp(&(b.name.to_lowercase(), &b.file))
        });
        Ok(kept)
    }

    /// The text of one.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn text(&self, file: &str) -> Result<String> {
        let path = self.known(file)?;
        fs::read_to_string(&path).map_err(|source| disk(&path, source))
    }

    /// Keeps a text as a new file named after it, and says which.
    ///
    /// # Errors
    /// When the text is no scenario, or cannot be written.
    pub fn add(&self, text: &str) -> Result<String> {
        let scenario = Scenario::parse(text)?;
        let file = self.free(&scenario.name, None);
        self.write(&file, text)?;
        Ok(file)
    }

    /// Puts a text back under the name that it had.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_back(&self, file: &str, text: &str) -> Result<()> {
        plain(file)?;
        self.write(file, text)
    }

    /// Calls one otherwise, and says which file it is then.
    ///
    /// # Errors
    /// When there is none, it has mistakes, or it cannot be written.
    pub fn rename(&self, file: &str, name: &str) -> Result<String> {
        let text = self.text(file)?;
        let renamed = with_name(&text, name.trim());
        Scenario::parse(&renamed)?;
        let new = self.free(name, Some(file));
        self.write(&new, &renamed)?;
        if new != file {
            let mut outcomes = self.outcomes();
            if let Some(outcome) = outcomes.remove(file) {
                outcomes.insert(new.clone(), outcome);
                self.keep(&outcomes)?;
            }
            self.remove(file)?;
        }
        Ok(new)
    }

    /// Deletes one, and gives its text so that it can be put back.
    ///
    /// # Errors
    /// When there is none, or it cannot be deleted.
    pub fn delete(&self, file: &str) -> Result<String> {
        let text = self.text(file)?;
        self.remove(file)?;
        Ok(text)
    }

    /// Reads one, to be opened.
    ///
    /// # Errors
    /// When there is none, or it has mistakes.
    pub fn scenario(&self, file: &str) -> Result<Scenario> {
        Ok(Scenario::parse(&self.text(file)?)?)
    }

    /// Runs one in its workspace, and keeps what came of it.
    ///
    /// # Errors
    /// When there is none, or what came of it cannot be kept. One that cannot be played is
    /// an outcome.
    pub async fn run(&self, file: &str) -> Result<ScenarioOutcome> {
        let path = self.known(file)?;
        let outcome = match super::read(&path) {
            Err(error) => ScenarioOutcome::failed(error.to_string()),
            Ok((scenario, files)) => match run::run(&scenario, &files).await {
                Ok(report) => ScenarioOutcome::of(&report),
                Err(error) => ScenarioOutcome::failed(error.to_string()),
            },
        };
        let mut outcomes = self.outcomes();
        outcomes.insert(file.to_owned(), outcome.clone());
        self.keep(&outcomes)?;
        Ok(outcome)
    }

    /// Writes the workspace where scenarios look for it, as it is now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_workspace(&self, name: &str, workspace: &WorkspaceFile) -> Result<()> {
        let parent = self.folder.parent().unwrap_or(&self.folder);
        let path = parent.join("workspaces").join(format!("{name}.yaml"));
        let text = write_workspace(workspace)
            .map_err(|error| disk(&path, io::Error::other(error.to_string())))?;
        if fs::read_to_string(&path).is_ok_and(|known| known == text) {
            return Ok(());
        }
        write(&path, &text)
    }

    fn known(&self, file: &str) -> Result<PathBuf> {
        plain(file)?;
        let path = self.path(file);
        if path.is_file() {
            Ok(path)
        } else {
            Err(ShelfError::NotFound(file.to_owned()))
        }
    }

    fn write(&self, file: &str, text: &str) -> Result<()> {
        write(&self.path(file), text)
    }

    fn remove(&self, file: &str) -> Result<()> {
        let path = self.known(file)?;
        fs::remove_file(&path).map_err(|source| disk(&path, source))
    }

    /// A file's name after a scenario's that no other file has.
    fn free(&self, name: &str, own: Option<&str>) -> String {
        let mut slug: String = name
            .to_lowercase()
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join("-");
        slug = slug.chars().take(60).collect();
        if slug.is_empty() {
            "scenario".clone_into(&mut slug);
        }
        let mut file = format!("{slug}.yaml");
        let mut number = 2;
        while own != Some(file.as_str()) && self.path(&file).exists() {
            file = format!("{slug}-{number}.yaml");
            number += 1;
        }
        file
    }

    fn outcomes(&self) -> BTreeMap<String, ScenarioOutcome> {
        let text = fs::read_to_string(self.folder.join(OUTCOMES)).unwrap_or_default();
        // Whatever cannot be read was never run.
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn keep(&self, outcomes: &BTreeMap<String, ScenarioOutcome>) -> Result<()> {
        let path = self.folder.join(OUTCOMES);
        let text = serde_json::to_string_pretty(outcomes)
            .map_err(|error| disk(&path, io::Error::other(error)))?;
        write(&path, &text)
    }
}

/// What came of the last runs, beside the scenarios.
const OUTCOMES: &str = "outcomes.json";

impl ScenarioOutcome {
    fn of(report: &Report) -> Self {
        let lines = |failure: &super::Failure| failure.diff().lines().map(str::to_owned).collect();
        Self {
            passed: report.passed,
            steps: u32::try_from(report.steps).unwrap_or(u32::MAX),
            took: super::words::in_words(report.ended.since(report.started)),
            failures: report
                .failures
                .iter()
                .map(|failure| Mismatch {
                    line: failure.place.line,
                    step: failure.step.clone(),
                    message: failure.message.clone(),
                    diff: lines(failure),
                })
                .collect(),
            problem: None,
        }
    }

    fn failed(problem: String) -> Self {
        Self {
            passed: false,
            steps: 0,
            took: String::new(),
            failures: Vec::new(),
            problem: Some(problem),
        }
    }
}

fn describe(file: String, path: &Path, last: Option<ScenarioOutcome>) -> KeptScenario {
    let read: std::result::Result<Scenario, FileError> = super::read(path).map(|it| it.0);
    match read {
        Ok(scenario) => KeptScenario {
            file,
            name: scenario.name,
            about: scenario.about,
            workspace: scenario.workspace,
            steps: u32::try_from(scenario.steps.len()).unwrap_or(u32::MAX),
            problem: None,
            last,
        },
        Err(error) => KeptScenario {
            name: file.clone(),
            file,
            about: None,
            workspace: String::new(),
            steps: 0,
            problem: Some(error.to_string()),
            last,
        },
    }
}

/// The text with another name of the scenario; everything else stays as it is written.
fn with_name(text: &str, name: &str) -> String {
    let line = format!("scenario: {}", super::write::yaml::value(name));
    let mut found = false;
    let mut lines: Vec<String> = text
        .lines()
        .map(|old| {
            if !found && old.starts_with("scenario:") {
                found = true;
                line.clone()
            } else {
                old.to_owned()
            }
        })
        .collect();
    if !found {
        lines.insert(0, line);
    }
    lines.join("\n") + "\n"
}

/// A file's name, and nothing that leads elsewhere.
fn plain(file: &str) -> Result<()> {
    let is_plain = !file.is_empty() && !file.starts_with('.') && !file.contains(['/', '\\', ':']);
    if is_plain {
        Ok(())
    } else {
        Err(ShelfError::NotFound(file.to_owned()))
    }
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let whole = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let beside = path.with_extension("part");
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    whole().map_err(|source| disk(path, source))
}

fn disk(path: &Path, source: io::Error) -> ShelfError {
    ShelfError::Disk {
        path: path.to_owned(),
        source,
    }
}
