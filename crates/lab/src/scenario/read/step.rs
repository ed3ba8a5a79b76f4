//! The steps: what happens, and the doors to what is expected.

use super::fields::Fields;
use super::{Reader, says_none};
use crate::scenario::format::{BadAnswer, ByHand, Change, RawWebhook, Step, StepKind, Trouble};
use crate::scenario::node::{Node, Place, Value};
use crate::scenario::phrases::{self, Captures, Verb};
use crate::scenario::words;
use heliograph_model::Awaiting;

/// A step as it is written: a line, and what stands behind its colon.
pub(super) struct Written<'a> {
    pub place: Place,
    pub line: &'a str,
    pub value: &'a Node,
}

impl Reader {
    pub(super) fn steps(&mut self, node: &Node) -> Vec<Step> {
        let Value::List(items) = &node.value else {
            self.wrong(
                node.place,
                "`steps` is a list: begin each step with a dash, such as `- maya says: hello`",
            );
            return Vec::new();
        };
        items.iter().filter_map(|item| self.step(item)).collect()
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        let empty = Node {
            place: node.place,
            value: Value::Empty,
        };
        let written = self.written(node, &empty)?;
        let (verb, captures) = self.phrase(&written)?;
        let kind = self.kind(verb, &captures, &written)?;
        Some(Step {
            place: written.place,
            line: written.line.to_owned(),
            kind,
        })
    }

    /// Takes a step apart: `- line: value`, or only `- line`.
    pub(super) fn written<'a>(&mut self, node: &'a Node, empty: &'a Node) -> Option<Written<'a>> {
        match &node.value {
            Value::Scalar { text, .. } => Some(Written {
                place: node.place,
                line: text,
                value: empty,
            }),
            Value::Map(fields) => {
                if let Some((second, _)) = fields.get(1) {
                    self.wrong(
                        second.place,
                        format!(
                            "one step does one thing; begin “{}” with a dash of its own",
                            second.text
                        ),
                    );
                }
                fields.first().map(|(key, value)| Written {
                    place: key.place,
                    line: &key.text,
                    value,
                })
            }
            Value::Empty | Value::List(_) => {
                self.wrong(
                    node.place,
                    "a step says something, such as `- maya says: hello`",
                );
                None
            }
        }
    }

    /// The phrase of a step, with its people and posts looked up.
    pub(super) fn phrase(&mut self, written: &Written<'_>) -> Option<(Verb, Captures)> {
        let Some((verb, captures)) = phrases::find(written.line) else {
            let hint = phrases::suggestion(written.line);
            self.wrong(
                written.place,
                format!("“{}” is nothing that a step can say; {hint}", written.line),
            );
            return None;
        };
        for who in &captures.who {
            if !self.people.contains(who) {
                let hint = words::nearest(who, self.people.iter().map(String::as_str)).map_or_else(
                    || format!("add `{who}:` to `people` at the top"),
                    |near| format!("did you mean “{near}”?"),
                );
                self.wrong(written.place, format!("nobody is called “{who}”; {hint}"));
            }
        }
        if let Some(media) = &captures.media
            && !self.media.contains(media)
        {
            let hint = words::nearest(media, self.media.iter().map(String::as_str)).map_or_else(
                || format!("add `{media}: post 1800…` to `media` at the top"),
                |near| format!("did you mean “{near}”?"),
            );
            self.wrong(
                written.place,
                format!("no post or story is called “{media}”; {hint}"),
            );
        }
        Some((verb, captures))
    }

    fn kind(&mut self, verb: Verb, captures: &Captures, written: &Written<'_>) -> Option<StepKind> {
        let value = written.value;
        Some(match verb {
            Verb::Act(acting) => StepKind::Act(self.act(acting, captures, written)?),
            Verb::Together => StepKind::Together(self.together(value)?),
            Verb::Crowd => StepKind::Crowd {
                count: captures.number?,
                text: self.text(value, "what they say")?,
            },
            Verb::Again => StepKind::Again(self.times(value)?),
            Verb::Webhook => StepKind::Webhook(self.webhook(value)?),
            Verb::Pass => StepKind::Pass(self.duration(value, "the time that passes")?),
            Verb::Follows | Verb::Unfollows => {
                self.nothing_behind(written);
                StepKind::Follow {
                    who: captures.who.first()?.clone(),
                    follows: verb == Verb::Follows,
                }
            }
            Verb::Unsubscribes | Verb::Subscribes => {
                self.nothing_behind(written);
                StepKind::ByHand {
                    who: captures.who.first()?.clone(),
                    what: ByHand::Unsubscribed(verb == Verb::Unsubscribes),
                }
            }
            Verb::SetsEmail => StepKind::ByHand {
                who: captures.who.first()?.clone(),
                what: ByHand::Email(if says_none(value) {
                    None
                } else {
                    Some(self.text(value, "the address")?)
                }),
            },
            Verb::Puts => StepKind::ByHand {
                who: captures.who.first()?.clone(),
                what: ByHand::Standing(self.standing(value)?),
            },
            Verb::PutsBack => {
                self.nothing_behind(written);
                StepKind::ByHand {
                    who: captures.who.first()?.clone(),
                    what: ByHand::Back,
                }
            }
            Verb::ComesTwice => self.fault_alone(written, Trouble::ComesTwice(true)),
            Verb::HeldBack => self.fault_alone(written, Trouble::HeldBack),
            Verb::StoreFast => self.fault_alone(written, Trouble::StoreSlow(0)),
            Verb::StoreTakes => {
                let millis = self.duration(value, "how much longer it takes")?;
                StepKind::Fault(Trouble::StoreSlow(
                    u32::try_from(millis).unwrap_or(u32::MAX),
                ))
            }
            Verb::HeldArrives => self.fault_alone(written, Trouble::Arrives),
            Verb::SwitchOff | Verb::SwitchOn => StepKind::Operator(Change::Toggle {
                automation: self.text(value, "the automation's name")?,
                active: verb == Verb::SwitchOn,
            }),
            Verb::Delete => {
                StepKind::Operator(Change::Delete(self.text(value, "the automation's name")?))
            }
            Verb::TryFirst => {
                StepKind::Operator(Change::TryFirst(self.text(value, "the automation's name")?))
            }
            Verb::Change => StepKind::Operator(Change::Update {
                automation: captures.name.clone()?,
                set: self.json_fields(value)?,
            }),
            Verb::Create => StepKind::Operator(Change::Create(self.json_fields(value)?)),
            Verb::ChangeAccount => StepKind::Operator(Change::Account(self.json_fields(value)?)),
            Verb::InstagramAnswers => StepKind::Fault(self.trouble(value)?),
            Verb::InstagramRecovers => {
                self.nothing_behind(written);
                StepKind::Fault(Trouble::Recovers)
            }
            Verb::CacheLost => {
                self.nothing_behind(written);
                StepKind::Fault(Trouble::CacheLost)
            }
            Verb::Expect(expecting) => {
                StepKind::Expect(self.expectation(expecting, captures, written)?)
            }
        })
    }

    fn fault_alone(&mut self, written: &Written<'_>, trouble: Trouble) -> StepKind {
        self.nothing_behind(written);
        StepKind::Fault(trouble)
    }

    /// Where an operator puts somebody: `none`, or `{ awaiting, automation }`.
    fn standing(&mut self, node: &Node) -> Option<Option<(Awaiting, String)>> {
        if says_none(node) {
            return Some(None);
        }
        let mut fields = Fields::of(self, node, "where somebody is put")?;
        let awaiting = fields.take("awaiting");
        let automation = fields.take("automation");
        fields.finish(self, "where somebody is put");
        let (Some(awaiting), Some(automation)) = (awaiting, automation) else {
            self.wrong(
                node.place,
                "say `none`, or what is awaited and where: `{ awaiting: email, automation: Menu }`",
            );
            return None;
        };
        let automation = self.text(automation, "`automation`")?;
        let awaiting = self.awaiting(awaiting)?;
        Some(awaiting.map(|awaiting| (awaiting, automation)))
    }

    pub(super) fn nothing_behind(&mut self, written: &Written<'_>) {
        if written.value.value != Value::Empty {
            self.wrong(
                written.value.place,
                format!(
                    "“{}” stands alone; remove the colon and what follows",
                    written.line
                ),
            );
        }
    }

    /// `3 times`, `once`, `twice`; nothing: once.
    pub(super) fn times(&mut self, node: &Node) -> Option<u32> {
        if node.value == Value::Empty {
            return Some(1);
        }
        let times = node.text().and_then(|text| match text {
            "once" => Some(1),
            "twice" => Some(2),
            other => other.strip_suffix(" times").unwrap_or(other).parse().ok(),
        });
        if times.is_none() {
            self.wrong(node.place, "say how often: `once`, `twice` or `3 times`");
        }
        times
    }

    fn webhook(&mut self, node: &Node) -> Option<RawWebhook> {
        if node.text().is_some() {
            return Some(RawWebhook::File(self.text(node, "the file's name")?));
        }
        let mut fields = Fields::of(self, node, "a webhook")?;
        let file = fields.take("file");
        let body = fields.take("body");
        fields.finish(self, "a webhook");
        match (file, body) {
            (Some(file), None) => Some(RawWebhook::File(self.text(file, "`file`")?)),
            (None, Some(body)) => Some(RawWebhook::Body(match body.text() {
                Some(text) => text.to_owned(),
                None => body.to_json().to_string(),
            })),
            (Some(_), Some(_)) | (None, None) => {
                self.wrong(
                    node.place,
                    "a webhook has either a `file` or a `body`; the body is JSON, best written as a block (`body: |`)",
                );
                None
            }
        }
    }

    fn json_fields(&mut self, node: &Node) -> Option<serde_json::Value> {
        if matches!(node.value, Value::Map(_)) {
            return Some(node.to_json());
        }
        self.wrong(
            node.place,
            "write the fields below it as in a workspace file, such as `isActive: false`",
        );
        None
    }

    fn trouble(&mut self, node: &Node) -> Option<Trouble> {
        let text = self.text(node, "how Instagram answers")?;
        let known = BadAnswer::WORDS;
        let found = known.iter().find_map(|(words, answer)| {
            let rest = text.strip_prefix(words)?.trim_start_matches(',').trim();
            let times = match rest {
                "" => None,
                "once" => Some(1),
                "twice" => Some(2),
                other => Some(other.strip_suffix(" times")?.parse().ok()?),
            };
            Some(Trouble::Instagram {
                answer: *answer,
                times,
            })
        });
        if found.is_none() {
            let list: Vec<_> = known
                .iter()
                .map(|(words, _)| format!("`{words}`"))
                .collect();
            self.wrong(
                node.place,
                format!(
                    "Instagram can answer with {}; add how often, such as `server error, 2 times`, or nothing for until it recovers",
                    list.join(", ")
                ),
            );
        }
        found
    }
}
