//! Options that several commands share.

use crate::failure::Usage;
use heliograph_engine::ports::SystemClock;
use heliograph_runtime::Documents;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the embedded profile keeps its file.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DatabaseOption {
    /// The database file of the embedded profile. Default: heliograph.sqlite in the
    /// user's data directory.
    #[arg(long, env = "HELIOGRAPH_DATABASE", value_name = "FILE")]
    database: Option<PathBuf>,
}

impl DatabaseOption {
    /// The file that somebody named, or the usual one.
    pub(crate) fn at(database: Option<PathBuf>) -> Self {
        Self { database }
    }

    /// The file; its directory is created.
    ///
    /// # Errors
    /// [`Usage`] when there is no home to put it in, or the directory cannot be created.
    pub(crate) fn path(&self) -> anyhow::Result<PathBuf> {
        let path = self.file()?;
        if let Some(directory) = path
            .parent()
            .filter(|directory| *directory != Path::new(""))
        {
            std::fs::create_dir_all(directory).map_err(|error| {
                Usage(format!(
                    "{} cannot be created: {error}",
                    directory.display()
                ))
            })?;
        }
        Ok(path)
    }

    /// The file; nothing is created.
    ///
    /// # Errors
    /// [`Usage`] when there is no home to put it in.
    pub(crate) fn file(&self) -> anyhow::Result<PathBuf> {
        Ok(match &self.database {
            Some(path) => path.clone(),
            None => data_home()?.join("heliograph").join("heliograph.sqlite"),
        })
    }

    /// The documents in it, for a command that only reads: it makes no file.
    ///
    /// # Errors
    /// [`Usage`] when there is none; when the file cannot be opened.
    pub(crate) fn existing_documents(&self) -> anyhow::Result<Documents> {
        self.must_exist()?;
        Ok(Documents::open(&self.path()?, Arc::new(SystemClock))?)
    }

    /// Whether the file is there.
    ///
    /// # Errors
    /// [`Usage`] when it is not.
    pub(crate) fn must_exist(&self) -> anyhow::Result<()> {
        let path = self.file()?;
        if !path.exists() {
            return Err(Usage(format!(
                "there is no database {}; bring a workspace in with `heliograph import`, or name another with --database FILE",
                path.display()
            ))
            .into());
        }
        Ok(())
    }
}

/// By the XDG base directory specification.
fn data_home() -> anyhow::Result<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .ok_or_else(|| {
            Usage("there is no HOME to keep the database in; name one with --database FILE".into())
                .into()
        })
}

/// A flag as a variable or a file has it. One that is set to nothing is not set, as
/// containers have it.
///
/// # Errors
/// What it may be, for anything else.
pub(crate) fn flag(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "" | "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("it is yes or no: true, on, 1, or false, off, 0".to_owned()),
    }
}

/// Reads a file, or standard input for `-`.
///
/// # Errors
/// [`Usage`] when it cannot be read.
pub(crate) fn read_text(file: &Path) -> anyhow::Result<String> {
    if file.as_os_str() == "-" {
        return std::io::read_to_string(std::io::stdin())
            .map_err(|error| Usage(format!("standard input cannot be read: {error}")).into());
    }
    std::fs::read_to_string(file)
        .map_err(|error| Usage(format!("{} cannot be read: {error}", file.display())).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_yes_or_no() {
        for text in ["1", "true", "Yes", "on"] {
            assert_eq!(flag(text), Ok(true), "{text}");
        }
        for text in ["", " ", "0", "FALSE", "no", "off"] {
            assert_eq!(flag(text), Ok(false), "{text}");
        }
        assert!(flag("nope").is_err());
    }

    #[test]
    fn who_only_reads_makes_no_database() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("missing").join("none.sqlite");
        let option = DatabaseOption {
            database: Some(file.clone()),
        };
        let error = option.existing_documents().expect_err("there is none");
        assert!(error.is::<Usage>(), "{error}");
        assert!(!file.exists());
        assert!(!folder.path().join("missing").exists(), "nor its folder");
    }
}
