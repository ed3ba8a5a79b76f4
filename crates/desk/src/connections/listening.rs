//! What the listener before a profile checks with: its verify token and its app secrets,
//! kept where secrets are.

use super::{Connections, ConnectionsError, Result};
use heliograph_listener::AppSecret;
use heliograph_model::AccountId;
use heliograph_runtime::audit::Change;
use heliograph_runtime::made_up_secret;
use heliograph_runtime::secrets::SecretName;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Under which name the secrets of the listener before the offline profile are kept. No
/// saved profile can be called so.
pub const OFFLINE: &str = "(offline)";

/// The longest verify token.
const MOST_OF_A_TOKEN: usize = 200;

/// Is there once something is kept of the listener before the offline profile.
const MARK: &str = "listener-secrets-are-kept";

/// For how long a removed app secret can be put back: it is in memory alone, and not for
/// longer than somebody needs to notice.
const HELD: Duration = Duration::from_secs(5 * 60);

/// An app secret that was removed.
#[derive(Debug)]
pub(super) struct RemovedSecret {
    /// Where it stood among the others.
    place: usize,
    secret: AppSecret,
    until: Instant,
}

impl RemovedSecret {
    fn is_held(&self) -> bool {
        Instant::now() < self.until
    }
}

/// What a listener checks with beside the window's own secret.
#[derive(Debug, Clone, Default)]
pub struct ListenerSecrets {
    /// The verify token, where one is kept.
    pub verify_token: Option<SecretString>,
    /// App secrets.
    pub app: Vec<AppSecret>,
}

/// An app secret without the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KnownAppSecret {
    /// Its name.
    pub name: String,
    /// The accounts whose events it may sign; empty for all.
    pub accounts: Vec<AccountId>,
}

impl Connections {
    /// What the listener before a profile checks with.
    ///
    /// # Errors
    /// When the secrets cannot be had.
    pub async fn listener_secrets(&self, profile: String) -> Result<ListenerSecrets> {
        // Nobody's keyring is to be unlocked at every start for nothing.
        if profile == OFFLINE && !self.shelf.folder.join(MARK).exists() {
            return Ok(ListenerSecrets::default());
        }
        let token = self
            .secret(profile.clone(), SecretName::VerifyToken)
            .await?;
        let app = self.secret(profile, SecretName::AppSecret).await?;
        let app = app.map(|text| read(text.expose_secret()));
        Ok(ListenerSecrets {
            verify_token: token,
            app: app.unwrap_or_default(),
        })
    }

    /// Keeps another app secret, instead of the one of the same name.
    ///
    /// # Errors
    /// When the name or the secret cannot be used, or it cannot be kept.
    pub async fn add_app_secret(
        &self,
        profile: String,
        name: String,
        secret: String,
        accounts: Vec<String>,
    ) -> Result<()> {
        let (name, secret) = (name.trim().to_owned(), secret.trim().to_owned());
        let taken = [',', '=', '@', '+'];
        if name.is_empty() || name.contains(taken) {
            return Err(ConnectionsError::Invalid(
                "An app secret needs a name, such as the app’s, without , = @ or +.".to_owned(),
            ));
        }
        if secret.is_empty() || secret.contains(taken) || secret.contains(char::is_whitespace) {
            return Err(ConnectionsError::Invalid(
                "This is no app secret. Copy it from Meta’s dashboard: App settings, Basic, App secret."
                    .to_owned(),
            ));
        }
        let accounts: Vec<_> = accounts
            .iter()
            .map(|id| id.trim())
            .filter(|id| !id.is_empty())
            .collect();
        if let Some(id) = accounts.iter().find(|id| id.contains(taken)) {
            return Err(ConnectionsError::Invalid(format!(
                "“{id}” is no id of an account."
            )));
        }
        let mut secrets = self.listener_secrets(profile.clone()).await?.app;
        let what = match secrets.iter().any(|known| known.name == name) {
            true => "Replacing an app secret",
            false => "Adding an app secret",
        };
        let change = from(what, &name, &secrets);
        secrets.retain(|known| known.name != name);
        secrets.push(AppSecret {
            name,
            secret: secret.into(),
            accounts: accounts.into_iter().map(AccountId::from).collect(),
        });
        self.keep_app_secrets(profile, &secrets, change).await
    }

    /// Removes an app secret. For some minutes the last one can be put back; until then it
    /// is in memory, and nowhere else.
    ///
    /// # Errors
    /// When what is left cannot be kept.
    pub async fn remove_app_secret(&self, profile: String, name: String) -> Result<()> {
        self.remove_and_hold(profile, name, HELD).await
    }

    /// Removes an app secret, and holds it for a while.
    pub(super) async fn remove_and_hold(
        &self,
        profile: String,
        name: String,
        held: Duration,
    ) -> Result<()> {
        let mut secrets = self.listener_secrets(profile.clone()).await?.app;
        let Some(place) = secrets.iter().position(|known| known.name == name) else {
            return Ok(());
        };
        let change = from("Removing an app secret", &name, &secrets);
        let secret = secrets.remove(place);
        self.keep_app_secrets(profile.clone(), &secrets, change)
            .await?;
        let until = Instant::now() + held;
        let removed = RemovedSecret {
            place,
            secret,
            until,
        };
        self.shelf.removed_secrets.lock().insert(profile, removed);
        let shelf = Arc::downgrade(&self.shelf);
        tokio::spawn(async move {
            tokio::time::sleep_until(until).await;
            if let Some(shelf) = shelf.upgrade() {
                let mut removed = shelf.removed_secrets.lock();
                removed.retain(|_, one| one.is_held());
            }
        });
        Ok(())
    }

    /// The app secret that was removed last from the listener before this profile, while it
    /// is held, and until when it is.
    #[must_use]
    pub fn removed_app_secret(&self, profile: &str) -> Option<(AppSecret, Instant)> {
        let removed = self.shelf.removed_secrets.lock();
        let one = removed.get(profile).filter(|one| one.is_held())?;
        Some((one.secret.clone(), one.until))
    }

    /// Puts the app secret back that was removed last from the listener before this profile.
    ///
    /// # Errors
    /// [`ConnectionsError::Invalid`] when there is none any more, or another one has its name
    /// by now, or it cannot be kept. One that is held still is then.
    pub async fn put_back_app_secret(&self, profile: String) -> Result<()> {
        let mut secrets = self.listener_secrets(profile.clone()).await?.app;
        let held = self.shelf.removed_secrets.lock().remove(&profile);
        let Some(held) = held.filter(RemovedSecret::is_held) else {
            return Err(ConnectionsError::Invalid(
                "The app secret is not held any more. Copy it from Meta’s dashboard and add it again."
                    .to_owned(),
            ));
        };
        let name = &held.secret.name;
        let put = if secrets.iter().any(|known| known.name == *name) {
            Err(ConnectionsError::Invalid(format!(
                "There is another app secret “{name}” by now, and it stays."
            )))
        } else {
            let change = from("Putting an app secret back", name, &secrets);
            secrets.insert(held.place.min(secrets.len()), held.secret.clone());
            self.keep_app_secrets(profile.clone(), &secrets, change)
                .await
        };
        if put.is_err() {
            // Another one may have been removed meanwhile, which is the last then.
            let mut removed = self.shelf.removed_secrets.lock();
            if held.is_held() {
                removed.entry(profile).or_insert(held);
            }
        }
        put
    }

    /// Makes up another verify token and keeps it.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn new_verify_token(&self, profile: String) -> Result<()> {
        let change = Change::new("Making another verify token", "");
        self.keep_verify_token(profile, made_up_secret(), change)
            .await
    }

    /// Keeps the verify token that Meta's dashboard has already.
    ///
    /// # Errors
    /// [`ConnectionsError::Invalid`] for one that no dashboard takes, or when it cannot be
    /// kept.
    pub async fn set_verify_token(&self, profile: String, token: &str) -> Result<()> {
        let token = token.trim();
        if token.is_empty() || token.len() > MOST_OF_A_TOKEN || token.contains(char::is_whitespace)
        {
            return Err(ConnectionsError::Invalid(format!(
                "A verify token is one word of at most {MOST_OF_A_TOKEN} characters, the same as in Meta’s dashboard."
            )));
        }
        let change = Change::new("Keeping a verify token", "");
        self.keep_verify_token(profile, token.to_owned(), change)
            .await
    }

    async fn keep_verify_token(
        &self,
        profile: String,
        token: String,
        change: Change,
    ) -> Result<()> {
        self.mark(&profile);
        let token = SecretString::from(token);
        self.keep_secret(profile, SecretName::VerifyToken, Some(token), change)
            .await
    }

    /// Notes that there is something of the offline profile to be asked for.
    fn mark(&self, profile: &str) {
        if profile == OFFLINE
            && let Err(error) = std::fs::write(self.shelf.folder.join(MARK), "")
        {
            tracing::warn!(%error, "the next start will not ask for the listener's secrets");
        }
    }

    async fn keep_app_secrets(
        &self,
        profile: String,
        secrets: &[AppSecret],
        change: Change,
    ) -> Result<()> {
        self.mark(&profile);
        let text = (!secrets.is_empty()).then(|| SecretString::from(written(secrets)));
        let change = change.to(named(secrets));
        self.keep_secret(profile, SecretName::AppSecret, text, change)
            .await
    }
}

/// A change of app secrets, as the audit log has it.
fn from(what: &str, name: &str, before: &[AppSecret]) -> Change {
    Change {
        before: Some(named(before)),
        ..Change::new(what, name)
    }
}

/// What may be known of app secrets.
fn named(secrets: &[AppSecret]) -> String {
    let one = |secret: &AppSecret| json!({ "name": secret.name, "accounts": secret.accounts });
    Value::from_iter(secrets.iter().map(one)).to_string()
}

/// As the command line writes them too: `name=secret@account+account`, with commas between.
fn written(secrets: &[AppSecret]) -> String {
    let one = |secret: &AppSecret| {
        let mut text = format!("{}={}", secret.name, secret.secret.expose_secret());
        for (place, account) in secret.accounts.iter().enumerate() {
            text.push(if place == 0 { '@' } else { '+' });
            text.push_str(account.as_str());
        }
        text
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(",")
}

/// Reads what [`written`] writes, and a secret without a name.
fn read(text: &str) -> Vec<AppSecret> {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    (1..)
        .zip(parts)
        .filter_map(|(place, part)| {
            let (name, rest) = match part.split_once('=') {
                Some((name, rest)) => (name.trim().to_owned(), rest),
                None => (format!("secret {place}"), part),
            };
            let (secret, accounts) = rest.split_once('@').unwrap_or((rest, ""));
            (!secret.trim().is_empty()).then(|| AppSecret {
                name,
                secret: secret.trim().into(),
                accounts: accounts
                    .split('+')
                    .map(str::trim)
                    .filter(|id| !id.is_empty())
                    .map(AccountId::from)
                    .collect(),
            })
        })
        .collect()
}
