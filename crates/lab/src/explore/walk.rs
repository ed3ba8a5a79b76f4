//! The walk itself: breadth first, so that the first way to a place is a shortest one.

use super::attempt::{Attempt, Attempts};
use super::place::{Key, Place};
use super::world::World;
use super::{MOST_STATES, MOST_WAYS};
use heliograph_engine::validate::MOST_PATIENT_ASKS;
use heliograph_model::{Decision, Effect, Reason, StepName, Steps};
use std::collections::{HashMap, VecDeque};

/// Everything that was walked.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) places: Vec<Stop>,
    pub(super) steps: Vec<Step>,
    pub(super) complete: bool,
}

/// A place, and how it was come to first.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) place: Place,
    /// The step that led here; `None` at a start.
    arrived_by: Option<usize>,
}

/// One attempt, and what it led to.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) from: usize,
    pub(super) attempt: Attempt,
    /// What was decided; `None` where Instagram reports nothing.
    pub(super) decision: Option<Decision>,
    /// The paths of what the automation sends, one for each effect.
    pub(super) paths: Vec<String>,
    /// Where it led; `None` out of the automation: another one took over, or the person
    /// unsubscribed.
    pub(super) to: Option<usize>,
}

impl Step {
    /// Why it was decided as it was.
    pub(super) fn reason(&self) -> Option<Reason> {
        self.decision.as_ref().map(|decision| decision.trace.reason)
    }

    /// What is sent, with its path in the automation.
    pub(super) fn sent(&self) -> impl Iterator<Item = (&Effect, &str)> {
        self.decision
            .iter()
            .flat_map(|decision| &decision.effects)
            .zip(self.paths.iter().map(String::as_str))
    }
}

impl Walk {
    /// Walks as far as there is something new, or a bound is reached.
    pub(super) fn through(world: &World) -> Self {
        let attempts = Attempts::of(world);
        let mut walk = Self {
            places: Vec::new(),
            steps: Vec::new(),
            complete: true,
        };
        let mut known: HashMap<Key, usize> = HashMap::new();
        let mut ahead = VecDeque::new();
        for start in starts(world) {
            known.insert(start.key(), walk.places.len());
            ahead.push_back(walk.places.len());
            walk.places.push(Stop {
                place: start,
                arrived_by: None,
            });
        }
        while let Some(from) = ahead.pop_front() {
            let here = walk.places[from].place.clone();
            // Whether it asks for the twelfth or the thousandth time makes no difference.
            if here
                .awaits()
                .is_some_and(|(_, asked)| asked > MOST_PATIENT_ASKS)
            {
                walk.complete = false;
                continue;
            }
            let is_start = walk.places[from].arrived_by.is_none();
            for attempt in attempts.at(&here, is_start) {
                if walk.steps.len() >= MOST_WAYS || walk.places.len() >= MOST_STATES {
                    walk.complete = false;
                    return walk;
                }
                let (mut step, there) = take(world, from, &here, attempt, walk.steps.len());
                step.to = there.map(|there| {
                    *known.entry(there.key()).or_insert_with(|| {
                        ahead.push_back(walk.places.len());
                        walk.places.push(Stop {
                            place: there,
                            arrived_by: Some(walk.steps.len()),
                        });
                        walk.places.len() - 1
                    })
                });
                walk.steps.push(step);
            }
        }
        walk
    }

    /// The shortest way that ends with these steps, one after the other: what leads to the
    /// first of them, and they themselves.
    pub(super) fn way(&self, steps: &[usize]) -> Vec<&Step> {
        let mut way: Vec<&Step> = steps.iter().map(|step| &self.steps[*step]).collect();
        let mut at = way.first().map(|step| step.from);
        while let Some(step) = at.and_then(|place| self.places[place].arrived_by) {
            let step = &self.steps[step];
            way.insert(0, step);
            at = Some(step.from);
        }
        way
    }

    /// Where a step begins.
    pub(super) fn from(&self, step: &Step) -> &Place {
        &self.places[step.from].place
    }

    /// Where a step ends.
    pub(super) fn to(&self, step: &Step) -> Option<&Place> {
        step.to.map(|place| &self.places[place].place)
    }
}

/// Somebody new; and where that matters, somebody whose address is known.
fn starts(world: &World) -> Vec<Place> {
    let mut starts = vec![Place::default()];
    let email = world.automation.steps.email.as_ref();
    if email.is_some_and(|step| step.enabled && step.skip_when_known) {
        let mut contact = world.new_contact();
        contact.email = Some("maya@example.com".to_owned());
        starts.push(Place {
            contact: Some(contact),
            ..Place::default()
        });
    }
    starts
}

/// Tries something, and says where it leads.
fn take(
    world: &World,
    from: usize,
    here: &Place,
    attempt: Attempt,
    number: usize,
) -> (Step, Option<Place>) {
    let mut there = here.clone();
    let mut step = Step {
        from,
        decision: None,
        paths: Vec::new(),
        to: None,
        attempt,
    };
    let Some(event) = step.attempt.event(world, number) else {
        match step.attempt {
            Attempt::Follow => there.follows = true,
            _ => there.state = None,
        }
        return (step, Some(there));
    };
    if matches!(step.attempt, Attempt::Choose(_)) {
        there.replies.clear();
    }
    let mut decision = world.decide(&event, &mut there);
    // Nobody reads what was looked at, and it is most of what a decision holds.
    decision.trace.looked_at = Vec::new();
    step.paths = paths(&decision, &world.automation.steps);
    for (effect, path) in decision.effects.iter().zip(&step.paths) {
        if let Effect::Send { message, .. } = effect {
            there.receive(message, path.trim_end_matches(".retryText"));
        }
    }
    let is_ours = decision
        .trace
        .automation_id
        .as_ref()
        .is_none_or(|acting| *acting == world.automation.id);
    let is_subscribed = there
        .contact
        .as_ref()
        .is_none_or(|contact| !contact.unsubscribed);
    step.decision = Some(decision);
    (step, (is_ours && is_subscribed).then_some(there))
}

/// Where in the automation stands what is sent.
fn paths(decision: &Decision, steps: &Steps) -> Vec<String> {
    let mut messages = 0;
    let again = decision.trace.reason == Reason::AskedAgain;
    let has_retry = |step: StepName| {
        let retry = match step {
            StepName::Follow => steps.follow.as_ref().and_then(|it| it.retry_text.as_ref()),
            StepName::Email => steps.email.as_ref().and_then(|it| it.retry_text.as_ref()),
            StepName::PublicReply | StepName::Reaction | StepName::Opening | StepName::Main => None,
        };
        retry.is_some()
    };
    decision
        .effects
        .iter()
        .map(|effect| match effect {
            Effect::ReplyToComment { .. } => "steps.publicReply".to_owned(),
            Effect::React { .. } => "steps.reaction".to_owned(),
            Effect::Send { step, .. } => match step {
                StepName::Main => {
                    messages += 1;
                    format!("steps.main.messages.{}", messages - 1)
                }
                step if again && has_retry(*step) => format!("steps.{step}.retryText"),
                StepName::Opening | StepName::Follow | StepName::Email => format!("steps.{step}"),
                StepName::PublicReply | StepName::Reaction => "steps".to_owned(),
            },
        })
        .collect()
}
