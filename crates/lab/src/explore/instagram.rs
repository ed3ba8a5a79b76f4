//! Whether Instagram takes what is sent: the simulated one is asked, with its rules.

use super::world::{NAME, NOW, PERSON, USERNAME, World};
use heliograph_engine::ports::VirtualClock;
use heliograph_instagram::simulated::{
    Comment, NewAccount, Outcome, Person, Request, SimulatedInstagram, SimulatedSettings,
    simulated_token,
};
use heliograph_instagram::wire::{self, Edge};
use heliograph_model::{ContactId, Effect, Recipient};
use std::collections::HashMap;
use std::sync::Arc;

/// An Instagram that is asked about each message once.
#[derive(Debug)]
pub(super) struct Taking {
    instagram: SimulatedInstagram,
    token: String,
    known: HashMap<String, Option<String>>,
}

impl Taking {
    pub(super) fn new(world: &World) -> Self {
        let clock = Arc::new(VirtualClock::new(NOW));
        let instagram = SimulatedInstagram::new(clock, SimulatedSettings::strict_and_unpaced());
        let account = &world.account;
        instagram.add_account(NewAccount::new(account.id.clone(), &account.username));
        Self {
            instagram,
            token: simulated_token(&account.id),
            known: HashMap::new(),
        }
    }

    /// Why a message is refused, if it is. A reaction is on a message that is there, and
    /// is not asked about.
    pub(super) fn refusal(&mut self, world: &World, effect: &Effect) -> Option<String> {
        if matches!(effect, Effect::React { .. }) {
            return None;
        }
        let key = serde_json::to_string(&without_ids(effect)).ok()?;
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let why = self.ask(world, effect);
        self.known.insert(key, why.clone());
        why
    }

    fn ask(&self, world: &World, effect: &Effect) -> Option<String> {
        let account = &world.account.id;
        // What is sent later is sent now, to somebody who wrote so much earlier.
        let delay = match effect {
            Effect::Send { delay_ms, .. } => *delay_ms,
            Effect::ReplyToComment { .. } | Effect::React { .. } => 0,
        };
        let mut person = Person::named(PERSON, NAME, USERNAME);
        person.last_message_at = Some(NOW - delay);
        self.instagram.add_person(account, person);
        let comment = match effect {
            Effect::Send {
                to: Recipient::Comment(comment),
                ..
            }
            | Effect::ReplyToComment {
                comment_id: comment,
                ..
            } => Some(comment),
            Effect::Send { .. } | Effect::React { .. } => None,
        };
        if let Some(comment) = comment {
            let person = Some(ContactId::from(PERSON));
            self.instagram.add_comment(Comment::of_person(
                comment.as_str(),
                account.clone(),
                person,
                "",
                NOW - delay,
            ));
        }
        let call = wire::call(effect);
        let request = match call.edge {
            Edge::Messages => Request::Messages {
                node: "me".into(),
                body: call.body,
            },
            Edge::Replies(comment) => Request::Reply {
                comment,
                body: call.body,
            },
        };
        match self.instagram.answer(Some(&self.token), request).outcome {
            Outcome::Refused { error, .. } => Some(error.message),
            Outcome::Success(_) | Outcome::Broken { .. } | Outcome::Silence | Outcome::Dropped => {
                None
            }
        }
    }
}

/// The effect as it would be on any other comment.
fn without_ids(effect: &Effect) -> Effect {
    let mut effect = effect.clone();
    match &mut effect {
        Effect::Send {
            to: Recipient::Comment(comment),
            ..
        }
        | Effect::ReplyToComment {
            comment_id: comment,
            ..
        } => *comment = "c".into(),
        Effect::Send { .. } | Effect::React { .. } => {}
    }
    effect
}
