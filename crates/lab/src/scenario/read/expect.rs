//! What is expected.

use super::Reader;
use super::fields::Fields;
use super::step::Written;
use crate::scenario::expected::{CardSpec, Expectation, MessageSpec, SendCount, TextSpec};
use crate::scenario::node::{Node, Value};
use crate::scenario::phrases::{Captures, Expecting};
use crate::scenario::words;
use heliograph_model::MediaKind;

impl Reader {
    pub(super) fn expectation(
        &mut self,
        expecting: Expecting,
        captures: &Captures,
        written: &Written<'_>,
    ) -> Option<Expectation> {
        let value = written.value;
        let who = captures.who.first().cloned().unwrap_or_default();
        Some(match expecting {
            Expecting::Receives => Expectation::Receives {
                who,
                messages: self.messages(value)?,
            },
            Expecting::EachReceives => Expectation::EachReceives(self.messages(value)?),
            Expecting::ReceivesNothing => {
                self.nothing_behind(written);
                Expectation::Receives {
                    who,
                    messages: Vec::new(),
                }
            }
            Expecting::EachReceivesNothing => {
                self.nothing_behind(written);
                Expectation::EachReceives(Vec::new())
            }
            Expecting::CommentAnswered => Expectation::CommentAnswered {
                who,
                one_of: Some(self.one_of(value)?),
            },
            Expecting::CommentNotAnswered => {
                self.nothing_behind(written);
                Expectation::CommentAnswered { who, one_of: None }
            }
            Expecting::GetsReaction => Expectation::Reaction {
                who,
                reaction: Some(self.text(value, "the reaction")?),
            },
            Expecting::GetsNoReaction => {
                self.nothing_behind(written);
                Expectation::Reaction {
                    who,
                    reaction: None,
                }
            }
            Expecting::State => self.state(who, value)?,
            Expecting::Contact => Expectation::Contact {
                who,
                fields: self.contact(value)?,
            },
            Expecting::Because => Expectation::Because(self.because(value)?),
            Expecting::Decisions => {
                let counts = self.counts(value, "decisions", Self::find_reason)?;
                Expectation::Decisions(counts)
            }
            Expecting::SendCounts => {
                let counts = self.counts(value, "sends", |name| {
                    use SendCount as C;
                    [
                        C::Sent,
                        C::Retrying,
                        C::Failed,
                        C::Unknown,
                        C::Dropped,
                        C::Uncertain,
                    ]
                    .into_iter()
                    .find(|count| count.as_str() == name)
                    .ok_or_else(|| "sent, retrying, failed, unknown, dropped, uncertain".into())
                })?;
                Expectation::Sends { by_state: counts }
            }
        })
    }

    /// One message or a list of them.
    fn messages(&mut self, node: &Node) -> Option<Vec<MessageSpec>> {
        match &node.value {
            Value::List(items) => items.iter().map(|item| self.message(item)).collect(),
            Value::Scalar { .. } | Value::Map(_) => Some(vec![self.message(node)?]),
            Value::Empty => {
                self.wrong(
                    node.place,
                    "say what is received, or write `receives nothing` without a colon",
                );
                None
            }
        }
    }

    fn message(&mut self, node: &Node) -> Option<MessageSpec> {
        if let Some(text) = node.text() {
            return Some(MessageSpec {
                text: Some(TextSpec::Is(text.to_owned())),
                ..MessageSpec::default()
            });
        }
        let mut fields = Fields::of(self, node, "a message")?;
        let mut message = MessageSpec::default();
        if let Some(text) = fields.take("text") {
            message.text = Some(TextSpec::Is(self.text(text, "`text`")?));
        }
        if let Some(part) = fields.take("contains") {
            message.text = Some(TextSpec::Contains(self.text(part, "`contains`")?));
        }
        if let Some(buttons) = fields.take("buttons") {
            message.buttons = Some(self.texts(buttons, "`buttons`")?);
        }
        if let Some(replies) = fields.take("quick replies") {
            message.quick_replies = Some(self.texts(replies, "`quick replies`")?);
        }
        if let Some(cards) = fields.take("cards") {
            message.cards = Some(self.cards(cards)?);
        }
        if let Some(media) = fields.take("media") {
            message.media = Some(self.media_kind(media)?);
        }
        if let Some(url) = fields.take("url") {
            message.url = Some(self.text(url, "`url`")?);
        }
        if let Some(private) = fields.take("private reply") {
            message.private_reply = Some(self.yes_or_no(private, "`private reply`")?);
        }
        fields.finish(self, "a message");
        Some(message)
    }

    fn cards(&mut self, node: &Node) -> Option<Vec<CardSpec>> {
        let Value::List(items) = &node.value else {
            self.wrong(node.place, "`cards` is a list, one card below the other");
            return None;
        };
        items.iter().map(|item| self.card(item)).collect()
    }

    fn card(&mut self, node: &Node) -> Option<CardSpec> {
        if let Some(title) = node.text() {
            return Some(CardSpec {
                title: title.to_owned(),
                ..CardSpec::default()
            });
        }
        let mut fields = Fields::of(self, node, "a card")?;
        let title = fields.take("title");
        let subtitle = fields.take("subtitle");
        let buttons = fields.take("buttons");
        fields.finish(self, "a card");
        let Some(title) = title else {
            self.wrong(node.place, "a card needs a `title`");
            return None;
        };
        Some(CardSpec {
            title: self.text(title, "`title`")?,
            subtitle: match subtitle {
                Some(subtitle) => Some(self.text(subtitle, "`subtitle`")?),
                None => None,
            },
            buttons: match buttons {
                Some(buttons) => Some(self.texts(buttons, "`buttons`")?),
                None => None,
            },
        })
    }

    fn media_kind(&mut self, node: &Node) -> Option<MediaKind> {
        let kinds = [
            MediaKind::Image,
            MediaKind::Video,
            MediaKind::Audio,
            MediaKind::File,
        ];
        let kind = node
            .text()
            .and_then(|text| kinds.into_iter().find(|kind| kind.as_str() == text));
        if kind.is_none() {
            self.wrong(node.place, "`media` is `image`, `video`, `audio` or `file`");
        }
        kind
    }

    /// A text, `{contains}`, or a list of either of which one must fit.
    fn one_of(&mut self, node: &Node) -> Option<Vec<TextSpec>> {
        match &node.value {
            Value::List(items) => items.iter().map(|item| self.text_spec(item)).collect(),
            Value::Map(fields)
                if fields.len() == 1 && words::snake(&fields[0].0.text) == "one_of" =>
            {
                self.one_of(&fields[0].1)
            }
            Value::Empty | Value::Scalar { .. } | Value::Map(_) => {
                Some(vec![self.text_spec(node)?])
            }
        }
    }

    fn text_spec(&mut self, node: &Node) -> Option<TextSpec> {
        if let Some(text) = node.text() {
            return Some(TextSpec::Is(text.to_owned()));
        }
        let mut fields = Fields::of(self, node, "a text")?;
        let part = fields.take("contains");
        fields.finish(self, "a text");
        let Some(part) = part else {
            self.wrong(
                node.place,
                "write the text itself, or `contains:` a part of it",
            );
            return None;
        };
        Some(TextSpec::Contains(self.text(part, "`contains`")?))
    }
}
