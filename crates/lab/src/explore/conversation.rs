//! A way as lines.

use super::attempt::Attempt;
use super::walk::Step;
use super::{Turn, Who};
use heliograph_model::{Effect, Millis, OutgoingButton, OutgoingMessage};

/// How long is waited for what is awaited to expire, in hours.
pub(super) const WAIT_HOURS: i64 = 25;

/// The conversation of a way.
pub(super) fn lines(way: &[&Step]) -> Vec<Turn> {
    let mut lines = Vec::new();
    for step in way {
        lines.push(of_attempt(&step.attempt));
        let effects = step.decision.iter().flat_map(|decision| &decision.effects);
        let effects: Vec<_> = effects.collect();
        let delay = longest_delay(&effects);
        if delay > 0 {
            lines.push(turn(Who::Time, crate::scenario::words::passing(delay)));
        }
        lines.extend(effects.into_iter().map(of_effect));
    }
    lines
}

/// How long it takes until all of it is sent, in milliseconds.
pub(super) fn longest_delay(effects: &[&Effect]) -> i64 {
    effects
        .iter()
        .map(|effect| match effect {
            Effect::Send { delay_ms, .. } => *delay_ms,
            Effect::ReplyToComment { .. } | Effect::React { .. } => 0,
        })
        .max()
        .unwrap_or(0)
}

fn turn(who: Who, text: String) -> Turn {
    Turn {
        who,
        text,
        step: None,
    }
}

fn of_attempt(attempt: &Attempt) -> Turn {
    let text = match attempt {
        Attempt::Say(text) | Attempt::SayNothing(text) => text.clone(),
        Attempt::SendImage => "(sends an image)".to_owned(),
        Attempt::Tap(tappable) | Attempt::Choose(tappable) => format!("[{}]", tappable.title),
        Attempt::Comment(text) => format!("(comments) {text}"),
        Attempt::ReplyToStory(text) => format!("(replies to the story) {text}"),
        Attempt::Follow => "(follows the account)".to_owned(),
        Attempt::Wait => {
            let span = crate::scenario::words::passing(WAIT_HOURS * Millis::HOUR);
            return turn(Who::Time, span);
        }
    };
    turn(Who::Person, text)
}

fn of_effect(effect: &Effect) -> Turn {
    match effect {
        Effect::Send { message, step, .. } => Turn {
            step: Some(*step),
            ..turn(Who::Account, of_message(message))
        },
        Effect::ReplyToComment { text, .. } => turn(Who::Account, format!("(in public) {text}")),
        Effect::React { reaction, .. } => turn(Who::Account, format!("(reacts with {reaction})")),
    }
}

fn of_message(message: &OutgoingMessage) -> String {
    let titles = |buttons: &[OutgoingButton]| -> String {
        buttons
            .iter()
            .map(|button| format!(" [{}]", button.title))
            .collect()
    };
    match message {
        OutgoingMessage::Text {
            text,
            quick_replies,
        } => {
            let replies: String = quick_replies
                .iter()
                .map(|reply| format!(" ({})", reply.title))
                .collect();
            format!("{text}{replies}")
        }
        OutgoingMessage::Buttons { text, buttons } => format!("{text}{}", titles(buttons)),
        OutgoingMessage::Carousel { cards } => cards
            .iter()
            .map(|card| format!("{}{}", card.title, titles(&card.buttons)))
            .collect::<Vec<_>>()
            .join(" | "),
        OutgoingMessage::Media { kind, url } => format!("({}) {url}", kind.as_str()),
    }
}
