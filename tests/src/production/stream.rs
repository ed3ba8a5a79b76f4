//! A stream of webhooks that goes on while servers come and go, and what has to come of
//! it.

use super::site::{Pushing, Site, Worker};
use super::{PATIENCE, places};
use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use heliograph_engine::ports::Queue;
use heliograph_model::{AccountId, ContactId, Effect, OutboxState, SendRecord};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The pause before a webhook is pushed again that the queue did not take.
const AGAIN: Duration = Duration::from_millis(50);

/// Many contacts who write again and again, one message after the other each. A message
/// that the queue does not take is pushed until it does.
#[derive(Debug)]
pub struct Stream {
    writing: JoinSet<Result<()>>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    is_over: AtomicBool,
    accepted: AtomicUsize,
    refused: AtomicUsize,
    books: Mutex<Books>,
}

/// Whether messages to a contact come in the order of theirs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// They do.
    #[default]
    Kept,
    /// Events that a worker took and did not end come back after later ones.
    Lost,
}

/// What was accepted, and what has to come of it.
#[derive(Debug, Default, Clone)]
pub struct Books {
    /// The ids of the messages.
    pub mids: BTreeSet<String>,
    /// Whom each contact writes to.
    pub accounts: BTreeMap<ContactId, AccountId>,
    /// What each contact is to be sent, in order.
    pub answers: BTreeMap<ContactId, Vec<String>>,
    /// Who is asked for a click in the end, and has a state.
    pub awaiting: BTreeSet<ContactId>,
    /// How often the queue did not take a webhook, or did not say so.
    pub refused: usize,
    /// Whether what each contact is sent has to be in order.
    pub order: Order,
}

impl Stream {
    /// So many contacts begin to write, every `pause` each.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn start(site: &Arc<Site>, contacts: usize, pause: Duration) -> Result<Self> {
        let queue = site.queue().await?;
        let shared = Arc::new(Shared {
            is_over: AtomicBool::new(false),
            accepted: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            books: Mutex::default(),
        });
        let mut writing = JoinSet::new();
        for number in 0..contacts {
            writing.spawn(write(
                Arc::clone(site),
                queue.clone(),
                Arc::clone(&shared),
                number,
                pause,
            ));
        }
        Ok(Self { writing, shared })
    }

    /// Waits until so many more webhooks were accepted.
    ///
    /// # Errors
    /// When they are not.
    pub async fn goes_on(&self, more: usize) -> Result<()> {
        let enough = self.shared.accepted.load(Ordering::SeqCst) + more;
        crate::wait::until_within(PATIENCE, "more webhooks are accepted", || async {
            let accepted = self.shared.accepted.load(Ordering::SeqCst);
            Ok((accepted >= enough).then_some(()))
        })
        .await
    }

    /// Ends it.
    ///
    /// # Errors
    /// When the queue takes nothing any more.
    pub async fn end(mut self) -> Result<Books> {
        self.shared.is_over.store(true, Ordering::SeqCst);
        let all = async {
            while let Some(ended) = self.writing.join_next().await {
                ended??;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, all)
            .await
            .context("the queue does not take the last webhooks")??;
        let mut books = self.shared.books.lock().clone();
        books.refused = self.shared.refused.load(Ordering::SeqCst);
        Ok(books)
    }
}

async fn write(
    site: Arc<Site>,
    queue: Pushing,
    shared: Arc<Shared>,
    number: usize,
    pause: Duration,
) -> Result<()> {
    let (account, who) = (site.account(number), format!("person-{number}"));
    let mut counted = 0;
    while !shared.is_over.load(Ordering::SeqCst) {
        let text = format!("message {counted}");
        counted += 1;
        let answer = format!("You wrote {text}");
        say(&site, &queue, &shared, (&account, &who), &text, answer).await?;
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

async fn say(
    site: &Site,
    queue: &Pushing,
    shared: &Shared,
    (account, who): (&AccountId, &str),
    text: &str,
    answer: String,
) -> Result<()> {
    let (mid, body) = site.written(account, who, text);
    push(queue, body, &shared.refused).await?;
    let mut books = shared.books.lock();
    books.mids.insert(mid);
    books.accounts.insert(who.into(), account.clone());
    books.answers.entry(who.into()).or_default().push(answer);
    shared.accepted.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

/// Pushes until it is accepted.
async fn push(queue: &Pushing, body: Bytes, refused: &AtomicUsize) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = queue.push(body.clone()).await {
        refused.fetch_add(1, Ordering::SeqCst);
        ensure!(
            Instant::now() < deadline,
            "the queue takes nothing any more: {error}"
        );
        tokio::time::sleep(AGAIN).await;
    }
    Ok(())
}

/// What is different from what it has to be.
#[derive(Debug, Default)]
struct Differences {
    missing: Vec<String>,
    wrong: Vec<String>,
}

impl Books {
    /// Every second contact asks for the price, and from then on has a state: the
    /// conversation waits for a click. To be called when everything else is answered, for
    /// what comes after a later message is not.
    ///
    /// # Errors
    /// When the queue does not take it.
    pub async fn ask_for_the_price(&mut self, site: &Site) -> Result<()> {
        let queue = site.queue().await?;
        let contacts: Vec<_> = self.answers.keys().cloned().collect();
        for who in contacts.into_iter().step_by(2) {
            let account = self.accounts[&who].clone();
            let (mid, body) = site.written(&account, who.as_str(), "price");
            queue.push(body).await?;
            self.mids.insert(mid);
            let answer = "Would you like to know the price?".to_owned();
            self.answers.entry(who.clone()).or_default().push(answer);
            self.awaiting.insert(who);
        }
        Ok(())
    }

    /// Waits until everything that was accepted has taken effect, once: in MongoDB, and at
    /// the simulated Instagram. A message may be there twice only where a worker marked
    /// it as uncertain, and may be missing only where a worker says that nobody knows
    /// whether it arrived.
    ///
    /// # Errors
    /// With what is different.
    pub async fn balance(&self, site: &Site, workers: &[&Worker]) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let queue = site.queue().await?;
        loop {
            let mut found = self.differences(site, workers).await?;
            if found.missing.is_empty() {
                found.missing.extend(busy(&queue, workers).await?);
            }
            ensure!(
                found.wrong.is_empty(),
                "{} things are wrong:\n{}",
                found.wrong.len(),
                some(&found.wrong)
            );
            if found.missing.is_empty() {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!(
                    "{} things are missing still:\n{}\n{}",
                    found.missing.len(),
                    some(&found.missing),
                    some(&places::on_their_way(&site.place)?)
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn differences(&self, site: &Site, workers: &[&Worker]) -> Result<Differences> {
        let mut found = Differences::default();
        self.look_at_instagram(site, workers, &mut found);
        let marks = texts_of(
            &places::of(&site.database, "processed_events").await?,
            "_id",
        );
        let unmarked = self.mids.iter().filter(|mid| !marks.contains(*mid));
        found
            .missing
            .extend(unmarked.map(|mid| format!("{mid} is not among the processed events")));
        let awaiting: BTreeSet<&str> = self.awaiting.iter().map(AsRef::as_ref).collect();
        let states = texts_of(
            &places::of(&site.database, "user_states").await?,
            "senderId",
        );
        let contacts = texts_of(&places::of(&site.database, "contacts").await?, "senderId");
        for who in self.answers.keys() {
            let has_state = states.contains(who.as_str());
            if has_state != awaiting.contains(who.as_str()) {
                let what = format!("the state of {who} in MongoDB, which is {has_state}");
                found.missing.push(what);
            }
            if !contacts.contains(who.as_str()) {
                found.missing.push(format!("the contact {who} in MongoDB"));
            }
        }
        Ok(found)
    }

    fn look_at_instagram(&self, site: &Site, workers: &[&Worker], found: &mut Differences) {
        let records: Vec<_> = workers.iter().flat_map(|worker| worker.sends()).collect();
        let uncertain = said(&records, |record| record.uncertain);
        let unknown = said(&records, |record| record.state == OutboxState::Unknown);
        let all = site.all_texts();
        let none = Vec::new();
        for (who, answers) in &self.answers {
            let sent = all.get(who).unwrap_or(&none);
            let mut counted: HashMap<&str, usize> = HashMap::new();
            let mut order = Vec::with_capacity(sent.len());
            for text in sent {
                let times = counted.entry(text).or_default();
                *times += 1;
                if *times == 1 {
                    order.push(text.as_str());
                } else if !uncertain.contains(&(who.clone(), text.clone())) {
                    found.wrong.push(format!("{who} was sent “{text}” twice"));
                }
            }
            let expected: Vec<_> = answers
                .iter()
                .filter(|text| {
                    counted.contains_key(text.as_str())
                        || !unknown.contains(&(who.clone(), (*text).clone()))
                })
                .map(String::as_str)
                .collect();
            if order == expected {
                continue;
            }
            let before = found.missing.len();
            let missing = expected.iter().filter(|text| !counted.contains_key(*text));
            found
                .missing
                .extend(missing.map(|text| format!("{who} was not sent “{text}”")));
            if found.missing.len() == before && self.order == Order::Kept {
                // Tells whether they were handled in another order, or sent in another one.
                let mut committed: Vec<_> = records
                    .iter()
                    .filter(|record| record.contact_id.as_ref() == Some(who))
                    .filter_map(|record| Some((record.outbox_id, text(&record.effect)?)))
                    .collect();
                committed.sort_by_key(|(id, _)| *id);
                found.wrong.push(format!(
                    "{who} was sent {order:?}, and it should be {expected:?}; committed: {committed:?}"
                ));
            }
        }
    }
}

/// What is still under way.
async fn busy(queue: &Pushing, workers: &[&Worker]) -> Result<Vec<String>> {
    let mut busy = Vec::new();
    let depth = queue.bull().depth().await?;
    if (depth.waiting, depth.active, depth.delayed, depth.dead) != (0, 0, 0, 0) {
        busy.push(format!("the queue is not empty: {depth:?}"));
    }
    for worker in workers {
        let backlog = worker.runtime.backlog().context("it writes behind")?;
        let waiting = backlog.backlog().await?.waiting;
        if waiting > 0 {
            busy.push(format!("{waiting} changes are not in MongoDB"));
        }
    }
    Ok(busy)
}

/// The messages that workers say something of.
fn said(records: &[SendRecord], what: fn(&SendRecord) -> bool) -> BTreeSet<(ContactId, String)> {
    records
        .iter()
        .filter(|record| what(record))
        .filter_map(|record| Some((record.contact_id.clone()?, text(&record.effect)?)))
        .collect()
}

/// The text of an effect that is a message.
fn text(effect: &Effect) -> Option<String> {
    use heliograph_model::OutgoingMessage;
    match effect {
        Effect::Send { message, .. } => match message {
            OutgoingMessage::Text { text, .. } | OutgoingMessage::Buttons { text, .. } => {
                Some(text.clone())
            }
            OutgoingMessage::Carousel { .. } | OutgoingMessage::Media { .. } => None,
        },
        Effect::ReplyToComment { .. } | Effect::React { .. } => None,
    }
}

fn texts_of(documents: &[mongodb::bson::Document], field: &str) -> BTreeSet<String> {
    documents
        .iter()
        .filter_map(|document| document.get_str(field).ok())
        .map(str::to_owned)
        .collect()
}

fn some(all: &[String]) -> String {
    all[..all.len().min(20)].join("\n")
}
