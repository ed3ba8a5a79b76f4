//! Secrets in the operating system's keyring.

use super::{Result, SecretError, SecretName, SecretStore};
use ::keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// The name under which the keyring's own window shows our secrets.
const SERVICE: &str = "heliograph";
/// How long a keyring may take. It may be asking the user for a password, but on a box
/// without a screen it never answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// The keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
#[derive(Debug)]
pub struct Keyring {
    patience: Duration,
    /// It did not answer once, so nobody waits for it again.
    is_silent: AtomicBool,
}

impl Keyring {
    /// The keyring. Nothing is asked of it yet.
    #[must_use]
    pub fn new() -> Self {
        Self::with_patience(PATIENCE)
    }

    fn with_patience(patience: Duration) -> Self {
        Self {
            patience,
            is_silent: AtomicBool::new(false),
        }
    }

    /// Whether there is a keyring that answers.
    ///
    /// # Errors
    /// [`SecretError::NoKeyring`] with the reason.
    pub fn check(&self) -> Result<()> {
        self.ask("check", SecretName::AppSecret, |_| Ok(()))
    }

    /// Asks in a thread of its own: the call blocks, and may do so for ever.
    fn ask<T: Send + 'static>(
        &self,
        profile: &str,
        name: SecretName,
        ask: impl FnOnce(&Entry) -> ::keyring::Result<T> + Send + 'static,
    ) -> Result<T> {
        let silent = || SecretError::NoKeyring("it does not answer".to_owned());
        if self.is_silent.load(Ordering::Relaxed) {
            return Err(silent());
        }
        let user = format!("{profile}/{}", name.as_str());
        let (sender, receiver) = sync_channel(1);
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                let answer = Entry::store_status()
                    .as_ref()
                    .map_err(|error| SecretError::NoKeyring(error.to_string()))
                    .and_then(|()| {
                        Entry::new(SERVICE, &user)
                            .and_then(|entry| ask(&entry))
                            .map_err(failed)
                    });
                // Nobody listens any more when it took too long.
                let _ = sender.send(answer);
            })
            .map_err(|error| SecretError::NoKeyring(error.to_string()))?;
        match receiver.recv_timeout(self.patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                self.is_silent.store(true, Ordering::Relaxed);
                Err(silent())
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(SecretError::Keyring("it broke off".to_owned()))
            }
        }
    }
}

impl Default for Keyring {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether the collection that secrets go into is locked (Secret Service API, "Collection").
#[cfg(target_os = "linux")]
fn is_locked() -> bool {
    use zbus::blocking::Connection;
    use zbus::zvariant::{OwnedObjectPath, OwnedValue};
    const SECRETS: &str = "org.freedesktop.secrets";
    let asked = || -> zbus::Result<bool> {
        let bus = Connection::session()?;
        let alias = bus.call_method(
            Some(SECRETS),
            "/org/freedesktop/secrets",
            Some("org.freedesktop.Secret.Service"),
            "ReadAlias",
            &("default",),
        )?;
        let collection: OwnedObjectPath = alias.body().deserialize()?;
        if collection.as_str() == "/" {
            return Ok(false);
        }
        let locked = bus.call_method(
            Some(SECRETS),
            collection.as_str(),
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.freedesktop.Secret.Collection", "Locked"),
        )?;
        let locked: OwnedValue = locked.body().deserialize()?;
        Ok(bool::try_from(locked)?)
    };
    asked().unwrap_or(false)
}

/// Other systems unlock theirs, or refuse.
#[cfg(not(target_os = "linux"))]
fn is_locked() -> bool {
    false
}

/// Some of the keyring's errors hold the secret's bytes, so only its words are passed on.
fn failed(error: Error) -> SecretError {
    match error {
        Error::NoStorageAccess(reason) => SecretError::NoKeyring(format!("it is locked: {reason}")),
        Error::NoDefaultStore => SecretError::NoKeyring("none runs".to_owned()),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            SecretError::Keyring("what it holds is not text".to_owned())
        }
        other => SecretError::Keyring(other.to_string()),
    }
}

impl SecretStore for Keyring {
    fn get(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>> {
        self.ask(profile, name, |entry| match entry.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            // What a locked one holds is not seen.
            Err(Error::NoEntry) if is_locked() => {
                Err(Error::NoStorageAccess("nobody has unlocked it".into()))
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set(&self, profile: &str, name: SecretName, secret: &SecretString) -> Result<()> {
        let secret = secret.clone();
        self.ask(profile, name, move |entry| {
            entry.set_password(secret.expose_secret())
        })
    }

    fn delete(&self, profile: &str, name: SecretName) -> Result<()> {
        self.ask(profile, name, |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
    }

    fn place(&self) -> String {
        "the system's keyring".to_owned()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use heliograph_servers::{dbus::Dbus, keyring::Keyring as Daemon};
    use std::os::unix::net::UnixListener;
    use std::process::Command;
    use std::time::Instant;

    /// The session bus is named by the environment, so this is run in a process of its own.
    #[test]
    #[ignore = "the other tests run it where no bus is, or a silent one"]
    fn asked() {
        let began = Instant::now();
        let keyring = Keyring::with_patience(Duration::from_secs(1));
        for _ in 0..2 {
            let error = keyring.get("shop", SecretName::AppSecret).unwrap_err();
            assert!(matches!(error, SecretError::NoKeyring(_)), "{error}");
            assert!(error.to_string().contains("HELIOGRAPH_SECRET_"), "{error}");
        }
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "it waits once at the most"
        );
    }

    #[test]
    #[ignore = "another test runs it where a keyring is"]
    fn kept() {
        let keyring = Keyring::new();
        keyring.check().unwrap();
        let get = |profile, name| {
            let secret = keyring.get(profile, name).unwrap();
            secret.map(|secret| secret.expose_secret().to_owned())
        };
        let (shop, redis) = ("shop", SecretName::RedisPassword);
        assert_eq!(get(shop, redis), None);
        for secret in ["first", "hunter2 · größer"] {
            keyring.set(shop, redis, &secret.into()).unwrap();
            assert_eq!(get(shop, redis).as_deref(), Some(secret));
        }
        assert_eq!(get(shop, SecretName::MongoPassword), None);
        assert_eq!(get("shop 2", redis), None);
        keyring.set("shop 2", redis, &"other".into()).unwrap();
        for _ in 0..2 {
            keyring.delete("shop 2", redis).unwrap();
            assert_eq!(get("shop 2", redis), None);
        }
    }

    #[test]
    #[ignore = "another test runs it where a keyring is that was kept in before"]
    fn kept_before() {
        let secret = Keyring::new().get("shop", SecretName::RedisPassword);
        let secret = secret.unwrap().unwrap();
        assert_eq!(secret.expose_secret(), "hunter2 · größer");
    }

    /// Runs a test that is ignored otherwise, in a process whose session bus this is.
    fn run(test: &str, bus: &str) {
        let test = format!("secrets::keyring::tests::{test}");
        let asked = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &test, "--ignored"])
            .env("DBUS_SESSION_BUS_ADDRESS", bus)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&asked.stdout);
        assert!(
            asked.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }

    #[test]
    fn a_box_without_a_keyring_says_what_to_do_instead() {
        run("asked", "unix:path=/nowhere/at/all");
    }

    #[test]
    fn a_keyring_keeps_secrets_between_sessions_and_while_it_is_locked_says_so() {
        let bus = Dbus::start().unwrap();
        let mut daemon = Daemon::start(&bus).unwrap();
        run("kept", bus.address());
        run("kept_before", bus.address());
        daemon.restart(false).unwrap();
        run("asked", bus.address());
        daemon.restart(true).unwrap();
        run("kept_before", bus.address());
    }

    #[test]
    fn a_keyring_that_never_answers_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let _silent = UnixListener::bind(&path).unwrap();
        run("asked", &format!("unix:path={}", path.display()));
    }
}
