//! Walks every way through an automation: each button, each kind of answer, silence.
//!
//! What an answer leads to is decided by the engine's own `decide`, with the workspace's
//! automations compiled as for real webhooks, and whether Instagram takes a message by the
//! simulated Instagram. In here is only who tries what, and what to think of it.
//!
//! - `world`: the rules, asked for one answer.
//! - `place`: where a person can be, and when two places are the same.
//! - `attempt`: what can be tried there.
//! - `walk`: the walk, breadth first, so that the first way to a place is a shortest one.
//! - `judge`: what is wrong with the ways.
//! - `conversation` and `scenario`: a way as lines, and as a file that plays it.

mod attempt;
mod conversation;
mod exploration;
mod instagram;
mod judge;
mod place;
mod scenario;
mod walk;
mod world;

pub use exploration::{Exploration, Turn, Way, WayKind, Who};

use heliograph_model::{Account, Automation};
use instagram::Taking;
use scenario::Script;
use walk::Walk;
use world::World;

/// How many places are walked to at the most.
pub const MOST_STATES: usize = 2_000;
/// How many ways are gone at the most.
pub const MOST_WAYS: usize = 20_000;

/// Walks every way through `automation`, as if it were on, on `account`, among `all`
/// automations of the workspace. Where `all` has one with the same id, it is replaced.
/// The scenarios name the workspace by its id: see [`explore_in`].
#[must_use]
pub fn explore(automation: &Automation, all: &[Automation], account: &Account) -> Exploration {
    explore_in(account.workspace_id.as_str(), automation, all, account)
}

/// As [`explore`], with the name of the workspace's file for the scenarios: as it is
/// written behind `workspace:`.
#[must_use]
pub fn explore_in(
    workspace: &str,
    automation: &Automation,
    all: &[Automation],
    account: &Account,
) -> Exploration {
    let world = World::new(automation, all, account);
    let walk = Walk::through(&world);
    let mut taking = Taking::new(&world);
    let findings = judge::of(&world, &walk, &mut taking)
        .into_iter()
        .map(|verdict| {
            let way = walk.way(&verdict.steps);
            Way {
                kind: verdict.kind,
                conversation: conversation::lines(&way),
                scenario: Script {
                    workspace,
                    automation,
                    world: &world,
                    walk: &walk,
                }
                .written(&verdict, &way, &mut taking),
                message: verdict.message,
                path: verdict.path,
            }
        })
        .collect();
    Exploration {
        automation_id: automation.id.clone(),
        name: automation.name.clone(),
        ways: count(walk.steps.len()),
        states: count(walk.places.len()),
        complete: walk.complete,
        findings,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
