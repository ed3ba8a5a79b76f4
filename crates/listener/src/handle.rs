//! One request, from its head to its answer.
//!
//! The order in which a delivery is looked at: path, method, content type, announced
//! length, form of the signature, body, signature, JSON, queue. What is cheap to refuse
//! is refused before the body is read, and nothing is parsed before the signature holds.

use crate::answer::{self, Answer, Reply};
use crate::body::{self, Budget, Unread};
use crate::challenge::{self, Challenge};
use crate::counters::Counters;
use crate::json::{self, NotTaken};
use crate::observer::{
    Accepted, Observer, Received, Refusal, RefusalReason, Verification, VerificationOutcome,
};
use crate::ready::Readiness;
use crate::settings::ListenerSettings;
use crate::signature::{Claimed, HEADER, OLD_HEADER, SignatureFault, Verifier};
use bytes::Bytes;
use heliograph_engine::ports::{Clock, Queue};
use heliograph_model::{DeliveryId, DeliverySource, NewDelivery};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, EXPECT, HeaderMap};
use hyper::{Method, Request};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// Who is refused may go on sending for so long before the connection is closed.
const PATIENCE_WITH_REFUSED: Duration = Duration::from_secs(2);

/// A queue that fails is in the log at most once in so many milliseconds.
const COMPLAINT_INTERVAL: i64 = 1_000;

/// What all connections of a listener share.
#[derive(Debug)]
pub(crate) struct Handler {
    pub(crate) settings: ListenerSettings,
    pub(crate) verifier: Verifier,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) counters: Counters,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    budget: Budget,
    readiness: Readiness,
    complained_at: AtomicI64,
}

/// Why there is no 200, with what an observer is told besides.
struct Refused {
    answer: Answer,
    reason: RefusalReason,
    signature: Option<SignatureFault>,
    /// The body, where it was read to its end.
    body: Option<Bytes>,
}

impl Refused {
    fn because(reason: RefusalReason, answer: Answer) -> Self {
        Self {
            answer,
            reason,
            signature: None,
            body: None,
        }
    }

    fn signature(reason: RefusalReason, fault: SignatureFault) -> Self {
        Self {
            signature: Some(fault),
            ..Self::because(reason, Answer::BadSignature)
        }
    }
}

impl From<Unread> for Refused {
    fn from(unread: Unread) -> Self {
        let (reason, answer) = match unread {
            Unread::TooLarge => (RefusalReason::TooLarge, Answer::TooLarge),
            Unread::TooSlow => (RefusalReason::TooSlow, Answer::TooSlow),
            Unread::Broken => (RefusalReason::BrokenBody, Answer::BrokenBody),
            Unread::Busy => (RefusalReason::Busy, Answer::Busy),
        };
        Self::because(reason, answer)
    }
}

impl From<NotTaken> for Refused {
    fn from(not_taken: NotTaken) -> Self {
        match not_taken {
            NotTaken::NotJson => Self::because(RefusalReason::NotJson, Answer::NotJson),
            NotTaken::TooDeep => Self::because(RefusalReason::TooDeep, Answer::TooDeep),
        }
    }
}

impl Handler {
    pub(crate) fn new(
        mut settings: ListenerSettings,
        queue: Arc<dyn Queue>,
        clock: Arc<dyn Clock>,
        observer: Option<Arc<dyn Observer>>,
    ) -> Self {
        let secrets = std::mem::take(&mut settings.secrets);
        Self {
            verifier: Verifier::new(secrets, settings.verify_token.take()),
            budget: Budget::new(settings.most_buffered_bytes),
            settings,
            queue,
            clock,
            counters: Counters::default(),
            observer,
            readiness: Readiness::default(),
            complained_at: AtomicI64::new(i64::MIN),
        }
    }

    /// Answers a request.
    pub(crate) async fn answer(&self, mut request: Request<Incoming>, peer: SocketAddr) -> Reply {
        let began = Instant::now();
        let outcome = if request.uri().path() == self.settings.path {
            match *request.method() {
                Method::POST => {
                    let delivered = self.deliver(&mut request, peer, began).await;
                    delivered.map(Answer::reply)
                }
                Method::GET => self.verify(&request, peer, began),
                _ => Err(Refused::because(
                    RefusalReason::MethodNotAllowed,
                    Answer::WebhookMethod,
                )),
            }
        } else {
            self.health(&request).await.map(Answer::reply)
        };
        match outcome {
            Ok(reply) => reply,
            Err(refused) => self.refuse(request, peer, began, &refused).await,
        }
    }

    async fn health(&self, request: &Request<Incoming>) -> Result<Answer, Refused> {
        let asks_for_readiness = match request.uri().path() {
            "/healthz" => false,
            "/readyz" => true,
            _ => {
                let (reason, answer) = (RefusalReason::NotFound, Answer::NotFound);
                return Err(Refused::because(reason, answer));
            }
        };
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let (reason, answer) = (RefusalReason::MethodNotAllowed, Answer::HealthMethod);
            return Err(Refused::because(reason, answer));
        }
        self.counters.health.fetch_add(1, Relaxed);
        Ok(match asks_for_readiness {
            false => Answer::Alive,
            true if self.readiness.of(&*self.queue).await => Answer::Ready,
            true => Answer::NotReady,
        })
    }

    fn verify(
        &self,
        request: &Request<Incoming>,
        peer: SocketAddr,
        began: Instant,
    ) -> Result<Reply, Refused> {
        let query = request.uri().query().unwrap_or_default();
        let challenge = challenge::verify(query, &self.verifier);
        if let Some(observer) = &self.observer {
            let verification = Verification {
                at: self.clock.now(),
                outcome: match &challenge {
                    Challenge::Echo(_) => VerificationOutcome::Answered,
                    Challenge::Incomplete(missing) => {
                        VerificationOutcome::Incomplete(missing.clone())
                    }
                    Challenge::WrongToken => VerificationOutcome::WrongToken,
                    Challenge::WrongMode => VerificationOutcome::WrongMode,
                },
            };
            let received = Received {
                peer,
                began,
                body: None,
                headers: request.headers(),
            };
            observer.verification(&verification, &received);
        }
        match challenge {
            Challenge::Echo(echo) => {
                self.counters.verified.fetch_add(1, Relaxed);
                tracing::info!("answered a verification challenge");
                Ok(answer::challenge(echo))
            }
            Challenge::Incomplete(_) => Err(Refused::because(
                RefusalReason::ChallengeIncomplete,
                Answer::ChallengeIncomplete,
            )),
            Challenge::WrongToken | Challenge::WrongMode => Err(Refused::because(
                RefusalReason::ChallengeRefused,
                Answer::ChallengeRefused,
            )),
        }
    }

    async fn deliver(
        &self,
        request: &mut Request<Incoming>,
        peer: SocketAddr,
        began: Instant,
    ) -> Result<Answer, Refused> {
        let received_at = self.clock.now();
        let most = self.settings.most_body_bytes;
        if !is_json(request.headers()) {
            let (reason, answer) = (RefusalReason::UnsupportedMediaType, Answer::NotJsonType);
            return Err(Refused::because(reason, answer));
        }
        // What is announced as too long is not waited for. A body of unknown length
        // says 0 here and is measured while it is read.
        if request.body().size_hint().lower() > most as u64 {
            return Err(Unread::TooLarge.into());
        }
        let claimed = self.claimed(request.headers())?;
        let within = self.settings.body_timeout;
        let (body, _share) = body::read(request.body_mut(), most, &self.budget, within).await?;
        let body_bytes = body.len();
        let Some(signer) = self.verifier.check(claimed, &body) else {
            // Finding out why costs a few more digests, so only where somebody looks.
            let fault = match self.observer {
                Some(_) => self.verifier.explain(claimed, &body),
                None => SignatureFault::Wrong,
            };
            let refused = Refused::signature(RefusalReason::SignatureWrong, fault);
            return Err(Refused {
                body: Some(body),
                ..refused
            });
        };
        json::check(&body).map_err(|not_taken| Refused {
            body: Some(body.clone()),
            ..not_taken.into()
        })?;
        let delivery = NewDelivery {
            received_at,
            source: DeliverySource::Listener,
            body: body.clone(),
            secret: Some(signer.name.to_owned()),
            accounts: signer.accounts.to_vec(),
        };
        let id = self.push(delivery).await.map_err(|refused| Refused {
            body: Some(body.clone()),
            ..refused
        })?;
        if let Some(observer) = &self.observer {
            let accepted = Accepted {
                id,
                received_at,
                secret: signer.name,
                durable: Instant::now(),
            };
            let request = Received {
                peer,
                began,
                body: Some(&body),
                headers: request.headers(),
            };
            observer.accepted(&accepted, &request);
        }
        self.counters.accepted.fetch_add(1, Relaxed);
        let bytes = body_bytes as u64;
        self.counters.accepted_bytes.fetch_add(bytes, Relaxed);
        Ok(Answer::Accepted)
    }

    /// The signature that a request claims to have.
    fn claimed(&self, headers: &HeaderMap) -> Result<Claimed, Refused> {
        let mut values = headers.get_all(HEADER).iter();
        let Some(value) = values.next() else {
            let fault = if headers.contains_key(OLD_HEADER) {
                SignatureFault::OnlySha1
            } else {
                SignatureFault::HeaderMissing
            };
            return Err(Refused::signature(RefusalReason::SignatureMissing, fault));
        };
        let claimed = Claimed::parse(value.as_bytes()).filter(|_| values.next().is_none());
        let Some(claimed) = claimed else {
            let (reason, fault) = (RefusalReason::SignatureMalformed, SignatureFault::Malformed);
            return Err(Refused::signature(reason, fault));
        };
        if self.verifier.is_empty() {
            let (reason, fault) = (RefusalReason::SignatureWrong, SignatureFault::NoSecret);
            return Err(Refused::signature(reason, fault));
        }
        Ok(claimed)
    }

    /// Hands a delivery to the queue and waits until it is durable there.
    async fn push(&self, delivery: NewDelivery) -> Result<DeliveryId, Refused> {
        let complaint = match timeout(self.settings.push_timeout, self.queue.push(delivery)).await {
            Ok(Ok(id)) => return Ok(id),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it took too long".into(),
        };
        let now = self.clock.now().0;
        let last = self.complained_at.load(Relaxed);
        if now.saturating_sub(last) >= COMPLAINT_INTERVAL {
            self.complained_at.store(now, Relaxed);
            tracing::warn!(
                error = complaint,
                "the queue did not take a delivery; Meta is asked to post it again"
            );
        }
        let (reason, answer) = (RefusalReason::QueueUnavailable, Answer::QueueUnavailable);
        Err(Refused::because(reason, answer))
    }

    /// Counts and tells a refusal, reads the rest of the body away, and answers.
    async fn refuse(
        &self,
        mut request: Request<Incoming>,
        peer: SocketAddr,
        began: Instant,
        refused: &Refused,
    ) -> Reply {
        self.counters.refused(refused.reason);
        tracing::debug!(reason = ?refused.reason, signature = ?refused.signature, %peer, "refused");
        if let Some(observer) = &self.observer {
            let refusal = Refusal {
                at: self.clock.now(),
                peer,
                reason: refused.reason,
                signature: refused.signature,
                body_bytes: refused.body.as_ref().map_or(0, Bytes::len),
            };
            let received = Received {
                peer,
                began,
                body: refused.body.as_ref(),
                headers: request.headers(),
            };
            observer.refused(&refusal, &received);
        }
        let gave_up = matches!(
            refused.reason,
            RefusalReason::TooSlow | RefusalReason::BrokenBody
        );
        // Somebody who waits for leave to send the body gets the answer instead of it.
        let waits_for_leave = request.headers().contains_key(EXPECT);
        let at_end = request.body().is_end_stream()
            || (!gave_up && !waits_for_leave && {
                let most = self.settings.most_body_bytes;
                body::discard(request.body_mut(), most, PATIENCE_WITH_REFUSED).await
            });
        if at_end {
            refused.answer.reply()
        } else {
            refused.answer.closing_reply()
        }
    }
}

/// Whether a body is JSON in UTF-8 by its headers. Without a content type it is taken to
/// be: whether it really is JSON is looked at anyway, after the signature.
fn is_json(headers: &HeaderMap) -> bool {
    let plain = headers
        .get(CONTENT_ENCODING)
        .is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return plain;
    };
    if value.as_bytes() == b"application/json" {
        return plain;
    }
    let Ok(value) = value.to_str() else {
        return false;
    };
    let mut parts = value.split(';');
    let essence = parts.next().unwrap_or_default().trim();
    plain
        && essence.eq_ignore_ascii_case("application/json")
        && parts.all(|part| match part.split_once('=') {
            Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
                let charset = charset.trim().trim_matches('"');
                ["utf-8", "utf8", "us-ascii"]
                    .iter()
                    .any(|known| charset.eq_ignore_ascii_case(known))
            }
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderName, HeaderValue};

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().cloned();
        pairs
            .map(|(name, value)| (name, HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn json_in_utf_8_is_told_by_its_headers() {
        assert!(is_json(&headers(&[])), "without a content type");
        for good in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON;charset=\"UTF-8\"; boundary=x",
        ] {
            assert!(is_json(&headers(&[(CONTENT_TYPE, good)])), "{good}");
        }
        for bad in [
            "",
            "text/json",
            "application/jsonp",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "text/plain; application/json",
        ] {
            assert!(!is_json(&headers(&[(CONTENT_TYPE, bad)])), "{bad}");
        }
        let zipped = headers(&[
            (CONTENT_TYPE, "application/json"),
            (CONTENT_ENCODING, "gzip"),
        ]);
        assert!(!is_json(&zipped));
    }
}
