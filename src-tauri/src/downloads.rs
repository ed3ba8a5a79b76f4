//! Files that are written for the person, beside everything else that they download.

use crate::error::{CommandError, ErrorCode};
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager};

/// Writes a text into a new file in the person's downloads, and says where it is.
///
/// # Errors
/// When there is no such folder, or it cannot be written to.
pub(crate) fn write(
    app: &AppHandle,
    name: &str,
    ending: &str,
    text: &str,
) -> Result<PathBuf, CommandError> {
    let folder = app
        .path()
        .download_dir()
        .or_else(|_| app.path().app_data_dir())
        .map_err(|error| CommandError::internal("There is no folder to write to", &error))?;
    let path = free(&folder, name, ending);
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, text));
    written.map_err(|error| {
        CommandError::new(
            ErrorCode::Unavailable,
            format!(
                "{} cannot be written: {error}. Make room, or let this user write there.",
                path.display()
            ),
        )
    })?;
    Ok(path)
}

/// A thing's name as a file's on every system; `otherwise` where nothing is left of it.
pub(crate) fn name_of(name: &str, otherwise: &str) -> String {
    let name = name.to_lowercase();
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        otherwise.to_owned()
    } else {
        words.join("-")
    }
}

/// A file that is not there yet.
fn free(folder: &Path, name: &str, ending: &str) -> PathBuf {
    let first = folder.join(format!("{name}.{ending}"));
    if !first.exists() {
        return first;
    }
    (2..)
        .map(|number| folder.join(format!("{name}-{number}.{ending}")))
        .find(|path| !path.exists())
        .unwrap_or(first)
}
