//! The engine with everything that it runs on in the embedded profile: a database file, a
//! cache in memory, the Graph API client and the simulated Instagram behind HTTP. Time
//! passes only when a test lets it.

pub mod hooks;
pub mod served;
pub mod shop;
pub mod webhook;

use crate::wait::PATIENCE;
use anyhow::{Context, Result};
use bytes::Bytes;
use heliograph_embedded::{Database, MemoryCache, Settings};
use heliograph_engine::ports::{
    Clock, Documents, Journal, JournalFilter, OneProcess, Queue, VirtualClock,
};
use heliograph_engine::process::{Engine, EngineParts, EngineSettings};
use heliograph_engine::workspaces::Workspaces;
use heliograph_instagram::client::{Flavour, GraphClient, GraphConfig, Pacing, TokenMap};
use heliograph_instagram::simulated::{
    self, Comment, NewAccount, Sent, SimulatedInstagram, SimulatedServer, SimulatedSettings,
    simulated_token,
};
use heliograph_model::{
    AccountId, Contact, ContactId, DecisionRecord, DeliveryId, DeliverySource, Millis, NewDelivery,
    OutgoingAction, OutgoingMessage, SendRecord, UserState, WorkspaceFile,
};
use hooks::{HookedCache, HookedStore};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// When the virtual clock starts: an afternoon in November 2026.
pub const START: Millis = Millis(1_795_500_000_000);

/// How long much work may take on a busy machine.
const REST: Duration = Duration::from_secs(60);

/// The engine on its parts.
#[derive(Debug)]
pub struct Rig {
    /// Time.
    pub clock: Arc<VirtualClock>,
    /// Who receives what is sent, and plays the people.
    pub instagram: Arc<SimulatedInstagram>,
    /// The way there.
    pub client: Arc<GraphClient>,
    /// The tokens that the client uses.
    pub tokens: Arc<TokenMap>,
    /// The database.
    pub database: Arc<Database>,
    /// The database as the engine sees it: with hooks.
    pub store: Arc<HookedStore>,
    /// The cache as the engine sees it: with hooks.
    pub cache: Arc<HookedCache>,
    engine: Option<Engine>,
    settings: EngineSettings,
    counted: AtomicU64,
    _server: SimulatedServer,
    folder: TempDir,
}

impl Rig {
    /// The shop with two accounts and its usual automations.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start() -> Result<Self> {
        let file = shop::file(2, &shop::automations());
        Self::with(&file, EngineSettings::default()).await
    }

    /// The shop that also repeats what is written to it.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn parrot() -> Result<Self> {
        let mut automations = shop::automations();
        automations.push(shop::parrot());
        Self::with(&shop::file(2, &automations), EngineSettings::default()).await
    }

    /// Another workspace, other settings.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn with(file: &WorkspaceFile, settings: EngineSettings) -> Result<Self> {
        let clock = Arc::new(VirtualClock::new(START));
        let shared: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let instagram = Arc::new(SimulatedInstagram::new(
            Arc::clone(&shared),
            SimulatedSettings {
                keep_sent: 1_000_000,
                ..SimulatedSettings::strict_and_unpaced()
            },
        ));
        let tokens = Arc::new(TokenMap::new());
        for account in &file.accounts {
            instagram.add_account(NewAccount::new(account.id.clone(), &account.username));
            tokens.set(account.id.clone(), simulated_token(&account.id).into());
        }
        let tcp = TcpListener::bind("127.0.0.1:0").await?;
        let server = simulated::serve(tcp, Arc::clone(&instagram), std::future::pending())?;
        let config =
            GraphConfig::at(server.base_url(), Flavour::InstagramLogin).paced(Pacing::unlimited());
        let client = GraphClient::new(config, Arc::clone(&tokens) as _, Arc::clone(&shared))?;
        let folder = tempfile::tempdir()?;
        let database = Self::open(&folder, &clock)?;
        let store = Arc::new(HookedStore::new(Arc::clone(&database) as _));
        let cache = Arc::new(HookedCache::new(Arc::new(MemoryCache::new(
            32 << 20,
            Arc::clone(&shared),
        ))));
        let mut rig = Self {
            clock,
            instagram,
            client: Arc::new(client),
            tokens,
            database,
            store,
            cache,
            engine: None,
            settings,
            counted: AtomicU64::new(0),
            _server: server,
            folder,
        };
        rig.engine = Some(rig.start_engine().await?);
        rig.engine().workspaces().import(file).await?;
        Ok(rig)
    }

    fn open(folder: &TempDir, clock: &Arc<VirtualClock>) -> Result<Arc<Database>> {
        let settings = Settings {
            // What the machine's power does is not what these tests are about.
            durable: false,
            ..Settings::new(Arc::clone(clock) as _)
        };
        let (database, _) = Database::open(&folder.path().join("heliograph.db"), &settings)?;
        Ok(Arc::new(database))
    }

    async fn start_engine(&self) -> Result<Engine> {
        let parts = EngineParts {
            store: Arc::clone(&self.store) as _,
            documents: Arc::clone(&self.store) as _,
            queue: Arc::clone(&self.database) as _,
            cache: Arc::clone(&self.cache) as _,
            conversations: Arc::new(OneProcess),
            announcements: None,
            instagram: Arc::clone(&self.client) as _,
            clock: Arc::clone(&self.clock) as _,
        };
        Ok(Engine::start(parts, self.settings.clone()).await?)
    }

    /// The engine.
    ///
    /// # Panics
    /// After [`Self::stop`].
    #[must_use]
    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("the engine runs")
    }

    /// What time it is.
    #[must_use]
    pub fn clock_now(&self) -> Millis {
        self.clock.now()
    }

    /// Where automations are edited.
    #[must_use]
    pub fn workspaces(&self) -> &Workspaces {
        self.engine().workspaces()
    }

    /// The workspace's first account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        shop::account(0)
    }

    /// Stops the engine in good order, and leaves the database open.
    pub async fn stop(&mut self) {
        if let Some(engine) = self.engine.take() {
            engine.stop(PATIENCE).await;
        }
    }

    /// Drops the engine as it stands, as at the end of a process.
    pub fn cut_off(&mut self) {
        self.engine = None;
        self.database.close();
    }

    /// Opens the database again, and starts an engine with empty caches on it.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn restart(&mut self) -> Result<()> {
        self.engine = None;
        self.database.close();
        self.database = Self::open(&self.folder, &self.clock)?;
        self.store = Arc::new(HookedStore::new(Arc::clone(&self.database) as _));
        self.cache = Arc::new(HookedCache::new(Arc::new(MemoryCache::new(
            32 << 20,
            Arc::clone(&self.clock) as _,
        ))));
        self.engine = Some(self.start_engine().await?);
        Ok(())
    }

    /// Puts a body into the queue.
    ///
    /// # Errors
    /// When the queue does not take it.
    pub async fn deliver(&self, body: Bytes) -> Result<DeliveryId> {
        let delivery = NewDelivery {
            received_at: self.clock.now(),
            source: DeliverySource::Listener,
            body,
            secret: None,
            accounts: Vec::new(),
        };
        Ok(self.database.push(delivery).await?)
    }

    /// A message id that was not there before.
    #[must_use]
    pub fn mid(&self) -> String {
        format!("m_{}", self.counted.fetch_add(1, Ordering::Relaxed))
    }

    /// Somebody writes to an account; returns the webhook's item.
    pub fn write_to(&self, account: &AccountId, who: &str, text: &str) -> serde_json::Value {
        let (mid, who, now) = (self.mid(), ContactId::from(who), self.clock.now());
        let message = Some(mid.as_str().into());
        self.instagram.person_wrote(account, &who, message, now);
        webhook::text(account, &who, &mid, text, now)
    }

    /// Somebody writes to the first account; returns the body.
    #[must_use]
    pub fn written(&self, who: &str, text: &str) -> Bytes {
        let account = self.account();
        let item = self.write_to(&account, who, text);
        webhook::messaging(&account, &[item], self.clock.now())
    }

    /// Somebody writes to the first account, and the webhook is in the queue.
    ///
    /// # Errors
    /// When the queue does not take it.
    pub async fn say(&self, who: &str, text: &str) -> Result<DeliveryId> {
        self.deliver(self.written(who, text)).await
    }

    /// Somebody comments on a post of the first account; returns the comment's id.
    ///
    /// # Errors
    /// When the queue does not take it.
    pub async fn comment(&self, who: &str, text: &str) -> Result<String> {
        let (account, contact, now) = (self.account(), ContactId::from(who), self.clock.now());
        let id = self.instagram.new_numeric_id();
        let by = Some(contact.clone());
        self.instagram.add_comment(Comment::of_person(
            id.clone(),
            account.clone(),
            by,
            text,
            now,
        ));
        let body = webhook::comment(&account, &contact, (&id, "18000000000000071"), text, now);
        self.deliver(body).await?;
        Ok(id)
    }

    /// Somebody taps the first button that they were last sent.
    ///
    /// # Errors
    /// When there is none, or the queue does not take it.
    pub async fn tap(&self, who: &str) -> Result<DeliveryId> {
        let (account, contact, now) = (self.account(), ContactId::from(who), self.clock.now());
        let last = self.sent_to(who);
        let (title, payload) = last
            .iter()
            .rev()
            .find_map(|sent| button(&sent.message()?))
            .context("there is no button to tap")?;
        let mid = self.mid();
        self.instagram
            .person_wrote(&account, &contact, Some(mid.as_str().into()), now);
        let item = webhook::tap(&account, &contact, &mid, (&title, &payload), now);
        self.deliver(webhook::messaging(&account, &[item], now))
            .await
    }

    /// Waits until nothing is left to do at the present time.
    ///
    /// # Errors
    /// When that takes far too long.
    pub async fn settle(&self) -> Result<()> {
        tokio::time::timeout(REST, self.engine().settle())
            .await
            .context("the engine does not come to rest")??;
        Ok(())
    }

    /// Lets time pass, and waits until what has come due is done.
    ///
    /// # Errors
    /// When that takes far too long.
    pub async fn pass(&self, millis: i64) -> Result<()> {
        self.clock.advance(millis);
        self.settle().await
    }

    /// Lets time pass from one thing that is due to the next, as a clock would.
    ///
    /// # Errors
    /// When that takes far too long.
    pub async fn pass_slowly(&self, millis: i64) -> Result<()> {
        let end = self.clock.now() + millis;
        loop {
            self.settle().await?;
            match self.clock.next_due() {
                Some(due) if due < end => self.clock.advance_to(due.max(self.clock.now() + 1)),
                Some(_) | None => break,
            }
        }
        self.clock.advance_to(end);
        self.settle().await
    }

    /// What a person was sent, oldest first.
    #[must_use]
    pub fn sent_to(&self, who: &str) -> Vec<Arc<Sent>> {
        let mut sent = self.instagram.sent();
        sent.retain(|sent| {
            sent.contact_id
                .as_ref()
                .is_some_and(|id| id.as_str() == who)
        });
        sent
    }

    /// The texts that a person was sent, oldest first.
    #[must_use]
    pub fn texts(&self, who: &str) -> Vec<String> {
        self.sent_to(who)
            .iter()
            .filter_map(|sent| text_of(sent))
            .collect()
    }

    /// Where a person stands with the first account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn state(&self, who: &str) -> Result<Option<UserState>> {
        let now = self.clock.now();
        Ok(self
            .database
            .user_state(&self.account(), &who.into(), now)
            .await?)
    }

    /// A person as the engine stored them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn contact(&self, who: &str) -> Result<Option<Contact>> {
        Ok(self.database.contact(&self.account(), &who.into()).await?)
    }

    /// The decisions about a person, oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn decisions(&self, who: &str) -> Result<Vec<DecisionRecord>> {
        let mut page = self.search(who).await?.decisions;
        page.reverse();
        Ok(page)
    }

    /// The tries to send something to a person, oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn tries(&self, who: &str) -> Result<Vec<SendRecord>> {
        let mut sends = self.search(who).await?.sends;
        sends.sort_by_key(|record| (record.at, record.outbox_id, record.attempt));
        Ok(sends)
    }

    async fn search(&self, who: &str) -> Result<heliograph_engine::ports::JournalPage> {
        let filter = JournalFilter {
            contact_id: Some(who.into()),
            most: 10_000,
            ..JournalFilter::default()
        };
        Ok(self.database.search(&filter).await?)
    }

    /// Waits until `what` is so, while the engine works.
    ///
    /// # Errors
    /// When it does not come to be.
    pub async fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) -> Result<()> {
        let deadline = std::time::Instant::now() + PATIENCE;
        while !is_so() {
            anyhow::ensure!(
                std::time::Instant::now() < deadline,
                "waited in vain: {what}"
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }
}

/// The text of something that was sent, whatever its form.
#[must_use]
pub fn text_of(sent: &Sent) -> Option<String> {
    match sent.message()? {
        OutgoingMessage::Text { text, .. } | OutgoingMessage::Buttons { text, .. } => Some(text),
        OutgoingMessage::Carousel { .. } | OutgoingMessage::Media { .. } => None,
    }
}

fn button(message: &OutgoingMessage) -> Option<(String, String)> {
    match message {
        OutgoingMessage::Text { quick_replies, .. } => quick_replies
            .first()
            .map(|reply| (reply.title.clone(), reply.payload.clone())),
        OutgoingMessage::Buttons { buttons, .. } => {
            buttons.iter().find_map(|button| match &button.action {
                OutgoingAction::Payload(payload) => Some((button.title.clone(), payload.clone())),
                OutgoingAction::Url(_) => None,
            })
        }
        OutgoingMessage::Carousel { .. } | OutgoingMessage::Media { .. } => None,
    }
}
