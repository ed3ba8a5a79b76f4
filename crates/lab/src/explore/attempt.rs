//! What a person can try.

use super::place::{Place, Tappable};
use super::world::{NOW, PERSON, USERNAME, World};
use heliograph_engine::steps;
use heliograph_model::{
    Attachment, AutomationType, Awaiting, Event, EventKind, StepName, TriggerMode,
};

/// An address that is one.
const ADDRESS: &str = "maya@example.com";
/// Texts that are no answer to anything; the first that no keyword is in is taken.
const NOTHINGS: [&str; 5] = [
    "Let me think about it",
    "Well well",
    "Purple elephants",
    "Xylophone quartz",
    "...",
];
/// How many keywords are tried anywhere but at the start, where each is.
const KEYWORDS_LATER: usize = 4;

/// What somebody tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attempt {
    /// Writes a text.
    Say(String),
    /// Writes a text that answers nothing.
    SayNothing(String),
    /// Sends an image.
    SendImage,
    /// Taps a button.
    Tap(Tappable),
    /// Chooses a quick reply.
    Choose(Tappable),
    /// Comments.
    Comment(String),
    /// Replies to the story.
    ReplyToStory(String),
    /// Follows the account from now on.
    Follow,
    /// Says nothing until what is awaited has expired.
    Wait,
}

impl Attempt {
    /// The event that Instagram would send; `None` for what it does not report.
    pub(super) fn event(&self, world: &World, number: usize) -> Option<Event> {
        let of = |kind| Event {
            account_id: Some(world.account.id.clone()),
            sender_id: Some(PERSON.into()),
            contact_id: Some(PERSON.into()),
            event_id: Some(format!("e{number}").into()),
            timestamp: Some(NOW),
            ..Event::new(kind)
        };
        let with_text = |kind, text: &str| Event {
            text: Some(text.to_owned()),
            ..of(kind)
        };
        Some(match self {
            Self::Say(text) | Self::SayNothing(text) => with_text(EventKind::DmText, text),
            Self::SendImage => Event {
                attachments: vec![Attachment {
                    kind: "image".into(),
                    url: None,
                    media_id: None,
                    title: None,
                }],
                ..of(EventKind::DmAttachment)
            },
            Self::Tap(tappable) => Event {
                payload: Some(tappable.payload.clone()),
                ..with_text(EventKind::Postback, &tappable.title)
            },
            Self::Choose(tappable) => Event {
                payload: Some(tappable.payload.clone()),
                ..with_text(EventKind::QuickReply, &tappable.title)
            },
            Self::Comment(text) => Event {
                media_id: Some(world.media.clone()),
                username: Some(USERNAME.to_owned()),
                ..with_text(EventKind::Comment, text)
            },
            Self::ReplyToStory(text) => Event {
                story_id: Some(world.media.clone()),
                ..with_text(EventKind::StoryReply, text)
            },
            Self::Follow | Self::Wait => return None,
        })
    }

    /// Whether it is a tap, and on what.
    pub(super) fn tapped(&self) -> Option<&Tappable> {
        match self {
            Self::Tap(tappable) | Self::Choose(tappable) => Some(tappable),
            Self::Say(_)
            | Self::SayNothing(_)
            | Self::SendImage
            | Self::Comment(_)
            | Self::ReplyToStory(_)
            | Self::Follow
            | Self::Wait => None,
        }
    }
}

/// What is the same wherever a person is.
#[derive(Debug)]
pub(super) struct Attempts {
    /// What sets the automation off, in the place where it listens.
    starts: Vec<Attempt>,
    nothing: String,
    unsubscribes: Option<String>,
    verifies: bool,
}

impl Attempts {
    pub(super) fn of(world: &World) -> Self {
        let automation = &world.automation;
        let nothing = NOTHINGS
            .into_iter()
            .find(|text| !world.is_keyword(text))
            .unwrap_or(NOTHINGS[0])
            .to_owned();
        let texts = match automation.trigger.mode {
            TriggerMode::AnyReply => vec![nothing.clone()],
            TriggerMode::SpecificKeywords => automation
                .trigger
                .keywords
                .iter()
                .map(|keyword| keyword.text.clone())
                .filter(|text| !text.trim().is_empty())
                .collect(),
        };
        let start = match automation.kind {
            AutomationType::DmAutomation if automation.trigger.mode == TriggerMode::AnyReply => {
                Attempt::SayNothing
            }
            AutomationType::DmAutomation => Attempt::Say,
            AutomationType::StoryReplyFlow => Attempt::ReplyToStory,
            AutomationType::CommentReplyFlow => Attempt::Comment,
        };
        let follow = automation.steps.follow.as_ref();
        Self {
            starts: texts.into_iter().map(start).collect(),
            nothing,
            unsubscribes: world
                .account
                .settings
                .unsubscribe_keywords
                .iter()
                .find(|word| !word.trim().is_empty())
                .cloned(),
            verifies: steps::has(automation, StepName::Follow)
                && follow.is_some_and(|step| step.verify),
        }
    }

    /// Everything that somebody in `place` can try.
    pub(super) fn at(&self, place: &Place, is_start: bool) -> Vec<Attempt> {
        let starts = if is_start {
            self.starts.len()
        } else {
            KEYWORDS_LATER
        };
        let mut all: Vec<_> = self.starts.iter().take(starts).cloned().collect();
        let mut add = |attempt: Attempt| {
            if !all.contains(&attempt) {
                all.push(attempt);
            }
        };
        for button in &place.buttons {
            add(Attempt::Tap(button.clone()));
        }
        for reply in &place.replies {
            add(Attempt::Choose(reply.clone()));
        }
        match place.awaits() {
            Some((Awaiting::AwaitingEmail, _)) => {
                add(Attempt::Say(ADDRESS.to_owned()));
            }
            // The title of what is awaited, typed.
            Some((Awaiting::AwaitingOpeningResponse | Awaiting::AwaitingFollowConfirmation, _)) => {
                if let Some(awaited) = place.buttons.last() {
                    add(Attempt::Say(awaited.title.clone()));
                }
            }
            None => {}
        }
        add(Attempt::SayNothing(self.nothing.clone()));
        add(Attempt::SendImage);
        if let Some(word) = &self.unsubscribes {
            add(Attempt::Say(word.clone()));
        }
        if self.verifies && !place.follows {
            add(Attempt::Follow);
        }
        if place.state.is_some() {
            add(Attempt::Wait);
        }
        all
    }
}
