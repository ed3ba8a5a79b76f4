//! Secrets of a window: in the keyring, and where none runs in memory.

use super::{Keyring, Result, SecretError, SecretName, SecretStore, ThisRun};
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The system's keyring, and for as long as there is none this run's memory. A window has
/// to open profiles on a machine without a keyring too; it says where secrets are.
#[derive(Debug)]
pub struct KeyringAtHand {
    keyring: Arc<Keyring>,
    this_run: ThisRun,
    /// None was to be had when it was last asked.
    is_missing: Arc<AtomicBool>,
}

impl KeyringAtHand {
    /// The keyring. Whether there is one is found out beside; nothing is asked of it yet.
    #[must_use]
    pub fn new() -> Self {
        let at_hand = Self {
            keyring: Arc::default(),
            this_run: ThisRun::new(),
            is_missing: Arc::default(),
        };
        let (keyring, is_missing) = (
            Arc::clone(&at_hand.keyring),
            Arc::clone(&at_hand.is_missing),
        );
        // One that never answers must not keep the window.
        std::thread::spawn(move || {
            if keyring.check().is_err() {
                is_missing.store(true, Ordering::Relaxed);
            }
        });
        at_hand
    }

    /// Whether what is kept is there after the program ends, as far as is known.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        !self.is_missing.load(Ordering::Relaxed)
    }

    /// Whether the keyring did it; otherwise it is not to be had.
    fn asked<T>(&self, answer: Result<T>) -> Result<Option<T>> {
        match answer {
            Ok(value) => {
                self.is_missing.store(false, Ordering::Relaxed);
                Ok(Some(value))
            }
            Err(SecretError::NoKeyring(why)) => {
                if !self.is_missing.swap(true, Ordering::Relaxed) {
                    tracing::warn!(why, "there is no keyring, so secrets are kept for this run");
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl Default for KeyringAtHand {
    fn default() -> Self {
        Self::new()
    }
}

impl SecretStore for KeyringAtHand {
    fn get(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>> {
        if let Some(secret) = self.this_run.get(profile, name)? {
            return Ok(Some(secret));
        }
        Ok(self.asked(self.keyring.get(profile, name))?.flatten())
    }

    fn set(&self, profile: &str, name: SecretName, secret: &SecretString) -> Result<()> {
        match self.asked(self.keyring.set(profile, name, secret))? {
            Some(()) => self.this_run.delete(profile, name),
            None => self.this_run.set(profile, name, secret),
        }
    }

    fn delete(&self, profile: &str, name: SecretName) -> Result<()> {
        self.this_run.delete(profile, name)?;
        self.asked(self.keyring.delete(profile, name)).map(|_| ())
    }

    fn place(&self) -> String {
        if self.is_lasting() {
            self.keyring.place()
        } else {
            self.this_run.place()
        }
    }
}
