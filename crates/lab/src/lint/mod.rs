//! Finds what is wrong with a workspace's automations: each by itself, and between them.

mod finding;
mod shadow;
#[cfg(test)]
mod tests;

pub use finding::{Finding, FindingCode};

use heliograph_engine::validate::validate;
use heliograph_model::{Automation, AutomationType, Target};
use std::collections::BTreeMap;

/// Looks at all automations of a workspace. What is wrong with one by itself is told of
/// active and inactive ones alike; what lies between them is looked for among the active
/// ones, which are the ones that are tried. In the order in which they are tried.
#[must_use]
pub fn lint(automations: &[Automation]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, group) in groups(automations) {
        let mut between = shadow::look(&group);
        for automation in group {
            findings.append(&mut between.remove(&automation.id).unwrap_or_default());
            findings.extend(
                validate(automation)
                    .into_iter()
                    .map(|problem| Finding::of_problem(automation, problem)),
            );
        }
    }
    findings
}

/// Automations that are tried one after the other: of one type, for the same posts or
/// stories. One for a single post is tried before those for all, and so hides none of them
/// from the other posts.
fn groups(automations: &[Automation]) -> BTreeMap<(AutomationType, &Target), Vec<&Automation>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for automation in automations {
        groups
            .entry((automation.kind, &automation.target))
            .or_default()
            .push(automation);
    }
    for group in groups.values_mut() {
        group.sort_by(|a, b| {
            (a.priority, a.created_at, &a.id).cmp(&(b.priority, b.created_at, &b.id))
        });
    }
    groups
}
