//! Meta's two ways to the same API.

use heliograph_model::AccountId;

/// How the account was connected (Meta: "Instagram Platform", comparison of the two
/// logins).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// With Instagram Login: an Instagram user token, and the account's own id in paths.
    #[default]
    InstagramLogin,
    /// With Facebook Login, through a Page: a Page token, and `me` in paths, which is the
    /// Page of the token.
    FacebookLogin,
}

impl Flavour {
    /// Where Meta serves it.
    #[must_use]
    pub fn base_url(self) -> &'static str {
        match self {
            Self::InstagramLogin => "https://graph.instagram.com",
            Self::FacebookLogin => "https://graph.facebook.com",
        }
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
