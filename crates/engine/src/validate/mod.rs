//! What is wrong with an automation, found when it is saved rather than when it is sent.
//!
//! The limits are those of [`heliograph_model::limits`], which the simulated Instagram
//! keeps too. A step that is off is not looked at: it sends nothing, and it is looked at
//! again when it is switched on.

mod found;
mod limit;
mod message;
mod text;
mod trigger;

#[cfg(test)]
mod tests;

pub use limit::Limit;

use crate::decide::STATE_TTL_MS;
use crate::steps;
use found::Found;
use heliograph_model::{
    Automation, AutomationType, EmailStep, FollowStep, Millis, OpeningStep, Problem,
    ProblemCode as Code, PublicReplyStep, ReactionStep, StepName, Target, limits,
};
use unicode_segmentation::UnicodeSegmentation;

/// How often a step may ask whose answer is whatever the person writes: beyond that they
/// can write nothing else for longer than anybody tries.
pub const MOST_PATIENT_ASKS: u32 = 10;

/// A problem, with what a program needs to put it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detailed {
    /// The problem.
    pub problem: Problem,
    /// How long the text may be that it is about; `None` where it is about something else.
    pub limit: Option<Limit>,
}

/// Everything that is wrong with an automation, in the order of its fields.
#[must_use]
pub fn validate(automation: &Automation) -> Vec<Problem> {
    validate_in_detail(automation)
        .into_iter()
        .map(|found| found.problem)
        .collect()
}

/// What [`validate`] finds, with what a program needs to put it right.
#[must_use]
pub fn validate_in_detail(automation: &Automation) -> Vec<Detailed> {
    let mut found = Found::default();
    if automation.name.trim().is_empty() {
        found.error(
            "name",
            Code::EmptyText,
            "The automation has no name. Give it one.",
        );
    }
    check_target(automation, &mut found);
    trigger::check(automation, &mut found);
    check_types(automation, &mut found);
    let all = &automation.steps;
    if let Some(step) = all.public_reply.as_ref().filter(|step| step.enabled) {
        check_public_reply(step, &mut found);
    }
    if let Some(step) = all.reaction.as_ref().filter(|step| step.enabled) {
        check_reaction(step, &mut found);
    }
    if let Some(step) = all.opening.as_ref().filter(|step| step.enabled) {
        check_opening(step, &mut found);
    }
    if let Some(step) = all.follow.as_ref().filter(|step| step.enabled) {
        check_follow(step, &mut found);
    }
    if let Some(step) = all.email.as_ref().filter(|step| step.enabled) {
        check_email(step, &mut found);
    }
    if let Some(step) = all.main.as_ref().filter(|step| step.enabled) {
        message::check_main(automation, step, &mut found);
    }
    check_flow(automation, &mut found);
    found.into_list()
}

fn check_target(automation: &Automation, found: &mut Found) {
    match &automation.target {
        Target::All => {}
        Target::Media(_) if automation.kind == AutomationType::DmAutomation => found.error(
            "target",
            Code::TargetOnDm,
            "A direct message belongs to no post or story. Take the target out.",
        ),
        Target::Media(media) if media.as_str().trim().is_empty() => found.error(
            "target",
            Code::EmptyText,
            "The post or story has no id. Choose one, or take all of them.",
        ),
        Target::Media(_) => {}
    }
}

fn check_types(automation: &Automation, found: &mut Found) {
    let on = [
        (
            "steps.publicReply",
            StepName::PublicReply,
            automation
                .steps
                .public_reply
                .as_ref()
                .is_some_and(|step| step.enabled),
        ),
        (
            "steps.reaction",
            StepName::Reaction,
            automation
                .steps
                .reaction
                .as_ref()
                .is_some_and(|step| step.enabled),
        ),
    ];
    for (path, step, enabled) in on {
        if enabled && !steps::fits(step, automation.kind) {
            let only = if step == StepName::PublicReply {
                "comments"
            } else {
                "replies to stories"
            };
            found.error(
                path,
                Code::WrongType,
                format!(
                    "A {} can only answer {only}. Take the step out, or switch it off.",
                    step.in_words()
                ),
            );
        }
    }
}

fn check_public_reply(step: &PublicReplyStep, found: &mut Found) {
    if step.texts.is_empty() {
        found.error(
            "steps.publicReply.texts",
            Code::NothingInList,
            "The public reply has no text. Write at least one.",
        );
    }
    for (place, text) in step.texts.iter().enumerate() {
        let path = format!("steps.publicReply.texts.{place}");
        text::check(&path, text, Limit::Chars(limits::PUBLIC_REPLY_CHARS), found);
    }
}

/// “love” or any emoji (Messaging API, "react").
fn check_reaction(step: &ReactionStep, found: &mut Found) {
    let reaction = step.reaction.trim();
    if reaction.is_empty() {
        found.error(
            "steps.reaction.reaction",
            Code::EmptyText,
            "The reaction is empty. Write “love” or one emoji.",
        );
    } else if reaction != "love"
        && (reaction.graphemes(true).count() != 1
            || reaction
                .chars()
                .all(|c| c.is_alphanumeric() || c.is_ascii()))
    {
        found.error(
            "steps.reaction.reaction",
            Code::BadReaction,
            format!(
                "Instagram does not know the reaction “{reaction}”. Write “love” or one emoji."
            ),
        );
    }
}

fn check_opening(step: &OpeningStep, found: &mut Found) {
    let text = Limit::Chars(limits::BUTTON_TEXT_CHARS);
    text::check("steps.opening.text", &step.text, text, found);
    let title = Limit::Chars(limits::BUTTON_TITLE_CHARS);
    text::check("steps.opening.button", &step.button, title, found);
    check_delay("steps.opening.delaySeconds", step.delay_seconds, found);
}

fn check_follow(step: &FollowStep, found: &mut Found) {
    let text = Limit::Chars(limits::BUTTON_TEXT_CHARS);
    text::check("steps.follow.text", &step.text, text, found);
    let title = Limit::Chars(limits::BUTTON_TITLE_CHARS);
    text::check("steps.follow.button", &step.button, title, found);
    if let Some(retry) = &step.retry_text {
        text::check("steps.follow.retryText", retry, text, found);
        if !step.verify {
            found.warning(
                "steps.follow.retryText",
                Code::NoEffect,
                "Whether the person follows is not checked, so it never asks again. Switch the \
                 check on, or take the text out.",
            );
        } else {
            check_retry("steps.follow.retryText", step.most_asks, found);
        }
    }
    if step.skip_when_following && !step.verify {
        found.warning(
            "steps.follow.skipWhenFollowing",
            Code::NoEffect,
            "Whether the person follows is not checked, so nobody is passed over. Switch the \
             check on.",
        );
    }
    check_asks("steps.follow.mostAsks", step.most_asks, found);
    check_delay("steps.follow.delaySeconds", step.delay_seconds, found);
}

fn check_email(step: &EmailStep, found: &mut Found) {
    let text = Limit::Bytes(limits::TEXT_BYTES);
    text::check("steps.email.text", &step.text, text, found);
    if let Some(retry) = &step.retry_text {
        text::check("steps.email.retryText", retry, text, found);
        check_retry("steps.email.retryText", step.most_asks, found);
    }
    check_asks("steps.email.mostAsks", step.most_asks, found);
    check_delay("steps.email.delaySeconds", step.delay_seconds, found);
    // What is awaited expires a day after it was decided, not after it was asked.
    let left = STATE_TTL_MS - i64::from(step.delay_seconds) * Millis::SECOND;
    if (1..STATE_TTL_MS / 2).contains(&left) {
        found.warning(
            "steps.email.delaySeconds",
            Code::TooLate,
            format!(
                "An address counts until a day after the person's last message. Sent so late, the \
                 question leaves them {} minutes to answer. Choose 12 hours or less.",
                left / Millis::MINUTE
            ),
        );
    }
    // The other steps leave a person free to set off something else; see `decide::dm`.
    if step.most_asks > MOST_PATIENT_ASKS {
        found.warning(
            "steps.email.mostAsks",
            Code::CannotBeLeft,
            format!(
                "It asks up to {} times, and until then whatever a person writes counts as their \
                 answer: whoever will not give an address cannot get to anything else. Allow \
                 {MOST_PATIENT_ASKS} at the most.",
                step.most_asks
            ),
        );
    }
}

/// What is said when it asks again is never said where it asks once.
fn check_retry(path: &str, most_asks: u32, found: &mut Found) {
    if most_asks == 1 {
        found.warning(
            path,
            Code::NoEffect,
            "It asks only once, so this is never said. Let it ask more often, or take the text \
             out.",
        );
    }
}

fn check_asks(path: &str, most_asks: u32, found: &mut Found) {
    if most_asks == 0 {
        found.error(
            path,
            Code::NeverAsks,
            "It may ask 0 times, so it would never ask. Allow at least 1, or switch the step off.",
        );
    }
}

fn check_delay(path: &str, seconds: u32, found: &mut Found) {
    if i64::from(seconds) * Millis::SECOND >= limits::WINDOW_MS {
        found.error(
            path,
            Code::TooLate,
            "Instagram's 24 hours are over before this is sent. Choose a shorter delay.",
        );
    }
}

/// What is wrong with the steps as a whole.
fn check_flow(automation: &Automation, found: &mut Found) {
    let all = &automation.steps;
    let on = [
        all.public_reply.as_ref().is_some_and(|step| step.enabled),
        all.reaction.as_ref().is_some_and(|step| step.enabled),
        all.opening.as_ref().is_some_and(|step| step.enabled),
        all.follow.as_ref().is_some_and(|step| step.enabled),
        all.email.as_ref().is_some_and(|step| step.enabled),
        all.main.as_ref().is_some_and(|step| step.enabled),
    ];
    if !on.contains(&true) {
        found.error(
            "steps",
            Code::NoSteps,
            "No step is on, so it would do nothing. Switch one on.",
        );
        return;
    }
    let conversation: Vec<_> = steps::CONVERSATION
        .into_iter()
        .filter(|step| steps::has(automation, *step))
        .collect();
    // An address is worth asking for by itself; a button that leads nowhere is a slip.
    if let Some(last @ (StepName::Opening | StepName::Follow)) = conversation.last() {
        found.warning(
            &format!("steps.{last}"),
            Code::DeadEnd,
            format!(
                "Nothing comes after the {}: whoever clicks its button gets no answer. Add a main \
                 message.",
                last.in_words()
            ),
        );
    }
    if automation.kind == AutomationType::CommentReplyFlow {
        check_private_reply(automation, &conversation, found);
    }
}

/// Instagram takes one private reply for a comment, and nothing more until the person
/// answers (Private Replies). Steps that wait keep to that; a main message that comes
/// right after the comment must be one.
fn check_private_reply(automation: &Automation, conversation: &[StepName], found: &mut Found) {
    let all = &automation.steps;
    let messages = all.main.as_ref().map_or(0, |main| main.messages.len());
    if messages < 2 || conversation.last() != Some(&StepName::Main) {
        return;
    }
    let before = &conversation[..conversation.len() - 1];
    let mut passed_over = Vec::new();
    for step in before {
        match step {
            StepName::Follow
                if all
                    .follow
                    .as_ref()
                    .is_some_and(|step| step.verify && step.skip_when_following) =>
            {
                passed_over.push("follows already");
            }
            StepName::Email if all.email.as_ref().is_some_and(|step| step.skip_when_known) => {
                passed_over.push("has given an address before");
            }
            // It waits for everybody.
            _ => return,
        }
    }
    let whom = if passed_over.is_empty() {
        String::new()
    } else {
        format!(
            "Whoever {} gets the main message right after the comment. ",
            passed_over.join(" and ")
        )
    };
    found.warning(
        "steps.main.messages",
        Code::OnlyFirstIsSent,
        format!(
            "{whom}Instagram lets one private reply to a comment through until the person answers, \
             so only the first of the {messages} messages is sent. Put an opening message before \
             it."
        ),
    );
}
