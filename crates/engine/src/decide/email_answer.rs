//! The answer to “what is your email address?”.

use super::{
    Outcome,
    draft::Draft,
    flow::{self, Way},
};
use crate::email;
use heliograph_model::{Automation, Awaiting, StepName, WhenExhausted};

/// Whatever the contact says now is the answer. `asked` is how often it was asked.
pub(super) fn decide(mut draft: Draft<'_>, automation: &Automation, asked: u32) -> Outcome {
    let name = &automation.name;
    let event = draft.event;
    let address = [event.text.as_deref(), event.payload.as_deref()]
        .into_iter()
        .flatten()
        .find_map(email::find);
    let goes_on = |mut draft: Draft<'_>, way, why: &str| {
        let stop = flow::run(&mut draft, automation, flow::after(StepName::Email));
        flow::land(draft, automation, stop, way, why)
    };
    if let Some(address) = address {
        let known = draft.cx.contact.and_then(|contact| contact.email.as_ref());
        if known != Some(&address) {
            draft.change.email = Some(address);
        }
        let why = format!("The person gave “{name}” an email address, which was stored.");
        return goes_on(draft, Way::Advanced, &why);
    }
    let why = format!("“{name}” waits for an email address, and there is no valid one in this.");
    let step = automation.steps.email.as_ref();
    if step.is_some_and(|step| asked < step.most_asks.max(1)) {
        return flow::ask_again(draft, automation, Awaiting::AwaitingEmail, asked, &why);
    }
    match step.map(|step| step.when_exhausted).unwrap_or_default() {
        WhenExhausted::Skip => goes_on(draft, Way::Skipped, &why),
        WhenExhausted::End => flow::give_up(draft, automation, &why),
    }
}
