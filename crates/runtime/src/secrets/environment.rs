//! Secrets from environment variables, and another store for those that are not there.

use super::{Result, SecretError, SecretName, SecretStore};
use secrecy::SecretString;
use std::sync::Arc;

/// Reads `HELIOGRAPH_SECRET_<PROFILE>_<NAME>`; what is not set there comes from another
/// store, where one is named.
#[derive(Debug, Default)]
pub struct Environment {
    other: Option<Arc<dyn SecretStore>>,
}

impl Environment {
    /// The environment alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The environment, and `other` for what is not set in it.
    #[must_use]
    pub fn before(other: Arc<dyn SecretStore>) -> Self {
        Self { other: Some(other) }
    }
}

/// The variable for a secret: what is no letter or digit in the profile's name becomes `_`.
#[must_use]
pub fn variable(profile: &str, name: SecretName) -> String {
    let plain: String = profile
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("HELIOGRAPH_SECRET_{plain}_{}", name.as_str()).to_ascii_uppercase()
}

fn from_variable(profile: &str, name: SecretName) -> Option<SecretString> {
    std::env::var(variable(profile, name))
        .ok()
        .filter(|secret| !secret.is_empty())
        .map(SecretString::from)
}

impl SecretStore for Environment {
    fn get(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>> {
        match (from_variable(profile, name), &self.other) {
            (Some(secret), _) => Ok(Some(secret)),
            (None, Some(other)) => other.get(profile, name),
            (None, None) => Ok(None),
        }
    }

    fn get_at_ease(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>> {
        match (from_variable(profile, name), &self.other) {
            (Some(secret), _) => Ok(Some(secret)),
            (None, Some(other)) => other.get_at_ease(profile, name),
            (None, None) => Ok(None),
        }
    }

    fn set(&self, profile: &str, name: SecretName, secret: &SecretString) -> Result<()> {
        let variable = variable(profile, name);
        match &self.other {
            // What is kept elsewhere would not count while the variable is set.
            Some(other) if from_variable(profile, name).is_none() => {
                other.set(profile, name, secret)
            }
            Some(_) | None => Err(SecretError::ReadOnly { variable }),
        }
    }

    fn delete(&self, profile: &str, name: SecretName) -> Result<()> {
        match &self.other {
            Some(other) => other.delete(profile, name),
            None => Err(SecretError::ReadOnly {
                variable: variable(profile, name),
            }),
        }
    }

    fn place(&self) -> String {
        match &self.other {
            Some(other) => format!("environment variables, then {}", other.place()),
            None => "environment variables".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_named_after_profile_and_secret() {
        assert_eq!(
            variable("Shop, Berlin", SecretName::RedisPassword),
            "HELIOGRAPH_SECRET_SHOP__BERLIN_REDIS_PASSWORD"
        );
    }

    #[test]
    fn the_environment_alone_is_read_only() {
        let environment = Environment::new();
        let name = SecretName::MongoPassword;
        assert!(
            environment
                .get("nobody set this", name)
                .is_ok_and(|it| it.is_none())
        );
        let error = environment
            .set("shop", name, &"hunter2".into())
            .expect_err("it is read only");
        assert!(
            error
                .to_string()
                .contains("HELIOGRAPH_SECRET_SHOP_MONGO_PASSWORD")
        );
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
}
