//! Subscribing to webhooks, guarded.

use super::Guard;
use crate::audit::Change;
use async_trait::async_trait;
use heliograph_engine::ports::{AppAccess, AppSubscription, PortResult, Subscriptions};
use heliograph_model::AccountId;
use std::sync::Arc;

/// Subscriptions that are changed only where messages may be sent, too: they decide where
/// all webhooks of an app go. They are read at every level.
#[derive(Debug)]
pub struct GuardedSubscriptions {
    inner: Arc<dyn Subscriptions>,
    guard: Arc<Guard>,
}

impl GuardedSubscriptions {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Subscriptions>, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

#[async_trait]
impl Subscriptions for GuardedSubscriptions {
    async fn of_account(&self, account: &AccountId) -> PortResult<Vec<String>> {
        self.inner.of_account(account).await
    }

    async fn subscribe_account(&self, account: &AccountId, fields: &[String]) -> PortResult<()> {
        let what = "Subscribing an account to webhooks";
        let change = Change::new(what, account.as_str()).to(fields.join(", "));
        let before = async { Some(self.inner.of_account(account).await.ok()?.join(", ")) };
        let call = self.inner.subscribe_account(account, fields);
        self.guard.change_on_real(change, before, call).await
    }

    async fn of_app(&self, app: &AppAccess) -> PortResult<Option<AppSubscription>> {
        self.inner.of_app(app).await
    }

    async fn subscribe_app(
        &self,
        app: &AppAccess,
        wanted: &AppSubscription,
        verify_token: &str,
    ) -> PortResult<()> {
        let what = "Subscribing an app to webhooks";
        let change = Change::new(what, app.app_id()).to(shown(wanted));
        let before = async { Some(shown(&self.inner.of_app(app).await.ok()??)) };
        let call = self.inner.subscribe_app(app, wanted, verify_token);
        self.guard.change_on_real(change, before, call).await
    }
}

/// A subscription as a line of the audit log shows it.
fn shown(subscription: &AppSubscription) -> String {
    format!(
        "{}: {}",
        subscription.callback_url,
        subscription.fields.join(", ")
    )
}
