//! Conversations that go in circles.

use super::{Verdict, Walk, World};
use crate::explore::WayKind;
use crate::explore::attempt::Attempt;
use crate::explore::place::{Received, tappables};
use crate::explore::walk::Step;
use heliograph_model::{Effect, Reason};
use std::collections::HashMap;

/// A button of the main message after which the very message comes again that it stands
/// below, and nothing else is awaited.
pub(super) fn of_buttons(walk: &Walk) -> Vec<Verdict> {
    let mut found = Vec::new();
    for (number, step) in walk.steps.iter().enumerate() {
        let Some(tapped) = step.attempt.tapped() else {
            continue;
        };
        let goes_on = matches!(step.reason(), Some(Reason::Advanced | Reason::Started));
        let awaits_nothing = walk.from(step).state.is_none()
            && walk.to(step).is_some_and(|place| place.state.is_none());
        if goes_on && awaits_nothing && brings(step, &tapped.path) {
            found.push(Verdict {
                kind: WayKind::Loop,
                message: format!(
                    "“{}” leads back to the message that it stands below: whoever taps it gets \
                     the same once more. Let it lead somewhere else, or take it out.",
                    tapped.title
                ),
                path: tapped.path.clone(),
                steps: vec![number],
            });
        }
    }
    found
}

/// Whether what is sent has the button of this path on it.
fn brings(step: &Step, path: &str) -> bool {
    step.sent().any(|(effect, message_path)| match effect {
        Effect::Send { message, .. } => {
            tappables(message, message_path)
                .iter()
                .any(|received| match received {
                    Received::Button(it) | Received::Reply(it) => it.path == path,
                })
        }
        Effect::ReplyToComment { .. } | Effect::React { .. } => false,
    })
}

/// Words that start everything over: whoever answers in words is asked the same again and
/// never gets to the main message.
pub(super) fn of_words(world: &World, walk: &Walk) -> Option<Verdict> {
    let in_words: HashMap<usize, usize> = walk
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| matches!(step.attempt, Attempt::SayNothing(_)))
        .map(|(number, step)| (step.from, number))
        .collect();
    let mut chain: Vec<usize> = Vec::new();
    let mut visited: Vec<usize> = vec![0];
    let circle = loop {
        let number = *in_words.get(visited.last()?)?;
        chain.push(number);
        let to = walk.steps[number].to?;
        if let Some(place) = visited.iter().position(|known| *known == to) {
            break &chain[place..];
        }
        visited.push(to);
    };
    let steps = || circle.iter().map(|number| &walk.steps[*number]);
    let starts_over = steps().any(|step| step.reason() == Some(Reason::Started));
    let sends = steps().any(|step| step.sent().next().is_some());
    let arrives = steps().any(|step| step.sent().any(|(_, path)| path.starts_with("steps.main.")));
    (starts_over && sends && !arrives).then(|| Verdict {
        kind: WayKind::Loop,
        message: format!(
            "Whoever answers in words starts “{}” over, and is asked the same again without an \
             end. Give it keywords, or let it go on when it has asked often enough.",
            world.automation.name
        ),
        path: "trigger.mode".to_owned(),
        steps: chain.clone(),
    })
}
