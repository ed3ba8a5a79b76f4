//! What a profile allows, enforced in the ports.
//!
//! Every port that a profile opens is wrapped here, so that no caller can write a key, a
//! document or a message that the profile's guard level does not allow. At *observe* every
//! call that writes is answered with [`PortError::Refused`] and never reaches the backend.
//! At *dry run* everything is processed on a namespace of its own ([`DryDocuments`], and
//! the names that the profile is opened with), and [`GuardedInstagram`] sends nothing.
//! *Live* is armed for a time; when it is over the ports fall back by themselves, in the
//! middle of whatever goes on.

mod archive;
mod cache;
mod conversations;
mod documents;
mod dry_run;
mod instagram;
mod jobs;
mod pass_on;
mod queue;
mod store;

#[cfg(test)]
mod tests;

pub use archive::GuardedArchive;
pub use cache::GuardedCache;
pub use conversations::{GuardedAnnouncements, GuardedConversations};
pub use documents::GuardedDocuments;
pub use dry_run::DryDocuments;
pub use instagram::{GuardedInstagram, WouldSend};
pub use jobs::GuardedJobs;
pub use queue::GuardedQueue;
pub use store::GuardedStore;

use heliograph_engine::ports::{Clock, PortError, PortResult};
use heliograph_model::{GuardLevel, Millis};
use std::future::Future;
use std::sync::Arc;
use tokio::sync::watch;

/// The longest that *live* may be armed for: a working day.
pub const MOST_ARMED_MS: i64 = 8 * Millis::HOUR;

/// Until when a profile is *live*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arming {
    /// It is not.
    Disarmed,
    /// Until then.
    Until(Millis),
    /// For as long as the process runs: a server that was started so.
    WithoutLimit,
}

/// What a profile allows now.
#[derive(Debug)]
pub struct Guard {
    profile: String,
    /// What holds while nothing is armed.
    rest: GuardLevel,
    arming: watch::Sender<Arming>,
    clock: Arc<dyn Clock>,
}

impl Guard {
    /// A profile at a level. *Live* without an arming is for servers, whose operator
    /// configured it so.
    #[must_use]
    pub fn new(profile: impl Into<String>, level: GuardLevel, clock: Arc<dyn Clock>) -> Self {
        let (rest, arming) = match level {
            GuardLevel::Live => (GuardLevel::Observe, Arming::WithoutLimit),
            GuardLevel::Offline | GuardLevel::Observe | GuardLevel::DryRun => {
                (level, Arming::Disarmed)
            }
        };
        Self {
            profile: profile.into(),
            rest,
            arming: watch::Sender::new(arming),
            clock,
        }
    }

    /// The profile's name.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The level now.
    #[must_use]
    pub fn level(&self) -> GuardLevel {
        match *self.arming.borrow() {
            Arming::WithoutLimit => GuardLevel::Live,
            Arming::Until(at) if self.clock.now() < at => GuardLevel::Live,
            Arming::Until(_) | Arming::Disarmed => self.rest,
        }
    }

    /// Until when it is live; [`Arming::Disarmed`] also when that time is over.
    #[must_use]
    pub fn arming(&self) -> Arming {
        match *self.arming.borrow() {
            Arming::Until(at) if self.clock.now() >= at => Arming::Disarmed,
            arming => arming,
        }
    }

    /// Makes the profile live for `millis` from now on, and returns until when.
    ///
    /// # Errors
    /// [`PortError::Refused`] when the profile rests at another level than *observe*, or
    /// for a time that is none or longer than [`MOST_ARMED_MS`].
    pub fn arm(&self, millis: i64) -> PortResult<Millis> {
        if self.rest != GuardLevel::Observe {
            return Err(PortError::Refused(format!(
                "The profile “{}” cannot be armed: it was opened at {}. Open it at observe first, and arm it then.",
                self.profile, self.rest
            )));
        }
        if !(1..=MOST_ARMED_MS).contains(&millis) {
            return Err(PortError::Refused(format!(
                "The profile “{}” can be armed for up to {} hours at a time.",
                self.profile,
                MOST_ARMED_MS / Millis::HOUR
            )));
        }
        let until = self.clock.now() + millis;
        self.arming.send_replace(Arming::Until(until));
        Ok(until)
    }

    /// Ends *live* at once. What was configured without a limit ends too.
    pub fn disarm(&self) {
        self.arming.send_replace(Arming::Disarmed);
    }

    /// Passes when writing is allowed. `what` is a gerund that begins a sentence, such as
    /// “Saving an automation”.
    ///
    /// # Errors
    /// [`PortError::Refused`] at *observe*.
    pub(crate) fn allow(&self, what: &str) -> PortResult<()> {
        match self.level() {
            GuardLevel::Observe => Err(PortError::Refused(self.refusal(what))),
            // What is opened at these is local, or in a namespace of its own.
            GuardLevel::Offline | GuardLevel::DryRun | GuardLevel::Live => Ok(()),
        }
    }

    /// As [`Self::allow`], for what would change the real documents: *dry run* does not
    /// allow it either.
    pub(crate) fn allow_on_real(&self, what: &str) -> PortResult<()> {
        match self.level() {
            GuardLevel::Observe | GuardLevel::DryRun => Err(PortError::Refused(self.refusal(what))),
            GuardLevel::Offline | GuardLevel::Live => Ok(()),
        }
    }

    /// Why something does not happen, and what to do.
    fn refusal(&self, what: &str) -> String {
        let (level, why) = match self.level() {
            GuardLevel::DryRun => ("dry run", "which changes nothing real and sends nothing"),
            GuardLevel::Offline => ("offline", "at which nothing leaves the machine"),
            GuardLevel::Observe | GuardLevel::Live => {
                ("observe", "which only reads and sends nothing")
            }
        };
        format!(
            "{what} was refused: the profile “{}” is at the guard level {level}, {why}. Arm live for it in the application, or start the server with --guard live.",
            self.profile
        )
    }

    /// Does something that may wait for long, and gives it up when writing is allowed no
    /// more. Only for calls that lose nothing when they are dropped.
    ///
    /// # Errors
    /// As [`Self::allow`], at the start or while it waits.
    pub(crate) async fn while_allowed<T>(
        &self,
        what: &str,
        call: impl Future<Output = PortResult<T>> + Send,
    ) -> PortResult<T> {
        self.allow(what)?;
        tokio::select! {
            // What has ended counts, also when the time is over in the same instant.
            biased;
            answer = call => answer,
            () = self.ended() => Err(PortError::Refused(self.refusal(what))),
        }
    }

    /// Returns when the profile stops being live; never where it was not.
    pub async fn ended(&self) {
        let mut arming = self.arming.subscribe();
        if self.level() != GuardLevel::Live {
            return std::future::pending().await;
        }
        loop {
            let now = *arming.borrow_and_update();
            let over = async {
                match now {
                    Arming::Until(at) => self.clock.sleep_until(at).await,
                    Arming::WithoutLimit => std::future::pending().await,
                    Arming::Disarmed => {}
                }
            };
            tokio::select! {
                () = over => {}
                // The sender lives in `self`, so this is always a change.
                _ = arming.changed() => {}
            }
            if self.level() != GuardLevel::Live {
                return;
            }
        }
    }
}
