//! The client itself.

use super::{
    answer,
    config::{self, GraphConfig, GraphConfigError},
    errors,
    pacing::{Gates, Kind},
    tokens::Tokens,
    transport, usage,
};
use crate::wire::{self, Again, Call};
use async_trait::async_trait;
use heliograph_engine::ports::{Clock, Instagram, PortResult, Profile, SendRequest};
use heliograph_model::{AccountId, ContactId, ErrorClass, Receipt, SendError};
use reqwest::{Client, RequestBuilder, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};

/// The fields of a profile that the engine uses.
const PROFILE_FIELDS: &str = "name,username,is_user_follow_business";

/// From so many percent of a limit on it is worth a line in the log.
const NEARLY_USED_UP: u32 = 95;

/// Instagram over HTTP: Meta's servers, or the simulated one.
///
/// Paces each account, pauses it when Instagram says so, and stops it when its token is
/// refused, until [`Instagram::reset`] or until there is another token. Makes exactly one
/// attempt for each call.
pub struct GraphClient {
    http: Client,
    base: Url,
    config: GraphConfig,
    tokens: Arc<dyn Tokens>,
    gates: Gates,
    /// The clock that pacing waits on: the machine's where the server is real, whatever
    /// clock the rules run on.
    clock: Arc<dyn Clock>,
}

impl GraphClient {
    /// A client. Makes no request.
    ///
    /// # Errors
    /// When the address is none, or would carry tokens in the clear.
    pub fn new(
        config: GraphConfig,
        tokens: Arc<dyn Tokens>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, GraphConfigError> {
        install_tls();
        let base = config.base()?;
        let mut http = Client::builder()
            .user_agent(concat!("heliograph/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.connect_timeout)
            .timeout(config.request_timeout)
            .pool_max_idle_per_host(config.idle_connections)
            .pool_idle_timeout(Duration::from_secs(60))
            // A redirect would take the token to another host.
            .redirect(redirect::Policy::none());
        if config::is_loopback(base.host_str().unwrap_or_default()) {
            http = http.no_proxy();
        }
        Ok(Self {
            http: http.build()?,
            base,
            gates: Gates::new(config.pacing),
            config,
            tokens,
            clock,
        })
    }

    /// How it was set up.
    #[must_use]
    pub fn config(&self) -> &GraphConfig {
        &self.config
    }

    /// The address behind the version; what is no plain text in a segment is escaped.
    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .push(&self.config.version)
                .extend(path);
        }
        url
    }

    /// Waits for the account's turn, makes one attempt, and remembers what the answer
    /// says of the account's token and pace.
    async fn attempt(
        &self,
        account: &AccountId,
        request: RequestBuilder,
        kind: Kind,
        again: Again,
    ) -> Result<Value, SendError> {
        let token = self.tokens.token(account).ok_or_else(|| {
            answer::no_answer(
                ErrorClass::Token,
                "There is no access token for this account. Connect the account.",
            )
        })?;
        let now = self.clock.now();
        let wait = self.gates.enter(account, &token, kind, now)?;
        if wait > 0 {
            self.clock.sleep_until(now + wait).await;
        }
        let answered = request
            .bearer_auth(token.expose_secret())
            .send()
            .await
            .map_err(|error| transport::failed(&error, again))?;
        let status = answered.status().as_u16();
        let told = usage::pause_ms(answered.headers());
        if usage::used_percent(answered.headers()) >= NEARLY_USED_UP {
            tracing::warn!(%account, "the account has nearly used up Instagram's limit");
        }
        let bytes = answered.bytes().await;
        let bytes = bytes.map_err(|error| transport::cut_short(&error, again))?;
        let result = answer::read(status, &bytes, again);
        result.map_err(|error| self.remember(account, &token, kind, error, told))
    }

    /// Closes the account's gate where the error asks for it. `told` is how long the
    /// headers say to wait, which know better than the table.
    fn remember(
        &self,
        account: &AccountId,
        token: &SecretString,
        kind: Kind,
        mut error: SendError,
        told: i64,
    ) -> SendError {
        match error.class {
            ErrorClass::Token if errors::is_about_token(error.code) => {
                self.gates.refuse(account, token, &error);
            }
            ErrorClass::Retry => {
                if told > 0 {
                    error.retry_after_ms = Some(told);
                }
                if let Some(wait) = error.retry_after_ms {
                    let whole = errors::is_about_account(error.code, error.subcode);
                    let kind = if whole { Kind::Look } else { kind };
                    self.gates.pause(account, kind, wait, self.clock.now());
                }
            }
            // A missing permission may be missing for one kind of request only, so the
            // others go on.
            ErrorClass::Token
            | ErrorClass::Permanent
            | ErrorClass::Window
            | ErrorClass::Unknown => {}
        }
        error
    }
}

#[async_trait]
impl Instagram for GraphClient {
    async fn send(&self, request: &SendRequest<'_>) -> Result<Receipt, SendError> {
        let Call { edge, body, again } = wire::call(request.effect);
        let path = edge.segments(self.config.flavour.node(request.account_id));
        let kind = match again {
            Again::OneShot => Kind::PrivateReply,
            Again::Harmless | Again::Repeats => Kind::Send,
        };
        let post = self.http.post(self.url(&path)).json(&body);
        let document = self.attempt(request.account_id, post, kind, again).await?;
        Ok(answer::receipt(&document))
    }

    async fn profile(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> Result<Profile, SendError> {
        let get = self
            .http
            .get(self.url(&[contact.as_str()]))
            .query(&[("fields", PROFILE_FIELDS)]);
        let document = self
            .attempt(account, get, Kind::Look, Again::Harmless)
            .await?;
        Ok(answer::profile(&document))
    }

    async fn reset(&self, account: &AccountId) -> PortResult<()> {
        self.gates.reset(account);
        Ok(())
    }
}

impl fmt::Debug for GraphClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphClient")
            .field("config", &self.config)
            .field("tokens", &self.tokens)
            .finish_non_exhaustive()
    }
}

/// Chooses ring as the process' TLS, once; with more than one compiled in, the first TLS
/// connection would panic. Whoever chose before keeps their choice.
fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
