//! The demo: the embedded profile with the demo workspace, its own listener, and people
//! who write to it over HTTP.

mod print;
pub(crate) mod script;

use anyhow::{Context, ensure};
use bytes::Bytes;
use heliograph_engine::ports::{Clock, SystemClock, VirtualClock};
use heliograph_instagram::simulated::{Person as SimulatedPerson, SimulatedInstagram};
use heliograph_lab::simulator::webhook::{self, Direct, Item};
use heliograph_listener::{AppSecret, ListenerSettings, RunningListener, signature};
use heliograph_model::{
    AccountId, CommentId, ContactId, Effect, Happening, MediaId, MessageId, Millis, OutgoingAction,
    OutgoingMessage,
};
use heliograph_runtime::{Profile, Runtime, made_up_secret};
use script::{Line, PEOPLE, Person};
use secrecy::SecretString;
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::broadcast;

/// The story and the post of the demo workspace that have an automation of their own.
const STORY: &str = "18000000000000031";
const POST: &str = "18000000000000071";

/// How long the listener may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A button that somebody could tap.
type Button = (String, String);

/// The demo, running.
pub(crate) struct Demo {
    runtime: Runtime,
    listener: RunningListener,
    clock: Arc<VirtualClock>,
    happenings: broadcast::Receiver<Arc<Happening>>,
    http: reqwest::Client,
    secret: SecretString,
    account: AccountId,
    simulated: Arc<SimulatedInstagram>,
    /// The first button of the last message with buttons that each person got.
    buttons: HashMap<ContactId, Button>,
    /// The last body posted.
    last: Bytes,
    counter: u32,
    json: bool,
}

impl Demo {
    /// Starts it all.
    ///
    /// # Errors
    /// When something does not start.
    pub(crate) async fn start(json: bool) -> anyhow::Result<Self> {
        // The clock stands still until the script lets time pass.
        let clock = Arc::new(VirtualClock::new(SystemClock.now()));
        let runtime =
            Runtime::open(Profile::default(), Arc::clone(&clock) as Arc<dyn Clock>).await?;
        let demo = heliograph_lab::demo_workspace();
        runtime.engine().workspaces().import(&demo).await?;
        let account = demo
            .accounts
            .first()
            .context("the demo has an account")?
            .id
            .clone();
        let simulated = Arc::clone(runtime.simulated().context("Instagram is simulated here")?);
        for person in PEOPLE {
            simulated.add_person(
                &account,
                SimulatedPerson::named(person.id, person.name, person.username),
            );
        }
        let secret = SecretString::from(made_up_secret());
        let settings = ListenerSettings {
            verify_token: Some(made_up_secret().into()),
            secrets: vec![AppSecret {
                name: "demo".to_owned(),
                secret: secret.clone(),
                accounts: Vec::new(),
            }],
            ..ListenerSettings::default()
        };
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let listener = runtime.listen(tcp, settings)?;
        let this = Self {
            happenings: runtime.engine().happenings().watch(),
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(PATIENCE)
                .build()?,
            runtime,
            listener,
            clock,
            secret,
            account,
            simulated,
            buttons: HashMap::new(),
            last: Bytes::new(),
            counter: 0,
            json,
        };
        if !json {
            print::opening(&this.listener.url(), this.runtime.instagram_address())?;
        }
        Ok(this)
    }

    /// Plays one line, and prints what came of it.
    ///
    /// # Errors
    /// When the listener does not take a delivery.
    pub(crate) async fn play(&mut self, line: &Line) -> anyhow::Result<()> {
        // Things take a moment also where the clock stands still.
        self.clock.advance(2 * Millis::SECOND);
        match line {
            Line::Scene(_) => {}
            Line::Pass(millis) => {
                self.clock.advance(*millis);
            }
            Line::Follow(person) => {
                self.simulated
                    .set_follows(&self.account, &person.id.into(), true);
            }
            Line::Again => self.post(self.last.clone()).await?,
            Line::Say(person, text) => {
                let mid = self.message_id();
                let item = self.direct(&person.id.into()).text(&mid, text);
                self.post_item(item).await?;
            }
            Line::Tap(person) => {
                let (title, payload) = self.button_of(*person)?;
                let mid = self.message_id();
                let item = self
                    .direct(&person.id.into())
                    .postback(&mid, &title, &payload);
                self.post_item(item).await?;
            }
            Line::ReplyToStory(person, text) => {
                let mid = self.message_id();
                let item =
                    self.direct(&person.id.into())
                        .story_reply(&mid, &MediaId::from(STORY), text);
                self.post_item(item).await?;
            }
            Line::Comment(person, text) => {
                self.counter += 1;
                let id = CommentId::from(format!("1800000000001{:04}", self.counter));
                let comment = webhook::Comment {
                    id: &id,
                    from: person.id,
                    username: person.username,
                    media: &MediaId::from(POST),
                    original_media: None,
                    live: false,
                    parent: None,
                    text,
                };
                self.post_item(comment.item(self.clock.now())).await?;
            }
        }
        self.runtime.engine().settle().await?;
        let happened = self.collect();
        let states = self.states().await?;
        print::line(line, self.clock.now(), &happened, &states, self.json)
    }

    /// So many people write at once, tap, and give an address.
    ///
    /// # Errors
    /// When the listener does not take a delivery.
    pub(crate) async fn crowd(&mut self, people: u32) -> anyhow::Result<()> {
        let ids: Vec<ContactId> = (0..people)
            .map(|number| format!("90000000001{number:04}").into())
            .collect();
        let started = Instant::now();
        let before = self.runtime.engine().work();
        for id in &ids {
            let mid = self.message_id();
            self.post_item(self.direct(id).text(&mid, "menu?")).await?;
        }
        self.settle_soon().await?;
        self.collect();
        for id in &ids {
            let Some((title, payload)) = self.buttons.get(id).cloned() else {
                continue;
            };
            let mid = self.message_id();
            self.post_item(self.direct(id).postback(&mid, &title, &payload))
                .await?;
        }
        for id in &ids {
            for text in ["my address?", "me@example.com", "open on sunday?"] {
                let mid = self.message_id();
                self.post_item(self.direct(id).text(&mid, text)).await?;
            }
        }
        self.settle_soon().await?;
        self.collect();
        let after = self.runtime.engine().work();
        let (deliveries, sent) = (
            after.deliveries - before.deliveries,
            after.sent - before.sent,
        );
        print::crowd(people, deliveries, sent, started.elapsed(), self.json)
    }

    /// Lets time pass until the sends that Instagram's pace holds back have left.
    async fn settle_soon(&self) -> anyhow::Result<()> {
        let until = self.clock.now() + 5 * Millis::MINUTE;
        self.runtime.engine().settle().await?;
        while let Some(due) = self.clock.next_due().filter(|due| *due <= until) {
            // At least a second at a time: they leave one by one, milliseconds apart.
            self.clock
                .advance_to(due.max(self.clock.now() + Millis::SECOND));
            self.runtime.engine().settle().await?;
        }
        Ok(())
    }

    /// Prints the hit rates and ends everything. Whether all went as it should.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) async fn finish(self) -> anyhow::Result<bool> {
        let (work, cache) = (
            self.runtime.engine().work(),
            self.runtime.engine().cache_figures(),
        );
        print::figures(&work, &cache, self.json)?;
        self.listener.stop().await;
        self.runtime.stop().await;
        Ok(work.failed + work.unknown + work.dead == 0 && work.sent > 0)
    }

    fn direct<'a>(&'a self, person: &'a ContactId) -> Direct<'a> {
        Direct {
            account: &self.account,
            person,
            at: self.clock.now(),
        }
    }

    fn message_id(&mut self) -> MessageId {
        self.counter += 1;
        format!("aWdfZAdemo{:06}", self.counter).into()
    }

    fn button_of(&self, person: Person) -> anyhow::Result<Button> {
        self.buttons
            .get(&ContactId::from(person.id))
            .cloned()
            .with_context(|| format!("{} has no button to tap", person.name))
    }

    async fn post_item(&mut self, item: Item) -> anyhow::Result<()> {
        let body = webhook::body(&self.account, self.clock.now(), &[item]);
        self.post(body.into()).await
    }

    /// Posts a signed body to the listener, as Meta would.
    async fn post(&mut self, body: Bytes) -> anyhow::Result<()> {
        self.last = body.clone();
        let answer = self
            .http
            .post(self.listener.url())
            .header("content-type", "application/json")
            .header(signature::HEADER, signature::sign(&self.secret, &body))
            .body(body)
            .send()
            .await?;
        ensure!(
            answer.status().is_success(),
            "the listener answered {}",
            answer.status()
        );
        Ok(())
    }

    /// What has happened since the last look; remembers the buttons that were sent.
    fn collect(&mut self) -> Vec<Arc<Happening>> {
        let mut happened = Vec::new();
        loop {
            match self.happenings.try_recv() {
                Ok(happening) => happened.push(happening),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => break,
            }
        }
        for happening in &happened {
            if let Happening::Sent(record) = &**happening
                && let Some(contact) = &record.contact_id
                && let Effect::Send {
                    message: OutgoingMessage::Buttons { buttons, .. },
                    ..
                } = &record.effect
                && let Some(button) = buttons.first()
                && let OutgoingAction::Payload(payload) = &button.action
            {
                self.buttons
                    .insert(contact.clone(), (button.title.clone(), payload.clone()));
            }
        }
        happened
    }

    /// Where the people of the script stand.
    async fn states(&self) -> anyhow::Result<Vec<(Person, Option<heliograph_model::Awaiting>)>> {
        let store = self.runtime.store();
        let mut states = Vec::new();
        for person in PEOPLE {
            let state = store
                .user_state(&self.account, &person.id.into(), self.clock.now())
                .await?;
            states.push((person, state.map(|state| state.state)));
        }
        Ok(states)
    }
}
