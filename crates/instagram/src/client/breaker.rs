//! A circuit breaker: a service that is at fault is left alone for a while.
//!
//! It counts faults of the service: no answer, a connection that broke, HTTP 5xx. What
//! Instagram refuses with a reason (a limit, a token, a closed window) is an answer of a
//! service in good health, and counts as one.

use heliograph_model::Millis;
use serde::Serialize;
use std::collections::VecDeque;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Answers and faults count for so many milliseconds.
    pub window_ms: i64,
    /// Fewer requests than this in the window say nothing.
    pub least: usize,
    /// It opens when at least so many in a hundred were faults.
    pub faults_percent: usize,
    /// How long it is open the first time, in milliseconds; twice as long each time that
    /// the probe fails too.
    pub open_ms: i64,
    /// How long it is open at most.
    pub most_open_ms: i64,
    /// A probe of which nothing was heard for so long is made again.
    pub probe_ms: i64,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            window_ms: 30 * Millis::SECOND,
            least: 20,
            faults_percent: 50,
            open_ms: 5 * Millis::SECOND,
            most_open_ms: Millis::MINUTE,
            probe_ms: 30 * Millis::SECOND,
        }
    }
}

/// How a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum BreakerState {
    /// Requests go.
    Closed,
    /// No request goes before then.
    Open {
        /// When a probe may go.
        until: Millis,
    },
    /// One request is out to see whether the service is well again.
    HalfOpen,
}

/// The right to make one request, with what its outcome will mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass {
    /// Outcomes of requests that left before the breaker last changed say nothing.
    turn: u64,
}

/// A breaker.
#[derive(Debug)]
pub(super) struct Breaker {
    settings: BreakerSettings,
    /// Outcomes in the window, with whether each was a fault.
    outcomes: VecDeque<(Millis, bool)>,
    faults: usize,
    state: State,
    turn: u64,
    /// How long it is open the next time.
    next_open_ms: i64,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed,
    Open { until: Millis },
    HalfOpen { since: Millis },
}

/// Outcomes that are kept: an account sends a hundred a second at most, and a share is
/// known well enough from these.
const MOST_OUTCOMES: usize = 512;

impl Breaker {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self {
            outcomes: VecDeque::new(),
            faults: 0,
            state: State::Closed,
            turn: 0,
            next_open_ms: settings.open_ms,
            settings,
        }
    }

    /// Lets a request go, or says in how many milliseconds to ask again.
    pub(super) fn enter(&mut self, now: Millis) -> Result<Pass, i64> {
        let again = match self.state {
            State::Closed => return Ok(Pass { turn: self.turn }),
            State::Open { until } => until.since(now),
            State::HalfOpen { since } => {
                // Others wait for the probe, which is back soon or is made again.
                let lost = self.settings.probe_ms - now.since(since);
                lost.min(Millis::SECOND)
            }
        };
        if again > 0 {
            return Err(again);
        }
        self.change(State::HalfOpen { since: now });
        Ok(Pass { turn: self.turn })
    }

    /// Gives a pass back with which no request was made.
    pub(super) fn unused(&mut self, pass: Pass, now: Millis) {
        if pass.turn == self.turn && matches!(self.state, State::HalfOpen { .. }) {
            self.change(State::Open { until: now });
        }
    }

    /// How a request ended.
    pub(super) fn ended(&mut self, pass: Pass, is_fault: bool, now: Millis) {
        if pass.turn != self.turn {
            return;
        }
        match (self.state, is_fault) {
            (State::Closed, _) => {
                self.count(is_fault, now);
                if self.is_too_much() {
                    self.open(now);
                }
            }
            (State::HalfOpen { .. }, true) => self.open(now),
            (State::HalfOpen { .. }, false) => {
                self.next_open_ms = self.settings.open_ms;
                self.change(State::Closed);
            }
            // Nothing is let go while it is open.
            (State::Open { .. }, _) => {}
        }
    }

    /// How it stands.
    pub(super) fn state(&self) -> BreakerState {
        match self.state {
            State::Closed => BreakerState::Closed,
            State::Open { until } => BreakerState::Open { until },
            State::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    fn count(&mut self, is_fault: bool, now: Millis) {
        while let Some((at, was_fault)) = self.outcomes.front().copied()
            && (now.since(at) >= self.settings.window_ms || self.outcomes.len() >= MOST_OUTCOMES)
        {
            self.outcomes.pop_front();
            self.faults -= usize::from(was_fault);
        }
        self.outcomes.push_back((now, is_fault));
        self.faults += usize::from(is_fault);
    }

    fn is_too_much(&self) -> bool {
        let all = self.outcomes.len();
        all >= self.settings.least && self.faults * 100 >= self.settings.faults_percent * all
    }

    fn open(&mut self, now: Millis) {
        let until = now + self.next_open_ms;
        self.next_open_ms = (self.next_open_ms * 2).min(self.settings.most_open_ms);
        self.change(State::Open { until });
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.turn += 1;
        self.outcomes.clear();
        self.faults = 0;
    }
}

#[cfg(test)]
mod tests;
