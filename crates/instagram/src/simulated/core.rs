//! The simulated Instagram itself: what it knows, and the way of a request through its
//! rules. There is no HTTP in here.

use super::{
    accounts::NewAccount,
    fault::{Fault, FaultId},
    request::{Answer, Request},
    sent::{Counters, Sent},
    settings::SimulatedSettings,
    state::State,
};
use heliograph_engine::ports::Clock;
use heliograph_model::{AccountId, Millis};
use parking_lot::{Mutex, MutexGuard};
use secrecy::SecretString;
use std::{fmt, sync::Arc};
use tokio::sync::broadcast;

/// An Instagram in memory that keeps the real one's rules: limits of messages, the
/// 24-hour window, one private reply for each comment, pacing, consent, tokens. It knows
/// people, media, comments and messages, records what is sent, and can be told to fail.
///
/// It is shared as `Arc`: the server around it, the simulator that plays the people and
/// the tests all talk to the same one.
pub struct SimulatedInstagram {
    clock: Arc<dyn Clock>,
    settings: SimulatedSettings,
    /// Held for the few microseconds of one request and never across an await.
    state: Mutex<State>,
}

impl SimulatedInstagram {
    /// An Instagram without accounts and people.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, settings: SimulatedSettings) -> Self {
        let state = State::new(&settings, clock.now());
        Self {
            clock,
            settings,
            state: Mutex::new(state),
        }
    }

    /// How it was set up.
    #[must_use]
    pub fn settings(&self) -> &SimulatedSettings {
        &self.settings
    }

    /// Takes one request through the token, the faults and the rules.
    #[must_use]
    pub fn answer(&self, token: Option<&str>, request: Request) -> Answer {
        let now = self.clock.now();
        self.state
            .lock()
            .answer(token, request, &self.settings, now)
    }

    /// Adds an account. Its token is [`super::simulated_token`] until another is set.
    pub fn add_account(&self, account: NewAccount) {
        let now = self.clock.now();
        self.state.lock().accounts.add(account, &self.settings, now);
    }

    /// The accounts, by id.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountId> {
        self.state.lock().accounts.ids()
    }

    /// An account's handle.
    #[must_use]
    pub fn username(&self, account: &AccountId) -> Option<String> {
        let state = self.state.lock();
        Some(state.accounts.get(account)?.username.clone())
    }

    /// An account's token; also one that has expired.
    #[must_use]
    pub fn token(&self, account: &AccountId) -> Option<SecretString> {
        self.state.lock().accounts.token(account).map(Into::into)
    }

    /// Gives an account another token. Whether there is such an account.
    pub fn set_token(&self, account: &AccountId, token: &str) -> bool {
        self.state.lock().accounts.set_token(account, token)
    }

    /// Lets an account's token expire, or be good again. Whether there is such an account.
    pub fn set_token_expired(&self, account: &AccountId, expired: bool) -> bool {
        self.state.lock().accounts.set_expired(account, expired)
    }

    /// What was sent and is still kept, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Arc<Sent>> {
        self.sent_after(0)
    }

    /// What was sent after the one with this number, oldest first.
    #[must_use]
    pub fn sent_after(&self, id: u64) -> Vec<Arc<Sent>> {
        self.state.lock().sent.list(id)
    }

    /// How much was sent and refused.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.state.lock().sent.counters.clone()
    }

    /// Every send from now on, in order. Who reads too slowly misses some, is told so by
    /// the channel, and finds them with [`Self::sent_after`].
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Sent>> {
        self.state.lock().sent.subscribe()
    }

    /// How many of the last sends are kept.
    pub fn keep_sent(&self, most: usize) {
        self.state.lock().sent.keep(most);
    }

    /// Sets a fault.
    pub fn fail(&self, fault: Fault) -> FaultId {
        self.state.lock().faults.set(fault)
    }

    /// Takes a fault away. Whether it was still set.
    pub fn lift(&self, fault: FaultId) -> bool {
        self.state.lock().faults.lift(fault)
    }

    /// Takes all faults away.
    pub fn lift_all(&self) {
        self.state.lock().faults.lift_all();
    }

    /// The faults that are set, with how often they still happen.
    #[must_use]
    pub fn faults(&self) -> Vec<(FaultId, Fault)> {
        self.state.lock().faults.list()
    }

    /// Forgets people, media, comments, messages, sends, counters and faults. Accounts,
    /// their tokens and whoever listens stay.
    pub fn forget(&self) {
        let mut state = self.state.lock();
        state.people.clear();
        state.media.clear();
        state.comments.clear();
        state.messages.clear();
        state.sent.clear();
        state.faults.lift_all();
    }

    /// The time here.
    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// What it knows.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl fmt::Debug for SimulatedInstagram {
    /// Names no token: also a simulated one could be somebody's real one by mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedInstagram")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
