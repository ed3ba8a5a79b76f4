//! Who is there and what was said, as it looks from outside the engine: what people did,
//! and what the simulated Instagram and the engine told of the account.

use super::{Author, Bubble, Content, Language, Media, MediaSurface, Surface};
use heliograph_instagram::simulated::Sent;
use heliograph_model::{
    CommentId, ContactId, DecisionRecord, DeliveryId, Effect, MediaId, MessageId, Millis,
    OutboxState, Recipient, SendRecord,
};
use std::collections::{HashMap, HashSet, VecDeque};

/// Decisions that are kept for each person.
const DECISIONS: usize = 100;

/// Everything that was seen.
#[derive(Debug, Default)]
pub(crate) struct Scene {
    pub people: Vec<Actor>,
    pub media: Vec<Media>,
    comments: HashMap<CommentId, Commented>,
    /// The last send of the simulated Instagram that was taken in.
    pub seen: u64,
}

/// One of the people.
#[derive(Debug)]
pub(crate) struct Actor {
    pub id: ContactId,
    pub name: String,
    pub username: String,
    pub language: Option<Language>,
    pub bubbles: Vec<Bubble>,
    pub decisions: VecDeque<DecisionRecord>,
    pub unread: u32,
    /// Whether only webhooks from outside told of them.
    pub is_outside: bool,
    /// How often each message was edited.
    pub edits: HashMap<String, u32>,
}

/// Where a comment stands, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Commented {
    pub person: ContactId,
    pub media: MediaId,
    pub live: bool,
}

impl Actor {
    /// Somebody who has said nothing yet.
    pub(crate) fn new(id: ContactId, name: String, username: String) -> Self {
        Self {
            id,
            name,
            username,
            language: None,
            bubbles: Vec::new(),
            decisions: VecDeque::new(),
            unread: 0,
            is_outside: false,
            edits: HashMap::new(),
        }
    }

    fn note(&mut self, at: Millis, text: &str) {
        self.bubbles.push(Bubble {
            id: format!("note-{at}-{}", self.bubbles.len()),
            at,
            from: Author::Note,
            surface: Surface::Dm,
            media_id: None,
            content: Content::Note { text: text.into() },
            private_reply: false,
            send: None,
            arrived: false,
            error: None,
            delivery_id: None,
        });
    }

    /// What Instagram took of a try of which the engine does not know that.
    fn taken_unseen(&mut self, record: &SendRecord, content: &Content) -> Option<&mut Bubble> {
        self.bubbles.iter_mut().rev().find(|bubble| {
            bubble.arrived
                && bubble.at <= record.at
                && bubble.content == *content
                && (bubble.delivery_id.is_none()
                    || (bubble.delivery_id == Some(record.delivery_id)
                        && bubble.send == Some(OutboxState::Retrying)))
        })
    }
}

impl Scene {
    pub(crate) fn person(&self, id: &ContactId) -> Option<&Actor> {
        self.people.iter().find(|person| person.id == *id)
    }

    pub(crate) fn person_mut(&mut self, id: &ContactId) -> Option<&mut Actor> {
        self.people.iter_mut().find(|person| person.id == *id)
    }

    pub(crate) fn media(&self, id: &MediaId) -> Option<&Media> {
        self.media.iter().find(|media| media.id == *id)
    }

    pub(crate) fn comment(&self, id: &CommentId) -> Option<&Commented> {
        self.comments.get(id)
    }

    /// Remembers where a comment stands.
    pub(crate) fn commented(&mut self, id: CommentId, person: &ContactId, media: &MediaId) {
        let live = self
            .media(media)
            .is_some_and(|media| media.kind == MediaSurface::Live);
        self.comments.insert(
            id,
            Commented {
                person: person.clone(),
                media: media.clone(),
                live,
            },
        );
    }

    /// Forgets where these were said.
    pub(super) fn forget_comments(&mut self, said: &[Bubble]) {
        for bubble in said {
            self.comments.remove(&CommentId::from(bubble.id.as_str()));
        }
    }

    /// Forgets where those commented who are not there any more.
    pub(super) fn forget_their_comments(&mut self) {
        let Self {
            people, comments, ..
        } = self;
        let there: HashSet<&ContactId> = people.iter().map(|person| &person.id).collect();
        comments.retain(|_, comment| there.contains(&comment.person));
    }

    /// The person says or does something.
    pub(crate) fn act(&mut self, person: &ContactId, bubble: Bubble) {
        if let Some(actor) = self.person_mut(person) {
            actor.bubbles.push(bubble);
            actor.unread = 0;
        }
    }

    /// Writes a line between the bubbles of everybody who has said something.
    pub(crate) fn note(&mut self, at: Millis, text: &str) {
        for actor in self.people.iter_mut().filter(|a| !a.bubbles.is_empty()) {
            actor.note(at, text);
        }
    }

    /// Writes a line below the conversations that one of these bubbles is in.
    pub(crate) fn note_below(&mut self, bubbles: &[String], at: Millis, text: &str) {
        for actor in &mut self.people {
            if actor.bubbles.iter().any(|it| bubbles.contains(&it.id)) {
                actor.note(at, text);
            }
        }
    }

    /// Says which delivery carried what a person did.
    pub(crate) fn delivered(&mut self, bubbles: &[String], delivery: DeliveryId) {
        for actor in &mut self.people {
            for bubble in &mut actor.bubbles {
                if bubbles.contains(&bubble.id) {
                    bubble.delivery_id = Some(delivery);
                }
            }
        }
    }

    /// Takes in what the simulated Instagram accepted.
    pub(crate) fn sent(&mut self, sent: &Sent) {
        self.seen = self.seen.max(sent.id);
        let comment = sent
            .comment_id
            .as_ref()
            .and_then(|id| self.comments.get(id));
        let person = sent
            .contact_id
            .clone()
            .or_else(|| comment.map(|comment| comment.person.clone()));
        let surface = match comment {
            Some(_) if sent.is_private_reply() => Surface::Dm,
            Some(comment) if comment.live => Surface::LiveComment,
            Some(_) => Surface::Comment,
            None => Surface::Dm,
        };
        let content = if let Some(message) = sent.message() {
            Content::Message { message }
        } else if let Some(text) = sent.public_text() {
            Content::PublicReply { text: text.into() }
        } else if let Some((emoji, _)) = sent.reaction() {
            Content::Reaction {
                emoji: emoji.into(),
            }
        } else {
            return;
        };
        let bubble = Bubble {
            id: sent
                .message_id
                .as_ref()
                .map_or_else(|| format!("sent-{}", sent.id), ToString::to_string),
            at: sent.at,
            from: Author::Account,
            surface,
            media_id: sent
                .media_id
                .clone()
                .or_else(|| comment.map(|comment| comment.media.clone())),
            content,
            private_reply: sent.is_private_reply(),
            send: Some(OutboxState::Sent),
            arrived: true,
            error: None,
            delivery_id: None,
        };
        if let Some(actor) = person.and_then(|person| self.person_mut(&person)) {
            actor.bubbles.push(bubble);
            actor.unread += 1;
        }
    }

    /// Whom one of the engine's sends is for.
    pub(crate) fn receiver(&self, record: &SendRecord) -> Option<ContactId> {
        record.contact_id.clone().or_else(|| match &record.effect {
            Effect::Send {
                to: Recipient::Comment(comment),
                ..
            }
            | Effect::ReplyToComment {
                comment_id: comment,
                ..
            } => self
                .comments
                .get(comment)
                .map(|comment| comment.person.clone()),
            Effect::Send {
                to: Recipient::Contact(contact),
                ..
            }
            | Effect::React {
                contact_id: contact,
                ..
            } => Some(contact.clone()),
        })
    }

    /// Takes in how the engine sees one of its sends.
    pub(crate) fn send_ended(&mut self, record: &SendRecord) {
        let person = self.receiver(record);
        let bubble = failed_bubble(record, &self.comments);
        let Some(actor) = person.and_then(|person| self.person_mut(&person)) else {
            return;
        };
        if !matches!(record.state, OutboxState::Sent)
            && let Some(taken) = actor.taken_unseen(record, &bubble.content)
        {
            taken.send = Some(record.state);
            taken.error.clone_from(&bubble.error);
            taken.delivery_id = Some(record.delivery_id);
            return;
        }
        let waiting = actor
            .bubbles
            .iter()
            .position(|before| before.id == bubble.id);
        match (record.state, waiting) {
            // The simulated Instagram has told of it.
            (OutboxState::Sent, Some(place)) => {
                actor.bubbles.remove(place);
            }
            (OutboxState::Sent, None) => {}
            (_, Some(place)) => actor.bubbles[place] = bubble,
            (_, None) => actor.bubbles.push(bubble),
        }
        if let (Some(message), Some(delivery)) = (message_of(record), Some(record.delivery_id))
            && let Some(sent) = actor
                .bubbles
                .iter_mut()
                .find(|bubble| bubble.id == message.as_str())
        {
            sent.delivery_id = Some(delivery);
        }
    }

    /// Takes in what the engine decided.
    pub(crate) fn decided(&mut self, record: &DecisionRecord) {
        let Some(actor) = record
            .event
            .contact_id
            .as_ref()
            .and_then(|contact| self.person_mut(contact))
        else {
            return;
        };
        actor.decisions.push_back(record.clone());
        if actor.decisions.len() > DECISIONS {
            actor.decisions.pop_front();
        }
    }
}

fn message_of(record: &SendRecord) -> Option<&MessageId> {
    record.receipt.as_ref()?.message_id.as_ref()
}

/// How a send that has not arrived, or of which nobody knows, looks in the conversation.
fn failed_bubble(record: &SendRecord, comments: &HashMap<CommentId, Commented>) -> Bubble {
    let (content, comment, private_reply) = match &record.effect {
        Effect::Send { to, message, .. } => {
            let comment = match to {
                Recipient::Contact(_) => None,
                Recipient::Comment(comment) => Some(comment),
            };
            let content = Content::Message {
                message: message.clone(),
            };
            (content, comment, comment.is_some())
        }
        Effect::ReplyToComment {
            comment_id, text, ..
        } => {
            let content = Content::PublicReply { text: text.clone() };
            (content, Some(comment_id), false)
        }
        Effect::React { reaction, .. } => {
            let content = Content::Reaction {
                emoji: reaction.clone(),
            };
            (content, None, false)
        }
    };
    let comment = comment.and_then(|id| comments.get(id));
    Bubble {
        id: format!("outbox-{}", record.outbox_id),
        at: record.at,
        from: Author::Account,
        surface: match comment {
            Some(comment) if !private_reply && comment.live => Surface::LiveComment,
            Some(_) if !private_reply => Surface::Comment,
            Some(_) | None => Surface::Dm,
        },
        media_id: comment.map(|comment| comment.media.clone()),
        content,
        private_reply,
        send: Some(record.state),
        arrived: false,
        error: record.error.as_ref().map(|error| error.message.clone()),
        delivery_id: Some(record.delivery_id),
    }
}
