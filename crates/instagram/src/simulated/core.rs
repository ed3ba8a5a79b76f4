//! The simulated Instagram itself: what it knows, and the way of a request through its
//! rules. There is no HTTP in here.

use super::{
    accounts::{Accounts, NewAccount},
    comments::{Comment, Media},
    errors::{GraphError, Ruling},
    fault::{Failure, Fault, FaultId, Faults, Requests},
    messages,
    pacing::Usage,
    people::Person,
    profile,
    sent::{Counters, Sent, SentLog},
    settings::SimulatedSettings,
    subscriptions,
};
use hashlink::LruCache;
use heliograph_engine::ports::Clock;
use heliograph_model::{AccountId, CommentId, ContactId, MediaId, MessageId, Millis};
use parking_lot::Mutex;
use secrecy::SecretString;
use serde_json::Value;
use std::{collections::HashMap, fmt, sync::Arc};
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

/// A request, whatever way it came.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// `POST /{node}/messages`.
    Messages {
        /// The account: `me`, its id, its app-scoped id or its Page.
        node: String,
        /// The JSON body, without a token.
        body: Value,
    },
    /// `POST /{comment}/replies`.
    Reply {
        /// The comment.
        comment: CommentId,
        /// The JSON body: `message`.
        body: Value,
    },
    /// `GET /{node}?fields=…`: an account or a person.
    Node {
        /// `me`, or an id.
        id: String,
        /// The fields asked for; none means Meta's default.
        fields: Vec<String>,
    },
    /// `GET /{node}/subscribed_apps`.
    Subscriptions {
        /// The account.
        node: String,
    },
    /// `POST /{node}/subscribed_apps`.
    Subscribe {
        /// The account.
        node: String,
        /// What to subscribe to.
        fields: Vec<String>,
    },
}

/// What comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The answer proper.
    pub outcome: Outcome,
    /// It is to be held back for so many milliseconds.
    pub delay_ms: u64,
    /// What the account has used up, for the headers; absent where no account is known.
    pub usage: Option<(AccountId, Usage)>,
}

/// The answer proper.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// 200 with this body.
    Success(Value),
    /// An error object; `trace` is its `fbtrace_id`.
    Refused {
        /// The error.
        error: GraphError,
        /// The request's trace id.
        trace: String,
    },
    /// A status with a body that is not Meta's.
    Broken {
        /// The status.
        status: u16,
        /// The body.
        body: &'static str,
    },
    /// There is no answer, ever.
    Silence,
    /// The connection is dropped.
    Dropped,
}

/// What it knows.
pub(super) struct State {
    pub(super) accounts: Accounts,
    pub(super) people: LruCache<(AccountId, ContactId), Person>,
    pub(super) media: HashMap<MediaId, Media>,
    pub(super) comments: LruCache<CommentId, Comment>,
    pub(super) messages: LruCache<MessageId, MessageEntry>,
    pub(super) sent: SentLog,
    pub(super) faults: Faults,
    pub(super) ids: Ids,
}

/// A message that reactions and replies may refer to.
#[derive(Debug, Clone)]
pub(super) struct MessageEntry {
    pub(super) account: AccountId,
    pub(super) contact: ContactId,
    pub(super) deleted: bool,
}

/// Hands out ids. They hold the time of the start, so that those of two runs differ.
#[derive(Debug)]
pub(super) struct Ids {
    start: Millis,
    counted: u64,
}

impl Ids {
    fn next(&mut self) -> u64 {
        self.counted += 1;
        self.counted
    }

    pub(super) fn message(&mut self) -> MessageId {
        let (start, next) = (self.start.0, self.next());
        format!("aWd{start:x}.{next:x}").into()
    }

    pub(super) fn number(&mut self) -> String {
        let (start, next) = (self.start.0 / 1000 % 1_000_000, self.next());
        format!("18{start:06}{next:09}")
    }

    fn trace(&mut self) -> String {
        let next = self.next();
        format!("ASim{next:012X}")
    }
}

impl SimulatedInstagram {
    /// An Instagram without accounts and people.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, settings: SimulatedSettings) -> Self {
        let state = State {
            accounts: Accounts::default(),
            people: LruCache::new(settings.remember),
            media: HashMap::new(),
            comments: LruCache::new(settings.remember),
            messages: LruCache::new(settings.remember),
            sent: SentLog::new(settings.keep_sent),
            faults: Faults::default(),
            ids: Ids {
                start: clock.now(),
                counted: 0,
            },
        };
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
        let mut state = self.state.lock();
        let state = &mut *state;
        let account = match state.accounts.authenticate(token, &self.settings, now) {
            Ok(account) => account.id.clone(),
            Err(error) => return state.refuse(error, None),
        };
        let failure = state.failure(&account, &request);
        if failure.is_some() {
            state.sent.counters.faulted += 1;
        }
        let usage = |state: &mut State| {
            let pace = &mut state.accounts.get_mut(&account)?.pace;
            Some((account.clone(), pace.usage()))
        };
        let plain = |outcome| Answer {
            outcome,
            delay_ms: 0,
            usage: None,
        };
        match &failure {
            None
            | Some(
                Failure::DropAfter
                | Failure::UnknownErrorAfter
                | Failure::GarbledAfter
                | Failure::Slow(_),
            ) => {}
            Some(Failure::Status(status)) => {
                return plain(Outcome::Broken {
                    status: *status,
                    body: "",
                });
            }
            Some(Failure::Error(error)) => {
                let usage = usage(state);
                return state.refuse(error.clone(), usage);
            }
            Some(Failure::TokenExpired) => {
                return state.refuse(GraphError::expired_token(), None);
            }
            Some(Failure::NeverAnswers) => return plain(Outcome::Silence),
            Some(Failure::DropBefore) => return plain(Outcome::Dropped),
        }
        let ruling = state.carry_out(&account, request, &self.settings, now);
        let usage = usage(state);
        let mut answer = match ruling {
            Ok(body) => Answer {
                outcome: Outcome::Success(body),
                delay_ms: 0,
                usage,
            },
            Err(error) => {
                *state
                    .sent
                    .counters
                    .refused
                    .entry((error.code, error.subcode))
                    .or_default() += 1;
                state.refuse(error, usage)
            }
        };
        match failure {
            Some(Failure::DropAfter) => answer.outcome = Outcome::Dropped,
            Some(Failure::UnknownErrorAfter) => {
                return state.refuse(GraphError::unknown_error(), answer.usage);
            }
            Some(Failure::GarbledAfter) => {
                answer.outcome = Outcome::Broken {
                    status: 200,
                    body: "<html>",
                };
            }
            Some(Failure::Slow(millis)) => answer.delay_ms = millis,
            _ => {}
        }
        answer
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

    /// Adds a person whom an account may meet, or replaces them; when they last wrote
    /// never moves backwards.
    pub fn add_person(&self, account: &AccountId, mut person: Person) {
        let mut state = self.state.lock();
        let key = (account.clone(), person.id.clone());
        if let Some(before) = state.people.peek(&key) {
            person.last_message_at = person.last_message_at.max(before.last_message_at);
        }
        state.people.insert(key, person);
    }

    /// A person.
    #[must_use]
    pub fn person(&self, account: &AccountId, person: &ContactId) -> Option<Person> {
        let key = (account.clone(), person.clone());
        self.state.lock().people.peek(&key).cloned()
    }

    /// Everybody whom an account may meet, by id.
    #[must_use]
    pub fn people(&self, account: &AccountId) -> Vec<Person> {
        let state = self.state.lock();
        let mut people: Vec<_> = state
            .people
            .iter()
            .filter(|((of, _), _)| of == account)
            .map(|(_, person)| person.clone())
            .collect();
        people.sort_by(|a, b| a.id.cmp(&b.id));
        people
    }

    /// Whether the person follows the account from now on. Whether there is such a person.
    pub fn set_follows(&self, account: &AccountId, person: &ContactId, follows: bool) -> bool {
        self.change_person(account, person, |person| person.follows = follows)
    }

    /// Whether the person blocks the account from now on. Whether there is such a person.
    pub fn set_blocked(&self, account: &AccountId, person: &ContactId, blocked: bool) -> bool {
        self.change_person(account, person, |person| person.blocked = blocked)
    }

    fn change_person(
        &self,
        account: &AccountId,
        person: &ContactId,
        change: impl FnOnce(&mut Person),
    ) -> bool {
        let key = (account.clone(), person.clone());
        let mut state = self.state.lock();
        let found = state.people.get_mut(&key);
        found.is_some_and(|person| {
            change(person);
            true
        })
    }

    /// Adds a post, a story or a live video, or replaces it.
    pub fn add_media(&self, media: Media) {
        self.state.lock().media.insert(media.id.clone(), media);
    }

    /// Adds a comment. The commenter exists from then on, though without consent to read
    /// the profile.
    pub fn add_comment(&self, comment: Comment) {
        self.state.lock().take_in_comment(comment);
    }

    /// A comment.
    #[must_use]
    pub fn comment(&self, id: &CommentId) -> Option<Comment> {
        self.state.lock().comments.peek(id).cloned()
    }

    /// The author deletes a comment. Whether there is such a comment.
    pub fn delete_comment(&self, id: &CommentId) -> bool {
        self.change_comment(id, |comment| comment.deleted = true)
    }

    /// Somebody hides a comment or shows it again. Whether there is such a comment.
    pub fn set_comment_hidden(&self, id: &CommentId, hidden: bool) -> bool {
        self.change_comment(id, |comment| comment.hidden = hidden)
    }

    fn change_comment(&self, id: &CommentId, change: impl FnOnce(&mut Comment)) -> bool {
        let mut state = self.state.lock();
        let found = state.comments.get_mut(id);
        found.is_some_and(|comment| {
            change(comment);
            true
        })
    }

    /// A person wrote or clicked at `at`: the window opens, and the message can be
    /// reacted and replied to. Somebody unknown exists from then on.
    pub fn person_wrote(
        &self,
        account: &AccountId,
        person: &ContactId,
        message: Option<MessageId>,
        at: Millis,
    ) {
        self.state
            .lock()
            .take_in_message(account, person, message, at);
    }

    /// The author deletes a message. Whether there is such a message.
    pub fn delete_message(&self, id: &MessageId) -> bool {
        let mut state = self.state.lock();
        let found = state.messages.get_mut(id);
        found.is_some_and(|message| {
            message.deleted = true;
            true
        })
    }

    /// An id for a message of a person, as Meta would give it.
    #[must_use]
    pub fn new_message_id(&self) -> MessageId {
        self.state.lock().ids.message()
    }

    /// An id for a comment, a person or a post, as Meta would give it.
    #[must_use]
    pub fn new_numeric_id(&self) -> String {
        self.state.lock().ids.number()
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

    /// What it knows, for the module that watches webhooks.
    pub(super) fn with_state<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock())
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

impl State {
    fn refuse(&mut self, error: GraphError, usage: Option<(AccountId, Usage)>) -> Answer {
        Answer {
            outcome: Outcome::Refused {
                error,
                trace: self.ids.trace(),
            },
            delay_ms: 0,
            usage,
        }
    }

    fn failure(&mut self, account: &AccountId, request: &Request) -> Option<Failure> {
        if self.faults.is_empty() {
            return None;
        }
        let of_comment = |comment: &CommentId| self.comments.peek(comment)?.from.clone();
        let (requests, person) = match request {
            Request::Messages { body, .. } => {
                let recipient = &body["recipient"];
                let person = match (recipient["id"].as_str(), recipient["comment_id"].as_str()) {
                    (Some(id), _) => Some(id.into()),
                    (None, Some(comment)) => of_comment(&comment.into()),
                    (None, None) => None,
                };
                (Requests::Sends, person)
            }
            Request::Reply { comment, .. } => (Requests::Sends, of_comment(comment)),
            Request::Node { id, .. } => (Requests::Profiles, Some(id.as_str().into())),
            Request::Subscriptions { .. } | Request::Subscribe { .. } => (Requests::All, None),
        };
        self.faults.happen(requests, account, person.as_ref())
    }

    fn carry_out(
        &mut self,
        account: &AccountId,
        request: Request,
        settings: &SimulatedSettings,
        now: Millis,
    ) -> Ruling<Value> {
        match request {
            Request::Messages { node, body } => {
                messages::send(self, account, &node, body, settings, now)
            }
            Request::Reply { comment, body } => {
                messages::reply_publicly(self, account, &comment, body, settings, now)
            }
            Request::Node { id, fields } => profile::read(self, account, &id, &fields),
            Request::Subscriptions { node } => subscriptions::list(self, account, &node),
            Request::Subscribe { node, fields } => {
                subscriptions::subscribe(self, account, &node, fields)
            }
        }
    }

    /// The person of an account; unknown ones are added.
    pub(super) fn person_or_new(&mut self, account: &AccountId, person: &ContactId) -> &mut Person {
        self.people
            .entry((account.clone(), person.clone()))
            .or_insert_with(|| Person::new(person.clone()))
    }

    pub(super) fn take_in_comment(&mut self, comment: Comment) {
        if let Some(from) = &comment.from {
            self.person_or_new(&comment.account_id, from);
        }
        self.comments.insert(comment.id.clone(), comment);
    }

    pub(super) fn take_in_message(
        &mut self,
        account: &AccountId,
        person: &ContactId,
        message: Option<MessageId>,
        at: Millis,
    ) {
        self.person_or_new(account, person).wrote(at);
        if let Some(message) = message {
            let entry = MessageEntry {
                account: account.clone(),
                contact: person.clone(),
                deleted: false,
            };
            self.messages.insert(message, entry);
        }
    }
}
