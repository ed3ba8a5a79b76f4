//! A real embedded backend with something in it, and everything that it holds as text.

use super::calls::Ports;
use async_trait::async_trait;
use heliograph_embedded::{Database, MemoryCache};
use heliograph_engine::conformance::samples;
use heliograph_engine::ports::{
    Announcements, Archive, Asked, Bulletins, Cache, Clock, ConversationChange, Conversations,
    Documents, EventTime, Heard, HeardBulletin, Hold, Journal, JournalFilter, Ledger, Lookup, Mark,
    Opened, PortResult, Queue, Refusals, Stale, VirtualClock,
};
use heliograph_instagram::simulated::{DirectInstagram, SimulatedInstagram, SimulatedSettings};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Bulletin, Contact, ContactId,
    DeliveryId, Millis, OutboxItem, Target, UserState, Workspace, WorkspaceId,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A backend, and the ports straight to it.
pub(super) struct Backend {
    pub clock: Arc<VirtualClock>,
    pub database: Arc<Database>,
    pub cache: Arc<MemoryCache>,
    pub simulated: Arc<SimulatedInstagram>,
    pub others: Arc<Others>,
    pub item: OutboxItem,
}

impl Backend {
    /// Opens one and puts a document of each kind into it.
    pub(super) async fn filled() -> Self {
        let clock = Arc::new(VirtualClock::new(samples::START));
        let database = Database::temporary(Arc::clone(&clock) as Arc<dyn Clock>);
        let database = Arc::new(database.expect("a database"));
        let cache = Arc::new(MemoryCache::new(1 << 20, Arc::clone(&clock) as _));
        let simulated = Arc::new(SimulatedInstagram::new(
            Arc::clone(&clock) as _,
            SimulatedSettings::default(),
        ));
        let item = fill(&database, &cache).await.expect("it takes documents");
        Self {
            others: Arc::new(Others {
                database: Arc::clone(&database),
                writes: AtomicU64::new(0),
            }),
            clock,
            database,
            cache,
            simulated,
            item,
        }
    }

    /// The ports without a guard.
    pub(super) fn ports(&self) -> Ports {
        let instagram = DirectInstagram::new(Arc::clone(&self.simulated));
        Ports {
            store: Arc::clone(&self.database) as _,
            archive: Arc::clone(&self.others) as _,
            cache: Arc::clone(&self.cache) as _,
            queue: Arc::clone(&self.database) as _,
            jobs: Arc::clone(&self.database) as _,
            failed_sends: Arc::clone(&self.database) as _,
            instagram: Arc::new(instagram),
            conversations: Arc::clone(&self.others) as _,
            announcements: Arc::clone(&self.others) as _,
            bulletins: Arc::clone(&self.others) as _,
            keys: Arc::clone(&self.cache) as _,
        }
    }

    /// Everything that the backend holds: each row of each table, each known key, what was
    /// sent, and how often the other workers were written to.
    pub(super) async fn everything(&self) -> String {
        let mut text = tables(self.database.path());
        for key in ["user_state:1:2", "automation:w1:dm_automation:all"] {
            let value = self.cache.peek(key).await.expect("the cache is in memory");
            let ttl = self.cache.ttl(key).await.expect("the cache is in memory");
            text += &format!("{key} {value:?} {ttl:?}\n");
        }
        let sent = self.simulated.sent();
        let writes = self.others.writes.load(Ordering::SeqCst);
        text + &format!("{sent:?}\nwritten to the others: {writes}\n")
    }
}

async fn fill(database: &Arc<Database>, cache: &MemoryCache) -> PortResult<OutboxItem> {
    let account = "17841400000000001";
    database
        .put_workspace(&samples::workspace("w1", "One"))
        .await?;
    database
        .put_account(&samples::account(account, "w1", "one"))
        .await?;
    let automation = samples::automation("a1", "w1", 1);
    database.put_automation(&automation, None).await?;
    database
        .put_contact(&samples::contact(account, "p1", samples::START))
        .await?;
    let id = database
        .push(samples::delivery("{}", samples::START))
        .await?;
    assert_eq!(database.take(1).await?.len(), 1);
    database
        .push(samples::delivery("{}", samples::START))
        .await?;
    let mut commit = samples::commit("mid.1", samples::record(id, 0, "p1", "hello"));
    commit.outbox = vec![samples::outbox(id, "p1", samples::text("p1", "hi"))];
    database.commit(commit).await?;
    cache.put("user_state:1:2", "null".into(), 60_000).await?;
    let Lookup::Miss(_) = cache.get("automation:w1:dm_automation:all").await? else {
        panic!("the cache begins empty");
    };
    // The index is made up behind the commits' backs; a search waits for it.
    let words = JournalFilter {
        text: Some("hello".to_owned()),
        ..JournalFilter::default()
    };
    database.search(&words).await?;
    let mut items = database.outbox().await?;
    Ok(items.pop().expect("the commit's item"))
}

/// Each row of each table of a database file.
fn tables(path: &std::path::Path) -> String {
    let read = || -> rusqlite::Result<String> {
        let file = rusqlite::Connection::open(path)?;
        let names = file
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?
            .query_map([], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let mut text = String::new();
        for name in names {
            let mut rows = file.prepare(&format!("SELECT * FROM \"{name}\""))?;
            let columns = rows.column_count();
            let mut lines = rows
                .query_map([], |row| {
                    (0..columns)
                        .map(|at| Ok(format!("{:?}", row.get_ref(at)?)))
                        .collect::<rusqlite::Result<Vec<_>>>()
                })?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            lines.sort();
            text += &format!("{name}: {lines:?}\n");
        }
        Ok(text)
    };
    read().expect("the database can be read")
}

/// What the embedded profile has no backend for: it counts every write that reaches it.
#[derive(Debug)]
pub(super) struct Others {
    database: Arc<Database>,
    pub writes: AtomicU64,
}

impl Others {
    fn written(&self) {
        self.writes.fetch_add(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Conversations for Others {
    async fn open(
        &self,
        _: &AccountId,
        _: &ContactId,
        _: &str,
        _: EventTime,
    ) -> PortResult<Opened> {
        self.written();
        Ok(Opened::default())
    }

    async fn release(&self, _: &AccountId, _: &ContactId, _: Hold) {
        self.written();
    }
}

#[async_trait]
impl Announcements for Others {
    async fn announce(&self, _: &Stale) -> PortResult<Option<u64>> {
        self.written();
        Ok(None)
    }

    async fn ask(&self) -> PortResult<Option<Asked>> {
        self.written();
        Ok(None)
    }

    async fn obeyed(&self, _: &str) -> PortResult<()> {
        self.written();
        Ok(())
    }

    async fn hear(&self) -> Heard {
        Heard::Listening
    }
}

#[async_trait]
impl Bulletins for Others {
    async fn is_watched(&self) -> PortResult<bool> {
        Ok(true)
    }

    async fn publish(&self, _: &Bulletin) -> PortResult<()> {
        self.written();
        Ok(())
    }

    fn listen(&self) -> tokio::sync::mpsc::Receiver<HeardBulletin> {
        tokio::sync::mpsc::channel(1).1
    }
}

#[async_trait]
impl Archive for Others {
    async fn write(&self, _: &[ConversationChange], _: &[Mark]) -> PortResult<Refusals> {
        self.written();
        Ok(Refusals::default())
    }

    async fn remove_state(&self, _: &AccountId, _: &ContactId, _: Millis) -> PortResult<()> {
        self.written();
        Ok(())
    }

    async fn are_processed(&self, marks: &[String]) -> PortResult<Vec<bool>> {
        Ok(vec![false; marks.len()])
    }

    async fn newest_mark(&self) -> PortResult<Option<Millis>> {
        Ok(None)
    }
}

/// Stands for each method of the documents, which are the database's.
macro_rules! of_the_database {
    ($( $method:ident($($name:ident: $kind:ty),*) -> $answer:ty; )*) => {
        #[async_trait]
        impl Documents for Others {
            $( async fn $method(&self, $($name: $kind),*) -> PortResult<$answer> {
                self.database.$method($($name),*).await
            } )*
        }
    };
}

of_the_database! {
    workspaces() -> Vec<Workspace>;
    put_workspace(workspace: &Workspace) -> ();
    account(id: &AccountId) -> Option<Account>;
    accounts(workspace: &WorkspaceId) -> Vec<Account>;
    put_account(account: &Account) -> ();
    automation(id: &AutomationId) -> Option<Automation>;
    automations(workspace: &WorkspaceId) -> Vec<Automation>;
    active_automations(workspace: &WorkspaceId, kind: AutomationType, target: &Target) -> Vec<Automation>;
    put_automation(automation: &Automation, replaces: Option<u32>) -> ();
    delete_automation(id: &AutomationId) -> Option<Automation>;
    user_state(account: &AccountId, contact: &ContactId, now: Millis) -> Option<UserState>;
    user_states(account: &AccountId, now: Millis, most: usize) -> Vec<UserState>;
    contact(account: &AccountId, contact: &ContactId) -> Option<Contact>;
    contacts(account: &AccountId, most: usize) -> Vec<Contact>;
    put_contact(contact: &Contact) -> ();
}

/// The delivery that [`Backend::filled`] has taken.
pub(super) const TAKEN: DeliveryId = DeliveryId(1);
