//! Something is awaited, and hardly anybody gets away from it.

use super::{Verdict, Walk, World};
use crate::explore::WayKind;
use heliograph_engine::validate::MOST_PATIENT_ASKS;
use heliograph_model::Awaiting;

/// Somebody has been asked for an address more often than anybody tries, and whatever they
/// write counts as their answer.
pub(super) fn of(world: &World, walk: &Walk) -> Option<Verdict> {
    let most = world.automation.steps.email.as_ref()?.most_asks;
    let number = walk.steps.iter().position(|step| {
        walk.to(step).and_then(|place| place.awaits())
            == Some((Awaiting::AwaitingEmail, MOST_PATIENT_ASKS + 1))
    })?;
    Some(Verdict {
        kind: WayKind::CannotBeLeft,
        message: format!(
            "Whoever gives no address is asked up to {most} times, and until then whatever they \
             write counts as their answer. Allow {MOST_PATIENT_ASKS} times at the most."
        ),
        path: "steps.email.mostAsks".to_owned(),
        steps: vec![number],
    })
}
