//! What people do, as moves on the stage.

use super::shape::Shape;
use super::{Run, Stuck};
use crate::scenario::format::{Act, Deed, RawWebhook, Tapped};
use crate::scenario::report::Voice;
use crate::simulator::{
    Author, Bubble, CommentPlace, Commenting, Content, Done, Move, NewPerson, Surface, Touch, What,
    Writing, press,
};
use heliograph_model::{ContactId, MediaId, OutgoingAction, OutgoingButton, OutgoingMessage};

impl Run<'_> {
    /// Plays what several people do in one delivery.
    pub(super) async fn act(&mut self, acts: &[Act]) -> Result<(), Stuck> {
        let mut moves = Vec::with_capacity(acts.len());
        for act in acts {
            if act.deed == Deed::Echo {
                self.echo(&act.who).await?;
                continue;
            }
            moves.push(self.to_move(act)?);
            let (who, text) = describe(act);
            self.line(Voice::Person, &who, &text);
        }
        if moves.is_empty() {
            return Ok(());
        }
        Ok(self.stage.play(moves).await?)
    }

    /// So many people who say the same in one delivery.
    pub(super) async fn crowd(&mut self, count: u32, text: &str) -> Result<(), Stuck> {
        self.crowd.clear();
        for number in 1..=count {
            let guest = NewPerson::named(&format!("Guest {number}"), false);
            self.crowd.push(self.stage.add_person(&guest).await?);
        }
        self.line(Voice::Person, &format!("{count} people"), text);
        let moves: Vec<_> = self
            .crowd
            .iter()
            .map(|person| self.move_of(person, 0, What::Write(Writing::Text(text.to_owned()))))
            .collect();
        Ok(self.stage.play(moves).await?)
    }

    /// The last delivery comes again, byte for byte.
    pub(super) async fn again(&mut self, times: u32) -> Result<(), Stuck> {
        for _ in 0..times {
            self.world("instagram", "the same delivery comes again");
            self.stage.perform(Done::Again).await?;
        }
        Ok(())
    }

    /// A webhook as it stands in a file or in the scenario.
    pub(super) async fn webhook(&mut self, webhook: &RawWebhook) -> Result<(), Stuck> {
        let (what, body) = match webhook {
            RawWebhook::File(name) => (name.as_str(), self.files.webhook(name)?),
            RawWebhook::Body(body) => ("as written", body.clone()),
        };
        self.world("instagram", &format!("a webhook arrives: {what}"));
        Ok(self.stage.arrive(body).await?)
    }

    /// Instagram reports the account's last message to somebody.
    async fn echo(&mut self, who: &str) -> Result<(), Stuck> {
        let messages = self.messages_of(&self.id(who));
        let last = messages
            .last()
            .ok_or_else(|| Stuck::Because(format!("the account has not written to {who} yet")))?;
        let body = last
            .echo("account")
            .ok_or_else(|| Stuck::Because("that message has no echo".into()))?
            .to_string();
        self.world("instagram", "reports the account's last message");
        Ok(self.stage.arrive(body).await?)
    }

    fn move_of(&self, person: &ContactId, ago: i64, what: What) -> Move {
        Move {
            person: person.clone(),
            at: self.stage.now() - ago,
            what,
        }
    }

    fn to_move(&self, act: &Act) -> Result<Move, Stuck> {
        let person = self.id(&act.who);
        let write = What::Write;
        let what = match &act.deed {
            Deed::Say(text) => write(Writing::Text(text.clone())),
            Deed::SendAttachment(kind) => write(Writing::Attachment(kind.clone())),
            Deed::SendUnsupported => write(Writing::Unsupported),
            Deed::MentionInStory => write(Writing::Attachment("story_mention".into())),
            Deed::Tap(tapped) => self.button(&person, tapped)?,
            Deed::Choose(tapped) => self.quick_reply(&person, tapped)?,
            Deed::TapIceBreaker { title, payload } => write(Writing::Postback {
                title: title.clone(),
                payload: payload.clone(),
            }),
            Deed::ReplyToStory { story, text } => write(Writing::StoryReply {
                story: self.media(story),
                text: text.clone(),
            }),
            Deed::OpenLink(reference) => write(Writing::Referral(reference.clone())),
            Deed::HumanAnswer(text) => write(Writing::HumanAnswer(text.clone())),
            Deed::Comment { media, text, on_ad } => What::Comment(Commenting {
                media: self.media(media),
                text: text.clone(),
                parent: None,
                place: if *on_ad {
                    CommentPlace::OnAd
                } else {
                    CommentPlace::OnMedia
                },
            }),
            Deed::ReplyToComment { of, text, comment } => {
                let comment = self.comment_with(of, comment.as_deref())?;
                Self::reply_to_comment(comment, text, CommentPlace::OnMedia)?
            }
            Deed::OwnReplyToComment(text) => {
                let comment = self.last_comment(&act.who)?;
                Self::reply_to_comment(comment, text, CommentPlace::Own)?
            }
            Deed::OwnComment { media, text } => What::Comment(Commenting {
                media: self.media(media),
                text: text.clone(),
                parent: None,
                place: CommentPlace::Own,
            }),
            Deed::React { emoji, on } => What::Touch {
                message: self.received(&act.who, on.as_deref())?,
                touch: Touch::React(emoji.clone()),
            },
            Deed::Read(of) => What::Touch {
                message: self.received(&act.who, of.as_deref())?,
                touch: Touch::Read,
            },
            Deed::Delete(of) => What::Touch {
                message: self.written(&act.who, of.as_deref())?.id.into(),
                touch: Touch::Delete,
            },
            Deed::Edit { text, of } => What::Touch {
                message: self.written(&act.who, of.as_deref())?.id.into(),
                touch: Touch::Edit(text.clone()),
            },
            Deed::Echo => {
                return Err(Stuck::Because(
                    "Instagram reports a message in a delivery of its own".into(),
                ));
            }
        };
        Ok(self.move_of(&person, act.ago, what))
    }

    pub(super) fn media(&self, name: &str) -> MediaId {
        let found = self.scenario.media.iter().find(|media| media.key == name);
        // The reader has checked every name.
        found.map_or_else(|| name.into(), |media| media.id.clone())
    }

    fn reply_to_comment(comment: Bubble, text: &str, place: CommentPlace) -> Result<What, Stuck> {
        let media = comment
            .media_id
            .ok_or_else(|| Stuck::Because("that comment stands nowhere".into()))?;
        Ok(What::Comment(Commenting {
            media,
            text: text.to_owned(),
            parent: Some(comment.id.into()),
            place,
        }))
    }

    /// The newest button of that title, on whichever message it is.
    fn button(&self, person: &ContactId, tapped: &Tapped) -> Result<What, Stuck> {
        let mut others = Vec::new();
        for sent in self.messages_of(person).iter().rev() {
            let (text, buttons) = match sent.message() {
                Some(OutgoingMessage::Buttons { text, buttons }) => {
                    let buttons: Vec<_> = buttons.into_iter().map(|it| (None, it)).collect();
                    (text, buttons)
                }
                Some(OutgoingMessage::Carousel { cards }) => (
                    cards.iter().map(|card| card.title.as_str()).collect(),
                    cards
                        .into_iter()
                        .flat_map(|card| {
                            let title = card.title;
                            let on = move |button| (Some(title.clone()), button);
                            card.buttons.into_iter().map(on)
                        })
                        .collect(),
                ),
                Some(OutgoingMessage::Text { .. } | OutgoingMessage::Media { .. }) | None => {
                    continue;
                }
            };
            if !tapped.of.as_ref().is_none_or(|part| text.contains(part)) {
                continue;
            }
            let (fitting, rest): (Vec<_>, Vec<_>) = buttons.into_iter().partition(|one| {
                let (card, button) = one;
                (tapped.card.is_none() || tapped.card == *card) && button.title == tapped.title
            });
            // Of two that are called the same, the one whose tap the account is told of.
            let told = |one: &&(Option<String>, OutgoingButton)| {
                matches!(one.1.action, OutgoingAction::Payload(_))
            };
            if let Some((_, button)) = fitting.iter().find(told).or(fitting.first()) {
                return Ok(press(button)?);
            }
            others.extend(rest.into_iter().map(|(_, button)| button.title));
        }
        Err(no_such("button", tapped, &others))
    }

    fn quick_reply(&self, person: &ContactId, tapped: &Tapped) -> Result<What, Stuck> {
        let mut others = Vec::new();
        for sent in self.messages_of(person).iter().rev() {
            let Some(OutgoingMessage::Text {
                text,
                quick_replies,
            }) = sent.message()
            else {
                continue;
            };
            if !tapped.of.as_ref().is_none_or(|part| text.contains(part)) {
                continue;
            }
            for reply in quick_replies {
                if reply.title == tapped.title {
                    return Ok(What::Write(Writing::QuickReply {
                        title: reply.title,
                        payload: reply.payload,
                    }));
                }
                others.push(reply.title);
            }
        }
        Err(no_such("quick reply", tapped, &others))
    }

    /// The last message that somebody received, or the last one with this part.
    fn received(
        &self,
        who: &str,
        part: Option<&str>,
    ) -> Result<heliograph_model::MessageId, Stuck> {
        let messages = self.messages_of(&self.id(who));
        let mut fitting = messages.iter().rev().filter(|sent| {
            part.is_none_or(|part| Shape::of(sent).texts().any(|text| text.contains(part)))
        });
        fitting
            .next()
            .and_then(|sent| sent.message_id.clone())
            .ok_or_else(|| {
                Stuck::Because(match part {
                    None => format!("{who} has not received a message yet"),
                    Some(part) => format!("{who} has received no message with “{part}” in it"),
                })
            })
    }

    /// The last message that somebody wrote, or the last one with this part.
    fn written(&self, who: &str, part: Option<&str>) -> Result<Bubble, Stuck> {
        self.last_of(who, |bubble| {
            matches!(bubble.surface, Surface::Dm | Surface::StoryReply)
                && matches!(
                    bubble.content,
                    Content::Text { .. } | Content::Attachment { .. }
                )
                && says(bubble, part)
        })
        .ok_or_else(|| {
            Stuck::Because(match part {
                None => format!("{who} has not written a message yet"),
                Some(part) => format!("{who} has written no message with “{part}” in it"),
            })
        })
    }

    pub(super) fn last_comment(&self, who: &str) -> Result<Bubble, Stuck> {
        self.comment_with(who, None)
    }

    fn comment_with(&self, who: &str, part: Option<&str>) -> Result<Bubble, Stuck> {
        self.last_of(who, |bubble| {
            matches!(bubble.surface, Surface::Comment | Surface::LiveComment) && says(bubble, part)
        })
        .ok_or_else(|| {
            Stuck::Because(match part {
                None => format!("{who} has not commented yet"),
                Some(part) => format!("{who} has written no comment with “{part}” in it"),
            })
        })
    }

    /// The last that somebody wrote in the direct messages, also a tap: what a reaction
    /// of the account may be on.
    pub(super) fn last_direct(&self, who: &str) -> Option<Bubble> {
        self.last_of(who, |bubble| {
            matches!(bubble.surface, Surface::Dm | Surface::StoryReply)
        })
    }

    fn last_of(&self, who: &str, fits: impl Fn(&Bubble) -> bool) -> Option<Bubble> {
        let person = self.id(who);
        self.stage.look(|scene| {
            let actor = scene.person(&person)?;
            let mut bubbles = actor.bubbles.iter().rev();
            bubbles
                .find(|bubble| bubble.from == Author::Person && fits(bubble))
                .cloned()
        })
    }
}

/// Whether a bubble is the one with this part.
fn says(bubble: &Bubble, part: Option<&str>) -> bool {
    part.is_none_or(|part| match &bubble.content {
        Content::Text { text } => text.contains(part),
        Content::Attachment { kind } => kind == part,
        _ => false,
    })
}

fn no_such(what: &str, tapped: &Tapped, others: &[String]) -> Stuck {
    let there = if others.is_empty() {
        format!("no message with a {what} has been received")
    } else {
        format!("there are: {}", others.join(", "))
    };
    Stuck::Because(format!(
        "no {what} “{}” has been received; {there}",
        tapped.title
    ))
}

/// An act for the transcript.
fn describe(act: &Act) -> (String, String) {
    let text = match &act.deed {
        Deed::Say(text) => text.clone(),
        Deed::SendAttachment(kind) => format!("(sends: {kind})"),
        Deed::SendUnsupported => "(sends something that Instagram does not hand out)".into(),
        Deed::Tap(tapped) | Deed::Choose(tapped) => format!("[{}]", tapped.title),
        Deed::TapIceBreaker { title, .. } => format!("[{title}]"),
        Deed::ReplyToStory { story, text } => format!("(to story {story}) {text}"),
        Deed::MentionInStory => "(mentions the account in a story)".into(),
        Deed::Comment { media, text, on_ad } => {
            let ad = if *on_ad { "the ad for " } else { "" };
            format!("(comment on {ad}{media}) {text}")
        }
        Deed::ReplyToComment { of, text, .. } => format!("(reply to the comment of {of}) {text}"),
        Deed::OwnComment { media, text } => format!("(comment on {media}) {text}"),
        Deed::OwnReplyToComment(text) => format!("(reply to a comment) {text}"),
        Deed::React {
            emoji: Some(emoji), ..
        } => format!("(reacts with {emoji})"),
        Deed::React { emoji: None, .. } => "(takes the reaction back)".into(),
        Deed::Read(None) => "(has read the last message)".into(),
        Deed::Read(Some(of)) => format!("(has read the message “{of}”)"),
        Deed::Delete(None) => "(deletes the last message)".into(),
        Deed::Delete(Some(of)) => format!("(deletes the message “{of}”)"),
        Deed::Edit { text, of: None } => format!("(changes the last message to) {text}"),
        Deed::Edit { text, of: Some(of) } => format!("(changes the message “{of}” to) {text}"),
        Deed::OpenLink(reference) => format!("(comes by the link {reference})"),
        Deed::HumanAnswer(text) => format!("(by hand, to {}) {text}", act.who),
        Deed::Echo => "(echo)".into(),
    };
    let who = match act.deed {
        Deed::OwnComment { .. } | Deed::OwnReplyToComment(_) | Deed::HumanAnswer(_) => {
            "account".to_owned()
        }
        _ => act.who.clone(),
    };
    (who, text)
}
