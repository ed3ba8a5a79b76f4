//! Secrets in a file that somebody chose for them: for servers without a keyring.

use super::{Result, SecretError, SecretName, SecretStore};
use crate::settings::write_atomically;
use parking_lot::Mutex;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What only the owner may read and write.
const OWNER_ONLY: u32 = 0o600;

/// A JSON file, `{"profile": {"redis_password": "…"}}`, that nobody but its owner may
/// read. One that others may read is refused.
#[derive(Debug)]
pub struct SecretFile {
    path: PathBuf,
    /// One change at a time; the file itself is read each time.
    changing: Mutex<()>,
}

type Secrets = BTreeMap<String, BTreeMap<String, String>>;

impl SecretFile {
    /// The secrets in a file; it need not be there yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            changing: Mutex::new(()),
        }
    }

    fn failed(&self, reason: &dyn std::fmt::Display) -> SecretError {
        SecretError::File {
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }

    fn read(&self) -> Result<Secrets> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Secrets::new()),
            Err(error) => return Err(self.failed(&error)),
        };
        check_mode(&self.path)?;
        // The parser's own words could repeat a secret.
        serde_json::from_str(&text).map_err(|error| {
            self.failed(&format_args!(
                "it is not a JSON object of profiles with secrets (line {})",
                error.line()
            ))
        })
    }

    fn change(&self, change: impl FnOnce(&mut Secrets)) -> Result<()> {
        let _one = self.changing.lock();
        let mut secrets = self.read()?;
        change(&mut secrets);
        secrets.retain(|_, of_profile| !of_profile.is_empty());
        let text = serde_json::to_string_pretty(&secrets).map_err(|error| self.failed(&error))?;
        write_atomically(&self.path, &text, OWNER_ONLY).map_err(|error| self.failed(&error))
    }
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)
        .map_err(|error| SecretError::File {
            path: path.to_owned(),
            reason: error.to_string(),
        })?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(SecretError::Open {
            path: path.to_owned(),
            mode,
        })
    }
}

#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<()> {
    Ok(())
}

impl SecretStore for SecretFile {
    fn get(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>> {
        let secrets = self.read()?;
        let of_profile = secrets.get(profile);
        Ok(of_profile
            .and_then(|of_profile| of_profile.get(name.as_str()))
            .map(|secret| SecretString::from(secret.as_str())))
    }

    fn get_at_ease(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>> {
        self.get(profile, name)
    }

    fn set(&self, profile: &str, name: SecretName, secret: &SecretString) -> Result<()> {
        self.change(|secrets| {
            secrets
                .entry(profile.to_owned())
                .or_default()
                .insert(name.as_str().to_owned(), secret.expose_secret().to_owned());
        })
    }

    fn delete(&self, profile: &str, name: SecretName) -> Result<()> {
        self.change(|secrets| {
            if let Some(of_profile) = secrets.get_mut(profile) {
                of_profile.remove(name.as_str());
            }
        })
    }

    fn place(&self) -> String {
        format!("the file {}", self.path.display())
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_kept_where_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.json");
        let file = SecretFile::new(&path);
        let name = SecretName::RedisPassword;
        assert!(file.get("shop", name).unwrap().is_none());
        file.set("shop", name, &"hunter2".into()).unwrap();
        file.set("shop", SecretName::MongoPassword, &"other".into())
            .unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let again = SecretFile::new(&path);
        assert_eq!(
            again.get("shop", name).unwrap().unwrap().expose_secret(),
            "hunter2"
        );
        again.delete("shop", name).unwrap();
        assert!(file.get("shop", name).unwrap().is_none());
        assert!(
            file.get("shop", SecretName::MongoPassword)
                .unwrap()
                .is_some()
        );
        assert!(!format!("{file:?}").contains("other"));
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.json");
        let file = SecretFile::new(&path);
        file.set("shop", SecretName::AppSecret, &"hunter2".into())
            .unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        let error = file.get("shop", SecretName::AppSecret).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
        let error = file
            .set("shop", SecretName::AppSecret, &"new".into())
            .unwrap_err();
        assert!(
            matches!(error, SecretError::Open { mode: 0o640, .. }),
            "{error}"
        );
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.json");
        write_atomically(&path, "{\"shop\": hunter2}", 0o600).unwrap();
        let error = SecretFile::new(&path)
            .get("shop", SecretName::AppSecret)
            .unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.trim_end(), "{\"shop\": hunter2}", "it is left alone");
    }
}
