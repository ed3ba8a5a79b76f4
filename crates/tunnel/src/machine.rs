//! What a tunnel's state becomes: pure, with the time handed in.
//!
//! A tunnel is up when it has an address and its program says that it is connected. What
//! dies is started again, later each time; what will not heal is given up with advice.
//! Some faults will not heal at first and will later: a name that was never resolved is
//! mistyped, one that was is behind a network that is gone for a moment.

use crate::reading::{Heals, Problem, Said};
use crate::state::TunnelState;
use heliograph_model::Millis;

/// The wait before each start, in milliseconds; the last one repeats.
const WAITS: [i64; 6] = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
/// What was up for so long begins again with the shortest wait.
const STEADY: i64 = Millis::MINUTE;
/// A tunnel that was never up is given up after so many starts.
const MOST_AT_FIRST: u32 = 6;
/// How long a program may take until it is connected.
const MOST_STARTING: i64 = Millis::MINUTE;
/// How long one that lost its connection may try by itself. It is given time, for a new one
/// may get another address.
const MOST_LOST: i64 = 10 * Millis::MINUTE;

/// What is to be done with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Let it run.
    GoOn,
    /// End it, and start it again at this time.
    StartAt(Millis),
    /// End it: it has failed for good.
    GiveUp,
}

/// One tunnel, from its start to its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine {
    state: TunnelState,
    /// What the program is called in sentences.
    program: String,
    /// The address, where it is known before.
    given: Option<String>,
    url: Option<String>,
    connected: bool,
    was_up: bool,
    /// Until when it has to be connected, where it is not.
    deadline: Millis,
    /// Starts that came to nothing since it was steady.
    failed: u32,
    /// What it complained of last.
    problem: Option<Problem>,
}

impl Machine {
    /// A tunnel that is about to be started.
    pub(crate) fn new(program: &str, given: Option<String>) -> Self {
        Self {
            program: program.to_owned(),
            given,
            ..Self::default()
        }
    }

    /// A tunnel without a program: it is up as soon as it is looked at.
    pub(crate) fn without_program(url: String, now: Millis) -> Self {
        Self {
            state: TunnelState::Up { url, since: now },
            ..Self::default()
        }
    }

    pub(crate) fn state(&self) -> &TunnelState {
        &self.state
    }

    /// The program was started.
    pub(crate) fn started(&mut self, now: Millis) {
        self.connected = false;
        self.url.clone_from(&self.given);
        self.problem = None;
        self.deadline = now + MOST_STARTING;
        if self.failed == 0 {
            self.state = TunnelState::Starting { since: now };
        }
    }

    /// The program said something that means something.
    pub(crate) fn said(&mut self, said: Said, now: Millis) -> Verdict {
        match said {
            Said::Url(url) => {
                // The given one is what the operator wants to be shown.
                if self.given.is_none() {
                    self.url = Some(url);
                }
                self.settle(now);
                Verdict::GoOn
            }
            Said::Up => {
                self.connected = true;
                self.settle(now);
                Verdict::GoOn
            }
            Said::Down(reason) => {
                self.connected = false;
                if matches!(self.state, TunnelState::Up { .. }) {
                    self.deadline = now + MOST_LOST;
                    self.state = TunnelState::Reconnecting {
                        attempt: 1,
                        at: now,
                        reason,
                    };
                }
                Verdict::GoOn
            }
            Said::Over(reason) => self.again(reason, now),
            Said::Problem(problem) => {
                if self.is_for_good(problem.heals) {
                    return self.give_up(problem.reason, problem.advice);
                }
                self.problem = Some(problem);
                Verdict::GoOn
            }
        }
    }

    /// The program ended by itself; `how` is such as `exit status 255`.
    pub(crate) fn ended(&mut self, how: &str, now: Millis) -> Verdict {
        let (reason, advice) = match self.problem.take() {
            Some(problem) => (problem.reason, Some(problem.advice)),
            None => (format!("{} ended ({how})", self.program), None),
        };
        if !self.was_up && advice.is_none() && self.failed + 1 >= 2 {
            // Twice the same without a word: it does not work like this at all.
            let advice = "Try the command line in a terminal and see what it says.".to_owned();
            return self.give_up(reason, advice);
        }
        if !self.was_up && self.failed + 1 >= MOST_AT_FIRST {
            let advice = advice.unwrap_or_default();
            return self.give_up(reason, advice);
        }
        self.again(reason, now)
    }

    /// Time passed.
    pub(crate) fn waited(&mut self, now: Millis) -> Verdict {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return Verdict::GoOn;
        }
        if self.was_up {
            let reason = format!("{} did not come back by itself", self.program);
            return self.again(reason, now);
        }
        let lacks = if self.url.is_none() {
            "printed no https address"
        } else {
            "was not connected"
        };
        let reason = format!("{} {lacks} within a minute", self.program);
        let problem = self.problem.take();
        let advice = problem.map_or_else(
            || {
                "Look at its last lines below. A tunnel has to print the address that leads \
                 here; where it has a fixed one, choose “Own address” and run it yourself."
                    .to_owned()
            },
            |problem| format!("It said: {}. {}", problem.reason, problem.advice),
        );
        self.give_up(reason, advice)
    }

    /// Until when the program has to be connected, while it is not.
    pub(crate) fn deadline(&self) -> Option<Millis> {
        match self.state {
            TunnelState::Starting { .. } | TunnelState::Reconnecting { .. } => Some(self.deadline),
            TunnelState::Stopped | TunnelState::Up { .. } | TunnelState::Failed { .. } => None,
        }
    }

    /// It was stopped by somebody.
    pub(crate) fn stopped(&mut self) {
        self.state = TunnelState::Stopped;
    }

    /// It could not be started at all.
    pub(crate) fn give_up(&mut self, reason: String, advice: String) -> Verdict {
        self.state = TunnelState::Failed { reason, advice };
        Verdict::GiveUp
    }

    fn settle(&mut self, now: Millis) {
        let Some(url) = self.url.clone().filter(|_| self.connected) else {
            return;
        };
        if self.state.url() == Some(&url) {
            return;
        }
        self.was_up = true;
        self.problem = None;
        self.state = TunnelState::Up { url, since: now };
    }

    fn is_for_good(&self, heals: Heals) -> bool {
        match heals {
            Heals::ByItself => false,
            Heals::AfterItWasUp => !self.was_up,
            Heals::Never => true,
        }
    }

    fn again(&mut self, reason: String, now: Millis) -> Verdict {
        if let TunnelState::Up { since, .. } = self.state
            && now.since(since) >= STEADY
        {
            self.failed = 0;
        }
        let place = usize::try_from(self.failed).unwrap_or(usize::MAX);
        let wait = WAITS[place.min(WAITS.len() - 1)];
        self.failed += 1;
        let at = now + wait;
        self.state = TunnelState::Reconnecting {
            attempt: self.failed,
            at,
            reason,
        };
        Verdict::StartAt(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://a-b.trycloudflare.com";

    fn at(seconds: i64) -> Millis {
        Millis(1_790_000_000_000 + seconds * 1_000)
    }

    fn started() -> Machine {
        let mut machine = Machine::new("cloudflared", None);
        machine.started(at(0));
        machine
    }

    fn up() -> Machine {
        let mut machine = started();
        machine.said(Said::Url(URL.into()), at(1));
        machine.said(Said::Up, at(2));
        machine
    }

    fn problem(heals: Heals) -> Said {
        Said::Problem(Problem {
            reason: "no such host".into(),
            advice: "Check the name.".into(),
            heals,
        })
    }

    #[test]
    fn it_is_up_with_an_address_and_a_connection_in_whatever_order() {
        let mut machine = started();
        assert_eq!(machine.state(), &TunnelState::Starting { since: at(0) });
        machine.said(Said::Url(URL.into()), at(1));
        assert!(machine.state().url().is_none());
        machine.said(Said::Up, at(2));
        assert_eq!(machine.state().url(), Some(URL));
        let mut other = started();
        other.said(Said::Up, at(1));
        other.said(Said::Url(URL.into()), at(2));
        assert_eq!(other.state(), machine.state());
    }

    #[test]
    fn a_second_connection_does_not_begin_it_anew() {
        let mut machine = up();
        machine.said(Said::Up, at(9));
        assert!(matches!(machine.state(), TunnelState::Up { since, .. } if *since == at(2)));
    }

    #[test]
    fn what_dies_is_started_again_later_each_time_and_at_once_after_it_was_steady() {
        let mut machine = up();
        let mut waits = Vec::new();
        let mut now = at(10);
        for _ in 0..7 {
            let Verdict::StartAt(next) = machine.ended("exit status 1", now) else {
                panic!("what was up is not given up");
            };
            waits.push(next.since(now) / 1_000);
            now = next;
            machine.started(now);
        }
        assert_eq!(waits, [1, 2, 5, 10, 30, 60, 60]);
        machine.said(Said::Url("https://c-d.trycloudflare.com".into()), now);
        machine.said(Said::Up, now);
        let later = now + STEADY;
        assert_eq!(
            machine.ended("exit status 1", later),
            Verdict::StartAt(later + 1_000)
        );
    }

    #[test]
    fn what_will_not_heal_is_given_up_with_advice() {
        let mut machine = up();
        assert_eq!(machine.said(problem(Heals::Never), at(5)), Verdict::GiveUp);
        let TunnelState::Failed { reason, advice } = machine.state() else {
            panic!("it has failed");
        };
        assert_eq!(
            (reason.as_str(), advice.as_str()),
            ("no such host", "Check the name.")
        );
    }

    #[test]
    fn a_fault_that_is_one_at_first_is_a_bad_network_later() {
        let mut never_up = started();
        let verdict = never_up.said(problem(Heals::AfterItWasUp), at(1));
        assert_eq!(verdict, Verdict::GiveUp);
        let mut machine = up();
        assert_eq!(
            machine.said(problem(Heals::AfterItWasUp), at(5)),
            Verdict::GoOn
        );
        assert!(matches!(
            machine.ended("exit status 255", at(6)),
            Verdict::StartAt(_)
        ));
        let TunnelState::Reconnecting {
            attempt, reason, ..
        } = machine.state()
        else {
            panic!("it is tried again");
        };
        assert_eq!((*attempt, reason.as_str()), (1, "no such host"));
    }

    #[test]
    fn a_lost_connection_is_waited_for_and_comes_back_with_its_address() {
        let mut machine = up();
        machine.said(Said::Down("lost the edge".into()), at(5));
        assert!(matches!(
            machine.state(),
            TunnelState::Reconnecting { attempt: 1, .. }
        ));
        machine.said(Said::Up, at(7));
        assert_eq!(machine.state().url(), Some(URL));
        // However long it had been up before, it is given time again.
        machine.said(Said::Down("lost the edge".into()), at(4_000));
        assert_eq!(machine.waited(at(4_001)), Verdict::GoOn);
        assert_eq!(machine.waited(at(4_599)), Verdict::GoOn);
        assert_eq!(machine.waited(at(4_600)), Verdict::StartAt(at(4_601)));
    }

    #[test]
    fn one_that_prints_no_address_fails_after_a_minute_with_what_to_do() {
        let mut machine = started();
        assert_eq!(machine.waited(at(59)), Verdict::GoOn);
        assert_eq!(machine.waited(at(60)), Verdict::GiveUp);
        let TunnelState::Failed { reason, advice } = machine.state() else {
            panic!("it has failed");
        };
        assert!(reason.contains("no https address"), "{reason}");
        assert!(advice.contains("Own address"), "{advice}");
        assert_eq!(up().waited(at(3_600)), Verdict::GoOn);
    }

    #[test]
    fn one_that_ends_at_once_without_a_word_is_tried_twice() {
        let mut machine = started();
        assert!(matches!(
            machine.ended("exit status 1", at(1)),
            Verdict::StartAt(_)
        ));
        machine.started(at(2));
        assert_eq!(machine.ended("exit status 1", at(3)), Verdict::GiveUp);
    }

    #[test]
    fn a_quick_tunnel_that_is_over_gets_another_address() {
        let mut machine = up();
        let verdict = machine.said(Said::Over("Cloudflare ended it".into()), at(9));
        assert_eq!(verdict, Verdict::StartAt(at(10)));
    }
}
