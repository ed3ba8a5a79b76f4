//! The messages of the main step.

use super::{Limit, found::Found, text};
use crate::{matching::Folded, steps};
use heliograph_model::{
    Automation, Button, ButtonAction, Card, MainStep, Message, ProblemCode as Code, QuickReply,
    StepName, limits,
};
use std::collections::HashSet;

pub(super) fn check_main(automation: &Automation, step: &MainStep, found: &mut Found) {
    if step.messages.is_empty() {
        found.error(
            "steps.main.messages",
            Code::NothingInList,
            "The main message holds nothing. Add a message, or switch the step off.",
        );
    }
    for (place, message) in step.messages.iter().enumerate() {
        let path = format!("steps.main.messages.{place}");
        check(automation, &path, message, found);
    }
    super::check_delay("steps.main.delaySeconds", step.delay_seconds, found);
}

fn check(automation: &Automation, path: &str, message: &Message, found: &mut Found) {
    match message {
        Message::Text {
            text,
            quick_replies,
        } => {
            let limit = Limit::Bytes(limits::TEXT_BYTES);
            text::check(&format!("{path}.text"), text, limit, found);
            check_quick_replies(automation, path, quick_replies, found);
        }
        Message::Buttons { text, buttons } => {
            let limit = Limit::Chars(limits::BUTTON_TEXT_CHARS);
            text::check(&format!("{path}.text"), text, limit, found);
            if buttons.is_empty() {
                found.error(
                    &format!("{path}.buttons"),
                    Code::NothingInList,
                    "There is no button. Add one, or make this a plain text.",
                );
            }
            check_buttons(automation, path, buttons, limits::BUTTONS, found);
        }
        Message::Carousel { cards } => check_cards(automation, path, cards, found),
        Message::Media { url, .. } => text::check_address(&format!("{path}.url"), url, found),
    }
}

fn check_quick_replies(
    automation: &Automation,
    path: &str,
    replies: &[QuickReply],
    found: &mut Found,
) {
    let list = format!("{path}.quickReplies");
    check_number(
        &list,
        replies.len(),
        limits::QUICK_REPLIES,
        "quick replies",
        found,
    );
    let titles = replies.iter().map(|reply| reply.title.as_str());
    check_titles(&list, titles, limits::QUICK_REPLY_TITLE_CHARS, found);
    for (place, reply) in replies.iter().enumerate() {
        if let Some(step) = reply.step {
            check_step(automation, &format!("{list}.{place}.step"), step, found);
        }
    }
}

fn check_buttons(
    automation: &Automation,
    path: &str,
    buttons: &[Button],
    most: usize,
    found: &mut Found,
) {
    let list = format!("{path}.buttons");
    check_number(&list, buttons.len(), most, "buttons", found);
    let titles = buttons.iter().map(|button| button.title.as_str());
    check_titles(&list, titles, limits::BUTTON_TITLE_CHARS, found);
    for (place, button) in buttons.iter().enumerate() {
        match &button.action {
            ButtonAction::Url(url) => {
                text::check_address(&format!("{list}.{place}.url"), url, found);
            }
            ButtonAction::Step(step) => {
                check_step(automation, &format!("{list}.{place}.step"), *step, found);
            }
        }
    }
}

fn check_cards(automation: &Automation, path: &str, cards: &[Card], found: &mut Found) {
    let list = format!("{path}.cards");
    if cards.is_empty() {
        found.error(
            &list,
            Code::NothingInList,
            "The carousel has no card. Add one, or take the message out.",
        );
    }
    check_number(&list, cards.len(), limits::CARDS, "cards", found);
    let limit = Limit::Chars(limits::CARD_TEXT_CHARS);
    for (place, card) in cards.iter().enumerate() {
        let path = format!("{list}.{place}");
        text::check(&format!("{path}.title"), &card.title, limit, found);
        if let Some(subtitle) = &card.subtitle {
            text::check(&format!("{path}.subtitle"), subtitle, limit, found);
        }
        if let Some(url) = &card.image_url {
            text::check_address(&format!("{path}.imageUrl"), url, found);
        }
        check_buttons(
            automation,
            &path,
            &card.buttons,
            limits::CARD_BUTTONS,
            found,
        );
        // Generic template: at least one property besides the title.
        if card.subtitle.is_none() && card.image_url.is_none() && card.buttons.is_empty() {
            found.error(
                &path,
                Code::NothingInList,
                "Instagram takes no card with a title alone. Add a line, a picture or a button.",
            );
        }
    }
}

fn check_number(path: &str, number: usize, most: usize, what: &str, found: &mut Found) {
    if number > most {
        found.error(
            path,
            Code::TooMany,
            format!(
                "These are {number} {what}, and Instagram accepts {most}. Take out {}.",
                number - most
            ),
        );
    }
}

fn check_titles<'t>(
    list: &str,
    titles: impl Iterator<Item = &'t str>,
    most: usize,
    found: &mut Found,
) {
    let mut seen = HashSet::new();
    for (place, title) in titles.enumerate() {
        let path = format!("{list}.{place}.title");
        text::check(&path, title, Limit::Chars(most), found);
        let folded = Folded::new(title);
        if !folded.is_empty() && !seen.insert(folded) {
            found.warning(
                &path,
                Code::DuplicateTitle,
                format!(
                    "“{title}” stands there twice, and nobody can tell them apart. Rename one."
                ),
            );
        }
    }
}

fn check_step(automation: &Automation, path: &str, step: StepName, found: &mut Found) {
    if !steps::CONVERSATION.contains(&step) || !steps::has(automation, step) {
        found.error(
            path,
            Code::NoSuchStep,
            format!(
                "This leads to the step “{}”, which the automation does not have or which is off. \
                 Choose another, or switch it on.",
                step.in_words()
            ),
        );
    }
}
