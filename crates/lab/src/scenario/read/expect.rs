//! What is expected.

use super::fields::Fields;
use super::step::Written;
use super::{Reader, says_none};
use crate::scenario::format::{
    CardSpec, ContactSpec, DecisionSpec, Expectation, MessageSpec, Seen, SendCount, TextSpec,
};
use crate::scenario::node::{Node, Value};
use crate::scenario::phrases::{Captures, Verb};
use crate::scenario::words;
use heliograph_model::{Awaiting, MediaKind, Reason};
use std::collections::BTreeMap;

const AWAITINGS: [Awaiting; 3] = [
    Awaiting::AwaitingOpeningResponse,
    Awaiting::AwaitingFollowConfirmation,
    Awaiting::AwaitingEmail,
];

impl Reader {
    pub(super) fn expectation(
        &mut self,
        verb: Verb,
        captures: &Captures,
        written: &Written<'_>,
    ) -> Option<Expectation> {
        let value = written.value;
        let who = captures.who.first().cloned().unwrap_or_default();
        Some(match verb {
            Verb::Receives => Expectation::Receives {
                who,
                messages: self.messages(value)?,
            },
            Verb::EachReceives => Expectation::EachReceives(self.messages(value)?),
            Verb::ReceivesNothing => {
                self.nothing_behind(written);
                Expectation::Receives {
                    who,
                    messages: Vec::new(),
                }
            }
            Verb::EachReceivesNothing => {
                self.nothing_behind(written);
                Expectation::EachReceives(Vec::new())
            }
            Verb::CommentAnswered => Expectation::CommentAnswered {
                who,
                one_of: Some(self.one_of(value)?),
            },
            Verb::CommentNotAnswered => {
                self.nothing_behind(written);
                Expectation::CommentAnswered { who, one_of: None }
            }
            Verb::GetsReaction => Expectation::Reaction {
                who,
                reaction: Some(self.text(value, "the reaction")?),
            },
            Verb::GetsNoReaction => {
                self.nothing_behind(written);
                Expectation::Reaction {
                    who,
                    reaction: None,
                }
            }
            Verb::State => self.state(who, value)?,
            Verb::Contact => Expectation::Contact {
                who,
                fields: self.contact(value)?,
            },
            Verb::Because => Expectation::Because(self.because(value)?),
            Verb::Decisions => {
                let counts = self.counts(value, "decisions", Self::find_reason)?;
                Expectation::Decisions(counts)
            }
            Verb::SendCounts => {
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
            other => {
                self.wrong(
                    written.place,
                    format!("“{}” expects nothing ({other:?})", written.line),
                );
                return None;
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

    fn state(&mut self, who: String, node: &Node) -> Option<Expectation> {
        if node.text().is_some() {
            return Some(Expectation::State {
                who,
                awaiting: self.awaiting(node)?,
                automation: None,
                asked: None,
            });
        }
        let mut fields = Fields::of(self, node, "a state")?;
        let awaiting = fields.take("awaiting");
        let automation = fields.take("automation");
        let asked = fields.take("asked");
        fields.finish(self, "a state");
        let Some(awaiting) = awaiting else {
            self.wrong(
                node.place,
                "a state needs `awaiting`, such as `awaiting: email`",
            );
            return None;
        };
        Some(Expectation::State {
            who,
            awaiting: self.awaiting(awaiting)?,
            automation: match automation {
                Some(name) => Some(self.text(name, "`automation`")?),
                None => None,
            },
            asked: match asked {
                Some(asked) => Some(self.number(asked, "`asked`")?),
                None => None,
            },
        })
    }

    /// `awaiting email`, `email`, `none`, …
    fn awaiting(&mut self, node: &Node) -> Option<Option<Awaiting>> {
        if says_none(node) {
            return Some(None);
        }
        let wanted = words::snake(node.text().unwrap_or_default());
        let found = AWAITINGS.into_iter().find(|awaiting| {
            awaiting.as_str() == wanted
                || awaiting.as_str().strip_prefix("awaiting_") == Some(&wanted)
        });
        if found.is_none() {
            self.wrong(
                node.place,
                "a state is `awaiting opening response`, `awaiting follow confirmation`, `awaiting email` or `none`",
            );
        }
        found.map(Some)
    }

    fn contact(&mut self, node: &Node) -> Option<ContactSpec> {
        let mut fields = Fields::of(self, node, "a contact")?;
        let mut contact = ContactSpec::default();
        if let Some(email) = fields.take("email") {
            contact.email = Some(self.known_text(email, "`email`")?);
        }
        if let Some(username) = fields.take("username") {
            contact.username = Some(self.known_text(username, "`username`")?);
        }
        if let Some(name) = fields.take("name") {
            contact.name = Some(self.known_text(name, "`name`")?);
        }
        if let Some(unsubscribed) = fields.take("unsubscribed") {
            contact.unsubscribed = Some(self.yes_or_no(unsubscribed, "`unsubscribed`")?);
        }
        if let Some(silenced) = fields.take("silenced") {
            contact.silenced = Some(self.yes_or_no(silenced, "`silenced`")?);
        }
        if let Some(follows) = fields.take("follows") {
            contact.follows = Some(if follows.text() == Some("unknown") {
                None
            } else {
                Some(self.yes_or_no(follows, "`follows`")?)
            });
        }
        fields.finish(self, "a contact");
        Some(contact)
    }

    fn known_text(&mut self, node: &Node, what: &str) -> Option<Option<String>> {
        if says_none(node) {
            return Some(None);
        }
        self.text(node, what).map(Some)
    }

    fn because(&mut self, node: &Node) -> Option<Vec<DecisionSpec>> {
        match &node.value {
            Value::List(items) => items.iter().map(|item| self.decision(item)).collect(),
            Value::Empty | Value::Scalar { .. } | Value::Map(_) => Some(vec![self.decision(node)?]),
        }
    }

    fn decision(&mut self, node: &Node) -> Option<DecisionSpec> {
        let mut decision = DecisionSpec::default();
        if node.text().is_some() {
            decision.reason = Some(self.reason(node)?);
            return Some(decision);
        }
        let mut fields = Fields::of(self, node, "a decision")?;
        if let Some(reason) = fields.take("reason") {
            decision.reason = Some(self.reason(reason)?);
        }
        if let Some(automation) = fields.take("automation") {
            decision.automation = Some(self.known_text(automation, "`automation`")?);
        }
        if let Some(says) = fields.take("says") {
            decision.says = Some(self.text(says, "`says`")?);
        }
        if let Some(looked_at) = fields.take("looked at") {
            decision.looked_at = self.looked_at(looked_at)?;
        }
        fields.finish(self, "a decision");
        Some(decision)
    }

    fn looked_at(&mut self, node: &Node) -> Option<Vec<(String, Seen)>> {
        let Value::Map(entries) = &node.value else {
            self.wrong(
                node.place,
                "`looked at` lists automations by name, such as `Menu: matched`",
            );
            return None;
        };
        let mut looked_at = Vec::new();
        for (key, node) in entries {
            let wanted = words::snake(node.text().unwrap_or_default());
            let seen = Seen::ALL
                .into_iter()
                .find(|seen| words::snake(seen.as_str()) == wanted);
            let Some(seen) = seen else {
                let known = Seen::ALL.map(|seen| format!("`{}`", seen.as_str()));
                self.wrong(node.place, format!("it can be {}", known.join(", ")));
                return None;
            };
            looked_at.push((key.text.clone(), seen));
        }
        Some(looked_at)
    }

    fn reason(&mut self, node: &Node) -> Option<Reason> {
        let text = self.text(node, "a reason")?;
        Self::find_reason(&words::snake(&text))
            .map_err(|known: String| {
                let hint = words::nearest(&words::snake(&text), known.split(", ")).map_or_else(
                    || format!("the reasons are {known}"),
                    |near| format!("did you mean `{}`?", near.replace('_', " ")),
                );
                self.wrong(node.place, format!("“{text}” is not a reason; {hint}"));
            })
            .ok()
    }

    fn find_reason(name: &str) -> Result<Reason, String> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).map_err(|error| {
            // serde names the known variants behind “expected one of”, in backquotes.
            let message = error.to_string();
            let known: Vec<_> = message.split('`').skip(3).step_by(2).collect();
            known.join(", ")
        })
    }

    fn counts<T: Ord>(
        &mut self,
        node: &Node,
        what: &str,
        find: impl Fn(&str) -> Result<T, String>,
    ) -> Option<BTreeMap<T, u64>> {
        let Value::Map(entries) = &node.value else {
            self.wrong(
                node.place,
                format!("`{what}` counts, one below the other, such as `sent: 3`"),
            );
            return None;
        };
        let mut counts = BTreeMap::new();
        for (key, node) in entries {
            let found = find(&words::snake(&key.text)).map_err(|known| {
                self.wrong(
                    key.place,
                    format!("`{}` cannot be counted; what can: {known}", key.text),
                );
            });
            let count = self.number(node, "a count")?;
            if let Ok(found) = found {
                counts.insert(found, u64::from(count));
            }
        }
        Some(counts)
    }
}
