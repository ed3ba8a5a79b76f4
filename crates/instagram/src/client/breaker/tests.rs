//! What a breaker promises, whatever happens in whatever order.

use super::*;
use proptest::prelude::*;

fn settings() -> BreakerSettings {
    BreakerSettings::default()
}

/// A breaker that has just opened at `now`.
fn opened(now: Millis) -> Breaker {
    let mut breaker = Breaker::new(settings());
    for _ in 0..settings().least {
        let pass = breaker.enter(now).expect("it is closed");
        breaker.ended(pass, true, now);
    }
    breaker
}

#[test]
fn it_opens_at_half_and_lets_one_probe_go_when_its_time_is_over() {
    let start = Millis(1_000_000);
    let mut breaker = opened(start);
    let until = start + settings().open_ms;
    assert_eq!(breaker.state(), BreakerState::Open { until });
    assert_eq!(breaker.enter(start), Err(settings().open_ms));
    let probe = breaker.enter(until).expect("the probe");
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    assert_eq!(breaker.enter(until), Err(Millis::SECOND), "the others wait");
    breaker.ended(probe, false, until);
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn each_failed_probe_doubles_the_wait_up_to_its_bound() {
    let mut now = Millis(1_000_000);
    let mut breaker = opened(now);
    let mut waits = Vec::new();
    for _ in 0..6 {
        let wait = breaker.enter(now).expect_err("it is open");
        waits.push(wait / Millis::SECOND);
        now = now + wait;
        let probe = breaker.enter(now).expect("the probe");
        breaker.ended(probe, true, now);
    }
    assert_eq!(waits, [5, 10, 20, 40, 60, 60]);
}

#[test]
fn a_probe_that_is_lost_or_given_back_is_made_again() {
    let start = Millis(1_000_000);
    let mut breaker = opened(start);
    let mut now = start + settings().open_ms;
    let given_back = breaker.enter(now).expect("the probe");
    breaker.unused(given_back, now);
    breaker.enter(now).expect("another probe");
    now = now + settings().probe_ms;
    let third = breaker.enter(now).expect("the second was lost");
    breaker.ended(given_back, true, now);
    assert_eq!(
        breaker.state(),
        BreakerState::HalfOpen,
        "an old outcome says nothing"
    );
    breaker.ended(third, false, now);
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn what_is_out_of_the_window_is_forgotten() {
    let mut now = Millis(1_000_000);
    let mut breaker = Breaker::new(settings());
    for _ in 0..10 {
        // Each on its own is less than what says something.
        for _ in 0..settings().least - 1 {
            let pass = breaker.enter(now).expect("it is closed");
            breaker.ended(pass, true, now);
        }
        now = now + settings().window_ms;
    }
    assert_eq!(breaker.state(), BreakerState::Closed);
}

/// One thing that happens to a breaker.
#[derive(Debug, Clone, Copy)]
enum Step {
    Enter,
    /// The oldest request that is out ends.
    End {
        is_fault: bool,
    },
    /// The newest request that is out never left.
    Unused,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Enter),
        4 => any::<bool>().prop_map(|is_fault| Step::End { is_fault }),
        1 => Just(Step::Unused),
        2 => (0_i64..20_000).prop_map(Step::Wait),
    ]
}

proptest! {
    /// In any order of requests, outcomes and waits: it never refuses for longer than its
    /// bound, it lets somebody go once that time is over, only faults open it, and while
    /// it is not closed at most one request in each `probe_ms` goes.
    #[test]
    fn it_is_never_stuck_and_never_opens_without_faults(
        steps in prop::collection::vec(step(), 1..400),
        faulty in any::<bool>(),
    ) {
        let settings = settings();
        let mut breaker = Breaker::new(settings);
        let mut now = Millis(1_000_000);
        let mut out = VecDeque::new();
        let mut faults = 0;
        let mut last_probe: Option<Millis> = None;
        for step in steps {
            match step {
                Step::Enter => {
                    let was = breaker.state();
                    match breaker.enter(now) {
                        Ok(pass) => {
                            if was != BreakerState::Closed {
                                prop_assert_eq!(breaker.state(), BreakerState::HalfOpen);
                                if was == BreakerState::HalfOpen {
                                    let since = last_probe.expect("somebody made the probe");
                                    prop_assert!(now.since(since) >= settings.probe_ms);
                                }
                                last_probe = Some(now);
                            }
                            out.push_back(pass);
                        }
                        Err(wait) => {
                            prop_assert!(was != BreakerState::Closed);
                            prop_assert!((1..=settings.most_open_ms).contains(&wait));
                        }
                    }
                }
                Step::End { is_fault } => if let Some(pass) = out.pop_front() {
                    let is_fault = is_fault && faulty;
                    faults += usize::from(is_fault);
                    breaker.ended(pass, is_fault, now);
                },
                Step::Unused => if let Some(pass) = out.pop_back() {
                    breaker.unused(pass, now);
                },
                Step::Wait(millis) => now = now + millis,
            }
            if faults * 100 < settings.least * settings.faults_percent {
                prop_assert_eq!(breaker.state(), BreakerState::Closed);
            }
        }
        // However it stands now, it lets somebody go after all its waits.
        now = now + settings.most_open_ms + settings.probe_ms;
        prop_assert!(breaker.enter(now).is_ok());
    }
}
