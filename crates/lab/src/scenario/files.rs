//! Where a scenario's workspace and webhooks are.

use super::error::ScenarioError;
use super::format::Scenario;
use crate::{WorkspaceFileError, demo_workspace, read_workspace};
use heliograph_model::WorkspaceFile;
use std::path::{Path, PathBuf};

/// Where the files are that scenarios name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Files {
    /// The folder of the scenario.
    folder: Option<PathBuf>,
    /// What a workspace of that name is, whatever a file says.
    given: Option<(String, WorkspaceFile)>,
}

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The scenario has mistakes.
    #[error("{path}:\n{source}")]
    Scenario {
        /// Which.
        path: PathBuf,
        /// Every mistake.
        source: ScenarioError,
    },
    /// The workspace has mistakes.
    #[error("{path}: {source}")]
    Workspace {
        /// Which.
        path: PathBuf,
        /// The mistake.
        source: WorkspaceFileError,
    },
    /// There is no such file where it was looked for.
    #[error("there is no {what} “{name}”; looked for {places}. Correct the name, or add the file")]
    NotFound {
        /// What it is.
        what: &'static str,
        /// What the scenario calls it.
        name: String,
        /// Where it was looked for.
        places: String,
    },
}

/// Reads a scenario's file, and says where the files that it names are.
///
/// # Errors
/// When it cannot be read, or has mistakes: each with its line.
pub fn read(path: &Path) -> Result<(Scenario, Files), FileError> {
    let text = read_text(path)?;
    let scenario = Scenario::parse(&text).map_err(|source| FileError::Scenario {
        path: path.to_owned(),
        source,
    })?;
    Ok((scenario, Files::beside(path)))
}

impl Files {
    /// Beside the scenario's own file.
    #[must_use]
    pub fn beside(scenario: &Path) -> Self {
        Self {
            folder: scenario.parent().map(Path::to_owned),
            given: None,
        }
    }

    /// In this folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: Some(folder.to_owned()),
            given: None,
        }
    }

    /// The same, but the workspace of this name is this one.
    #[must_use]
    pub fn with_workspace(mut self, name: &str, workspace: WorkspaceFile) -> Self {
        self.given = Some((name.to_owned(), workspace));
        self
    }

    /// The workspace of that name or path: beside the scenario, in the folder
    /// `workspaces` beside the scenario's folder, or the demo workspace that is part of
    /// the program.
    ///
    /// # Errors
    /// When it is nowhere, or cannot be read.
    pub fn workspace(&self, name: &str) -> Result<WorkspaceFile, FileError> {
        if let Some((given, workspace)) = &self.given
            && given == name
        {
            return Ok(workspace.clone());
        }
        let found = self.find(name, "workspaces", &["", ".yaml", ".yml", ".json"]);
        let path = match found {
            Ok(path) => path,
            Err(_) if name == "bakery" => return Ok(demo_workspace()),
            Err(places) => {
                return Err(FileError::NotFound {
                    what: "workspace",
                    name: name.to_owned(),
                    places,
                });
            }
        };
        read_workspace(&read_text(&path)?).map_err(|source| FileError::Workspace { path, source })
    }

    /// The body of a webhook of that name or path: beside the scenario, or in the folder
    /// `instagram` beside the scenario's folder.
    ///
    /// # Errors
    /// When it is nowhere, or cannot be read.
    pub fn webhook(&self, name: &str) -> Result<String, FileError> {
        match self.find(name, "instagram", &["", ".json"]) {
            Ok(path) => read_text(&path),
            Err(places) => Err(FileError::NotFound {
                what: "webhook",
                name: name.to_owned(),
                places,
            }),
        }
    }

    fn find(&self, name: &str, sibling: &str, endings: &[&str]) -> Result<PathBuf, String> {
        let folder = self.folder.clone().unwrap_or_default();
        let mut looked = Vec::new();
        for base in [folder.clone(), folder.join("..").join(sibling)] {
            for ending in endings {
                let path = base.join(format!("{name}{ending}"));
                if path.is_file() {
                    return Ok(path);
                }
                if !ending.is_empty() {
                    looked.push(path.display().to_string());
                }
            }
        }
        Err(looked.join(", "))
    }
}

fn read_text(path: &Path) -> Result<String, FileError> {
    std::fs::read_to_string(path).map_err(|source| FileError::Unreadable {
        path: path.to_owned(),
        source,
    })
}
