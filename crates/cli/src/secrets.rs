//! The listener's secrets: from the environment, from where the profile's secrets are, or
//! made up for one run.

use crate::failure::Usage;
use crate::output;
use crate::place::Chosen;
use heliograph_listener::AppSecret;
use heliograph_runtime::secrets::SecretName;
use secrecy::{ExposeSecret, SecretString};

const VERIFY_TOKEN: &str = "HELIOGRAPH_VERIFY_TOKEN";
const APP_SECRET: &str = "HELIOGRAPH_APP_SECRET";

/// What the listener checks with. There is no built-in fallback: what nobody has named is
/// made up, and printed once.
pub(crate) struct Secrets {
    pub verify_token: SecretString,
    pub app_secrets: Vec<AppSecret>,
    /// The made-up verify token, to be shown.
    pub shown_token: Option<String>,
    /// The made-up app secret, to be shown.
    pub shown_secret: Option<String>,
}

impl Secrets {
    /// Reads `HELIOGRAPH_VERIFY_TOKEN` and `HELIOGRAPH_APP_SECRET`, and what is not set
    /// there from where the profile's secrets are.
    ///
    /// # Errors
    /// [`Usage`] for a list of secrets that cannot be read, which the message never repeats,
    /// and where those of a profile on servers cannot be had: Meta's deliveries would all be
    /// refused with others.
    pub(crate) fn of(chosen: &Chosen) -> Result<Self, Usage> {
        let token = named(chosen, VERIFY_TOKEN, SecretName::VerifyToken)?;
        let secret = named(chosen, APP_SECRET, SecretName::AppSecret)?;
        let (verify_token, shown_token) = given_or_made_up(token);
        let (text, shown_secret) = given_or_made_up(secret);
        let app_secrets = parse(&text)?;
        Ok(Self {
            verify_token: verify_token.into(),
            app_secrets,
            shown_token,
            shown_secret,
        })
    }
}

fn named(chosen: &Chosen, variable: &str, name: SecretName) -> Result<Option<String>, Usage> {
    let is_blank = |value: &String| value.trim().is_empty();
    if let Some(value) = std::env::var(variable)
        .ok()
        .filter(|value| !is_blank(value))
    {
        return Ok(Some(value));
    }
    match chosen.secret(name) {
        Ok(kept) => Ok(kept
            .map(|secret| secret.expose_secret().to_owned())
            .filter(|value| !is_blank(value))),
        Err(error) if chosen.is_production() => Err(Usage(format!(
            "{error} Or name it in the environment, as {variable}."
        ))),
        Err(error) => {
            output::error_line(&format!("heliograph: {error}"));
            Ok(None)
        }
    }
}

fn given_or_made_up(given: Option<String>) -> (String, Option<String>) {
    match given {
        Some(text) => (text, None),
        None => {
            let text = heliograph_runtime::made_up_secret();
            (text.clone(), Some(text))
        }
    }
}

/// `secret`, or `name=secret`, each with `@account+account` behind it where it may speak
/// for those only; several separated by commas.
fn parse(text: &str) -> Result<Vec<AppSecret>, Usage> {
    let parts: Vec<_> = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let mut secrets = Vec::with_capacity(parts.len());
    for (place, part) in (1..).zip(parts) {
        let (name, rest) = match part.split_once('=') {
            Some((name, rest)) => (name.trim().to_owned(), rest),
            None => (format!("secret {place}"), part),
        };
        let (secret, accounts) = rest.split_once('@').unwrap_or((rest, ""));
        if name.is_empty() || secret.trim().is_empty() {
            return Err(Usage(format!(
                "entry {place} of {APP_SECRET} is not `secret`, `name=secret` or `name=secret@account+account`"
            )));
        }
        secrets.push(AppSecret {
            name,
            secret: SecretString::from(secret.trim()),
            accounts: accounts
                .split('+')
                .map(str::trim)
                .filter(|id| !id.is_empty())
                .map(Into::into)
                .collect(),
        });
    }
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn one_secret_needs_no_name() {
        let secrets = parse("abc").expect("one secret");
        assert_eq!(secrets.len(), 1);
        assert_eq!(secrets[0].secret.expose_secret(), "abc");
        assert!(secrets[0].accounts.is_empty());
    }

    #[test]
    fn several_have_names_and_accounts() {
        let secrets = parse("shop=abc@1+2, agency=def@3").expect("two secrets");
        assert_eq!(secrets[0].name, "shop");
        assert_eq!(secrets[0].accounts.len(), 2);
        assert_eq!(secrets[1].secret.expose_secret(), "def");
        assert_eq!(secrets[1].accounts[0].as_str(), "3");
    }

    #[test]
    fn an_empty_one_is_refused_without_being_repeated() {
        let error = parse("shop=,agency=topsecret")
            .expect_err("refused")
            .to_string();
        assert!(error.starts_with("entry 1 "), "{error}");
        assert!(!error.contains("topsecret"));
    }
}
