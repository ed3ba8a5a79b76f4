//! What people do, each of which becomes a webhook.

use super::fields::Fields;
use super::step::Written;
use super::{Reader, says_none};
use crate::scenario::format::{Act, Deed, Tapped};
use crate::scenario::node::{Node, Value};
use crate::scenario::phrases::{Acting, Captures, Verb};
use crate::scenario::words;

/// What a person can send without a text: the word for it, and what Instagram calls it.
pub(in crate::scenario) const SENDABLE: [(&str, &str); 10] = [
    ("an image", "image"),
    ("a video", "video"),
    ("a voice message", "audio"),
    ("a file", "file"),
    ("a post", "ig_post"),
    ("a reel", "ig_reel"),
    ("a story", "ig_story"),
    ("a share", "share"),
    ("a heart", "like_heart"),
    ("something unsupported", ""),
];

/// A text, and how long before its arrival it was written.
struct Spoken {
    text: String,
    ago: i64,
    /// A part of the comment that it answers.
    of: Option<String>,
}

impl Reader {
    pub(super) fn act(
        &mut self,
        acting: Acting,
        captures: &Captures,
        written: &Written<'_>,
    ) -> Option<Act> {
        let value = written.value;
        // Only the account's own comment has nobody at the other side.
        let who = captures.who.first().cloned().unwrap_or_default();
        let mut ago = 0;
        let deed = match acting {
            Acting::Says => {
                let spoken = self.spoken(value)?;
                ago = spoken.ago;
                Deed::Say(spoken.text)
            }
            Acting::Sends => self.sendable(value)?,
            Acting::Taps => Deed::Tap(self.tapped(value, "button")?),
            Acting::Chooses => Deed::Choose(self.tapped(value, "quick reply")?),
            Acting::TapsIceBreaker => self.ice_breaker(value)?,
            Acting::RepliesToStory => {
                let spoken = self.spoken(value)?;
                ago = spoken.ago;
                Deed::ReplyToStory {
                    story: captures.media.clone()?,
                    text: spoken.text,
                }
            }
            Acting::MentionsInStory => {
                self.nothing_behind(written);
                Deed::MentionInStory
            }
            Acting::CommentsOn | Acting::CommentsOnAd => {
                let spoken = self.spoken(value)?;
                ago = spoken.ago;
                Deed::Comment {
                    media: captures.media.clone()?,
                    text: spoken.text,
                    on_ad: acting == Acting::CommentsOnAd,
                }
            }
            Acting::RepliesToComment => {
                let spoken = self.spoken(value)?;
                ago = spoken.ago;
                Deed::ReplyToComment {
                    of: captures.who.get(1)?.clone(),
                    text: spoken.text,
                    comment: spoken.of,
                }
            }
            Acting::ReactsWith => self.reaction(value)?,
            Acting::TakesReactionBack => Deed::React {
                emoji: None,
                on: value.text().map(str::to_owned),
            },
            Acting::Reads | Acting::Deletes => {
                self.nothing_behind(written);
                if acting == Acting::Reads {
                    Deed::Read(None)
                } else {
                    Deed::Delete(None)
                }
            }
            Acting::ReadsOne => Deed::Read(Some(self.text(value, "a part of the message")?)),
            Acting::DeletesOne => Deed::Delete(Some(self.text(value, "a part of the message")?)),
            Acting::Edits => Deed::Edit {
                text: self.text(value, "the new text")?,
                of: None,
            },
            Acting::EditsOne => self.edit(value)?,
            Acting::OpensLink => Deed::OpenLink(self.text(value, "what the link carries")?),
            Acting::OwnComment => Deed::OwnComment {
                media: captures.media.clone()?,
                text: self.text(value, "the comment")?,
            },
            Acting::OwnReply => Deed::OwnReplyToComment(self.text(value, "the reply")?),
            Acting::HumanAnswers => Deed::HumanAnswer(self.text(value, "the answer")?),
            Acting::Echo => {
                self.nothing_behind(written);
                Deed::Echo
            }
        };
        Some(Act { who, deed, ago })
    }

    /// Several acts that come in one delivery.
    pub(super) fn together(&mut self, node: &Node) -> Option<Vec<Act>> {
        let Value::List(items) = &node.value else {
            self.wrong(
                node.place,
                "list below it, with a dash each, what comes in the delivery, such as `- maya says: hello`",
            );
            return None;
        };
        let mut acts = Vec::new();
        for item in items {
            let empty = Node {
                place: item.place,
                value: Value::Empty,
            };
            let written = self.written(item, &empty)?;
            let (verb, captures) = self.phrase(&written)?;
            let Verb::Act(acting) = verb else {
                self.wrong(
                    written.place,
                    format!("“{}” does not come in a delivery", written.line),
                );
                return None;
            };
            acts.push(self.act(acting, &captures, &written)?);
        }
        Some(acts)
    }

    /// A text, or `{text, sent: 26 hours ago}`.
    fn spoken(&mut self, node: &Node) -> Option<Spoken> {
        if let Some(text) = node.text() {
            return Some(Spoken {
                text: text.to_owned(),
                ago: 0,
                of: None,
            });
        }
        let mut fields = Fields::of(self, node, "what is said")?;
        let text = fields.take("text");
        let sent = fields.take("sent");
        let of = fields.take("to the comment");
        fields.finish(self, "what is said");
        let Some(text) = text else {
            self.wrong(node.place, "what is said needs a `text`");
            return None;
        };
        let ago = match sent {
            None => 0,
            Some(sent) => {
                let words = self.text(sent, "`sent`")?;
                let Some(words) = words.strip_suffix(" ago") else {
                    self.wrong(
                        sent.place,
                        "`sent` says how long before its arrival it was written, such as `26 hours ago`",
                    );
                    return None;
                };
                words::duration(words)
                    .map_err(|message| self.wrong(sent.place, message))
                    .ok()?
            }
        };
        Some(Spoken {
            text: self.text(text, "`text`")?,
            ago,
            of: match of {
                Some(of) => Some(self.text(of, "`to the comment`")?),
                None => None,
            },
        })
    }

    /// An emoji, or `{ emoji, on the message }`.
    fn reaction(&mut self, node: &Node) -> Option<Deed> {
        if let Some(emoji) = node.text() {
            return Some(Deed::React {
                emoji: Some(emoji.to_owned()),
                on: None,
            });
        }
        let mut fields = Fields::of(self, node, "a reaction")?;
        let emoji = fields.take("emoji");
        let on = fields.take("on the message");
        fields.finish(self, "a reaction");
        let (Some(emoji), Some(on)) = (emoji, on) else {
            self.wrong(
                node.place,
                "a reaction is an emoji, or has an `emoji` and a part of a text as `on the message`",
            );
            return None;
        };
        Some(Deed::React {
            emoji: Some(self.text(emoji, "`emoji`")?),
            on: Some(self.text(on, "`on the message`")?),
        })
    }

    /// `{ message, text }`: which message says what from now on.
    fn edit(&mut self, node: &Node) -> Option<Deed> {
        let mut fields = Fields::of(self, node, "an edit")?;
        let of = fields.take("message");
        let text = fields.take("text");
        fields.finish(self, "an edit");
        let (Some(of), Some(text)) = (of, text) else {
            self.wrong(
                node.place,
                "an edit has a part of the `message` that is meant, and its new `text`",
            );
            return None;
        };
        Some(Deed::Edit {
            text: self.text(text, "`text`")?,
            of: Some(self.text(of, "`message`")?),
        })
    }

    fn sendable(&mut self, node: &Node) -> Option<Deed> {
        let text = self.text(node, "what is sent")?;
        let known = SENDABLE.iter().find(|(words, _)| *words == text);
        let Some((_, kind)) = known else {
            let list: Vec<_> = SENDABLE
                .iter()
                .map(|(words, _)| format!("`{words}`"))
                .collect();
            self.wrong(
                node.place,
                format!("one can send {}; a text is said, not sent", list.join(", ")),
            );
            return None;
        };
        Some(if kind.is_empty() {
            Deed::SendUnsupported
        } else {
            Deed::SendAttachment((*kind).to_owned())
        })
    }

    /// A title, or `{button, of}`.
    fn tapped(&mut self, node: &Node, what: &'static str) -> Option<Tapped> {
        if let Some(title) = node.text() {
            return Some(Tapped {
                title: title.to_owned(),
                of: None,
                card: None,
            });
        }
        let mut fields = Fields::of(self, node, "a tap")?;
        let title = fields.take(what);
        let of = fields.take("of the message");
        let card = fields.take("on the card");
        fields.finish(self, "a tap");
        let Some(title) = title else {
            self.wrong(
                node.place,
                format!("a tap needs the title of the {what}, as `{what}: …`"),
            );
            return None;
        };
        Some(Tapped {
            title: self.text(title, "the title")?,
            of: match of {
                Some(of) => Some(self.text(of, "`of the message`")?),
                None => None,
            },
            card: match card {
                Some(card) => Some(self.text(card, "`on the card`")?),
                None => None,
            },
        })
    }

    fn ice_breaker(&mut self, node: &Node) -> Option<Deed> {
        if let Some(title) = node.text() {
            return Some(Deed::TapIceBreaker {
                title: title.to_owned(),
                payload: words::snake(title).to_uppercase(),
            });
        }
        let mut fields = Fields::of(self, node, "an ice breaker")?;
        let title = fields.take("title");
        let payload = fields.take("payload");
        fields.finish(self, "an ice breaker");
        let (Some(title), Some(payload)) = (title, payload) else {
            self.wrong(node.place, "an ice breaker has a `title` and a `payload`");
            return None;
        };
        Some(Deed::TapIceBreaker {
            title: self.text(title, "`title`")?,
            payload: if says_none(payload) {
                String::new()
            } else {
                self.text(payload, "`payload`")?
            },
        })
    }
}
