//! A world of one account and one contact, which does what the process does around the
//! core: reads what is needed, decides, and commits.

use crate::{
    decide::{Addressed, Context, Outcome, ProfileAnswer, STATE_TTL_MS, decide, needs},
    matching::{AutomationSet, Detail},
    ports::Profile,
};
use heliograph_model::{
    Account, AccountSettings, Attachment, Automation, Awaiting, Contact, Decision, Event,
    EventKind, Millis, StateChange, UserState,
};
use std::sync::Arc;

pub(crate) const START: Millis = Millis(1_790_000_000_000);

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) account: Account,
    pub(crate) automations: Vec<Automation>,
    pub(crate) contact: Option<Contact>,
    pub(crate) state: Option<UserState>,
    /// What a look at the profile says; an error where it is one.
    pub(crate) profile: Result<Profile, String>,
    pub(crate) profile_reads: u32,
    pub(crate) echo_is_ours: bool,
    pub(crate) now: Millis,
    events: u32,
}

impl World {
    pub(crate) fn of(automations: Vec<Automation>) -> Self {
        Self {
            account: Account {
                id: "17841400000000001".into(),
                workspace_id: "w".into(),
                username: "shop.example".into(),
                is_active: true,
                aliases: vec!["45202218377435".into()],
                settings: AccountSettings {
                    silence_after_human_minutes: None,
                    unsubscribe_keywords: vec!["stop".into()],
                    resubscribe_keywords: vec!["start".into()],
                },
            },
            automations,
            contact: None,
            state: None,
            profile: Ok(Profile {
                follows: Some(false),
                ..Profile::default()
            }),
            profile_reads: 0,
            echo_is_ours: false,
            now: START,
            events: 0,
        }
    }

    /// An event of the contact, one second after the one before.
    pub(crate) fn event(&mut self, kind: EventKind) -> Event {
        self.events += 1;
        self.now = self.now + Millis::SECOND;
        Event {
            account_id: Some(self.account.id.clone()),
            sender_id: Some("900000000000011".into()),
            contact_id: Some("900000000000011".into()),
            event_id: Some(format!("event{}", self.events).into()),
            timestamp: Some(self.now),
            ..Event::new(kind)
        }
    }

    pub(crate) fn says(&mut self, text: &str) -> Decision {
        let event = Event {
            text: Some(text.into()),
            ..self.event(EventKind::DmText)
        };
        self.happens(&event)
    }

    pub(crate) fn clicks(&mut self, title: &str, payload: &str) -> Decision {
        let event = Event {
            text: Some(title.into()),
            payload: Some(payload.into()),
            ..self.event(EventKind::Postback)
        };
        self.happens(&event)
    }

    pub(crate) fn comments(&mut self, text: &str) -> Decision {
        let event = self.comment(text);
        self.happens(&event)
    }

    pub(crate) fn comment(&mut self, text: &str) -> Event {
        Event {
            text: Some(text.into()),
            media_id: Some("post1".into()),
            username: Some("ana.example".into()),
            // Comments have whole seconds only.
            timestamp: Some(Millis(self.now.0 / 1000 * 1000)),
            ..self.event(EventKind::Comment)
        }
    }

    pub(crate) fn replies_to_story(&mut self, story: &str, text: &str) -> Decision {
        let event = Event {
            text: Some(text.into()),
            story_id: Some(story.into()),
            ..self.event(EventKind::StoryReply)
        };
        self.happens(&event)
    }

    pub(crate) fn sends_a_picture(&mut self) -> Decision {
        let event = Event {
            attachments: vec![Attachment {
                kind: "image".into(),
                url: None,
                media_id: None,
                title: None,
            }],
            ..self.event(EventKind::DmAttachment)
        };
        self.happens(&event)
    }

    pub(crate) fn follows(&mut self, follows: bool) {
        self.profile = Ok(Profile {
            follows: Some(follows),
            ..Profile::default()
        });
    }

    pub(crate) fn passes(&mut self, millis: i64) {
        self.now = self.now + millis;
    }

    pub(crate) fn contact(&mut self) -> &mut Contact {
        let new = Contact::new(self.account.id.clone(), "900000000000011".into(), self.now);
        self.contact.get_or_insert(new)
    }

    pub(crate) fn awaits(&self) -> Option<Awaiting> {
        self.state
            .as_ref()
            .filter(|state| state.expires_at > self.now)
            .map(|state| state.state)
    }

    /// Decides an event and commits what was decided.
    pub(crate) fn happens(&mut self, event: &Event) -> Decision {
        let decision = self.decide(event);
        match &decision.state {
            StateChange::Keep => {}
            StateChange::Set(state) => self.state = Some(state.clone()),
            StateChange::Clear => self.state = None,
        }
        if !decision.contact.is_empty() {
            let now = self.now;
            decision.contact.apply(self.contact(), now);
        }
        decision
    }

    /// Decides an event, reading the profile where that is asked for.
    pub(crate) fn decide(&mut self, event: &Event) -> Decision {
        match self.outcome(event, None) {
            Outcome::Decided(decision) => decision,
            Outcome::NeedsProfile => {
                self.profile_reads += 1;
                let answer = match &self.profile {
                    Ok(profile) => ProfileAnswer::Known(profile.clone()),
                    Err(why) => ProfileAnswer::Unknown(why.clone()),
                };
                match self.outcome(event, Some(&answer)) {
                    Outcome::Decided(decision) => decision,
                    Outcome::NeedsProfile => panic!("the profile was asked for twice"),
                }
            }
        }
    }

    pub(crate) fn outcome(&self, event: &Event, profile: Option<&ProfileAnswer>) -> Outcome {
        let state = self
            .state
            .as_ref()
            .filter(|state| state.expires_at > self.now);
        let needs = needs(event, state);
        let sets: Vec<Arc<AutomationSet>> = needs
            .sets
            .iter()
            .map(|(kind, target)| {
                let of_it = self
                    .automations
                    .iter()
                    .filter(|one| {
                        one.kind == *kind
                            && one.target == *target
                            && one.is_active
                            && one.workspace_id == self.account.workspace_id
                    })
                    .cloned()
                    .collect();
                Arc::new(AutomationSet::compile(of_it))
            })
            .collect();
        let addressed = needs.automation.map_or(Addressed::None, |named| {
            match self.automations.iter().find(|one| one.id == named.id) {
                None => Addressed::Deleted(named.id),
                Some(one) if one.is_active => Addressed::Active(Arc::new(one.clone())),
                Some(one) => Addressed::Disabled(Box::new(one.clone())),
            }
        });
        let context = Context {
            account: &self.account,
            sets: &sets,
            state: state.filter(|_| needs.state),
            addressed,
            contact: self.contact.as_ref().filter(|_| needs.contact),
            profile,
            echo_is_ours: self.echo_is_ours,
            state_ttl_ms: STATE_TTL_MS,
            detail: Detail::Recorded,
        };
        decide(event, &context, self.now)
    }
}
