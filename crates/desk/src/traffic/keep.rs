//! What is kept of a desk between runs: fixtures that were saved, and filters.

use super::compose::must_be_json;
use super::filter::parse;
use super::templates::{WebhookTemplate, kind_of};
use super::{Result, TrafficError};
use heliograph_engine::route;
use heliograph_model::{EventKind, Millis};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// A filter that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SavedFilter {
    /// What it is called.
    pub name: String,
    /// As it is written.
    pub filter: String,
}

/// Where something was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KeptFile {
    /// The file's name.
    pub name: String,
    /// Where it is on this machine.
    pub path: String,
}

/// A folder with what is kept.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// What is kept in this folder, which is made when something is.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The filters that were saved, in the order in which they were; none where there are
    /// none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn filters(&self) -> Result<Vec<SavedFilter>> {
        let path = self.folder.join("filters.json");
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                TrafficError::Unavailable(format!(
                    "{} cannot be read: {error}. Correct it, or delete it to begin anew.",
                    path.display()
                ))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(disk(&path, &error)),
        }
    }

    /// Saves a filter under a name, in place of one of the same name.
    ///
    /// # Errors
    /// When the filter cannot be read, the name is empty, or the file cannot be written.
    pub fn save_filter(&self, name: &str, filter: &str) -> Result<Vec<SavedFilter>> {
        parse(filter)?;
        let name = name.trim();
        if name.is_empty() {
            return Err(TrafficError::Invalid("Give the filter a name.".to_owned()));
        }
        let mut all = self.filters()?;
        let new = SavedFilter {
            name: name.to_owned(),
            filter: filter.trim().to_owned(),
        };
        match all.iter_mut().find(|one| one.name == name) {
            Some(one) => *one = new,
            None => all.push(new),
        }
        self.write_filters(&all)?;
        Ok(all)
    }

    /// Forgets a filter.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget_filter(&self, name: &str) -> Result<Vec<SavedFilter>> {
        let mut all = self.filters()?;
        all.retain(|one| one.name != name);
        self.write_filters(&all)?;
        Ok(all)
    }

    fn write_filters(&self, all: &[SavedFilter]) -> Result<()> {
        let text = serde_json::to_string_pretty(all)
            .map_err(|error| TrafficError::Unavailable(error.to_string()))?;
        self.write("filters.json", &text)?;
        Ok(())
    }

    /// Saves a body as a fixture, byte for byte, under its kind and a name.
    ///
    /// # Errors
    /// When it is not JSON, the name is empty, or the file cannot be written.
    pub fn save_fixture(&self, name: &str, body: &str) -> Result<KeptFile> {
        must_be_json(body)?;
        let name = file_name(name);
        if name.is_empty() {
            return Err(TrafficError::Invalid(
                "Give the fixture a name with letters or digits in it.".to_owned(),
            ));
        }
        let events = route::route(body.as_bytes(), Millis(0)).unwrap_or_default();
        let kind = events.first().map_or(EventKind::Other, |event| event.kind);
        let mut file = format!("{kind}.{name}.json");
        // What is there is not written over.
        for number in 2.. {
            let path = self.fixtures().join(&file);
            let same = fs::read(&path).map(|there| there == body.as_bytes());
            match same {
                Ok(true) | Err(_) => break,
                Ok(false) => file = format!("{kind}.{name}-{number}.json"),
            }
        }
        let path = self.write(&format!("fixtures/{file}"), body)?;
        Ok(KeptFile {
            name: file,
            path: path.display().to_string(),
        })
    }

    /// The fixtures that were saved here, as templates.
    ///
    /// # Errors
    /// When the folder is there and cannot be read.
    pub fn own_templates(&self) -> Result<Vec<WebhookTemplate>> {
        let folder = self.fixtures();
        let files = match fs::read_dir(&folder) {
            Ok(files) => files,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(disk(&folder, &error)),
        };
        let mut all: Vec<WebhookTemplate> = files
            .filter_map(std::result::Result::ok)
            .filter_map(|file| {
                let file_name = file.file_name().to_string_lossy().into_owned();
                let name = file_name.strip_suffix(".json")?;
                let body = fs::read_to_string(file.path()).ok()?;
                let title = name.split_once('.').map_or(name, |(_, title)| title);
                Some(WebhookTemplate {
                    name: name.to_owned(),
                    title: title.replace('-', " "),
                    about: "Saved at this desk.".to_owned(),
                    kind: kind_of(name),
                    body,
                    own: true,
                })
            })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    fn fixtures(&self) -> PathBuf {
        self.folder.join("fixtures")
    }

    fn write(&self, file: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.join(file);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|error| disk(folder, &error))?;
        // Beside it first, so that a crash leaves the old file whole.
        let beside = path.with_extension("new");
        fs::write(&beside, text).map_err(|error| disk(&beside, &error))?;
        fs::rename(&beside, &path).map_err(|error| disk(&path, &error))?;
        Ok(path)
    }
}

fn disk(path: &Path, error: &std::io::Error) -> TrafficError {
    TrafficError::Unavailable(format!(
        "{}: {error}. Make room, or let this user write there.",
        path.display()
    ))
}

/// A name as it can stand in a file's name everywhere.
pub(super) fn file_name(name: &str) -> String {
    let words: Vec<String> = name
        .to_lowercase()
        .split(|sign: char| !sign.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.join("-").chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

    use super::*;

    #[test]
    fn filters_and_fixtures_are_kept_and_nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(&folder.path().join("traffic"));
        assert_eq!(shelf.filters().unwrap(), []);
        shelf.save_filter("Trouble", "result:failed,dead").unwrap();
        shelf.save_filter(" Trouble ", "result:failed").unwrap();
        let all = shelf.save_filter("Comments", "kind:comment").unwrap();
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["Trouble", "Comments"]);
        assert!(shelf.save_filter("x", "kind:nothing").is_err());
        assert!(shelf.save_filter(" ", "a").is_err());
        assert_eq!(shelf.forget_filter("Trouble").unwrap().len(), 1);
        assert_eq!(shelf.filters().unwrap()[0].filter, "kind:comment");

        let body = include_str!("../../../../fixtures/instagram/comment.on_post.json");
        let first = shelf.save_fixture("Ana asks / twice", body).unwrap();
        assert_eq!(first.name, "comment.ana-asks-twice.json");
        assert_eq!(fs::read_to_string(&first.path).unwrap(), body);
        assert_eq!(shelf.save_fixture("Ana asks twice", body).unwrap(), first);
        let other = shelf.save_fixture("Ana asks twice", "{}").unwrap();
        assert_eq!(other.name, "other.ana-asks-twice.json");
        let again = body.replace("price", "prices");
        let third = shelf.save_fixture("Ana asks twice", &again).unwrap();
        assert_eq!(third.name, "comment.ana-asks-twice-2.json");
        assert!(shelf.save_fixture("x", "{").is_err());
        assert!(shelf.save_fixture("../..", "{}").is_err());
        let own = shelf.own_templates().unwrap();
        assert_eq!(own.len(), 3);
        assert_eq!(own[0].kind, EventKind::Comment);
    }
}
