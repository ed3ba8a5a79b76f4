//! The answer to “do you follow us?”.

use super::{
    Outcome, ProfileAnswer,
    draft::Draft,
    flow::{self, Way},
};
use heliograph_model::{Automation, Awaiting, StepName, WhenExhausted};

/// Whether the person follows the account, as the profile says now. What the contact
/// remembers is too old to rely on. A profile that cannot be read counts as not
/// following, which a note then says.
pub(super) fn follows(draft: &mut Draft<'_>) -> bool {
    match draft.cx.profile {
        Some(ProfileAnswer::Known(profile)) => {
            if profile.follows.is_none() {
                draft
                    .notes
                    .push("The profile does not say whether the person follows.".into());
            }
            profile.follows == Some(true)
        }
        Some(ProfileAnswer::Unknown(_)) => false,
        None if draft.may_read_profile() => {
            draft.wants_profile = true;
            false
        }
        None => {
            draft.notes.push(
                "Whether the person follows cannot be known before they have written once.".into(),
            );
            false
        }
    }
}

/// The person said that they follow. `asked` is how often that has been asked.
pub(super) fn answered(mut draft: Draft<'_>, automation: &Automation, asked: u32) -> Outcome {
    let name = &automation.name;
    let step = automation.steps.follow.as_ref();
    let goes_on = |mut draft: Draft<'_>, way, why: &str| {
        let stop = flow::run(&mut draft, automation, flow::after(StepName::Follow));
        flow::land(draft, automation, stop, way, why)
    };
    let Some(step) = step.filter(|step| step.verify) else {
        let why = format!("The person answered the follow step of “{name}”.");
        return goes_on(draft, Way::Advanced, &why);
    };
    if follows(&mut draft) {
        let why = format!("The person follows @{}.", draft.cx.account.username);
        return goes_on(draft, Way::Advanced, &why);
    }
    let why = format!(
        "The person does not follow @{} yet, as far as their profile says.",
        draft.cx.account.username
    );
    if asked < step.most_asks.max(1) {
        return flow::ask_again(
            draft,
            automation,
            Awaiting::AwaitingFollowConfirmation,
            asked,
            &why,
        );
    }
    match step.when_exhausted {
        WhenExhausted::Skip => goes_on(draft, Way::Skipped, &why),
        WhenExhausted::End => flow::give_up(draft, automation, &why),
    }
}
