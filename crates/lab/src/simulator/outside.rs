//! What people do who are not simulated: their webhooks come through the listener, and
//! they show in the scene like everybody else.

use super::scene::{Actor, Scene};
use super::{Author, Bubble, Content, Media, MediaSurface, Surface};
use heliograph_model::{AccountId, ContactId, DecisionRecord, Event, EventKind, MediaId};

/// Visitors who are listed at a time.
const VISITORS: usize = 300;
/// Bubbles that are kept of a visitor.
const BUBBLES: usize = 100;
/// Decisions that are kept of a visitor: each is some kilobytes, here and in the window.
const DECISIONS: usize = 25;
/// Posts, stories and live videos that are listed.
const MEDIA: usize = 500;

impl Scene {
    /// Takes in what an event says that nobody of the simulator did.
    /// `accounts` are the ids of the account that people write to.
    pub(crate) fn came_in(&mut self, accounts: &[AccountId], record: &DecisionRecord) {
        let event = &record.event;
        let (Some(person), Some(id)) = (&event.contact_id, &event.event_id) else {
            return;
        };
        let Some((surface, content)) = said(event) else {
            return;
        };
        let is_ours = event
            .account_id
            .as_ref()
            .is_some_and(|id| accounts.contains(id));
        if !is_ours || self.has_bubble(person, id.as_str()) {
            return;
        }
        if self.person(person).is_none() {
            let username = event.username.clone().unwrap_or_else(|| short(person));
            self.people.push(Actor {
                is_outside: true,
                ..Actor::new(person.clone(), username.clone(), username)
            });
        }
        let media_id = event.story_id.as_ref().or(event.media_id.as_ref()).cloned();
        if let Some(media) = &media_id {
            self.know(media, surface);
            if event.kind.is_comment() {
                self.commented(id.as_str().into(), person, media);
            }
        }
        let bubble = Bubble {
            id: id.to_string(),
            at: record.decision.trace.at,
            from: match event.kind {
                EventKind::Echo => Author::Account,
                _ => Author::Person,
            },
            surface,
            media_id,
            content,
            private_reply: false,
            send: None,
            arrived: false,
            error: None,
            delivery_id: Some(record.delivery_id),
        };
        self.act(person, bubble);
    }

    /// Keeps what came from outside within its bounds. What is forgotten here is in the
    /// traffic still.
    pub(crate) fn forget_the_oldest(&mut self) {
        let outside = self.people.iter().filter(|one| one.is_outside).count();
        if outside > VISITORS {
            let mut most = outside - VISITORS + VISITORS / 4;
            self.people.retain(|one| {
                let stays = !one.is_outside || most == 0;
                most -= usize::from(!stays);
                stays
            });
            self.forget_their_comments();
        }
        let mut gone = Vec::new();
        for one in self.people.iter_mut().filter(|one| one.is_outside) {
            let more = one.decisions.len().saturating_sub(DECISIONS);
            one.decisions.drain(..more);
            if one.bubbles.len() > BUBBLES {
                gone.extend(one.bubbles.drain(..one.bubbles.len() - BUBBLES * 3 / 4));
            }
        }
        self.forget_comments(&gone);
    }

    /// Whether it is somebody whose webhooks come from outside.
    pub(crate) fn is_outside(&self, person: &ContactId) -> bool {
        self.person(person).is_some_and(|one| one.is_outside)
    }

    fn has_bubble(&self, person: &ContactId, id: &str) -> bool {
        self.person(person)
            .is_some_and(|actor| actor.bubbles.iter().any(|bubble| bubble.id == id))
    }

    /// Lists a post, story or live video that only a webhook has named so far.
    fn know(&mut self, id: &MediaId, surface: Surface) {
        if self.media(id).is_some() || self.media.len() >= MEDIA {
            return;
        }
        let (kind, what) = match surface {
            Surface::Dm | Surface::StoryReply => (MediaSurface::Story, "Story"),
            Surface::Comment => (MediaSurface::Post, "Post"),
            Surface::LiveComment => (MediaSurface::Live, "Live video"),
        };
        self.media.push(Media {
            id: id.clone(),
            kind,
            title: format!("{what} {}", tail(id.as_str())),
        });
    }
}

/// Where and what somebody said with an event; nothing for what is not said.
fn said(event: &Event) -> Option<(Surface, Content)> {
    let text = || Content::Text {
        text: event.text.clone().unwrap_or_default(),
    };
    let said = match event.kind {
        EventKind::DmText => (Surface::Dm, text()),
        EventKind::StoryReply => (Surface::StoryReply, text()),
        EventKind::Comment => (Surface::Comment, text()),
        EventKind::LiveComment => (Surface::LiveComment, text()),
        EventKind::Echo => {
            event.text.as_ref()?;
            (Surface::Dm, text())
        }
        EventKind::QuickReply | EventKind::Postback => {
            let title = event.text.clone().or_else(|| event.payload.clone());
            let title = title.unwrap_or_default();
            (Surface::Dm, Content::Tap { title })
        }
        EventKind::DmAttachment | EventKind::StoryMention | EventKind::Unsupported => {
            let kind = event
                .attachments
                .first()
                .map_or_else(|| event.kind.to_string(), |first| first.kind.clone());
            (Surface::Dm, Content::Attachment { kind })
        }
        // Said elsewhere already, or nothing that is said.
        EventKind::Reaction
        | EventKind::Read
        | EventKind::Referral
        | EventKind::Optin
        | EventKind::Deleted
        | EventKind::Edited
        | EventKind::Standby
        | EventKind::Mention
        | EventKind::Other => return None,
    };
    Some(said)
}

/// What somebody is called of whom only the id is known.
fn short(person: &ContactId) -> String {
    format!("visitor.{}", tail(person.as_str()))
}

fn tail(id: &str) -> &str {
    let start = id.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    &id[start..]
}
