//! What is expected of what the engine stored and decided.

use super::fields::Fields;
use super::{Reader, says_none};
use crate::scenario::expected::{ContactSpec, DecisionSpec, Expectation, Seen};
use crate::scenario::node::{Node, Value};
use crate::scenario::words;
use heliograph_model::{Awaiting, Reason};
use std::collections::BTreeMap;

const AWAITINGS: [Awaiting; 3] = [
    Awaiting::AwaitingOpeningResponse,
    Awaiting::AwaitingFollowConfirmation,
    Awaiting::AwaitingEmail,
];

impl Reader {
    pub(super) fn state(&mut self, who: String, node: &Node) -> Option<Expectation> {
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
    pub(super) fn awaiting(&mut self, node: &Node) -> Option<Option<Awaiting>> {
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

    pub(super) fn contact(&mut self, node: &Node) -> Option<ContactSpec> {
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

    pub(super) fn because(&mut self, node: &Node) -> Option<Vec<DecisionSpec>> {
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

    pub(super) fn find_reason(name: &str) -> Result<Reason, String> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).map_err(|error| {
            // serde names the known variants behind “expected one of”, in backquotes.
            let message = error.to_string();
            let known: Vec<_> = message.split('`').skip(3).step_by(2).collect();
            known.join(", ")
        })
    }

    pub(super) fn counts<T: Ord>(
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
