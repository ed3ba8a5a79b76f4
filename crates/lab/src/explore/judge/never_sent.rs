//! Messages that no way leads to.

use super::{Verdict, Walk, World};
use crate::explore::WayKind;
use heliograph_engine::steps;
use heliograph_model::{Automation, Reason, StepName};
use std::collections::HashMap;

/// What the automation has and never sends. Which of several public replies is taken
/// follows from the comment's id, so any of them stands for all.
pub(super) fn of(world: &World, walk: &Walk) -> Vec<Verdict> {
    let is_ours = |number: &usize| {
        walk.steps[*number]
            .decision
            .as_ref()
            .and_then(|decision| decision.trace.automation_id.as_ref())
            == Some(&world.automation.id)
    };
    let started = (0..walk.steps.len())
        .filter(is_ours)
        .find(|number| walk.steps[*number].reason() == Some(Reason::Started));
    let Some(started) = started else {
        return never_starts(walk).into_iter().collect();
    };
    // What was not walked may lead there.
    if !walk.complete {
        return Vec::new();
    }
    let mut first: HashMap<&str, usize> = HashMap::new();
    for number in (0..walk.steps.len()).filter(is_ours) {
        for path in &walk.steps[number].paths {
            first.entry(path).or_insert(number);
        }
    }
    expected(&world.automation)
        .into_iter()
        .filter(|(path, _)| !first.contains_key(path.as_str()))
        .map(|(path, what)| {
            let nearest = first
                .iter()
                .filter(|(other, _)| same_step(other, &path))
                .map(|(_, number)| *number)
                .min()
                .unwrap_or(started);
            let decision = walk.steps[nearest].decision.as_ref();
            let notes = decision.map_or_else(String::new, |decision| {
                decision
                    .trace
                    .notes
                    .iter()
                    .map(|note| format!(" {note}"))
                    .collect()
            });
            Verdict {
                kind: WayKind::NeverSent,
                message: format!("No way leads to {what}.{notes}"),
                path,
                steps: vec![nearest],
            }
        })
        .collect()
}

fn never_starts(walk: &Walk) -> Option<Verdict> {
    let step = walk.steps.first()?;
    let summary = step
        .decision
        .as_ref()
        .map_or("", |decision| &decision.trace.summary);
    Some(Verdict {
        kind: WayKind::NeverSent,
        message: format!("Nothing that was tried sets it off. {summary}"),
        path: "trigger".to_owned(),
        steps: vec![0],
    })
}

/// Everything that is to be sent one day, with what it is called.
fn expected(automation: &Automation) -> Vec<(String, String)> {
    let all = &automation.steps;
    let mut list: Vec<(String, String)> = Vec::new();
    for step in [
        StepName::PublicReply,
        StepName::Reaction,
        StepName::Opening,
        StepName::Follow,
        StepName::Email,
    ] {
        if !steps::has(automation, step) {
            continue;
        }
        let (key, retry) = match step {
            StepName::PublicReply => ("publicReply", None),
            StepName::Follow => (
                "follow",
                all.follow.as_ref().and_then(|it| it.retry_text.as_ref()),
            ),
            StepName::Email => (
                "email",
                all.email.as_ref().and_then(|it| it.retry_text.as_ref()),
            ),
            StepName::Reaction | StepName::Opening | StepName::Main => (step.as_str(), None),
        };
        list.push((format!("steps.{key}"), format!("the {}", step.in_words())));
        if retry.is_some() {
            list.push((
                format!("steps.{key}.retryText"),
                format!("what the {} says when it asks again", step.in_words()),
            ));
        }
    }
    if steps::has(automation, StepName::Main) {
        let messages = all.main.as_ref().map_or(0, |main| main.messages.len());
        list.extend((0..messages).map(|number| {
            (
                format!("steps.main.messages.{number}"),
                format!("message {} of the main message", number + 1),
            )
        }));
    }
    list
}

/// Whether two paths are in one step.
fn same_step(one: &str, other: &str) -> bool {
    let step = |path: &str| path.split('.').nth(1).map(str::to_owned);
    step(one) == step(other)
}
