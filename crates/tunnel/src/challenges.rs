//! What the listener was asked to verify, by whom, and how it ended.

use crate::check;
use heliograph_engine::ports::Clock;
use heliograph_listener::{Observer, Received, Refusal, Verification, VerificationOutcome};
use heliograph_model::Millis;
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::watch;

/// So many are kept.
const MOST: usize = 20;
/// What is kept of a header, in characters.
const LONGEST: usize = 200;

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Asker {
    /// Meta, by what it says of itself.
    Meta,
    /// This desk, to try it.
    Ourselves,
    /// Anybody else.
    Somebody,
}

/// How a verification ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ChallengeOutcome {
    /// The token was right, and the challenge went back.
    Answered,
    /// The token was another.
    WrongToken,
    /// The token was right, and the mode was not `subscribe`.
    WrongMode,
    /// Something was missing.
    Incomplete,
}

/// A verification as the listener saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SeenChallenge {
    /// Counted from 1 since the start.
    pub number: u32,
    /// When.
    pub at: Millis,
    /// Who asked.
    pub asker: Asker,
    /// What the asker says of itself.
    pub user_agent: String,
    /// Where it came from, as far as the tunnel says.
    pub from: String,
    /// How it ended.
    pub outcome: ChallengeOutcome,
    /// What was missing, such as `hub.challenge`.
    pub missing: Vec<String>,
}

/// The last verifications, the newest last. It observes a listener.
#[derive(Debug, Clone)]
pub struct Challenges(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// The world's: an engine's clock may stand still.
    clock: Arc<dyn Clock>,
    /// Held for a moment only, never while waiting.
    seen: Mutex<(u32, VecDeque<SeenChallenge>)>,
    changed: watch::Sender<()>,
}

impl Challenges {
    /// None was seen yet; the times are this clock's.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared {
            clock,
            seen: Mutex::default(),
            changed: watch::Sender::new(()),
        }))
    }

    /// Those that were seen, the newest last.
    #[must_use]
    pub fn seen(&self) -> Vec<SeenChallenge> {
        self.0.seen.lock().1.iter().cloned().collect()
    }

    /// Tells when there is another one.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<()> {
        self.0.changed.subscribe()
    }
}

impl Observer for Challenges {
    fn refused(&self, _refusal: &Refusal, _request: &Received<'_>) {}

    fn verification(&self, verification: &Verification, request: &Received<'_>) {
        let header = |wanted: &str| {
            let found = request.headers().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.chars().take(LONGEST).collect::<String>())
        };
        let user_agent = header("user-agent").unwrap_or_default();
        let (outcome, missing) = match &verification.outcome {
            VerificationOutcome::Answered => (ChallengeOutcome::Answered, Vec::new()),
            VerificationOutcome::WrongToken => (ChallengeOutcome::WrongToken, Vec::new()),
            VerificationOutcome::WrongMode => (ChallengeOutcome::WrongMode, Vec::new()),
            VerificationOutcome::Incomplete(missing) => {
                let missing = missing.iter().map(ToString::to_string).collect();
                (ChallengeOutcome::Incomplete, missing)
            }
        };
        let from = ["cf-connecting-ip", "x-forwarded-for"]
            .into_iter()
            .find_map(header)
            .unwrap_or_else(|| request.peer.ip().to_string());
        let mut seen = self.0.seen.lock();
        seen.0 += 1;
        let number = seen.0;
        if seen.1.len() >= MOST {
            seen.1.pop_front();
        }
        seen.1.push_back(SeenChallenge {
            number,
            at: self.0.clock.now(),
            asker: asker(&user_agent),
            user_agent,
            from,
            outcome,
            missing,
        });
        drop(seen);
        self.0.changed.send_replace(());
    }
}

/// Who asks, by its own account: `facebookplatform/1.0 (+http://developers.facebook.com)`
/// and `facebookexternalua` are Meta's.
fn asker(user_agent: &str) -> Asker {
    let small = user_agent.to_ascii_lowercase();
    if user_agent == check::USER_AGENT {
        Asker::Ourselves
    } else if ["facebookplatform", "facebookexternalua", "meta-external"]
        .iter()
        .any(|name| small.contains(name))
    {
        Asker::Meta
    } else {
        Asker::Somebody
    }
}
