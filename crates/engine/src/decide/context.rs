//! What a decision is made of, and what has to be read for it.

use crate::{
    matching::{AutomationSet, Detail},
    ports::Profile,
};
use heliograph_model::{
    Account, Automation, AutomationId, AutomationType, ButtonPayload, Contact, Event, EventKind,
    Millis, Target, UserState,
};
use std::sync::Arc;

/// How long a user state lives when nothing happens: a day, as Instagram's window does.
pub const STATE_TTL_MS: i64 = Millis::DAY;

/// Everything that a decision is made of, besides the event and the time. It is read
/// before; [`needs`] says what.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The account that the event concerns.
    pub account: &'a Account,
    /// The sets of [`Needs::sets`], in that order: those of the post or story first, then
    /// those for all.
    pub sets: &'a [Arc<AutomationSet>],
    /// Where the contact stands, unless that has expired.
    pub state: Option<&'a UserState>,
    /// What became of [`Needs::automation`].
    pub addressed: Addressed,
    /// The contact, where one is stored.
    pub contact: Option<&'a Contact>,
    /// The person's profile; `None` until [`super::Outcome::NeedsProfile`] asked for it.
    pub profile: Option<&'a ProfileAnswer>,
    /// On an echo: whether the engine itself sent that message.
    pub echo_is_ours: bool,
    /// How long a state lives from now on, in milliseconds: [`STATE_TTL_MS`] where
    /// nothing else is configured.
    pub state_ttl_ms: i64,
    /// How much the trace lists.
    pub detail: Detail,
}

impl<'a> Context<'a> {
    /// A context in which nothing is known but the account.
    #[must_use]
    pub fn new(account: &'a Account) -> Self {
        Self {
            account,
            sets: &[],
            state: None,
            addressed: Addressed::None,
            contact: None,
            profile: None,
            echo_is_ours: false,
            state_ttl_ms: STATE_TTL_MS,
            detail: Detail::Recorded,
        }
    }
}

/// The automation that a clicked button or the user state names.
#[derive(Debug, Clone, Default)]
pub enum Addressed {
    /// None is named.
    #[default]
    None,
    /// It is there and on.
    Active(Arc<Automation>),
    /// It is off.
    Disabled(Box<Automation>),
    /// It does not exist any more, or is another workspace's.
    Deleted(AutomationId),
}

/// What the profile look-up said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileAnswer {
    /// The profile.
    Known(Profile),
    /// It could not be read, and why, for people.
    Unknown(String),
}

/// What has to be read before an event can be decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The user state of the contact.
    pub state: bool,
    /// The contact, fresh.
    pub contact: bool,
    /// Whether the engine itself sent the message of this echo.
    pub echo: bool,
    /// The sets of active automations, in the order in which they are looked into.
    pub sets: Vec<(AutomationType, Target)>,
    /// The automation that the clicked button or the state names: look into the set of
    /// this type and target first, and where it is not in there, into the store, to tell
    /// whether it is off or deleted.
    pub automation: Option<Named>,
}

/// An automation by name, with what is needed to find it in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Which.
    pub id: AutomationId,
    /// Its type.
    pub automation_type: AutomationType,
    /// The post or story that it is for.
    pub target: Target,
}

/// What has to be read before `event` can be decided. Call it without a state to learn
/// whether the state and the contact are needed, and again with the state, because it may
/// name an automation.
#[must_use]
pub fn needs(event: &Event, state: Option<&UserState>) -> Needs {
    let kind = event.kind;
    if !kind.can_trigger() {
        let echo = kind == EventKind::Echo && event.contact_id.is_some();
        return Needs {
            contact: echo,
            echo,
            ..Needs::default()
        };
    }
    let known = event.contact_id.is_some();
    Needs {
        state: known,
        contact: known,
        echo: false,
        sets: sets(event),
        automation: click(event)
            .map(|payload| Named {
                id: payload.automation_id,
                automation_type: payload.automation_type,
                target: payload.target,
            })
            .or_else(|| state.filter(|_| may_answer(kind)).map(Named::of_state)),
    }
}

impl Named {
    fn of_state(state: &UserState) -> Self {
        Self {
            id: state.automation_id.clone(),
            automation_type: state.automation_type,
            target: state.target.clone(),
        }
    }
}

/// The payload of a button of ours that was clicked.
pub(super) fn click(event: &Event) -> Option<ButtonPayload> {
    match event.kind {
        EventKind::Postback | EventKind::QuickReply => {
            event.payload.as_deref().and_then(ButtonPayload::decode)
        }
        _ => None,
    }
}

/// Whether an event of this kind may answer what is awaited. A comment or a story reply
/// is said somewhere else: it may start another flow, and does not answer this one.
pub(super) fn may_answer(kind: EventKind) -> bool {
    kind.is_message_from_contact() && kind != EventKind::StoryReply
}

fn sets(event: &Event) -> Vec<(AutomationType, Target)> {
    let (automation_type, media) = match event.kind {
        EventKind::Comment | EventKind::LiveComment => (
            AutomationType::CommentReplyFlow,
            [event.media_id.as_ref(), event.original_media_id.as_ref()],
        ),
        EventKind::StoryReply => (
            AutomationType::StoryReplyFlow,
            [event.story_id.as_ref(), None],
        ),
        _ => (AutomationType::DmAutomation, [None, None]),
    };
    let mut sets = Vec::with_capacity(3);
    for media in media.into_iter().flatten() {
        let set = (automation_type, Target::Media(media.clone()));
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets.push((automation_type, Target::All));
    sets
}
