//! What is remembered of a tunnel between two starts of the application.

use crate::settings::TunnelSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use std::io;
use std::path::PathBuf;

/// A file with the settings and the address that was up last. It holds no secret.
#[derive(Debug, Clone)]
pub struct TunnelFile(PathBuf);

/// What the file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kept {
    pub settings: TunnelSettings,
    pub last_url: Option<String>,
}

impl TunnelFile {
    /// The file at this path, which need not exist.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// What it holds. A file that cannot be read is as on the first start: it must not
    /// keep anybody from starting a tunnel.
    pub(crate) fn read(&self) -> Kept {
        let text = match fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Kept::default(),
            Err(error) => {
                tracing::warn!(%error, "the tunnel's settings cannot be read");
                return Kept::default();
            }
        };
        completed(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "the tunnel's settings cannot be read");
            Kept::default()
        })
    }

    /// Replaces it as a whole.
    pub(crate) fn write(&self, kept: &Kept) -> io::Result<()> {
        if let Some(folder) = self.0.parent() {
            fs::create_dir_all(folder)?;
        }
        let fresh = self.0.with_extension("new");
        fs::write(&fresh, serde_json::to_string_pretty(kept)?)?;
        fs::rename(fresh, &self.0)
    }
}

/// What is stored, completed by the defaults where an older version did not know a setting.
fn completed(stored: &str) -> serde_json::Result<Kept> {
    let mut whole = serde_json::to_value(Kept::default())?;
    overlay(&mut whole, serde_json::from_str(stored)?);
    serde_json::from_value(whole)
}

fn overlay(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (name, value) in above {
                overlay(below.entry(name).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

    use super::*;
    use crate::settings::TunnelKind;

    #[test]
    fn what_was_written_is_read_and_what_is_broken_is_as_on_the_first_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/tunnel.json");
        let file = TunnelFile::at(path.clone());
        assert_eq!(file.read(), Kept::default());
        let mut kept = Kept {
            last_url: Some("https://a-b.trycloudflare.com".into()),
            ..Kept::default()
        };
        kept.settings.kind = TunnelKind::Ssh;
        kept.settings.ssh.host = "me@example.com".into();
        file.write(&kept).unwrap();
        assert_eq!(file.read(), kept);
        // One from an older version knows fewer settings.
        fs::write(&path, r#"{"settings":{"kind":"ngrok"},"fromTheFuture":1}"#).unwrap();
        assert_eq!(file.read().settings.kind, TunnelKind::Ngrok);
        fs::write(&path, "{").unwrap();
        assert_eq!(file.read(), Kept::default());
    }
}
