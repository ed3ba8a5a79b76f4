//! The file with the profiles.

use super::{ProfileSettings, Result, SettingsError, write_atomically};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The profiles are nobody else's business, although no secret is in them.
const MODE: u32 = 0o600;

/// The profiles of a user, in one JSON file.
#[derive(Debug, Clone)]
pub struct ProfilesFile {
    path: PathBuf,
}

/// What is in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedProfiles {
    /// The version of the format.
    #[serde(default = "version")]
    pub version: u32,
    /// The one that the window opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<String>,
    /// All of them.
    #[serde(default)]
    pub profiles: Vec<ProfileSettings>,
    /// What another version has here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
    /// What there is to say about how the file was found, for people.
    #[serde(skip)]
    pub notice: Option<String>,
}

const VERSION: u32 = 1;

fn version() -> u32 {
    VERSION
}

impl Default for SavedProfiles {
    fn default() -> Self {
        Self {
            version: VERSION,
            active: None,
            profiles: Vec::new(),
            other: Map::new(),
            notice: None,
        }
    }
}

impl SavedProfiles {
    /// The profile of this name.
    ///
    /// # Errors
    /// When there is none; the message names those that there are.
    pub fn named(&self, name: &str) -> Result<&ProfileSettings> {
        self.profiles
            .iter()
            .find(|profile| profile.name == name)
            .ok_or_else(|| {
                let names: Vec<_> = self.profiles.iter().map(|it| it.name.as_str()).collect();
                SettingsError::NoProfile {
                    name: name.to_owned(),
                    there: if names.is_empty() {
                        "none yet".to_owned()
                    } else {
                        names.join(", ")
                    },
                }
            })
    }

    /// Puts a profile in, instead of the one of the same name.
    pub fn put(&mut self, profile: ProfileSettings) {
        match self.profiles.iter_mut().find(|it| it.name == profile.name) {
            Some(there) => *there = profile,
            None => self.profiles.push(profile),
        }
    }

    /// Takes a profile out; whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.profiles.len();
        self.profiles.retain(|profile| profile.name != name);
        if self.active.as_deref() == Some(name) {
            self.active = None;
        }
        self.profiles.len() < before
    }
}

impl ProfilesFile {
    /// The user's: `heliograph/profiles.json` in the folder for configuration.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn of_the_user() -> Result<Self> {
        profiles_path().map(Self::at)
    }

    /// Another one.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it. One that is not there holds no profile. One that is damaged is set aside
    /// under another name, which the notice says, and counts as empty: the window has to
    /// open.
    ///
    /// # Errors
    /// When it cannot be read or set aside.
    pub fn load(&self) -> Result<SavedProfiles> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(SavedProfiles::default());
            }
            Err(error) => return Err(self.failed(&error)),
        };
        match serde_json::from_slice(&bytes) {
            Ok(saved) => Ok(saved),
            Err(error) => self.set_aside(&error),
        }
    }

    /// Saves it, as a whole or not at all.
    ///
    /// # Errors
    /// When a connection string still holds its password ([`ProfileSettings::hide`]), or
    /// the file cannot be written.
    pub fn save(&self, saved: &SavedProfiles) -> Result<()> {
        if let Some(open) = saved.profiles.iter().find(|it| !it.is_hidden()) {
            return Err(SettingsError::Address(format!(
                "The profile “{}” still holds a password, which must not be in a settings file.",
                open.name
            )));
        }
        let text = serde_json::to_string_pretty(saved).map_err(|error| self.failed(&error))?;
        write_atomically(&self.path, &text, MODE).map_err(|error| self.failed(&error))
    }

    fn set_aside(&self, why: &serde_json::Error) -> Result<SavedProfiles> {
        let mut number = 1;
        let aside = loop {
            let aside = self.path.with_extension(format!("damaged-{number}.json"));
            if !aside.exists() {
                break aside;
            }
            number += 1;
        };
        std::fs::rename(&self.path, &aside).map_err(|error| self.failed(&error))?;
        Ok(SavedProfiles {
            notice: Some(format!(
                "The file with the profiles was damaged (line {}, column {}). It was kept as {}, and there are no profiles until it is repaired and put back.",
                why.line(),
                why.column(),
                aside.display()
            )),
            ..SavedProfiles::default()
        })
    }

    fn failed(&self, reason: &dyn std::fmt::Display) -> SettingsError {
        SettingsError::File {
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }
}

/// Where the user's profiles are, by the XDG base directory specification.
///
/// # Errors
/// When neither `XDG_CONFIG_HOME` nor `HOME` is set.
pub fn profiles_path() -> Result<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
            // The specification: a relative one is to be ignored.
            .filter(|path| path.is_absolute())
    };
    let folder = set("XDG_CONFIG_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".config")))
        .ok_or(SettingsError::NoHome)?;
    Ok(folder.join("heliograph").join("profiles.json"))
}

#[cfg(test)]
mod tests;
