//! What somebody does, as the webhook that Meta would send, as the bubble that a person
//! would see, and as what the real Instagram would know from then on.

use super::scene::Scene;
use super::webhook::{self, Direct, Item};
use super::{Author, Bubble, Content, MediaSurface, Surface};
use heliograph_instagram::simulated::{self, SimulatedInstagram};
use heliograph_model::{AccountId, CommentId, ContactId, MediaId, MessageId, Millis};

/// Somebody does something at some time.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    /// Who; where the account itself does it, at whom it is directed.
    pub person: ContactId,
    pub at: Millis,
    pub what: What,
}

/// What somebody does.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// Something new in the direct messages.
    Write(Writing),
    /// Something about a message that is there.
    Touch { message: MessageId, touch: Touch },
    /// A comment.
    Comment(Commenting),
}

/// Something new in the direct messages.
#[derive(Debug, Clone)]
pub(crate) enum Writing {
    Text(String),
    /// Something without a text, by the type that Instagram gives it.
    Attachment(String),
    Unsupported,
    Postback {
        title: String,
        payload: String,
    },
    QuickReply {
        title: String,
        payload: String,
    },
    StoryReply {
        story: MediaId,
        text: String,
    },
    /// The person comes by a link that carries this.
    Referral(String),
    /// Somebody answers by hand from the account's inbox.
    HumanAnswer(String),
}

/// Something about a message that is there.
#[derive(Debug, Clone)]
pub(crate) enum Touch {
    /// `None` takes the reaction back.
    React(Option<String>),
    Read,
    Delete,
    Edit(String),
}

/// A comment.
#[derive(Debug, Clone)]
pub(crate) struct Commenting {
    pub media: MediaId,
    pub text: String,
    pub parent: Option<CommentId>,
    pub place: CommentPlace,
}

/// Who comments, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommentPlace {
    /// The person, on the post or live video itself.
    OnMedia,
    /// The person, on the advertisement for the post.
    OnAd,
    /// The account itself.
    Own,
}

/// The account and the simulated Instagram at which a move happens.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub account: &'a AccountId,
    pub username: &'a str,
    pub instagram: &'a SimulatedInstagram,
}

impl Move {
    /// Plays the move: the scene and the simulated Instagram know of it afterwards.
    /// Returns the item of the delivery, and the bubble that it made or changed.
    pub(super) fn play(&self, place: &Place<'_>, scene: &mut Scene) -> (Item, Option<String>) {
        let direct = Direct {
            account: place.account,
            person: &self.person,
            at: self.at,
        };
        match &self.what {
            What::Write(writing) => {
                let (item, id) = self.write(writing, &direct, place, scene);
                (item, Some(id))
            }
            What::Touch { message, touch } => self.touch(message, touch, &direct, place, scene),
            What::Comment(comment) => {
                let (item, id) = self.comment(comment, place, scene);
                (item, Some(id))
            }
        }
    }

    fn write(
        &self,
        writing: &Writing,
        direct: &Direct<'_>,
        place: &Place<'_>,
        scene: &mut Scene,
    ) -> (Item, String) {
        let mid = place.instagram.new_message_id();
        let text = |text: &str| Content::Text { text: text.into() };
        let tap = |title: &str| Content::Tap {
            title: title.into(),
        };
        let (item, content) = match writing {
            Writing::Text(said) => (direct.text(&mid, said), text(said)),
            Writing::Attachment(kind) => {
                let content = Content::Attachment { kind: kind.clone() };
                (direct.attachment(&mid, kind), content)
            }
            Writing::Unsupported => {
                let kind = "unsupported".to_owned();
                (direct.unsupported(&mid), Content::Attachment { kind })
            }
            Writing::Postback { title, payload } => {
                (direct.postback(&mid, title, payload), tap(title))
            }
            Writing::QuickReply { title, payload } => {
                (direct.quick_reply(&mid, title, payload), tap(title))
            }
            Writing::StoryReply { story, text: said } => {
                (direct.story_reply(&mid, story, said), text(said))
            }
            Writing::Referral(reference) => {
                let text = format!("comes by a link that carries “{reference}”");
                (direct.referral(reference), Content::Note { text })
            }
            Writing::HumanAnswer(said) => (direct.echo(&mid, said), text(said)),
        };
        let mut bubble = self.bubble(mid.as_str(), Surface::Dm, content);
        match writing {
            Writing::Text(_)
            | Writing::Attachment(_)
            | Writing::Postback { .. }
            | Writing::QuickReply { .. } => self.opens_window(&mid, place),
            Writing::StoryReply { story, .. } => {
                bubble.surface = Surface::StoryReply;
                bubble.media_id = Some(story.clone());
                self.opens_window(&mid, place);
            }
            Writing::Unsupported => {}
            Writing::Referral(_) => bubble.from = Author::Note,
            Writing::HumanAnswer(_) => bubble.from = Author::Account,
        }
        scene.act(&self.person, bubble);
        (item, mid.to_string())
    }

    fn opens_window(&self, mid: &MessageId, place: &Place<'_>) {
        place
            .instagram
            .person_wrote(place.account, &self.person, Some(mid.clone()), self.at);
    }

    fn touch(
        &self,
        message: &MessageId,
        touch: &Touch,
        direct: &Direct<'_>,
        place: &Place<'_>,
        scene: &mut Scene,
    ) -> (Item, Option<String>) {
        match touch {
            Touch::React(emoji) => {
                let item = direct.reaction(message, emoji.as_deref());
                let emoji = emoji.clone().unwrap_or_else(|| "∅".into());
                let id = place.instagram.new_message_id();
                let bubble = self.bubble(id.as_str(), Surface::Dm, Content::Reaction { emoji });
                scene.act(&self.person, bubble);
                (item, Some(id.to_string()))
            }
            Touch::Read => (direct.read(message), None),
            Touch::Delete => {
                place.instagram.delete_message(message);
                change(scene, &self.person, message, Content::Deleted);
                (direct.deleted(message), Some(message.to_string()))
            }
            Touch::Edit(text) => {
                let number = scene.person_mut(&self.person).map_or(1, |actor| {
                    let number = actor.edits.entry(message.to_string()).or_default();
                    *number += 1;
                    *number
                });
                let content = Content::Text { text: text.clone() };
                change(scene, &self.person, message, content);
                let item = direct.edited(message, text, number);
                (item, Some(message.to_string()))
            }
        }
    }

    fn comment(
        &self,
        comment: &Commenting,
        place: &Place<'_>,
        scene: &mut Scene,
    ) -> (Item, String) {
        let Commenting {
            media,
            text,
            parent,
            place: of,
        } = comment;
        let id = CommentId::from(place.instagram.new_numeric_id());
        let own = *of == CommentPlace::Own;
        let live = scene
            .media(media)
            .is_some_and(|media| media.kind == MediaSurface::Live);
        let username = scene
            .person(&self.person)
            .map_or_else(String::new, |actor| actor.username.clone());
        // An advertisement has an id of its own, beside the post that it is for.
        let ad = MediaId::from(format!("{media}9"));
        let on_ad = *of == CommentPlace::OnAd;
        let item = webhook::Comment {
            id: &id,
            from: if own {
                place.account.as_str()
            } else {
                self.person.as_str()
            },
            username: if own { place.username } else { &username },
            media: if on_ad { &ad } else { media },
            original_media: on_ad.then_some(media),
            live,
            parent: parent.as_ref(),
            text,
        }
        .item(self.at);
        let from = (!own).then(|| self.person.clone());
        let mut known =
            simulated::Comment::of_person(id.clone(), place.account.clone(), from, text, self.at)
                .below(media.clone());
        known.own = own;
        known.parent_id.clone_from(parent);
        place.instagram.add_comment(known);
        scene.commented(id.clone(), &self.person, media);
        let surface = if live {
            Surface::LiveComment
        } else {
            Surface::Comment
        };
        let mut bubble = self.bubble(id.as_str(), surface, Content::Text { text: text.clone() });
        bubble.media_id = Some(media.clone());
        if own {
            bubble.from = Author::Account;
        }
        scene.act(&self.person, bubble);
        (item, id.to_string())
    }

    fn bubble(&self, id: &str, surface: Surface, content: Content) -> Bubble {
        Bubble {
            id: id.to_owned(),
            at: self.at,
            from: Author::Person,
            surface,
            media_id: None,
            content,
            private_reply: false,
            send: None,
            arrived: false,
            error: None,
            delivery_id: None,
        }
    }
}

/// Changes what a bubble says.
fn change(scene: &mut Scene, person: &ContactId, message: &MessageId, content: Content) {
    let bubble = scene.person_mut(person).and_then(|actor| {
        actor
            .bubbles
            .iter_mut()
            .find(|bubble| bubble.id == message.as_str())
    });
    if let Some(bubble) = bubble {
        bubble.content = content;
    }
}
