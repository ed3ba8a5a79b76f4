//! The engine's port over the rules, without HTTP.

use super::{
    accounts::simulated_token,
    core::SimulatedInstagram,
    request::{Answer, Outcome, Request},
};
use crate::{
    client::answer,
    wire::{self, Again, Call, Edge},
};
use async_trait::async_trait;
use heliograph_engine::ports::{Instagram, PortResult, Profile, SendRequest};
use heliograph_model::{AccountId, ContactId, Receipt, SendError};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The simulated Instagram in the same process, for measurements: the same JSON, the same
/// rules and the same reading of answers as over HTTP, without the HTTP. It does not pace
/// and remembers nothing between calls. Where there is never an answer, it says so at
/// once.
#[derive(Debug, Clone)]
pub struct DirectInstagram {
    core: Arc<SimulatedInstagram>,
}

impl DirectInstagram {
    /// The port over this Instagram.
    #[must_use]
    pub fn new(core: Arc<SimulatedInstagram>) -> Self {
        Self { core }
    }

    async fn ask(
        &self,
        account: &AccountId,
        request: Request,
        again: Again,
    ) -> Result<Value, SendError> {
        let token = self.core.token(account);
        let token = token.as_ref().map_or_else(
            || simulated_token(account),
            |token| token.expose_secret().to_owned(),
        );
        let Answer {
            outcome, delay_ms, ..
        } = self.core.answer(Some(&token), request);
        if delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        }
        match outcome {
            Outcome::Success(body) => answer::judge(200, body, again),
            Outcome::Refused { error, trace } => {
                let result = answer::judge(error.status, error.to_json(&trace), again);
                result.map_err(|said| SendError {
                    retry_after_ms: error
                        .retry_after_s
                        .map(|seconds| i64::from(seconds) * 1000)
                        .or(said.retry_after_ms),
                    ..said
                })
            }
            Outcome::Broken { status, body } => answer::read(status, body.as_bytes(), again),
            Outcome::Silence => Err(answer::cut_off(again, "the time allowed has passed")),
            Outcome::Dropped => Err(answer::cut_off(again, "the connection was closed")),
        }
    }
}

#[async_trait]
impl Instagram for DirectInstagram {
    async fn send(&self, request: &SendRequest<'_>) -> Result<Receipt, SendError> {
        let Call { edge, body, again } = wire::call(request.effect);
        let asked = match edge {
            Edge::Messages => Request::Messages {
                node: "me".into(),
                body,
            },
            Edge::Replies(comment) => Request::Reply { comment, body },
        };
        let document = self.ask(request.account_id, asked, again).await?;
        Ok(answer::receipt(&document))
    }

    async fn profile(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> Result<Profile, SendError> {
        let asked = Request::Node {
            id: contact.to_string(),
            fields: ["name", "username", "is_user_follow_business"]
                .map(Into::into)
                .to_vec(),
        };
        let document = self.ask(account, asked, Again::Harmless).await?;
        Ok(answer::profile(&document))
    }

    async fn reset(&self, _account: &AccountId) -> PortResult<()> {
        Ok(())
    }
}
