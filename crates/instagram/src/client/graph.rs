//! The client itself.

use super::{
    answer,
    config::{self, GraphConfig, GraphConfigError},
    errors,
    pacing::{Ended, Entry, Gates, Kind, Shut},
    state::AccountState,
    tokens::Tokens,
    transport, usage,
};
use crate::wire::{self, Again, Call};
use async_trait::async_trait;
use heliograph_engine::ports::{Clock, Instagram, PortResult, Profile, SendRequest};
use heliograph_model::{AccountId, ContactId, ErrorClass, Receipt, SendAnswer, SendError};
use reqwest::{Client, RequestBuilder, Url, header::HeaderMap, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};

/// The fields of a profile that the engine uses.
const PROFILE_FIELDS: &str = "name,username,is_user_follow_business";

/// The fields by which a token's owner is known, whichever way it was connected.
const ME_FIELDS: &str = "id,username";

/// The header in which Meta numbers each request.
const TRACE_HEADER: &str = "x-fb-trace-id";

/// From so many percent of a limit on it is worth a line in the log.
const NEARLY_USED_UP: u32 = 95;
/// From so many percent on it is used up.
const USED_UP: u32 = 100;

/// Instagram over HTTP: Meta's servers, or the simulated one.
///
/// Paces each account, slows it down before a limit is used up, pauses it when Instagram
/// says so, leaves it alone while the service is at fault, and stops it when its token is
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
            gates: Gates::new(config.pacing, config.breaker),
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

    pub(super) fn http(&self) -> &Client {
        &self.http
    }

    /// How the accounts stand that have made a request, by id.
    #[must_use]
    pub fn account_states(&self) -> Vec<AccountState> {
        self.gates.states(self.clock.now())
    }

    /// Whom the account's token belongs to, by Instagram itself: a name, or an id. For the
    /// connection test.
    ///
    /// # Errors
    /// What Instagram says of the token, or why it could not be asked.
    pub async fn who_am_i(&self, account: &AccountId) -> Result<String, SendError> {
        let url = self.url(&["me"]);
        let get = || self.http.get(url.clone()).query(&[("fields", ME_FIELDS)]);
        let document = self
            .attempt(account, get, Kind::Look, Again::Harmless)
            .await?;
        let text = |key: &str| document.get(key).and_then(Value::as_str);
        Ok(["username", "name", "user_id", "id"]
            .into_iter()
            .find_map(text)
            .unwrap_or("an account without a name")
            .to_owned())
    }

    /// The address behind the version; what is no plain text in a segment is escaped.
    pub(super) fn url(&self, path: &[&str]) -> Url {
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
    ///
    /// Where the token itself is refused nothing has happened, so the token is read once
    /// more where it is kept, and with another one the attempt is made again.
    pub(super) async fn attempt(
        &self,
        account: &AccountId,
        request: impl Fn() -> RequestBuilder + Sync,
        kind: Kind,
        again: Again,
    ) -> Result<Value, SendError> {
        let (document, _) = self.answered(account, request, kind, again).await?;
        Ok(document)
    }

    /// The same, with the answer as it came.
    async fn answered(
        &self,
        account: &AccountId,
        request: impl Fn() -> RequestBuilder + Sync,
        kind: Kind,
        again: Again,
    ) -> Result<(Value, SendAnswer), SendError> {
        let mut token = match self.tokens.token(account) {
            Some(token) => token,
            None => self.tokens.read_again(account).await.ok_or_else(|| {
                self.gates.tell_without_token(account);
                answer::no_answer(
                    ErrorClass::Token,
                    "There is no access token for this account. Connect the account.",
                )
            })?,
        };
        let mut looked_again = false;
        loop {
            let refused = match self.once(account, &token, request(), kind, again).await {
                Ok(answer) => return Ok(answer),
                Err(Failed::TokenRefused(error)) => error,
                Err(Failed::Otherwise(error)) => return Err(error),
            };
            let another = match std::mem::replace(&mut looked_again, true) {
                true => None,
                false => self.another_token(account, &token).await,
            };
            let Some(another) = another else {
                self.gates.tell_refused(account, &token, &refused);
                return Err(refused);
            };
            token = another;
        }
    }

    /// A token that is not the refused one, where somebody has renewed it.
    async fn another_token(
        &self,
        account: &AccountId,
        refused: &SecretString,
    ) -> Option<SecretString> {
        let differs = |token: &SecretString| token.expose_secret() != refused.expose_secret();
        if let Some(token) = self.tokens.token(account).filter(differs) {
            return Some(token);
        }
        if !self.gates.may_look_again(account, self.clock.now()) {
            return None;
        }
        self.tokens.read_again(account).await.filter(differs)
    }

    /// One attempt with one token.
    async fn once(
        &self,
        account: &AccountId,
        token: &SecretString,
        request: RequestBuilder,
        kind: Kind,
        again: Again,
    ) -> Result<(Value, SendAnswer), Failed> {
        let now = self.clock.now();
        let Entry { wait, pass } = self
            .gates
            .enter(account, token, kind, now)
            .map_err(|shut| match shut {
                Shut::Refused(error) => Failed::TokenRefused(error),
                Shut::TooSoon(error) => Failed::Otherwise(error),
            })?;
        if wait > 0 {
            self.clock.sleep_until(now + wait).await;
        }
        let ended = |how| {
            self.gates.ended(account, pass, kind, how, self.clock.now());
        };
        let answered = match request.bearer_auth(token.expose_secret()).send().await {
            Ok(answered) => answered,
            Err(error) => {
                ended(Ended::Fault);
                return Err(Failed::Otherwise(transport::failed(&error, again)));
            }
        };
        let status = answered.status();
        let told = usage::pause_ms(answered.headers());
        self.obey_usage(account, kind, answered.headers());
        let trace = answered.headers().get(TRACE_HEADER).cloned();
        let bytes = match answered.bytes().await {
            Ok(bytes) => answer::without(token, bytes),
            Err(error) => {
                ended(Ended::Fault);
                return Err(Failed::Otherwise(transport::cut_short(&error, again)));
            }
        };
        let read = answer::read(status.as_u16(), &bytes, again);
        ended(match &read {
            _ if status.is_server_error() => Ended::Fault,
            Ok(_) => Ended::Done,
            Err(_) => Ended::Refused,
        });
        let trace = trace.as_ref().and_then(|value| value.to_str().ok());
        let answered = answer::as_it_came(status.as_u16(), trace, &bytes);
        match read {
            Ok(document) => Ok((document, answered)),
            Err(error) => {
                let is_about_token =
                    error.class == ErrorClass::Token && errors::is_about_token(error.code);
                let mut error = self.remember(account, token, kind, error, told);
                error.answered = Some(Box::new(answered));
                Err(if is_about_token {
                    Failed::TokenRefused(error)
                } else {
                    Failed::Otherwise(error)
                })
            }
        }
    }

    /// Slows the account down before a limit is used up, and pauses it when it is.
    fn obey_usage(&self, account: &AccountId, kind: Kind, headers: &HeaderMap) {
        let Some(used) = usage::used_percent(headers) else {
            return;
        };
        let now = self.clock.now();
        self.gates.used(account, used, now);
        if used >= USED_UP {
            let pause = usage::regain_ms(headers);
            if pause > 0 {
                self.gates.pause(account, kind, pause, now);
            }
        }
        if used >= NEARLY_USED_UP {
            tracing::warn!(%account, used, "the account has nearly used up Instagram's limit, and sends more slowly");
        }
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
            ErrorClass::Token => self.gates.tell_not_allowed(account, token, kind, &error),
            // What it became is not known, and the service asks to be left alone all the same.
            ErrorClass::Unknown if told > 0 => {
                error.retry_after_ms = Some(told);
                self.gates.pause(account, kind, told, self.clock.now());
            }
            ErrorClass::Permanent | ErrorClass::Window | ErrorClass::Unknown => {}
        }
        error
    }
}

/// Why an attempt failed.
enum Failed {
    /// The token itself was refused, now or before.
    TokenRefused(SendError),
    Otherwise(SendError),
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
        let url = self.url(&path);
        let post = || self.http.post(url.clone()).json(&body);
        let (document, answered) = self.answered(request.account_id, post, kind, again).await?;
        Ok(Receipt {
            answered: Some(Box::new(answered)),
            ..answer::receipt(&document)
        })
    }

    async fn profile(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> Result<Profile, SendError> {
        let url = self.url(&[contact.as_str()]);
        let get = || {
            let fields = [("fields", PROFILE_FIELDS)];
            self.http.get(url.clone()).query(&fields)
        };
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
