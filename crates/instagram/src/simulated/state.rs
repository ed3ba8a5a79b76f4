//! What the simulated Instagram knows, and which rule a request goes to.

use super::{
    accounts::Accounts,
    apps::Apps,
    comments::{Comment, Media},
    errors::{GraphError, Ruling},
    fault::{Failure, Faults, Requests},
    messages,
    people::Person,
    profile,
    request::{Answer, Outcome, Request},
    sent::SentLog,
    settings::SimulatedSettings,
    subscriptions,
};
use hashlink::LruCache;
use heliograph_model::{AccountId, CommentId, ContactId, MediaId, MessageId, Millis};
use serde_json::Value;
use std::collections::HashMap;

/// What it knows.
pub(super) struct State {
    pub(super) accounts: Accounts,
    pub(super) apps: Apps,
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

impl State {
    /// Nothing.
    pub(super) fn new(settings: &SimulatedSettings, now: Millis) -> Self {
        Self {
            accounts: Accounts::default(),
            apps: Apps::default(),
            people: LruCache::new(settings.remember),
            media: HashMap::new(),
            comments: LruCache::new(settings.remember),
            messages: LruCache::new(settings.remember),
            sent: SentLog::new(settings.keep_sent),
            faults: Faults::default(),
            ids: Ids {
                start: now,
                counted: 0,
            },
        }
    }

    /// Takes one request through the token, the faults and the rules.
    pub(super) fn answer(
        &mut self,
        token: Option<&str>,
        request: Request,
        settings: &SimulatedSettings,
        now: Millis,
    ) -> Answer {
        let account = match self.accounts.authenticate(token, settings, now) {
            Ok(account) => account.id.clone(),
            Err(error) => return Answer::of(self.refuse(error)),
        };
        let failure = self.failure(&account, &request);
        if let Some(failure) = &failure {
            self.sent.counters.faulted += 1;
            if let Some(outcome) = self.fail_before(failure) {
                return Answer::of(outcome);
            }
        }
        let outcome = match self.carry_out(&account, request, settings, now) {
            Ok(body) => Outcome::Success(body),
            Err(error) => {
                let refused = &mut self.sent.counters.refused;
                *refused.entry((error.code, error.subcode)).or_default() += 1;
                self.refuse(error)
            }
        };
        let usage = self.accounts.get_mut(&account).map(|it| it.pace.usage());
        let mut answer = Answer {
            usage: usage.map(|usage| (account, usage)),
            ..Answer::of(outcome)
        };
        if let Some(failure) = &failure {
            self.fail_after(failure, &mut answer);
        }
        answer
    }

    /// What a fault answers in place of the rules, where nothing is to take effect.
    fn fail_before(&mut self, failure: &Failure) -> Option<Outcome> {
        match failure {
            Failure::Status(status) => Some(Outcome::Broken {
                status: *status,
                body: "",
            }),
            Failure::Error(error) => Some(self.refuse(error.clone())),
            Failure::TokenExpired => Some(self.refuse(GraphError::expired_token())),
            Failure::NeverAnswers => Some(Outcome::Silence),
            Failure::DropBefore => Some(Outcome::Dropped),
            Failure::DropAfter
            | Failure::UnknownErrorAfter
            | Failure::GarbledAfter
            | Failure::Slow(_) => None,
        }
    }

    /// What a fault makes of an answer once it has taken effect.
    fn fail_after(&mut self, failure: &Failure, answer: &mut Answer) {
        match failure {
            Failure::DropAfter => answer.outcome = Outcome::Dropped,
            Failure::UnknownErrorAfter => {
                answer.outcome = self.refuse(GraphError::unknown_error());
            }
            Failure::GarbledAfter => {
                answer.outcome = Outcome::Broken {
                    status: 200,
                    body: "<html>",
                };
            }
            Failure::Slow(millis) => answer.delay_ms = *millis,
            Failure::Status(_)
            | Failure::Error(_)
            | Failure::TokenExpired
            | Failure::NeverAnswers
            | Failure::DropBefore => {}
        }
    }

    fn refuse(&mut self, error: GraphError) -> Outcome {
        Outcome::Refused {
            error,
            trace: self.ids.trace(),
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
