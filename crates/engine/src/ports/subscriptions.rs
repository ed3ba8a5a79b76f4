//! Which webhooks an app, and each of its accounts, is subscribed to.

use super::PortResult;
use async_trait::async_trait;
use heliograph_model::AccountId;
use std::fmt;

/// Subscriptions as Meta keeps them: the app's callback URL with its fields, and for each
/// account whether the app hears of it. A webhook comes only where both are there.
#[async_trait]
pub trait Subscriptions: Send + Sync + fmt::Debug {
    /// The fields that an account is subscribed to; empty: the app does not hear of it.
    async fn of_account(&self, account: &AccountId) -> PortResult<Vec<String>>;

    /// Subscribes an account to these fields, in place of those before.
    async fn subscribe_account(&self, account: &AccountId, fields: &[String]) -> PortResult<()>;

    /// What the app is subscribed to, where it is.
    async fn of_app(&self, app: &AppAccess) -> PortResult<Option<AppSubscription>>;

    /// Gives Meta a callback URL with its fields, in place of those before. Meta asks that
    /// URL for its challenge at once, with the verify token, and refuses when the answer
    /// is another.
    async fn subscribe_app(
        &self,
        app: &AppAccess,
        wanted: &AppSubscription,
        verify_token: &str,
    ) -> PortResult<()>;
}

/// What an app is subscribed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppSubscription {
    /// Where Meta posts.
    pub callback_url: String,
    /// What of.
    pub fields: Vec<String>,
}

/// An app of Meta's and its secret. Its `Debug` shows the id alone.
#[derive(Clone)]
pub struct AppAccess {
    app_id: String,
    secret: String,
}

impl AppAccess {
    /// The app with this id, by its secret.
    #[must_use]
    pub fn new(app_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            app_id: app_id.into(),
            secret: secret.into(),
        }
    }

    /// The app's id.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// The access token of the app itself (Meta: "Access tokens", app access tokens).
    #[must_use]
    pub fn token(&self) -> String {
        format!("{}|{}", self.app_id, self.secret)
    }
}

impl fmt::Debug for AppAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppAccess")
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}
