//! What a window asks for, as what somebody does.

use super::moves::{CommentPlace, Commenting, Move, Touch, What, Writing};
use super::stage::Stage;
use super::{Action, Author, Bubble, Content, MediaSurface, Result, SimulatorError};
use heliograph_model::{
    ContactId, MediaId, MessageId, OutgoingAction, OutgoingButton, OutgoingMessage,
};

/// Turns an action into what somebody does now.
pub(super) fn to_move(stage: &Stage, action: &Action) -> Result<Move> {
    let person = action.person().clone();
    if stage.look(|scene| scene.person(&person).is_none()) {
        return Err(SimulatorError::NoPerson(person.to_string()));
    }
    let what = match action {
        Action::Say { text, .. } => What::Write(Writing::Text(text.clone())),
        Action::ReplyToStory { story, text, .. } => {
            media(stage, story)?;
            What::Write(Writing::StoryReply {
                story: story.clone(),
                text: text.clone(),
            })
        }
        Action::MentionInStory { .. } => What::Write(Writing::Attachment("story_mention".into())),
        Action::Send { what, .. } => {
            What::Write(what.attachment().map_or(Writing::Unsupported, |kind| {
                Writing::Attachment(kind.to_owned())
            }))
        }
        Action::OpenLink { reference, .. } => What::Write(Writing::Referral(reference.clone())),
        Action::HumanReply { text, .. } => What::Write(Writing::HumanAnswer(text.clone())),
        Action::Comment {
            media: id,
            text,
            parent,
            ..
        } => {
            if media(stage, id)? == MediaSurface::Story {
                return Err(SimulatorError::NoBubble(
                    "one replies to a story and does not comment on it; choose “reply to story”"
                        .into(),
                ));
            }
            What::Comment(Commenting {
                media: id.clone(),
                text: text.clone(),
                parent: parent.as_deref().map(Into::into),
                place: CommentPlace::OnMedia,
            })
        }
        Action::Tap {
            bubble,
            card,
            button,
            ..
        } => tap(&find(stage, &person, bubble)?, *card, *button)?,
        Action::TapQuickReply { bubble, reply, .. } => {
            quick_reply(&find(stage, &person, bubble)?, *reply)?
        }
        Action::React { bubble, emoji, .. } => What::Touch {
            message: find(stage, &person, bubble)?.id.into(),
            touch: Touch::React(Some(emoji.clone())),
        },
        Action::Unreact { bubble, .. } => What::Touch {
            message: find(stage, &person, bubble)?.id.into(),
            touch: Touch::React(None),
        },
        Action::Read { bubble, .. } => What::Touch {
            message: find(stage, &person, bubble)?.id.into(),
            touch: Touch::Read,
        },
        Action::DeleteMessage { bubble, .. } => What::Touch {
            message: own(stage, &person, bubble)?,
            touch: Touch::Delete,
        },
        Action::EditMessage { bubble, text, .. } => What::Touch {
            message: own(stage, &person, bubble)?,
            touch: Touch::Edit(text.clone()),
        },
    };
    Ok(Move {
        person,
        at: stage.now(),
        what,
    })
}

/// What a tap on a button sends back.
pub(crate) fn press(button: &OutgoingButton) -> Result<What> {
    match &button.action {
        OutgoingAction::Payload(payload) => Ok(What::Write(Writing::Postback {
            title: button.title.clone(),
            payload: payload.clone(),
        })),
        OutgoingAction::Url(url) => Err(SimulatorError::NoBubble(format!(
            "“{}” opens {url} in the browser; Instagram tells nobody of that, so there is nothing to simulate",
            button.title
        ))),
    }
}

fn tap(bubble: &Bubble, card: Option<u32>, button: u32) -> Result<What> {
    let buttons = match (message(bubble)?, card) {
        (OutgoingMessage::Buttons { buttons, .. }, None) => Some(buttons.as_slice()),
        (OutgoingMessage::Carousel { cards }, Some(card)) => {
            cards.get(card as usize).map(|card| card.buttons.as_slice())
        }
        (
            OutgoingMessage::Buttons { .. }
            | OutgoingMessage::Carousel { .. }
            | OutgoingMessage::Text { .. }
            | OutgoingMessage::Media { .. },
            _,
        ) => None,
    };
    let button = buttons.and_then(|buttons| buttons.get(button as usize));
    press(button.ok_or_else(|| missing("button"))?)
}

fn quick_reply(bubble: &Bubble, reply: u32) -> Result<What> {
    let OutgoingMessage::Text { quick_replies, .. } = message(bubble)? else {
        return Err(missing("quick reply"));
    };
    let reply = quick_replies
        .get(reply as usize)
        .ok_or_else(|| missing("quick reply"))?;
    Ok(What::Write(Writing::QuickReply {
        title: reply.title.clone(),
        payload: reply.payload.clone(),
    }))
}

fn missing(what: &str) -> SimulatorError {
    SimulatorError::NoBubble(format!(
        "this message has no such {what}; load the view again"
    ))
}

fn message(bubble: &Bubble) -> Result<&OutgoingMessage> {
    match &bubble.content {
        Content::Message { message } => Ok(message),
        Content::Text { .. }
        | Content::Tap { .. }
        | Content::PublicReply { .. }
        | Content::Reaction { .. }
        | Content::Attachment { .. }
        | Content::Deleted
        | Content::Note { .. } => Err(SimulatorError::NoBubble(
            "only a message of the account has buttons".into(),
        )),
    }
}

fn find(stage: &Stage, person: &ContactId, bubble: &str) -> Result<Bubble> {
    let found = stage.look(|scene| {
        scene.person(person).and_then(|actor| {
            actor
                .bubbles
                .iter()
                .find(|known| known.id == bubble)
                .cloned()
        })
    });
    found.ok_or_else(|| {
        SimulatorError::NoBubble(format!(
            "there is no message {bubble} in this conversation; load the view again"
        ))
    })
}

/// A message that the person wrote.
fn own(stage: &Stage, person: &ContactId, bubble: &str) -> Result<MessageId> {
    let found = find(stage, person, bubble)?;
    if found.from == Author::Person {
        return Ok(found.id.into());
    }
    Err(SimulatorError::NoBubble(
        "people can only delete or edit messages of their own".into(),
    ))
}

fn media(stage: &Stage, id: &MediaId) -> Result<MediaSurface> {
    stage
        .look(|scene| scene.media(id).map(|media| media.kind))
        .ok_or_else(|| SimulatorError::NoMedia(id.to_string()))
}
