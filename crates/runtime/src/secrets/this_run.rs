//! Secrets in memory: where no keyring runs, they are kept for this run only.

use super::{Result, SecretName, SecretStore};
use parking_lot::Mutex;
use secrecy::SecretString;
use std::collections::HashMap;

/// Secrets that are gone when the process ends. Whoever shows where secrets are says so.
#[derive(Debug, Default)]
pub struct ThisRun {
    /// `SecretString` shows nothing of itself in `Debug`.
    secrets: Mutex<HashMap<(String, SecretName), SecretString>>,
}

impl ThisRun {
    /// Without secrets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl SecretStore for ThisRun {
    fn get(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>> {
        let key = (profile.to_owned(), name);
        Ok(self.secrets.lock().get(&key).cloned())
    }

    fn get_at_ease(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>> {
        self.get(profile, name)
    }

    fn set(&self, profile: &str, name: SecretName, secret: &SecretString) -> Result<()> {
        let key = (profile.to_owned(), name);
        self.secrets.lock().insert(key, secret.clone());
        Ok(())
    }

    fn delete(&self, profile: &str, name: SecretName) -> Result<()> {
        self.secrets.lock().remove(&(profile.to_owned(), name));
        Ok(())
    }

    fn place(&self) -> String {
        "this run's memory; they are gone when the program ends".to_owned()
    }
}
