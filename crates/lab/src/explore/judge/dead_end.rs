//! Buttons and quick replies that get no answer.

use super::{Verdict, Walk, World};
use crate::explore::WayKind;
use heliograph_model::Reason;

/// A tap after which nothing is sent, unless somebody has chosen that: a conversation may
/// end when it has asked often enough, and who is unsubscribed gets no message.
pub(super) fn of(world: &World, walk: &Walk) -> Vec<Verdict> {
    let mut found = Vec::new();
    for (number, step) in walk.steps.iter().enumerate() {
        let (Some(tapped), Some(decision)) = (step.attempt.tapped(), &step.decision) else {
            continue;
        };
        let is_ours = decision
            .trace
            .automation_id
            .as_ref()
            .is_none_or(|acting| *acting == world.automation.id);
        if !is_ours || !decision.effects.is_empty() || is_meant(decision.trace.reason) {
            continue;
        }
        found.push(Verdict {
            kind: WayKind::DeadEnd,
            message: format!(
                "Whoever taps “{}” gets no answer. {}",
                tapped.title, decision.trace.summary
            ),
            path: tapped.path.clone(),
            steps: vec![number],
        });
    }
    found
}

fn is_meant(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::GaveUp
            | Reason::Unsubscribed
            | Reason::Resubscribed
            | Reason::ContactUnsubscribed
            | Reason::Silenced
    )
}
