//! What a scenario may say, and what it is told when it says something else.
#![allow(clippy::unwrap_used, reason = "a test")]

use crate::scenario::Scenario;
use crate::scenario::expected::Expectation;
use crate::scenario::format::{Act, Deed, StepKind};
use crate::simulator::Language;
use heliograph_model::{Millis, Reason};

const GOOD: &str = r#"
scenario: Maya gets the menu
about: >
  The shortest path.
workspace: bakery
starts: 2026-03-02 09:00
people:
  maya: Maya Lindqvist
  leo: { username: "@leo", follows: yes, id: 900000000000099, language: pt_br }
  ghost: { profile: none }
media:
  croissants: post 18000000000000071
steps:
  - maya says: 007
  - maya receives:
      - contains: Hello
        buttons: [Show me]
        quick replies: none
  - because: { reason: started, automation: Menu, looked at: { Menu: matched } }
  - time passes: 25 hours
  - maya taps: { button: Show me, of the message: Hello }
  - maya state: awaiting email
  - leo comments on croissants: { text: menu, sent: 1 hour ago }
  - maya replies to leo's comment: me too
  - in one delivery:
      - maya says: a
      - leo sends: an image
  - 100 people say: menu
  - instagram answers: server error, 2 times
  - the last delivery comes again
  - decisions: { started: 1, duplicate: 2 }
  - maya mentions the account in a story
"#;

#[test]
fn a_scenario_reads_like_a_conversation() {
    let scenario = Scenario::parse(GOOD).unwrap();
    assert_eq!(scenario.name, "Maya gets the menu");
    assert_eq!(scenario.people[1].username, "leo");
    assert_eq!(scenario.people[1].id, Some("900000000000099".into()));
    assert_eq!(scenario.people[1].language, Language::parse("pt-BR"));
    assert_eq!(scenario.people[0].language, None);
    assert!(scenario.people[1].follows && scenario.people[2].hidden);
    assert_eq!(scenario.steps.len(), 14);
    assert_eq!(
        scenario.steps[0].kind,
        StepKind::Act(Act {
            who: "maya".into(),
            deed: Deed::Say("007".into()),
            ago: 0,
        })
    );
    assert_eq!(scenario.steps[3].kind, StepKind::Pass(25 * Millis::HOUR));
    let StepKind::Expect(Expectation::Because(because)) = &scenario.steps[2].kind else {
        panic!("{:?}", scenario.steps[2])
    };
    assert_eq!(because[0].reason, Some(Reason::Started));
    let StepKind::Act(comment) = &scenario.steps[6].kind else {
        panic!("{:?}", scenario.steps[6])
    };
    assert_eq!(comment.ago, Millis::HOUR);
}

/// Parses and returns the mistakes as lines.
fn mistakes(source: &str) -> Vec<String> {
    Scenario::parse(source)
        .unwrap_err()
        .mistakes
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_mistake_is_shown_with_its_place_and_what_to_do() {
    let found = mistakes(
        "scenario: x\npeople:\n  maya:\nsteps:\n  - maya sais: hi\n  - leo says: hi\n  - maya receives: { text: a, butons: [b] }\n  - time passes: soon\n  - maya comments on bread: yum\n  - because: startet\n  - maya says: a\n    maya state: none\n",
    );
    let expected = [
        ("line 5, column 5", "did you mean “maya says”?"),
        ("line 6, column 5", "add `leo:` to `people`"),
        ("line 7, column 31", "did you mean `buttons`?"),
        ("line 8, column 18", "11 minutes"),
        ("line 9, column 5", "add `bread: post"),
        ("line 10, column 14", "did you mean `started`?"),
        ("line 12, column 5", "a dash of its own"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for ((place, hint), mistake) in expected.iter().zip(&found) {
        assert!(
            mistake.starts_with(place) && mistake.contains(hint),
            "{mistake} should be at {place} and say {hint}"
        );
    }
}

#[test]
fn a_file_that_is_no_yaml_or_no_scenario_says_so() {
    assert!(mistakes("scenario: [")[0].contains("this is not YAML"));
    let found = mistakes("hello: there\n");
    assert!(
        found.iter().any(|line| line.contains("needs a name")),
        "{found:?}"
    );
    assert!(
        found.iter().any(|line| line.contains("needs `steps:`")),
        "{found:?}"
    );
    assert!(
        found.iter().any(|line| line.contains("no field `hello`")),
        "{found:?}"
    );
    assert!(mistakes("- a\n- b\n")[0].contains("must have fields"));
}

/// Whoever writes a scenario must be able to look up every word that it can use.
#[test]
fn every_reason_and_every_verdict_is_in_the_documentation() {
    let docs = include_str!("../../../../../docs/scenarios.md");
    let unknown = mistakes("scenario: x\nsteps:\n  - because: zzzzzzzzzz\n");
    let (_, reasons) = unknown[0].split_once("the reasons are ").unwrap();
    let mut count = 0;
    for reason in reasons.split(", ") {
        let word = format!("`{}`", reason.replace('_', " "));
        assert!(docs.contains(&word), "docs/scenarios.md has no {word}");
        count += 1;
    }
    assert!(count > 20, "{reasons}");
    for seen in crate::scenario::Seen::ALL {
        assert!(docs.contains(&format!("`{}`", seen.as_str())), "{seen:?}");
    }
}

#[test]
fn a_language_is_a_tag() {
    let source = GOOD.replace("pt_br", "Portuguese of Brazil");
    let error = Scenario::parse(&source).unwrap_err().to_string();
    assert!(
        error.contains("`language` must be a BCP 47 tag, such as `ar` or `pt-BR`"),
        "{error}"
    );
    let source = GOOD.replace("pt_br", "none");
    assert_eq!(Scenario::parse(&source).unwrap().people[1].language, None);
}
