//! What `docs/scenarios.md` shows must be what happens.

use heliograph_lab::scenario::{Files, Report, Scenario, read, run};
use std::path::Path;

const DOCS: &str = include_str!("../../../../docs/scenarios.md");

/// The worked example, as it stands in the page.
fn example() -> &'static str {
    let (_, rest) = DOCS.split_once("```yaml\n").unwrap();
    rest.split_once("```").unwrap().0
}

async fn play(source: &str) -> Report {
    let scenario = Scenario::parse(source).unwrap();
    run(&scenario, &Files::default()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worked_example_passes_and_its_transcript_is_shown() {
    let report = play(example()).await;
    assert!(report.passed, "{}", report.text());
    let text = report.transcript_text();
    let shown: Vec<&str> = text.lines().take(5).collect();
    assert!(
        DOCS.contains(&shown.join("\n")),
        "the page shows another transcript than\n{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_failure_is_shown_as_it_is_printed() {
    let broken = example()
        .replace("Change my email]", "Change my address]")
        .replace("awaiting: email", "awaiting: opening response");
    let failures = play(&broken).await.failures_text();
    assert!(
        DOCS.contains(failures.trim_end()),
        "the page shows other failures than\n{failures}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_shown_as_they_are_printed() {
    let misspelt = example().replace("maya taps", "maya tapps");
    let mistakes = Scenario::parse(&misspelt).unwrap_err().to_string();
    assert!(DOCS.contains(&mistakes), "{mistakes}");
    let stuck = example().replace("taps: Yes, show me", "taps: Yes");
    let scenario = Scenario::parse(&stuck).unwrap();
    let error = run(&scenario, &Files::default()).await.unwrap_err();
    assert!(DOCS.contains(&error.to_string()), "{error}");
}

/// Each further block is a piece of a scenario: it is put into a whole one, and read.
#[test]
fn every_other_piece_can_be_read() {
    let pieces: Vec<&str> = DOCS
        .split("```yaml\n")
        .skip(2)
        .map(|rest| rest.split_once("```").unwrap().0)
        .collect();
    assert!(pieces.len() >= 4, "{pieces:?}");
    for piece in pieces {
        let has = |key: &str| piece.starts_with(key);
        let people = "people: { maya: Maya, leo: Leo }\n";
        let media = "media: { buns: post 18000000000000071 }\n";
        let source = if has("people:") || has("media:") {
            format!("scenario: A piece\n{piece}steps: []\n")
        } else {
            format!("scenario: A piece\n{people}{media}steps:\n{piece}")
        };
        if let Err(error) = Scenario::parse(&source) {
            panic!("{error}\n{source}");
        }
    }
}

/// A scenario says what it shows: a name of its own and a sentence.
#[test]
fn every_scenario_says_what_it_shows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (scenario, _) = read(&path).unwrap_or_else(|error| panic!("{error}"));
        let about = scenario.about.unwrap_or_default();
        assert!(about.len() > 20, "{} has no `about`", path.display());
        count += 1;
    }
    assert!(count >= 30, "{count}");
}
