//! A production place with its workers, and the simulated Instagram that all of them send
//! to.

use super::{Servers, clock, places};
use crate::rig::{shop, text_of, webhook};
use anyhow::{Context, Result};
use bytes::Bytes;
use heliograph_bullmq::BullQueue;
use heliograph_engine::ports::{Clock, Documents, Queue};
use heliograph_engine::process::EngineSettings;
use heliograph_instagram::client::Flavour;
use heliograph_instagram::simulated::{
    self, NewAccount, Sent, SimulatedInstagram, SimulatedServer, SimulatedSettings, simulated_token,
};
use heliograph_model::{
    AccountId, ContactId, DeliverySource, GuardLevel, Happening, NewDelivery, OutgoingAction,
    OutgoingMessage, SendRecord,
};
use heliograph_mongo::MongoStore;
use heliograph_runtime::{GraphPlace, InstagramPlace, Place, ProductionPlace, Profile, Runtime};
use mongodb::bson::{Document, doc};
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

/// A place on real servers, with the shop's documents in MongoDB, tokens included, and the
/// Instagram that the shop's accounts are on.
#[derive(Debug)]
pub struct Site {
    /// Where everything is.
    pub place: ProductionPlace,
    /// Who receives what is sent, and plays the people.
    pub instagram: Arc<SimulatedInstagram>,
    /// Where requests to it go.
    pub graph: String,
    /// How the workers' engines work.
    pub settings: EngineSettings,
    /// The database, as another application sees it.
    pub database: mongodb::Database,
    clock: Arc<dyn Clock>,
    accounts: usize,
    counted: AtomicU64,
    _server: SimulatedServer,
}

impl Site {
    /// The shop with so many accounts and these automations, on a place of its own.
    ///
    /// # Errors
    /// When something cannot be reached.
    pub async fn open(servers: &Servers, accounts: usize, automations: &[Value]) -> Result<Self> {
        Self::at(servers.place(), accounts, automations).await
    }

    /// The same on a place that a test has made.
    ///
    /// # Errors
    /// When something cannot be reached.
    pub async fn at(
        place: ProductionPlace,
        accounts: usize,
        automations: &[Value],
    ) -> Result<Self> {
        let clock = clock();
        let instagram = Arc::new(SimulatedInstagram::new(
            Arc::clone(&clock),
            SimulatedSettings {
                keep_sent: 1_000_000,
                ..SimulatedSettings::strict_and_unpaced()
            },
        ));
        let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let server = simulated::serve(tcp, Arc::clone(&instagram), std::future::pending())?;
        let database = places::database(&place).await?;
        let site = Self {
            graph: server.base_url(),
            settings: EngineSettings::default(),
            counted: AtomicU64::new(0),
            _server: server,
            place,
            instagram,
            database,
            clock,
            accounts,
        };
        site.furnish(automations).await?;
        Ok(site)
    }

    /// Puts the shop into MongoDB, and its accounts on Instagram.
    async fn furnish(&self, automations: &[Value]) -> Result<()> {
        let store = MongoStore::connect(self.place.mongo.clone()).await?;
        store.create_indexes().await?;
        let file = shop::file(self.accounts, automations);
        store.put_workspace(&file.workspace).await?;
        for account in &file.accounts {
            let new = NewAccount::new(account.id.clone(), &account.username);
            self.instagram.add_account(new);
            store.put_account(account).await?;
            self.give_token(&account.id, &simulated_token(&account.id))
                .await?;
        }
        for automation in &file.automations {
            store.put_automation(automation, None).await?;
        }
        Ok(())
    }

    /// Writes an account's token into its document, as another application would.
    ///
    /// # Errors
    /// When MongoDB does not take it.
    pub async fn give_token(&self, account: &AccountId, token: &str) -> Result<()> {
        let accounts = self.database.collection::<Document>("accounts");
        let which = doc! { "instagramUserId": account.as_str() };
        let token = doc! { "$set": { "accessToken": token } };
        let updated = accounts.update_one(which, token).await?;
        anyhow::ensure!(updated.matched_count == 1, "there is no account {account}");
        Ok(())
    }

    /// A worker on this place.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn worker(&self) -> Result<Worker> {
        self.worker_at(self.place.clone(), GuardLevel::Live).await
    }

    /// A worker on a place that differs a little, or at another guard level.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn worker_at(&self, place: ProductionPlace, guard: GuardLevel) -> Result<Worker> {
        let settings = self.settings.clone();
        Worker::start(place, guard, &self.graph, settings).await
    }

    /// This place with a queue of its own, for a worker that must be the one who handles
    /// something.
    #[must_use]
    pub fn with_own_queue(&self, name: &str) -> ProductionPlace {
        let mut place = self.place.clone();
        place.queue.queue = format!("{}-{name}", place.queue.queue);
        place
    }

    /// The place as a person opens it in a window, at *observe*.
    ///
    /// # Errors
    /// When something cannot be reached.
    pub async fn at_hand(&self) -> Result<Arc<Runtime>> {
        let engine = self.settings.clone();
        let profile = profile(self.place.clone(), GuardLevel::Observe, &self.graph, engine);
        Ok(Arc::new(
            Runtime::open_at_hand(profile, clock(), None).await?,
        ))
    }

    /// Somebody begins the flow of the first account, and a worker answers.
    ///
    /// # Errors
    /// When no worker does.
    pub async fn asks_for_the_price(&self, who: &str) -> Result<()> {
        let (_, body) = self.written(&self.account(0), who, "price");
        self.queue().await?.push(body).await?;
        self.is_sent(who, "Would you like to know the price?").await
    }

    /// Where webhooks are pushed that any worker of this place may take.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn queue(&self) -> Result<Pushing> {
        self.queue_of(&self.place).await
    }

    /// The same for a place with a queue of its own.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn queue_of(&self, place: &ProductionPlace) -> Result<Pushing> {
        let queue = BullQueue::connect(place.queue.clone(), Arc::clone(&self.clock)).await?;
        Ok(Pushing {
            queue: Arc::new(queue),
            clock: Arc::clone(&self.clock),
        })
    }

    /// A connection of the test's own to Redis.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn redis(&self) -> Result<redis::Connection> {
        places::redis(&self.place)
    }

    /// The account that a contact with this number writes to.
    #[must_use]
    pub fn account(&self, number: usize) -> AccountId {
        shop::account(number % self.accounts)
    }

    /// A message id that was not there before.
    #[must_use]
    pub fn mid(&self) -> String {
        let number = self.counted.fetch_add(1, Ordering::Relaxed);
        format!("m_{}_{number}", self.place.mongo.database)
    }

    /// Somebody writes to an account; returns the message's id and the webhook's body.
    #[must_use]
    pub fn written(&self, account: &AccountId, who: &str, text: &str) -> (String, Bytes) {
        let (mid, who, now) = (self.mid(), ContactId::from(who), self.clock.now());
        let message = Some(mid.as_str().into());
        self.instagram.person_wrote(account, &who, message, now);
        let item = webhook::text(account, &who, &mid, text, now);
        (mid, webhook::messaging(account, &[item], now))
    }

    /// Somebody taps the first button of the last message that had one; returns the
    /// click's id and the webhook's body.
    ///
    /// # Errors
    /// When there is none.
    pub fn tapped(&self, account: &AccountId, who: &str) -> Result<(String, Bytes)> {
        let (mid, now) = (self.mid(), self.clock.now());
        let (title, payload) = self
            .sent_to(who)
            .iter()
            .rev()
            .find_map(|sent| button(&sent.message()?))
            .context("there is no button to tap")?;
        let who = ContactId::from(who);
        self.instagram
            .person_wrote(account, &who, Some(mid.as_str().into()), now);
        let item = webhook::tap(account, &who, &mid, (&title, &payload), now);
        Ok((mid, webhook::messaging(account, &[item], now)))
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

    /// The texts that everybody was sent, oldest first for each.
    #[must_use]
    pub fn all_texts(&self) -> HashMap<ContactId, Vec<String>> {
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for sent in self.instagram.sent() {
            if let (Some(who), Some(text)) = (sent.contact_id.clone(), text_of(&sent)) {
                all.entry(who).or_default().push(text);
            }
        }
        all
    }

    /// Waits until a person was sent a text.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn is_sent(&self, who: &str, text: &str) -> Result<()> {
        let what = format!("{who} is sent “{text}”");
        crate::wait::until_within(super::PATIENCE, &what, || async {
            Ok(self
                .texts(who)
                .iter()
                .any(|sent| sent == text)
                .then_some(()))
        })
        .await
    }
}

fn button(message: &OutgoingMessage) -> Option<(String, String)> {
    let OutgoingMessage::Buttons { buttons, .. } = message else {
        return None;
    };
    buttons.iter().find_map(|button| match &button.action {
        OutgoingAction::Payload(payload) => Some((button.title.clone(), payload.clone())),
        OutgoingAction::Url(_) => None,
    })
}

/// A queue that is only filled.
#[derive(Debug, Clone)]
pub struct Pushing {
    queue: Arc<BullQueue>,
    clock: Arc<dyn Clock>,
}

impl Pushing {
    /// Puts a body in; it is accepted when this returns.
    ///
    /// # Errors
    /// When the queue does not take it, or does not say that it did.
    pub async fn push(&self, body: Bytes) -> Result<()> {
        self.queue
            .push(NewDelivery {
                received_at: self.clock.now(),
                source: DeliverySource::Listener,
                body,
                secret: None,
                accounts: Vec::new(),
            })
            .await?;
        Ok(())
    }

    /// What is in it.
    #[must_use]
    pub fn bull(&self) -> &BullQueue {
        &self.queue
    }
}

/// A worker, and what it says of its sends.
#[derive(Debug)]
pub struct Worker {
    /// The running profile.
    pub runtime: Arc<Runtime>,
    sends: Arc<Mutex<Vec<SendRecord>>>,
    watching: JoinHandle<()>,
}

impl Worker {
    /// Starts one that sends to the Instagram at `graph`.
    ///
    /// # Errors
    /// When something cannot be reached.
    pub async fn start(
        place: ProductionPlace,
        guard: GuardLevel,
        graph: &str,
        engine: EngineSettings,
    ) -> Result<Self> {
        let profile = profile(place, guard, graph, engine);
        let runtime = Arc::new(Runtime::open(profile, clock()).await?);
        let sends: Arc<Mutex<Vec<SendRecord>>> = Arc::default();
        let mut happenings = runtime.engine().happenings().watch();
        let watching = tokio::spawn({
            let sends = Arc::clone(&sends);
            async move {
                loop {
                    match happenings.recv().await {
                        Ok(happening) => {
                            if let Happening::Sent(record) = &*happening {
                                sends.lock().push((**record).clone());
                            }
                        }
                        Err(RecvError::Lagged(_)) => {}
                        Err(RecvError::Closed) => return,
                    }
                }
            }
        });
        Ok(Self {
            runtime,
            sends,
            watching,
        })
    }

    /// How its tries to send ended, oldest first.
    #[must_use]
    pub fn sends(&self) -> Vec<SendRecord> {
        self.sends.lock().clone()
    }

    /// Ends it in good order.
    pub async fn stop(self) {
        self.runtime.stop().await;
        self.watching.abort();
    }
}

/// A place as a profile that sends to the Instagram at `graph`.
fn profile(
    place: ProductionPlace,
    guard: GuardLevel,
    graph: &str,
    engine: EngineSettings,
) -> Profile {
    Profile {
        name: "tests".to_owned(),
        guard,
        place: Place::Production(Box::new(place)),
        instagram: InstagramPlace::Graph(GraphPlace {
            base_url: graph.to_owned(),
            version: None,
            flavour: Flavour::InstagramLogin,
            sends_per_second: None,
            tokens: Vec::new(),
            any: None,
        }),
        engine,
    }
}
