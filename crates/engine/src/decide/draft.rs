//! A decision in the making.

use super::{Addressed, Context, Outcome, ProfileAnswer, words};
use crate::{
    matching::{Folded, Look},
    template::Values,
};
use heliograph_model::{
    Automation, AutomationId, Awaiting, ContactChange, ContactId, Decision, Effect, Event,
    EventKind, Millis, Reason, StateChange, Trace, UserState,
};
use std::sync::Arc;

/// What has been gathered for the answer to one event.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) event: &'a Event,
    pub(super) cx: &'a Context<'a>,
    pub(super) now: Millis,
    /// When it happened: the event's own time, or now where Meta gave none.
    pub(super) at: Millis,
    pub(super) change: ContactChange,
    pub(super) effects: Vec<Effect>,
    pub(super) notes: Vec<String>,
    pub(super) look: Look,
    /// The state was found to lead nowhere, and is to be cleared unless another is set.
    pub(super) state_is_void: bool,
    /// Something hangs on the profile, which has not been read.
    pub(super) wants_profile: bool,
}

/// An end without a message.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) reason: Reason,
    pub(super) summary: String,
    pub(super) state: StateChange,
}

/// What an automation that is named by its id turned out to be.
#[derive(Debug)]
pub(super) enum Resolved {
    Active(Arc<Automation>),
    Disabled(String),
    Deleted,
}

impl<'a> Draft<'a> {
    pub(super) fn new(event: &'a Event, cx: &'a Context<'a>, now: Millis) -> Self {
        let mut draft = Self {
            event,
            cx,
            now,
            at: event.timestamp.unwrap_or(now),
            change: ContactChange::default(),
            effects: Vec::new(),
            notes: Vec::new(),
            look: Look::default(),
            state_is_void: false,
            wants_profile: false,
        };
        draft.note_profile();
        draft
    }

    /// The contact that the event is about.
    pub(super) fn contact_id(&self) -> Option<&'a ContactId> {
        self.event.contact_id.as_ref()
    }

    /// The state, unless it has expired meanwhile or is somebody else's.
    pub(super) fn state(&self) -> Option<&'a UserState> {
        self.cx.state.filter(|state| {
            state.expires_at > self.now
                && Some(&state.sender_id) == self.contact_id()
                && !self.state_is_void
        })
    }

    /// Whether the account itself wrote, under whichever of its ids.
    pub(super) fn is_own(&self) -> bool {
        let account = self.cx.account;
        self.event.is_self
            || self
                .event
                .sender_id
                .as_ref()
                .is_some_and(|sender| account.ids().any(|id| sender.as_str() == id.as_str()))
    }

    pub(super) fn silenced_until(&self) -> Option<Millis> {
        self.cx
            .contact
            .and_then(|contact| contact.silenced_until)
            .filter(|until| *until > self.now)
    }

    /// Whether the event happened before what led to the present state. Webhooks are not
    /// ordered (Webhooks page), and one that comes late never moves a conversation back.
    /// Comments have whole seconds only, so those are compared.
    pub(super) fn is_older_than_state(&self) -> bool {
        let (Some(state), Some(at)) = (self.state(), self.event.timestamp) else {
            return false;
        };
        let seconds = |at: Millis| at.0.div_euclid(Millis::SECOND);
        if self.event.kind.is_comment() {
            seconds(at) < seconds(state.event_at)
        } else {
            at < state.event_at
        }
    }

    /// What the event says that a keyword may be in, folded. A quick reply or a button
    /// of somebody else says its title and its payload.
    pub(super) fn texts(&self) -> Vec<Folded> {
        let payload = match self.event.kind {
            EventKind::QuickReply | EventKind::Postback => self.event.payload.as_deref(),
            _ => None,
        };
        let mut texts = Vec::with_capacity(2);
        for text in [self.event.text.as_deref(), payload].into_iter().flatten() {
            let text = Folded::new(text);
            if !text.is_empty() && !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }

    /// Whether the person typed, or chose a quick reply with, this title and nothing else.
    pub(super) fn says(&self, title: &str) -> bool {
        let title = Folded::new(title);
        !title.is_empty()
            && self
                .texts()
                .iter()
                .any(|text| text.exactly() == title.exactly())
    }

    /// Finds an automation that a button or the state names. One of another workspace
    /// is none of ours.
    pub(super) fn resolve(&self, id: &AutomationId) -> Resolved {
        let ours = |automation: &Automation| {
            automation.id == *id && automation.workspace_id == self.cx.account.workspace_id
        };
        match &self.cx.addressed {
            Addressed::Active(automation) if ours(automation) && automation.is_active => {
                Resolved::Active(Arc::clone(automation))
            }
            Addressed::Active(automation) if ours(automation) => {
                Resolved::Disabled(automation.name.clone())
            }
            Addressed::Disabled(automation) if ours(automation) => {
                Resolved::Disabled(automation.name.clone())
            }
            Addressed::Active(_)
            | Addressed::Disabled(_)
            | Addressed::Deleted(_)
            | Addressed::None => self
                .cx
                .sets
                .iter()
                .find_map(|set| set.get(id))
                .filter(|automation| ours(automation))
                .map_or(Resolved::Deleted, |automation| {
                    Resolved::Active(Arc::clone(automation))
                }),
        }
    }

    /// Puts what the event itself says of its author onto the contact.
    pub(super) fn note_who_wrote(&mut self) {
        let known = self.cx.contact;
        if let Some(username) = &self.event.username
            && known.and_then(|contact| contact.username.as_ref()) != Some(username)
        {
            self.change.username = Some(username.clone());
        }
        if self.event.kind.is_message_from_contact() {
            // A clock that is ahead must not keep the window open for longer.
            let wrote_at = self.at.min(self.now);
            if known.and_then(|contact| contact.last_message_at) < Some(wrote_at) {
                self.change.last_message_at = Some(wrote_at);
            }
        }
    }

    fn note_profile(&mut self) {
        let Some(ProfileAnswer::Known(profile)) = self.cx.profile else {
            return;
        };
        let known = self.cx.contact;
        if profile.name.is_some() && known.and_then(|c| c.name.as_ref()) != profile.name.as_ref() {
            self.change.name.clone_from(&profile.name);
        }
        if profile.username.is_some()
            && known.and_then(|c| c.username.as_ref()) != profile.username.as_ref()
        {
            self.change.username.clone_from(&profile.username);
        }
        if profile.follows.is_some() && known.and_then(|c| c.follows) != profile.follows {
            self.change.follows = profile.follows;
        }
    }

    /// What the variables of a text stand for, as of this decision.
    pub(super) fn values(&self) -> Values<'_> {
        fn latest<'b>(new: Option<&'b String>, old: Option<&'b String>) -> Option<&'b str> {
            new.or(old).map(String::as_str)
        }
        let known = self.cx.contact;
        Values {
            name: latest(
                self.change.name.as_ref(),
                known.and_then(|c| c.name.as_ref()),
            ),
            username: latest(
                self.change.username.as_ref(),
                known.and_then(|c| c.username.as_ref()),
            ),
            email: latest(
                self.change.email.as_ref(),
                known.and_then(|c| c.email.as_ref()),
            ),
            account_username: Some(&self.cx.account.username),
            event_text: self.event.text.as_deref(),
        }
    }

    /// Whether Meta lets the person's profile be read: not before they have written, or
    /// tapped an ice breaker or a menu item (User Profile page). A comment is not enough.
    pub(super) fn may_read_profile(&self) -> bool {
        self.event.kind.is_message_from_contact()
            || self
                .cx
                .contact
                .is_some_and(|contact| contact.last_message_at.is_some())
    }

    /// Nothing is awaited any more.
    pub(super) fn cleared(&self) -> StateChange {
        if self.cx.state.is_some() {
            StateChange::Clear
        } else {
            StateChange::Keep
        }
    }

    /// The state that is entered now. A flow that goes on remembers what started it.
    pub(super) fn new_state(
        &self,
        automation: &Automation,
        contact: &ContactId,
        awaiting: Awaiting,
        asked: u32,
        goes_on: bool,
    ) -> UserState {
        let same = self
            .state()
            .filter(|state| goes_on && state.automation_id == automation.id);
        UserState {
            account_id: self.cx.account.id.clone(),
            sender_id: contact.clone(),
            automation_id: automation.id.clone(),
            automation_type: automation.kind,
            target: automation.target.clone(),
            state: awaiting,
            asked,
            started_by: same
                .and_then(|state| state.started_by.clone())
                .or_else(|| self.event.event_id.clone()),
            event_at: self
                .state()
                .map_or(self.at, |state| state.event_at.max(self.at)),
            updated_at: self.now,
            expires_at: self.now + self.cx.state_ttl_ms,
        }
    }

    /// Ends without sending anything, and leaves the state unless it turned out void.
    pub(super) fn nothing(self, reason: Reason, summary: String) -> Outcome {
        let state = if self.state_is_void {
            StateChange::Clear
        } else {
            StateChange::Keep
        };
        self.finish(reason, summary, None, state)
    }

    /// Ends without sending anything.
    pub(super) fn end(self, ending: Ending) -> Outcome {
        self.finish(ending.reason, ending.summary, None, ending.state)
    }

    /// Ends with what was gathered.
    pub(super) fn finish(
        self,
        reason: Reason,
        summary: String,
        automation: Option<&Automation>,
        state: StateChange,
    ) -> Outcome {
        if self.wants_profile && self.cx.profile.is_none() {
            return Outcome::NeedsProfile;
        }
        let before = self
            .cx
            .state
            .filter(|state| state.expires_at > self.now)
            .map(|state| state.state);
        let after = match &state {
            StateChange::Keep => before,
            StateChange::Set(state) => Some(state.state),
            StateChange::Clear => None,
        };
        let mut notes = self.notes;
        if let Some(ProfileAnswer::Unknown(why)) = self.cx.profile {
            notes.push(words::profile_unknown(why));
        }
        Outcome::Decided(Decision {
            state,
            contact: self.change,
            effects: self.effects,
            trace: Trace {
                automation_id: automation.map(|automation| automation.id.clone()),
                state_before: before,
                state_after: after,
                looked_at: self.look.looked_at,
                not_listed: self.look.not_listed,
                notes,
                ..Trace::new(self.event.kind, self.now, reason, summary)
            },
        })
    }
}
