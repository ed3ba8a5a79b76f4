//! What goes wrong on purpose between Instagram, the listener and the engine.

use super::done::Done;
use super::playback::{ActiveAnswer, ActiveFaults, Fault};
use super::stage::Stage;
use super::{Result, SimulatorError};
use crate::scenario::{BadAnswer, Trouble};
use heliograph_instagram::simulated::{self, Failure, FaultId, Requests};
use heliograph_model::Millis;

/// The most that the store can be slowed by, so that an answer still comes while somebody
/// waits for it.
const SLOWEST: u32 = 2_000;

/// A body on its way, and the bubbles that are in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Parcel {
    pub body: String,
    pub bubbles: Vec<String>,
}

/// How often, or how late, a parcel comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coming {
    InTime,
    Again,
    Late,
}

/// What goes wrong with deliveries and sends.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    comes_twice: bool,
    holds_next: bool,
    /// What is held back.
    held: Option<Parcel>,
    last: Option<Parcel>,
    answers: Vec<(FaultId, BadAnswer)>,
}

/// So long what is held back is at least on its way, in milliseconds.
const HELD_FOR: i64 = Millis::SECOND;

impl Faults {
    /// What is delivered now, in this order, when this is to be.
    fn in_turn(&mut self, parcel: Parcel) -> Vec<(Parcel, Coming)> {
        if std::mem::take(&mut self.holds_next) {
            let before = self.held.replace(parcel);
            return before.into_iter().map(|it| (it, Coming::Late)).collect();
        }
        let mut turn = vec![(parcel.clone(), Coming::InTime)];
        if std::mem::take(&mut self.comes_twice) {
            turn.push((parcel, Coming::Again));
        }
        turn.extend(self.held.take().map(|it| (it, Coming::Late)));
        self.last = turn.last().map(|(parcel, _)| parcel.clone());
        turn
    }
}

impl Fault {
    /// What it is in a log and in a scenario.
    pub(super) fn done(self) -> Done {
        Done::Went(match self {
            Self::Instagram { answer, times } => Trouble::Instagram { answer, times },
            Self::Recovers => Trouble::Recovers,
            Self::ComesTwice { on } => Trouble::ComesTwice(on),
            Self::HeldBack => Trouble::HeldBack,
            Self::Arrives => Trouble::Arrives,
            Self::CacheLost => Trouble::CacheLost,
            Self::StoreSlow { millis } => Trouble::StoreSlow(millis.min(SLOWEST)),
            Self::Again => return Done::Again,
        })
    }
}

/// What the simulated Instagram does for an answer.
fn failure(answer: BadAnswer) -> Failure {
    match answer {
        BadAnswer::ServerError => Failure::Status(500),
        BadAnswer::TooMany => Failure::limited(613, 60),
        BadAnswer::TokenExpired => Failure::TokenExpired,
        BadAnswer::DropsAfter => Failure::DropAfter,
        BadAnswer::DropsBefore => Failure::DropBefore,
        BadAnswer::Refuses => Failure::error(100, 2_534_015),
        BadAnswer::OutsideWindow => Failure::error(10, 2_534_022),
        BadAnswer::Unreachable => Failure::error(551, 1_545_041),
    }
}

impl Stage {
    pub(super) async fn go_wrong(&self, trouble: Trouble) -> Result<()> {
        match trouble {
            Trouble::Instagram { answer, times } => {
                let failure = failure(answer);
                let fault = match times {
                    Some(times) => simulated::Fault::next(times, failure),
                    None => simulated::Fault::always(failure),
                };
                let id = self.instagram().fail(fault.on(Requests::Sends));
                self.faults.lock().answers.push((id, answer));
            }
            Trouble::Recovers => {
                self.instagram().lift_all();
                self.faults.lock().answers.clear();
                // As when the account is connected again with a new token.
                let instagram = self.runtime().instagram();
                instagram.reset(self.account_id()).await?;
            }
            Trouble::ComesTwice(on) => self.faults.lock().comes_twice = on,
            Trouble::HeldBack => self.faults.lock().holds_next = true,
            Trouble::Arrives => {
                let held = {
                    let mut faults = self.faults.lock();
                    faults.holds_next = false;
                    faults.held.take()
                };
                if let Some(parcel) = held {
                    self.faults.lock().last = Some(parcel.clone());
                    self.come(parcel, Coming::Late).await?;
                }
            }
            Trouble::CacheLost => self.lose_cache().await?,
            Trouble::StoreSlow(millis) => self.delay.set(millis.min(SLOWEST).into()),
        }
        Ok(())
    }

    /// Delivers a body, or does with it what is to go wrong with the next one.
    pub(super) async fn hand_over(&self, body: String, bubbles: Vec<String>) -> Result<()> {
        let turn = self.faults.lock().in_turn(Parcel { body, bubbles });
        if turn.is_empty() {
            // What comes instead of it comes later than it.
            self.clock().advance(HELD_FOR);
        }
        for (place, (parcel, coming)) in turn.into_iter().enumerate() {
            if place > 0 {
                self.settle().await?;
            }
            self.come(parcel, coming).await?;
        }
        Ok(())
    }

    /// The last delivery comes again, byte for byte.
    pub(super) async fn repeat(&self) -> Result<()> {
        let last = self.faults.lock().last.clone();
        let parcel = last.ok_or_else(|| {
            SimulatorError::Impossible("nothing has been delivered yet; let somebody write".into())
        })?;
        self.come(parcel, Coming::Again).await
    }

    /// Delivers, and says below what people did how it came, where that is not as usual.
    async fn come(&self, parcel: Parcel, coming: Coming) -> Result<()> {
        let Parcel { body, bubbles } = parcel;
        let note = match coming {
            Coming::InTime => None,
            Coming::Again => Some("Instagram delivered this webhook once more"),
            Coming::Late => Some("Instagram delivered what it had held back"),
        };
        if let Some(note) = note {
            let at = self.now();
            self.look(|scene| scene.note_below(&bubbles, at, note));
        }
        match coming {
            // The bubble belongs to the delivery that brought it first.
            Coming::Again => self.deliver(body, &[]).await?,
            Coming::InTime | Coming::Late => self.deliver(body, &bubbles).await?,
        };
        Ok(())
    }

    /// What goes wrong now.
    pub(super) fn active_faults(&self) -> ActiveFaults {
        let set = self.instagram().faults();
        let mut faults = self.faults.lock();
        faults
            .answers
            .retain(|(id, _)| set.iter().any(|(set, _)| set == id));
        ActiveFaults {
            instagram: faults
                .answers
                .iter()
                .filter_map(|(id, answer)| {
                    let (_, fault) = set.iter().find(|(set, _)| set == id)?;
                    Some(ActiveAnswer {
                        answer: *answer,
                        times: fault.times,
                    })
                })
                .collect(),
            comes_twice: faults.comes_twice,
            holds_next: faults.holds_next,
            holds: faults.held.is_some(),
            can_repeat: faults.last.is_some(),
            store_slow: u32::try_from(self.delay.millis()).unwrap_or(u32::MAX),
        }
    }
}
