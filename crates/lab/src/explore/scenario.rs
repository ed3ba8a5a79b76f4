//! A way as a scenario that plays it (`docs/scenarios.md`).

use super::attempt::Attempt;
use super::conversation::{WAIT_HOURS, longest_delay};
use super::instagram::Taking;
use super::judge::Verdict;
use super::place::{Place, Tappable};
use super::walk::{Step, Walk};
use super::world::{NAME, USERNAME, World};
use crate::scenario::words;
use heliograph_engine::template::{Values, cut_to_chars, render};
use heliograph_model::{
    Automation, AutomationType, Awaiting, Effect, Message, OutgoingMessage, Recipient, limits,
};

/// What a scenario is written from.
#[derive(Debug)]
pub(super) struct Script<'a> {
    /// The workspace's file.
    pub(super) workspace: &'a str,
    /// The automation as it is there.
    pub(super) automation: &'a Automation,
    pub(super) world: &'a World,
    pub(super) walk: &'a Walk,
}

impl Script<'_> {
    /// The scenario that passes as long as the verdict holds.
    pub(super) fn written(&self, verdict: &Verdict, way: &[&Step], taking: &mut Taking) -> String {
        let mut lines = self.header(verdict, way);
        if !self.automation.is_active {
            let id = quoted(self.automation.id.as_str());
            lines.push(format!("  - operator switches on: {id}"));
        }
        for step in way {
            self.attempt(step, &mut lines);
            self.answer(step, taking, &mut lines);
        }
        if let Some(last) = way.last() {
            if let Some(reason) = last.reason() {
                let reason = reason.as_str().replace('_', " ");
                lines.push(format!("  - because: {reason}"));
            }
            if let Some(place) = self.walk.to(last) {
                lines.push(format!("  - maya state: {}", state(place)));
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn header(&self, verdict: &Verdict, way: &[&Step]) -> Vec<String> {
        let name = &self.automation.name;
        let (kind, path) = (verdict.kind.in_words(), &verdict.path);
        let mut lines = vec![
            format!("scenario: {}", quoted(&format!("{name}: {kind}, {path}"))),
            format!("about: {}", quoted(&verdict.message)),
            format!("workspace: {}", quoted(self.workspace)),
            format!("account: {}", quoted(self.world.account.id.as_str())),
            "people:".to_owned(),
        ];
        let email = way
            .first()
            .and_then(|step| self.walk.from(step).contact.as_ref()?.email.as_ref());
        lines.push(match email {
            Some(email) => format!("  maya: {{ name: {NAME}, email: {} }}", quoted(email)),
            None => format!("  maya: {NAME}"),
        });
        let kind = match self.automation.kind {
            AutomationType::DmAutomation => None,
            AutomationType::StoryReplyFlow => Some("story"),
            AutomationType::CommentReplyFlow => Some("post"),
        };
        if let Some(kind) = kind {
            lines.push("media:".to_owned());
            let media = format!("{kind} {}", self.world.media);
            lines.push(format!("  shown: {}", quoted(&media)));
        }
        lines.push(String::new());
        lines.push("steps:".to_owned());
        lines
    }

    fn attempt(&self, step: &Step, lines: &mut Vec<String>) {
        let line = match &step.attempt {
            Attempt::Say(text) | Attempt::SayNothing(text) => {
                format!("maya says: {}", quoted(text))
            }
            Attempt::SendImage => "maya sends: an image".to_owned(),
            Attempt::Tap(button) => format!("maya taps: {}", self.tapped("button", button)),
            Attempt::Choose(reply) => {
                format!("maya chooses: {}", self.tapped("quick reply", reply))
            }
            Attempt::Comment(text) => format!("maya comments on shown: {}", quoted(text)),
            Attempt::ReplyToStory(text) => {
                format!("maya replies to story shown: {}", quoted(text))
            }
            Attempt::Follow => "maya follows the account".to_owned(),
            Attempt::Wait => format!("time passes: {WAIT_HOURS} hours"),
        };
        lines.push(format!("  - {line}"));
    }

    /// What is tapped; with its message where the title alone does not tell.
    fn tapped(&self, what: &str, tappable: &Tappable) -> String {
        let title = quoted(&tappable.title);
        let same = titles(self.automation)
            .into_iter()
            .filter(|other| *other == tappable.title)
            .count();
        if same < 2 {
            return title;
        }
        let message = quoted(&tappable.message);
        format!("{{ {what}: {title}, of the message: {message} }}")
    }

    /// What the account does then.
    fn answer(&self, step: &Step, taking: &mut Taking, lines: &mut Vec<String>) {
        let Some(decision) = &step.decision else {
            return;
        };
        let effects: Vec<_> = decision.effects.iter().collect();
        let delay = longest_delay(&effects);
        if delay > 0 {
            lines.push(format!("  - time passes: {}", words::in_words(delay)));
        }
        let mut received = Vec::new();
        for effect in effects {
            match effect {
                Effect::Send { to, message, .. } => {
                    if taking.refusal(self.world, effect).is_none() {
                        let is_private = matches!(to, Recipient::Comment(_));
                        received.push(expected(message, is_private));
                    }
                }
                Effect::ReplyToComment { text, .. } => {
                    let texts = self.public_texts(step, text);
                    lines.push(format!(
                        "  - maya's comment is answered: {{ one of: [{}] }}",
                        texts.join(", ")
                    ));
                }
                Effect::React { reaction, .. } => {
                    lines.push(format!("  - maya gets the reaction: {}", quoted(reaction)));
                }
            }
        }
        if received.is_empty() {
            lines.push("  - maya receives nothing".to_owned());
        } else {
            lines.push("  - maya receives:".to_owned());
            lines.extend(received.iter().map(|message| format!("      - {message}")));
        }
    }

    /// All texts that may answer the comment: which one does follows from its id.
    fn public_texts(&self, step: &Step, sent: &str) -> Vec<String> {
        let contact = self.walk.from(step).contact.as_ref();
        let said = match &step.attempt {
            Attempt::Comment(text) => Some(text.as_str()),
            _ => None,
        };
        let values = Values {
            name: contact.and_then(|contact| contact.name.as_deref()),
            username: Some(USERNAME),
            email: contact.and_then(|contact| contact.email.as_deref()),
            account_username: Some(&self.world.account.username),
            event_text: said,
        };
        let written = self.automation.steps.public_reply.as_ref();
        let written = written.map_or(&[][..], |step| &step.texts);
        let mut texts: Vec<_> = written
            .iter()
            .map(|text| cut_to_chars(render(text, &values), limits::PUBLIC_REPLY_CHARS))
            .filter(|text| !text.trim().is_empty())
            .collect();
        if !texts.iter().any(|text| text == sent) {
            texts.push(sent.to_owned());
        }
        texts.iter().map(|text| quoted(text)).collect()
    }
}

/// A message as `receives` expects it.
fn expected(message: &OutgoingMessage, is_private: bool) -> String {
    let list = |titles: Vec<String>| {
        if titles.is_empty() {
            "none".to_owned()
        } else {
            format!("[{}]", titles.join(", "))
        }
    };
    let private = if is_private { "yes" } else { "no" };
    let fields = match message {
        OutgoingMessage::Text {
            text,
            quick_replies,
        } => {
            let titles = quick_replies.iter().map(|it| quoted(&it.title)).collect();
            format!("text: {}, quick replies: {}", quoted(text), list(titles))
        }
        OutgoingMessage::Buttons { text, buttons } => {
            let titles = buttons.iter().map(|it| quoted(&it.title)).collect();
            format!("text: {}, buttons: {}", quoted(text), list(titles))
        }
        OutgoingMessage::Carousel { cards } => {
            let titles = cards.iter().map(|card| quoted(&card.title)).collect();
            format!("cards: {}", list(titles))
        }
        OutgoingMessage::Media { kind, url } => {
            format!("media: {}, url: {}", kind.as_str(), quoted(url))
        }
    };
    format!("{{ {fields}, private reply: {private} }}")
}

fn state(place: &Place) -> String {
    let Some((awaiting, asked)) = place.awaits() else {
        return "none".to_owned();
    };
    let awaiting = match awaiting {
        Awaiting::AwaitingOpeningResponse => "opening response",
        Awaiting::AwaitingFollowConfirmation => "follow confirmation",
        Awaiting::AwaitingEmail => "email",
    };
    format!("{{ awaiting: {awaiting}, asked: {asked} }}")
}

/// The titles of everything that can be tapped, addresses too.
fn titles(automation: &Automation) -> Vec<&str> {
    let steps = &automation.steps;
    let opening = steps.opening.iter().map(|step| step.button.as_str());
    let follow = steps.follow.iter().map(|step| step.button.as_str());
    let mut titles: Vec<&str> = opening.chain(follow).collect();
    for message in steps.main.iter().flat_map(|main| &main.messages) {
        match message {
            Message::Text { quick_replies, .. } => {
                titles.extend(quick_replies.iter().map(|reply| reply.title.as_str()));
            }
            Message::Buttons { buttons, .. } => {
                titles.extend(buttons.iter().map(|button| button.title.as_str()));
            }
            Message::Carousel { cards } => {
                let buttons = cards.iter().flat_map(|card| &card.buttons);
                titles.extend(buttons.map(|button| button.title.as_str()));
            }
            Message::Media { .. } => {}
        }
    }
    titles
}

/// A text as YAML takes it whatever is in it: JSON's way.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
