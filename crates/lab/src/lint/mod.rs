//! Finds what is wrong with a workspace's automations: each by itself, and between them;
//! says why, and offers what would put it right where a program can do that.

mod apply;
mod consent;
mod finding;
mod fix;
mod remedy;
mod replies;
mod shadow;
#[cfg(test)]
mod tests;

pub use apply::{EditError, apply};
pub use finding::{Finding, FindingCode};
pub use fix::{FieldEdit, Fix, FixChange};

use heliograph_engine::validate::validate_in_detail;
use heliograph_model::{Account, Automation, AutomationType, Target};
use std::collections::BTreeMap;

/// Looks at all automations of a workspace. What is wrong with one by itself is told of
/// active and inactive ones alike; what lies between them is looked for among the active
/// ones, which are the ones that are tried. In the order in which they are tried.
#[must_use]
pub fn lint(automations: &[Automation]) -> Vec<Finding> {
    lint_for(automations, &[])
}

/// As [`lint`], and with the words that unsubscribe a contact of one of the accounts.
#[must_use]
pub fn lint_for(automations: &[Automation], accounts: &[Account]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let consent = consent::Words::of(accounts);
    let replies = replies::Answers::new(automations, &consent);
    for (_, group) in groups(automations) {
        let mut between = shadow::look(&group);
        for automation in group {
            findings.append(&mut between.remove(&automation.id).unwrap_or_default());
            let problems = validate_in_detail(automation);
            findings.extend(problems.iter().map(|found| {
                let fix = remedy::of(automation, found, &problems);
                Finding::of_problem(automation, found.problem.clone(), fix)
            }));
            consent.look(automation, &mut findings);
            replies.look(automation, &mut findings);
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
        group.sort_by(|a, b| a.cmp_tried(b));
    }
    groups
}
