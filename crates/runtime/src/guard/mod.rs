//! What a profile allows, enforced in the ports.
//!
//! Every port that a profile opens is wrapped here, so that no caller can write a key, a
//! document or a message that the profile's guard level does not allow. At *observe* every
//! call that writes is answered with [`PortError::Refused`] and never reaches the backend.
//! At *dry run* everything is processed on a namespace of its own ([`DryDocuments`], and
//! the names that the profile is opened with), and [`GuardedInstagram`] sends nothing.
//! *Live* is armed for a time; when it is over the ports fall back by themselves, in the
//! middle of whatever goes on. In a window it makes nobody a worker by itself: to take
//! deliveries, to take over what other workers left and to write behind is switched on
//! apart from it.

mod archive;
mod audited;
mod bulletins;
mod cache;
mod conversations;
mod documents;
mod dry_run;
mod failed_sends;
mod indexes;
mod instagram;
mod jobs;
mod pass_on;
mod queue;
mod sent;
mod store;
mod subscriptions;

#[cfg(test)]
mod tests;

pub use archive::GuardedArchive;
pub use bulletins::GuardedBulletins;
pub use cache::GuardedCache;
pub use conversations::{GuardedAnnouncements, GuardedConversations};
pub use documents::GuardedDocuments;
pub use dry_run::DryDocuments;
pub use failed_sends::GuardedFailedSends;
pub use indexes::{CreatedIndexes, GuardedIndexes};
pub use instagram::{GuardedInstagram, WouldSend, is_of_dry_run};
pub use jobs::GuardedJobs;
pub use queue::GuardedQueue;
pub use store::GuardedStore;
pub use subscriptions::GuardedSubscriptions;

use crate::audit::AuditLog;
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
///
/// The handle says on whose behalf it is asked: [`Guard::of_the_engine`] is for the
/// engine's own work, every other one for a person, whose changes are written down in the
/// audit log where the profile has one. What is sent is written down there for either.
#[derive(Debug)]
pub struct Guard {
    state: Arc<State>,
    by_engine: bool,
}

/// What all handles share.
#[derive(Debug)]
struct State {
    profile: String,
    /// What holds while nothing is armed.
    rest: GuardLevel,
    arming: watch::Sender<Arming>,
    /// Whether this process does a worker's work while the profile is live; `None` where
    /// it always does.
    works: Option<watch::Sender<bool>>,
    clock: Arc<dyn Clock>,
    audit: Option<Arc<AuditLog>>,
}

impl Guard {
    /// A profile at a level, for a process that works. *Live* without an arming is for
    /// servers, whose operator configured it so.
    #[must_use]
    pub fn new(profile: impl Into<String>, level: GuardLevel, clock: Arc<dyn Clock>) -> Self {
        let (rest, arming) = match level {
            GuardLevel::Live => (GuardLevel::Observe, Arming::WithoutLimit),
            GuardLevel::Offline | GuardLevel::Observe | GuardLevel::DryRun => {
                (level, Arming::Disarmed)
            }
        };
        Self {
            state: Arc::new(State {
                profile: profile.into(),
                rest,
                arming: watch::Sender::new(arming),
                works: None,
                clock,
                audit: None,
            }),
            by_engine: false,
        }
    }

    /// A profile that a person opens in a window. Where it observes, live armed does not
    /// make the window a worker: that is switched on apart from it
    /// ([`Self::let_work`]). What is changed or sent is written down in `audit`, except at
    /// *offline*. *Live* is not opened here: such a profile begins at *observe*.
    #[must_use]
    pub fn at_hand(
        profile: impl Into<String>,
        level: GuardLevel,
        clock: Arc<dyn Clock>,
        audit: Option<Arc<AuditLog>>,
    ) -> Self {
        let rest = match level {
            GuardLevel::Live => GuardLevel::Observe,
            level => level,
        };
        Self {
            state: Arc::new(State {
                profile: profile.into(),
                rest,
                arming: watch::Sender::new(Arming::Disarmed),
                works: (rest == GuardLevel::Observe).then(|| watch::Sender::new(false)),
                clock,
                audit,
            }),
            by_engine: false,
        }
    }

    /// The same guard for the engine's own work, of which only what is sent is in the audit
    /// log line by line.
    #[must_use]
    pub fn of_the_engine(&self) -> Arc<Self> {
        Arc::new(Self {
            state: Arc::clone(&self.state),
            by_engine: true,
        })
    }

    /// The profile's name.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.state.profile
    }

    /// The level now.
    #[must_use]
    pub fn level(&self) -> GuardLevel {
        match *self.state.arming.borrow() {
            Arming::WithoutLimit => GuardLevel::Live,
            Arming::Until(at) if self.state.clock.now() < at => GuardLevel::Live,
            Arming::Until(_) | Arming::Disarmed => self.state.rest,
        }
    }

    /// Until when it is live; [`Arming::Disarmed`] also when that time is over.
    #[must_use]
    pub fn arming(&self) -> Arming {
        match *self.state.arming.borrow() {
            Arming::Until(at) if self.state.clock.now() >= at => Arming::Disarmed,
            arming => arming,
        }
    }

    /// Makes the profile live for `millis` from now on, and returns until when. What was
    /// switched on of a worker's work while it was live before is off again.
    ///
    /// # Errors
    /// [`PortError::Refused`] when the profile rests at another level than *observe*, or
    /// for a time that is none or longer than [`MOST_ARMED_MS`], or when the audit log
    /// cannot be written.
    pub fn arm(&self, millis: i64) -> PortResult<Millis> {
        let State { profile, rest, .. } = &*self.state;
        if *rest != GuardLevel::Observe {
            return Err(PortError::Refused(format!(
                "The profile “{profile}” cannot be armed: it was opened at {rest}. Open it at observe first, and arm it then."
            )));
        }
        if !(1..=MOST_ARMED_MS).contains(&millis) {
            return Err(PortError::Refused(format!(
                "The profile “{profile}” can be armed for up to {} hours at a time.",
                MOST_ARMED_MS / Millis::HOUR
            )));
        }
        self.live(
            "Arming live",
            &format!("for {} min", (millis + Millis::MINUTE - 1) / Millis::MINUTE),
        )?;
        if let (Some(works), false) = (&self.state.works, self.level() == GuardLevel::Live) {
            works.send_replace(false);
        }
        let until = self.state.clock.now() + millis;
        self.state.arming.send_replace(Arming::Until(until));
        Ok(until)
    }

    /// Whether *live* can be armed here.
    #[must_use]
    pub fn can_be_armed(&self) -> bool {
        self.state.rest == GuardLevel::Observe
    }

    /// Ends *live* at once. What was configured without a limit ends too.
    pub fn disarm(&self) {
        let was_live = self.level() == GuardLevel::Live;
        self.state.arming.send_replace(Arming::Disarmed);
        if let Some(works) = &self.state.works {
            works.send_replace(false);
        }
        // Ending live must not fail for want of a line.
        if was_live {
            self.say("Disarming live", "");
        }
    }

    /// Whether this process does a worker's work now: takes deliveries from the queue,
    /// takes over what silent workers left to send, and writes behind.
    #[must_use]
    pub fn works_here(&self) -> bool {
        match (&self.state.works, self.level()) {
            (None, level) => level != GuardLevel::Observe,
            (Some(works), GuardLevel::Live) => *works.borrow(),
            (Some(_), _) => false,
        }
    }

    /// Switches a worker's work on or off in a process where it does not go on by itself.
    /// It ends with *live*.
    ///
    /// # Errors
    /// [`PortError::Refused`] while the profile is not live, where the process always
    /// works, or when the audit log cannot be written.
    pub fn let_work(&self, on: bool) -> PortResult<()> {
        let Some(works) = &self.state.works else {
            return Err(PortError::Refused(format!(
                "The profile “{}” handles its deliveries here as long as it is open.",
                self.state.profile
            )));
        };
        if !on {
            works.send_replace(false);
            return self.live("Ending to handle deliveries here", "");
        }
        if self.level() != GuardLevel::Live {
            return Err(PortError::Refused(self.refusal("Handling deliveries here")));
        }
        self.live("Beginning to handle deliveries here", "")?;
        works.send_replace(true);
        Ok(())
    }

    /// Passes when writing is allowed. `what` is a gerund that begins a sentence, such as
    /// “Saving an automation”. What a person does so is written down as begun; where there
    /// is more to say of it, [`Self::change`] does.
    ///
    /// # Errors
    /// [`PortError::Refused`] at *observe*.
    pub(crate) fn allow(&self, what: &str) -> PortResult<()> {
        self.may(what)?;
        self.note(what, "")
    }

    /// As [`Self::allow`], for a worker's work: it must be switched on besides.
    pub(crate) fn allow_work(&self, what: &str) -> PortResult<()> {
        self.may(what)?;
        if self.works_here() {
            return Ok(());
        }
        Err(PortError::Refused(format!(
            "{what} was refused: the profile “{}” is live, and handles no deliveries in this window. Switch on “Handle deliveries in this window” for it, or leave it to the servers.",
            self.state.profile
        )))
    }

    /// Passes when writing is allowed, and writes nothing down.
    fn may(&self, what: &str) -> PortResult<()> {
        match self.level() {
            GuardLevel::Observe => Err(PortError::Refused(self.refusal(what))),
            // What is opened at these is local, or in a namespace of its own.
            GuardLevel::Offline | GuardLevel::DryRun | GuardLevel::Live => Ok(()),
        }
    }

    /// As [`Self::may`], for what would change the real documents: *dry run* does not allow
    /// it either.
    fn may_on_real(&self, what: &str) -> PortResult<()> {
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
            self.state.profile
        )
    }

    /// Does a worker's work that may wait for long, and gives it up when that is allowed no
    /// more. Only for calls that lose nothing when they are dropped.
    ///
    /// # Errors
    /// As [`Self::allow_work`], at the start or while it waits.
    pub(crate) async fn while_working<T>(
        &self,
        what: &str,
        call: impl Future<Output = PortResult<T>> + Send,
    ) -> PortResult<T> {
        self.allow_work(what)?;
        tokio::select! {
            // What has ended counts, also when the time is over in the same instant.
            biased;
            answer = call => answer,
            () = self.work_ended() => {
                self.allow_work(what)?;
                // It was switched on again meanwhile: to be asked again.
                Err(PortError::Refused(self.refusal(what)))
            }
        }
    }

    /// Returns when a worker's work ends that goes on here; at once where none does.
    pub async fn work_ended(&self) {
        let mut changes = self.changes();
        while self.works_here() {
            changes.next().await;
        }
    }

    /// Returns when a worker's work begins here; at once where it goes on.
    pub async fn work_begun(&self) {
        let mut changes = self.changes();
        while !self.works_here() {
            changes.next().await;
        }
    }

    /// Tells of every change of what is allowed from now on.
    #[must_use]
    pub fn changes(&self) -> GuardChanges {
        GuardChanges {
            arming: self.state.arming.subscribe(),
            works: self.state.works.as_ref().map(watch::Sender::subscribe),
            state: Arc::clone(&self.state),
        }
    }

    /// Returns when the profile stops being live; never where it was not.
    pub async fn ended(&self) {
        let mut arming = self.state.arming.subscribe();
        if self.level() != GuardLevel::Live {
            return std::future::pending().await;
        }
        loop {
            let now = *arming.borrow_and_update();
            let over = async {
                match now {
                    Arming::Until(at) => self.state.clock.sleep_until(at).await,
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

/// Changes of what a profile allows.
#[derive(Debug)]
pub struct GuardChanges {
    state: Arc<State>,
    arming: watch::Receiver<Arming>,
    works: Option<watch::Receiver<bool>>,
}

impl GuardChanges {
    /// Returns when something may have changed: armed, disarmed, switched, or *live* over
    /// by itself.
    pub async fn next(&mut self) {
        // Not marked as seen: what changed since the last time is told at once.
        let now = *self.arming.borrow();
        let clock = &self.state.clock;
        let over = async {
            match now {
                Arming::Until(at) if clock.now() < at => clock.sleep_until(at).await,
                Arming::Until(_) | Arming::Disarmed | Arming::WithoutLimit => {
                    std::future::pending::<()>().await;
                }
            }
        };
        let switched = async {
            match &mut self.works {
                Some(works) => drop(works.changed().await),
                None => std::future::pending::<()>().await,
            }
        };
        tokio::select! {
            () = over => {}
            () = switched => {}
            // The sender lives in the state, so this is always a change.
            _ = self.arming.changed() => {}
        }
    }
}
