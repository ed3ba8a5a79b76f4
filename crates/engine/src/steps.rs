//! Which steps an automation has: present, switched on, and of a kind that its type
//! can have.

use heliograph_model::{Automation, AutomationType, StepName};

/// The steps of the conversation, in the order in which they are gone through and no
/// other (the design, "What the automations do").
pub const CONVERSATION: [StepName; 4] = [
    StepName::Opening,
    StepName::Follow,
    StepName::Email,
    StepName::Main,
];

/// Whether an automation of this type can have the step at all.
#[must_use]
pub fn fits(step: StepName, kind: AutomationType) -> bool {
    match step {
        StepName::PublicReply => kind == AutomationType::CommentReplyFlow,
        StepName::Reaction => kind == AutomationType::StoryReplyFlow,
        StepName::Opening | StepName::Follow | StepName::Email | StepName::Main => true,
    }
}

/// Whether the automation has the step and it is on.
#[must_use]
pub fn has(automation: &Automation, step: StepName) -> bool {
    let steps = &automation.steps;
    let on = match step {
        StepName::PublicReply => steps
            .public_reply
            .as_ref()
            .is_some_and(|step| step.enabled && !step.texts.is_empty()),
        StepName::Reaction => steps.reaction.as_ref().is_some_and(|step| step.enabled),
        StepName::Opening => steps.opening.as_ref().is_some_and(|step| step.enabled),
        StepName::Follow => steps.follow.as_ref().is_some_and(|step| step.enabled),
        StepName::Email => steps.email.as_ref().is_some_and(|step| step.enabled),
        StepName::Main => steps
            .main
            .as_ref()
            .is_some_and(|step| step.enabled && !step.messages.is_empty()),
    };
    on && fits(step, automation.kind)
}

/// Whether there is anything that it would do.
#[must_use]
pub fn has_any(automation: &Automation) -> bool {
    has(automation, StepName::PublicReply)
        || has(automation, StepName::Reaction)
        || CONVERSATION.iter().any(|step| has(automation, *step))
}
