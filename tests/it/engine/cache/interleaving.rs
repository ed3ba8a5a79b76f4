//! Readers and editors under a scheduler that decides after every call to the store and
//! the cache who goes on, and which calls of the cache fail.

use heliograph_embedded::{Database, MemoryCache};
use heliograph_engine::cache::{CachePolicy, Cached, Standing};
use heliograph_engine::ports::{Clock, Commit, Documents, Ledger, PortResult, VirtualClock};
use heliograph_model::{
    Account, AccountId, AccountSettings, AutomationType, Awaiting, ContactChange, ContactId,
    Decision, DecisionRecord, DeliveryId, Event, EventKind, Millis, Reason, StateChange, Target,
    Trace, UserState, WorkspaceId,
};
use heliograph_tests::rig::hooks::{Call, HookedCache, HookedStore, down};
use heliograph_tests::rig::{START, shop};
use parking_lot::Mutex;
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// What is cached and edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    Automations,
    Account,
    State,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Read(Thing),
    /// Stores something new, and says so to the cache.
    Edit(Thing),
    /// Takes it away, and says so.
    Remove(Thing),
    /// So much time passes that everything cached expires.
    Expire,
    /// The near tier is switched off or on.
    Bypass(bool),
}

fn thing() -> impl Strategy<Value = Thing> {
    prop_oneof![
        Just(Thing::Automations),
        Just(Thing::Account),
        Just(Thing::State)
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => thing().prop_map(Step::Read),
        3 => thing().prop_map(Step::Edit),
        1 => thing().prop_map(Step::Remove),
        1 => Just(Step::Expire),
        1 => any::<bool>().prop_map(Step::Bypass),
    ]
}

/// What the scheduler does at a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    GoOn,
    Fail,
}

/// The gates at which tasks wait.
#[derive(Default)]
struct Gates {
    waiting: Mutex<Vec<(Call, bool, oneshot::Sender<Pass>)>>,
    /// Calls that are in the real part now.
    inside: AtomicU64,
    /// Whoever reaches a gate, to notice that nothing moves any more.
    reached: AtomicU64,
}

impl Gates {
    /// Waits for the scheduler, before and after every call. Only the cache's calls may
    /// be failed.
    async fn pass(self: Arc<Self>, call: Call, may_fail: bool) -> PortResult<()> {
        if call.done {
            self.inside.fetch_sub(1, Ordering::SeqCst);
        }
        let is_before = !call.done;
        let (open, opened) = oneshot::channel();
        self.waiting.lock().push((call, may_fail, open));
        self.reached.fetch_add(1, Ordering::SeqCst);
        let pass = opened.await.expect("the scheduler opens every gate");
        if pass == Pass::Fail {
            return Err(down());
        }
        if is_before {
            self.inside.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Returns when every task waits at a gate, for another task, or is done.
    async fn come_to_rest(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut seen = self.reached.load(Ordering::SeqCst);
        let mut quiet = 0;
        while quiet < 12 {
            assert!(Instant::now() < deadline, "the tasks must come to a gate");
            tokio::task::yield_now().await;
            let now = self.reached.load(Ordering::SeqCst);
            if self.inside.load(Ordering::SeqCst) > 0 {
                tokio::time::sleep(Duration::from_micros(100)).await;
                quiet = 0;
            } else if now == seen {
                quiet += 1;
            } else {
                quiet = 0;
            }
            seen = now;
        }
    }
}

/// What was stored, in order; a version or nothing.
#[derive(Debug)]
struct History {
    contents: Vec<Option<u64>>,
    /// The last edit that has returned: a read that starts now must not be older.
    floor: usize,
}

/// The layer under test, and what should be in it.
struct World {
    store: Arc<HookedStore>,
    cached: Cached,
    clock: Arc<VirtualClock>,
    histories: [Mutex<History>; 3],
    /// Held while something is stored: versions are counted up one by one.
    storing: [tokio::sync::Mutex<()>; 3],
    account: AccountId,
    workspace: WorkspaceId,
    contact: ContactId,
    marks: AtomicU64,
}

/// Longer than any time to live of the policy.
const LONG: i64 = 3 * Millis::DAY;

impl World {
    fn place(thing: Thing) -> usize {
        match thing {
            Thing::Automations => 0,
            Thing::Account => 1,
            Thing::State => 2,
        }
    }

    async fn read(&self, thing: Thing) -> Option<u64> {
        match thing {
            Thing::Automations => {
                let (kind, target) = (AutomationType::DmAutomation, Target::All);
                let found = self
                    .cached
                    .automations(&self.workspace, kind, &target)
                    .await;
                let (set, _) = found.expect("the store answers");
                let first = set.automations().first()?;
                Some(first.name.parse().expect("a version as the name"))
            }
            Thing::Account => {
                let (account, _) = self
                    .cached
                    .account(&self.account)
                    .await
                    .expect("it answers");
                // An account cannot be deleted; switched off stands for that.
                let account = account.filter(|account| account.is_active)?;
                Some(account.username.parse().expect("a version as the name"))
            }
            Thing::State => {
                let found = self.cached.user_state(&self.account, &self.contact).await;
                let (standing, _) = found.expect("the store answers");
                Some(u64::from(standing.state?.asked))
            }
        }
    }

    /// A read, and whether it was new enough.
    async fn checked_read(&self, thing: Thing) {
        let place = Self::place(thing);
        // Where a contact stands is read and written by whoever handles the contact, one
        // after the other; it is kept without a lease because of that.
        let _turn = match thing {
            Thing::State => Some(self.storing[place].lock().await),
            Thing::Automations | Thing::Account => None,
        };
        let floor = self.histories[place].lock().floor;
        let got = self.read(thing).await;
        let history = self.histories[place].lock();
        assert!(
            history.contents[floor..].contains(&got),
            "{thing:?}: read {got:?}, which was overtaken before the read began: {:?} from {floor} on",
            history.contents
        );
    }

    async fn change(&self, thing: Thing, present: bool) {
        let place = Self::place(thing);
        let storing = self.storing[place].lock().await;
        // What a read may see from the moment at which it could be stored.
        let version = {
            let mut history = self.histories[place].lock();
            let version = history.contents.len() as u64;
            history.contents.push(present.then_some(version));
            version
        };
        match thing {
            Thing::Automations => {
                self.store_automation(version, present).await;
                drop(storing);
                let (kind, target) = (AutomationType::DmAutomation, Target::All);
                self.cached
                    .invalidate_automations(&self.workspace, kind, &target)
                    .await;
            }
            Thing::Account => {
                let account = self.account_document(version, present);
                self.store
                    .put_account(&account)
                    .await
                    .expect("the store takes it");
                drop(storing);
                self.cached.invalidate_account(&self.account).await;
            }
            Thing::State => {
                // One contact's events never overlap, so neither do their commits and
                // write-throughs.
                let state = present.then(|| self.state_document(version));
                self.commit(state.clone()).await;
                let change = state.map_or(StateChange::Clear, StateChange::Set);
                let before = Standing::default();
                let write =
                    self.cached
                        .standing_write(&self.account, &self.contact, &before, &change);
                self.cached
                    .write_standing(write.expect("a change is written"))
                    .await;
                drop(storing);
            }
        }
        let mut history = self.histories[place].lock();
        history.floor = history
            .floor
            .max(usize::try_from(version).expect("few versions"));
    }

    async fn store_automation(&self, version: u64, present: bool) {
        let mut automation = shop::answer("the-one", 0, &[], "x");
        automation.id = format!("{}-automation", self.workspace).into();
        automation.workspace_id = self.workspace.clone();
        automation.name = version.to_string();
        automation.is_active = present;
        automation.version = u32::try_from(version).expect("few versions");
        let replaces = (version > 1).then(|| automation.version - 1);
        self.store
            .put_automation(&automation, replaces)
            .await
            .expect("the store takes it");
    }

    fn account_document(&self, version: u64, present: bool) -> Account {
        Account {
            id: self.account.clone(),
            workspace_id: self.workspace.clone(),
            username: version.to_string(),
            is_active: present,
            aliases: Vec::new(),
            settings: AccountSettings::default(),
        }
    }

    fn state_document(&self, version: u64) -> UserState {
        let now = self.clock.now();
        UserState {
            account_id: self.account.clone(),
            sender_id: self.contact.clone(),
            automation_id: "a".into(),
            automation_type: AutomationType::DmAutomation,
            target: Target::All,
            state: Awaiting::AwaitingEmail,
            asked: u32::try_from(version).expect("few versions"),
            started_by: None,
            event_at: now,
            updated_at: now,
            // Expiry is another matter: here only edits take it away.
            expires_at: now + 1_000 * Millis::DAY,
        }
    }

    async fn commit(&self, state: Option<UserState>) {
        let number = self.marks.fetch_add(1, Ordering::Relaxed);
        let now = self.clock.now();
        let change = state.map_or(StateChange::Clear, StateChange::Set);
        let mut event = Event::new(EventKind::DmText);
        event.account_id = Some(self.account.clone());
        event.contact_id = Some(self.contact.clone());
        let trace = Trace {
            kind: event.kind,
            at: now,
            reason: Reason::Started,
            summary: String::new(),
            automation_id: None,
            state_before: None,
            state_after: None,
            looked_at: Vec::new(),
            not_listed: 0,
            notes: Vec::new(),
            reads: Vec::new(),
        };
        let decision = Decision {
            state: change.clone(),
            contact: ContactChange::default(),
            effects: Vec::new(),
            trace,
        };
        let commit = Commit {
            mark: format!("{}-{number}", self.workspace),
            now,
            account_id: Some(self.account.clone()),
            contact_id: Some(self.contact.clone()),
            state: change,
            contact: None,
            outbox: Vec::new(),
            begins: false,
            record: DecisionRecord {
                delivery_id: DeliveryId(1),
                index: 0,
                event,
                decision,
            },
            hold: None,
            cached: None,
        };
        self.store.commit(commit).await.expect("the store takes it");
    }

    async fn take(&self, step: Step) {
        match step {
            Step::Read(thing) => self.checked_read(thing).await,
            Step::Edit(thing) => self.change(thing, true).await,
            Step::Remove(thing) => self.change(thing, false).await,
            Step::Expire => self.clock.advance(LONG),
            Step::Bypass(on) => self.cached.bypass_near(on),
        }
    }
}

/// Runs the steps, with these choices of the scheduler.
async fn run(database: Arc<Database>, number: u64, steps: Vec<Step>, choices: Vec<u16>) {
    let clock = Arc::new(VirtualClock::new(START));
    let gates = Arc::new(Gates::default());
    let store = Arc::new(HookedStore::new(database));
    let memory = MemoryCache::new(1 << 20, Arc::clone(&clock) as _);
    let cache = Arc::new(HookedCache::new(Arc::new(memory)));
    for (hooks, may_fail) in [(&store.hooks, false), (&cache.hooks, true)] {
        let gates = Arc::clone(&gates);
        hooks.set(move |call| Arc::clone(&gates).pass(call, may_fail));
    }
    let cached = Cached::new(
        Arc::clone(&store) as _,
        Arc::clone(&cache) as _,
        Arc::clone(&clock) as _,
        CachePolicy::default(),
    );
    let nothing = || {
        Mutex::new(History {
            contents: vec![None],
            floor: 0,
        })
    };
    let world = Arc::new(World {
        store: Arc::clone(&store),
        cached,
        clock,
        histories: [nothing(), nothing(), nothing()],
        storing: Default::default(),
        account: format!("account-{number}").into(),
        workspace: format!("workspace-{number}").into(),
        contact: "contact".into(),
        marks: AtomicU64::new(0),
    });

    let mut steps = steps.into_iter().peekable();
    let mut choices = choices.into_iter().cycle();
    let mut tasks = JoinSet::new();
    loop {
        gates.come_to_rest().await;
        while let Some(ended) = tasks.try_join_next() {
            ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        }
        let choice = choices.next().expect("the choices go round");
        let waiting = gates.waiting.lock().len();
        let options = waiting + usize::from(steps.peek().is_some());
        if options == 0 {
            assert!(tasks.is_empty(), "every task waits, and none at a gate");
            break;
        }
        let pick = usize::from(choice & 0xff) % options;
        if pick < waiting {
            let (_, may_fail, gate) = gates.waiting.lock().remove(pick);
            let fails = may_fail && (choice >> 8).is_multiple_of(6);
            let pass = if fails { Pass::Fail } else { Pass::GoOn };
            gate.send(pass).expect("somebody waits at the gate");
        } else if let Some(step) = steps.next() {
            let world = Arc::clone(&world);
            tasks.spawn(async move { world.take(step).await });
        }
    }

    // In the end everything is as it was stored last, also in the cache.
    store.hooks.clear();
    cache.hooks.clear();
    for thing in [Thing::Automations, Thing::Account, Thing::State] {
        let last = *world.histories[World::place(thing)]
            .lock()
            .contents
            .last()
            .expect("at least the beginning");
        for _ in 0..2 {
            assert_eq!(world.read(thing).await, last, "{thing:?} in the end");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn a_read_that_starts_after_an_edit_returned_is_new(
        steps in prop::collection::vec(step(), 2..14),
        choices in prop::collection::vec(any::<u16>(), 8..160),
    ) {
        thread_local! {
            // One file for all cases; each has its own documents in it.
            static DATABASE: Arc<Database> = Arc::new(
                Database::temporary(Arc::new(VirtualClock::new(START))).expect("a database"),
            );
        }
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let database = DATABASE.with(Arc::clone);
        runtime.block_on(run(database, number, steps, choices));
    }
}

fn cases() -> u32 {
    if std::env::var("HELIOGRAPH_LONG").is_ok_and(|long| long == "1") {
        20_000
    } else {
        1_000
    }
}
