//! How fast an account sends, and when it must not send at all.

use super::{
    breaker::{Breaker, BreakerSettings, BreakerState, Pass},
    state::AccountState,
    telling::{self, Told},
};
use crate::bucket::{Bucket, RollingCount};
use heliograph_model::{AccountId, ErrorClass, Millis, SendError, limits};
use parking_lot::Mutex;
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{HashMap, HashSet},
    fmt,
};

/// How fast an account sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pacing {
    /// Sends per second and account, or as fast as it goes. A little below Instagram's
    /// limit, because requests do not arrive as evenly as they leave.
    pub sends_per_second: Option<u32>,
    /// Private replies per hour and account, or as many as there are.
    pub private_replies_per_hour: Option<u32>,
    /// A send waits so many milliseconds for its turn at most; what would wait longer is
    /// refused with the time to come back, so that it does not occupy a worker.
    pub most_wait_ms: i64,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            sends_per_second: Some(limits::SENDS_PER_SECOND * 9 / 10),
            private_replies_per_hour: Some(limits::PRIVATE_REPLIES_PER_HOUR),
            most_wait_ms: 2 * Millis::SECOND,
        }
    }
}

impl Pacing {
    /// Instagram's limits, and nothing waits inside a call: who is too early is told when
    /// to come back. For a clock that may stand still.
    #[must_use]
    pub fn without_waiting() -> Self {
        Self {
            most_wait_ms: 0,
            ..Self::default()
        }
    }

    /// As fast as it goes, for measurements and for a simulated Instagram without limits.
    /// Nothing waits inside a call, so it also suits a clock that stands still.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            sends_per_second: None,
            private_replies_per_hour: None,
            most_wait_ms: 0,
        }
    }
}

/// What a request is, for the pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A profile: only a pause holds it up.
    Look,
    /// A message, a reaction or a public reply.
    Send,
    /// A private reply, which has a limit by the hour besides.
    PrivateReply,
}

/// How much of its rate an account keeps when so many percent of a limit are used up: it
/// slows down before Instagram refuses. The last line that applies counts.
const EASE: &[(u32, f64)] = &[(80, 0.5), (90, 0.25), (95, 0.1)];

/// How often a refused token is looked up where it is kept, in milliseconds.
const LOOK_AGAIN_MS: i64 = 30 * Millis::SECOND;

/// The gates of all accounts.
pub(super) struct Gates {
    pacing: Pacing,
    breaker: BreakerSettings,
    /// Held for a look-up and never across an await.
    accounts: Mutex<Accounts>,
}

#[derive(Default)]
struct Accounts {
    gates: HashMap<AccountId, Gate>,
    /// Those of which it was told that they have no token.
    without_token: HashSet<AccountId>,
}

/// What is remembered of one account.
struct Gate {
    sends: Option<Bucket>,
    private_replies: Option<RollingCount>,
    /// The last time that was named to somebody who was sent away. The next one is sent
    /// away for a little longer, so that a thousand who were refused together come back
    /// one by one, each when there is room, and not all at once.
    promised: Millis,
    /// The same for private replies.
    private_promised: Millis,
    /// How far apart they come back.
    apart_ms: i64,
    private_apart_ms: i64,
    /// Nothing goes before then, because Instagram said so.
    paused_until: Millis,
    /// No private reply goes before then: they have a limit of their own.
    private_paused_until: Millis,
    /// The token that Instagram refused, and what it said. With another token the gate
    /// opens by itself.
    refused: Option<(SecretString, SendError)>,
    /// When a refused token was last looked up.
    looked_again: Option<Millis>,
    /// Of Instagram's limit, by the last answer.
    used_percent: u32,
    breaker: Breaker,
    /// What the log says of it.
    told: Told,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Instagram did what it was asked.
    Done,
    /// Instagram refused it with a reason.
    Refused,
    /// The service was at fault.
    Fault,
}

/// A request that may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// After so many milliseconds.
    pub(super) wait: i64,
    /// For the breaker.
    pub(super) pass: Pass,
}

/// Why a request may not go.
#[derive(Debug)]
pub(super) enum Shut {
    /// Instagram refused this token before.
    Refused(SendError),
    /// Not now.
    TooSoon(SendError),
}

impl Gates {
    pub(super) fn new(pacing: Pacing, breaker: BreakerSettings) -> Self {
        Self {
            pacing,
            breaker,
            accounts: Mutex::default(),
        }
    }

    /// Lets a request go, after a wait.
    ///
    /// # Errors
    /// The token was refused before, or it would take too long.
    pub(super) fn enter(
        &self,
        account: &AccountId,
        token: &SecretString,
        kind: Kind,
        now: Millis,
    ) -> Result<Entry, Shut> {
        let mut accounts = self.accounts.lock();
        let Accounts {
            gates,
            without_token,
        } = &mut *accounts;
        if !without_token.is_empty() && without_token.remove(account) {
            telling::has_token(account);
        }
        let gate = gates
            .entry(account.clone())
            .or_insert_with(|| Gate::new(self.pacing, self.breaker, now));
        if let Some((refused, error)) = &gate.refused {
            if refused.expose_secret() == token.expose_secret() {
                return Err(Shut::Refused(error.clone()));
            }
            gate.refused = None;
        }
        let pass = gate.breaker.enter(now);
        let pass = pass.map_err(|wait| Shut::TooSoon(at_fault(wait)))?;
        match gate.turn(kind, now, self.pacing.most_wait_ms) {
            Ok(wait) => Ok(Entry { wait, pass }),
            Err(wait) => {
                gate.breaker.unused(pass, now);
                Err(Shut::TooSoon(too_soon(gate.promise(kind, wait, now))))
            }
        }
    }

    /// Whether a refused token may be looked up where it is kept: not for every request
    /// that waits for another one.
    pub(super) fn may_look_again(&self, account: &AccountId, now: Millis) -> bool {
        let mut accounts = self.accounts.lock();
        let Some(gate) = accounts.gates.get_mut(account) else {
            return true;
        };
        let may = gate
            .looked_again
            .is_none_or(|at| now.since(at) >= LOOK_AGAIN_MS);
        if may {
            gate.looked_again = Some(now);
        }
        may
    }

    /// How a request of this kind ended that went.
    pub(super) fn ended(
        &self,
        account: &AccountId,
        pass: Pass,
        kind: Kind,
        how: Ended,
        now: Millis,
    ) {
        let mut accounts = self.accounts.lock();
        let Some(gate) = accounts.gates.get_mut(account) else {
            return;
        };
        let before = gate.breaker.state();
        gate.breaker.ended(pass, how == Ended::Fault, now);
        match (before, gate.breaker.state()) {
            (BreakerState::Closed, BreakerState::Open { until }) => {
                telling::at_fault(account, until.since(now));
            }
            (BreakerState::HalfOpen, BreakerState::Closed) => telling::well_again(account),
            _ => {}
        }
        // One that left before the token was refused says nothing of it.
        if how == Ended::Done && gate.refused.is_none() {
            gate.told.done(account, kind);
        }
    }

    /// Says in the log, once, that the account's sends stop because its token is refused.
    pub(super) fn tell_refused(
        &self,
        account: &AccountId,
        token: &SecretString,
        error: &SendError,
    ) {
        if let Some(gate) = self.accounts.lock().gates.get_mut(account) {
            gate.told.refused(account, token, error);
        }
    }

    /// Says in the log, once, that the account may not make such a request.
    pub(super) fn tell_not_allowed(
        &self,
        account: &AccountId,
        token: &SecretString,
        kind: Kind,
        error: &SendError,
    ) {
        if let Some(gate) = self.accounts.lock().gates.get_mut(account) {
            gate.told.not_allowed(account, token, kind, error);
        }
    }

    /// Says in the log, once, that the account has no token to send with.
    pub(super) fn tell_without_token(&self, account: &AccountId) {
        if self.accounts.lock().without_token.insert(account.clone()) {
            telling::lacks_token(account);
        }
    }

    /// How much of a limit is used up, as the last answer says.
    pub(super) fn used(&self, account: &AccountId, percent: u32, now: Millis) {
        if let Some(gate) = self.accounts.lock().gates.get_mut(account) {
            gate.ease(self.pacing, percent, now);
        }
    }

    /// How the accounts stand, by id.
    pub(super) fn states(&self, now: Millis) -> Vec<AccountState> {
        let accounts = self.accounts.lock();
        let mut states: Vec<_> = accounts
            .gates
            .iter()
            .map(|(account, gate)| gate.state(account, now))
            .collect();
        drop(accounts);
        states.sort_by(|one, other| one.account_id.cmp(&other.account_id));
        states
    }

    /// Nothing of this account goes for `millis` from `now` on; where a private reply ran
    /// into the limit, no private reply.
    pub(super) fn pause(&self, account: &AccountId, kind: Kind, millis: i64, now: Millis) {
        if let Some(gate) = self.accounts.lock().gates.get_mut(account) {
            let until = match kind {
                Kind::Look | Kind::Send => &mut gate.paused_until,
                Kind::PrivateReply => &mut gate.private_paused_until,
            };
            *until = (*until).max(now + millis);
        }
    }

    /// Instagram refused this token: nothing goes with it any more.
    pub(super) fn refuse(&self, account: &AccountId, token: &SecretString, error: &SendError) {
        if let Some(gate) = self.accounts.lock().gates.get_mut(account) {
            gate.refused = Some((token.clone(), error.clone()));
        }
    }

    /// Forgets the account.
    pub(super) fn reset(&self, account: &AccountId) {
        let gate = self.accounts.lock().gates.remove(account);
        if gate.is_some_and(|gate| gate.refused.is_some()) {
            telling::tried_again(account);
        }
    }
}

impl Gate {
    fn new(pacing: Pacing, breaker: BreakerSettings, now: Millis) -> Self {
        Self {
            // Half a second's worth at once: a burst still stays below the limit.
            sends: pacing
                .sends_per_second
                .map(|rate| Bucket::new(rate, rate.div_ceil(2), now)),
            private_replies: pacing
                .private_replies_per_hour
                .map(|most| RollingCount::new(most, Millis::HOUR)),
            promised: Millis(0),
            private_promised: Millis(0),
            apart_ms: pacing.sends_per_second.map_or(0, |rate| {
                (Millis::SECOND + i64::from(rate) - 1) / i64::from(rate.max(1))
            }),
            private_apart_ms: pacing
                .private_replies_per_hour
                .map_or(0, |most| Millis::HOUR / i64::from(most.max(1))),
            paused_until: Millis(0),
            private_paused_until: Millis(0),
            refused: None,
            looked_again: None,
            used_percent: 0,
            breaker: Breaker::new(breaker),
            told: Told::default(),
        }
    }

    /// Slows the account down as far as its use asks for it, and lets it go again.
    fn ease(&mut self, pacing: Pacing, percent: u32, now: Millis) {
        let share = |percent| {
            let line = EASE.iter().rev().find(|(from, _)| percent >= *from);
            line.map_or(1.0, |(_, share)| *share)
        };
        let before = share(self.used_percent);
        let after = share(percent);
        self.used_percent = percent;
        if let (Some(bucket), Some(rate)) = (&mut self.sends, pacing.sends_per_second)
            && (before - after).abs() > f64::EPSILON
        {
            bucket.ease(f64::from(rate.max(1)) * after, after, now);
        }
    }

    fn state(&self, account: &AccountId, now: Millis) -> AccountState {
        let later = |at: Millis| (at > now).then_some(at);
        AccountState {
            account_id: account.clone(),
            sends_per_second: self.sends.as_ref().map(Bucket::rate),
            used_percent: self.used_percent,
            paused_until: later(self.paused_until),
            private_replies_paused_until: later(self.private_paused_until),
            token_refused: self
                .refused
                .as_ref()
                .map(|(_, error)| error.message.clone()),
            breaker: self.breaker.state(),
        }
    }

    /// How many milliseconds to wait, or, where that is more than `most`, how many it
    /// would be.
    fn turn(&mut self, kind: Kind, now: Millis, most: i64) -> Result<i64, i64> {
        let until = match kind {
            Kind::Look | Kind::Send => self.paused_until,
            Kind::PrivateReply => self.paused_until.max(self.private_paused_until),
        };
        let pause = until.since(now).max(0);
        if pause > most {
            return Err(pause);
        }
        let turn = match (kind, &mut self.sends) {
            (Kind::Look, _) | (_, None) => 0,
            (Kind::Send | Kind::PrivateReply, Some(bucket)) => bucket.reserve(now, most)?,
        };
        if kind == Kind::PrivateReply
            && let Some(count) = &mut self.private_replies
        {
            count.take(now)?;
        }
        Ok(turn.max(pause))
    }

    /// When somebody who is sent away for `wait` may come back, in milliseconds.
    fn promise(&mut self, kind: Kind, wait: i64, now: Millis) -> i64 {
        let (promised, apart) = match kind {
            // A look takes no place.
            Kind::Look => return wait,
            Kind::Send => (&mut self.promised, self.apart_ms),
            Kind::PrivateReply => (&mut self.private_promised, self.private_apart_ms),
        };
        *promised = (now + wait).max(*promised + apart);
        promised.since(now)
    }
}

impl fmt::Debug for Gates {
    /// Holds refused tokens, so it shows nothing of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gates")
            .field("pacing", &self.pacing)
            .finish_non_exhaustive()
    }
}

fn too_soon(wait: i64) -> SendError {
    not_now("The account has reached Instagram's sending limit.", wait)
}

fn at_fault(wait: i64) -> SendError {
    not_now(
        "Instagram is not answering as it should, so this account's requests wait.",
        wait,
    )
}

/// No request is made; the caller is told when to come back.
fn not_now(why: &str, wait: i64) -> SendError {
    SendError {
        class: ErrorClass::Retry,
        code: None,
        subcode: None,
        message: format!("{why} It goes on by itself in {} s.", (wait + 999) / 1000),
        retry_after_ms: Some(wait),
        answered: None,
    }
}
