//! Messages that Instagram refuses.

use super::{Verdict, Walk, World};
use crate::explore::WayKind;
use crate::explore::instagram::Taking;

pub(super) fn of(world: &World, walk: &Walk, taking: &mut Taking) -> Vec<Verdict> {
    let mut found = Vec::new();
    for (number, step) in walk.steps.iter().enumerate() {
        for (effect, path) in step.sent() {
            if *effect.automation_id() != world.automation.id {
                continue;
            }
            if let Some(why) = taking.refusal(world, effect) {
                found.push(Verdict {
                    kind: WayKind::SendRefused,
                    message: format!("Instagram refuses this message: {why}."),
                    path: path.to_owned(),
                    steps: vec![number],
                });
            }
        }
    }
    found
}
