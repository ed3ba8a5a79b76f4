//! Meta's two ways to the same API.

use heliograph_model::AccountId;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How the account was connected (Meta: "Instagram Platform", comparison of the two
/// logins).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flavour {
    /// With Instagram Login: an Instagram user token, and the account's own id in paths.
    #[default]
    InstagramLogin,
    /// With Facebook Login, through a Page: a Page token, and `me` in paths, which is the
    /// Page of the token.
    FacebookLogin,
}

impl Flavour {
    /// The flavour that an address belongs to: each has a host of its own. Another host is
    /// taken for the one with Instagram Login.
    #[must_use]
    pub fn of_base_url(base_url: &str) -> Self {
        if base_url.contains("graph.facebook.com") {
            Self::FacebookLogin
        } else {
            Self::InstagramLogin
        }
    }

    /// Where Meta serves it.
    #[must_use]
    pub fn base_url(self) -> &'static str {
        match self {
            Self::InstagramLogin => "https://graph.instagram.com",
            Self::FacebookLogin => "https://graph.facebook.com",
        }
    }

    /// Of these webhook fields, those that an app can be subscribed to. With Facebook Login
    /// echoes come with `messages`, and there is no field for them (Meta: "Webhooks").
    pub(super) fn fields_of_app(self, fields: &[String]) -> String {
        self.without(fields, &["message_echoes"])
    }

    /// Of these webhook fields, those that an account can be subscribed to. The edge of a
    /// Page refuses to name `messaging_seen`.
    pub(super) fn fields_of_account(self, fields: &[String]) -> String {
        self.without(fields, &["message_echoes", "messaging_seen"])
    }

    fn without(self, fields: &[String], unknown_to_facebook: &[&str]) -> String {
        let is_known = |field: &&str| match self {
            Self::InstagramLogin => true,
            Self::FacebookLogin => !unknown_to_facebook.contains(field),
        };
        let known: Vec<_> = fields.iter().map(String::as_str).filter(is_known).collect();
        known.join(",")
    }

    /// What stands in a path for the sending account.
    #[must_use]
    pub fn node(self, account: &AccountId) -> &str {
        match self {
            Self::InstagramLogin => account.as_str(),
            Self::FacebookLogin => "me",
        }
    }
}

/// The text is no flavour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no way of connecting accounts; there are instagram-login and facebook-login")]
pub struct UnknownFlavour(String);

impl FromStr for Flavour {
    type Err = UnknownFlavour;

    /// Reads `instagram-login` and `facebook-login`, or each without `-login`.
    fn from_str(text: &str) -> Result<Self, UnknownFlavour> {
        let plain = text.trim().to_ascii_lowercase().replace('_', "-");
        match plain.trim_end_matches("-login") {
            "instagram" => Ok(Self::InstagramLogin),
            "facebook" => Ok(Self::FacebookLogin),
            _ => Err(UnknownFlavour(text.to_owned())),
        }
    }
}
