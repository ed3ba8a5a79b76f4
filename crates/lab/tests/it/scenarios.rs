//! Every file of `fixtures/scenarios` is played, and must be as it expects.

use heliograph_lab::scenario::{Files, Report, Scenario, read, run};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokio::task::JoinSet;

/// Each mostly waits for its engine to come to rest.
const AT_ONCE: usize = 8;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios")
}

fn all() -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    paths.sort();
    paths
}

/// Plays a file; what is wrong, if anything is.
async fn play_file(path: PathBuf) -> (String, Option<String>, String) {
    let file = path.file_name().unwrap().to_string_lossy().into_owned();
    let (name, problem) = match read(&path) {
        Ok((scenario, files)) => {
            let problem = match run(&scenario, &files).await {
                Ok(report) if report.passed => None,
                Ok(report) => Some(report.text()),
                Err(error) => Some(error.to_string()),
            };
            (scenario.name, problem)
        }
        Err(error) => (file.clone(), Some(error.to_string())),
    };
    (file, problem, name)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_passes() {
    let only = std::env::var("SCENARIO").unwrap_or_default();
    let paths = all();
    assert!(paths.len() >= 30, "only {} scenarios", paths.len());
    let mut left = paths
        .into_iter()
        .filter(|path| path.to_string_lossy().contains(&only));
    let mut playing = JoinSet::new();
    for path in left.by_ref().take(AT_ONCE) {
        playing.spawn(play_file(path));
    }
    let mut problems = String::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    while let Some(played) = playing.join_next().await {
        let (file, problem, name) = played.unwrap();
        if let Some(next) = left.next() {
            playing.spawn(play_file(next));
        }
        if let Some(problem) = problem {
            problems += &format!("== {file}\n{problem}\n");
        }
        if let Some(other) = names.insert(name, file.clone()) {
            problems += &format!("{file} has the name of {other}\n");
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// What the documentation shows must be so.
#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_documentation_pass() {
    let docs = folder().join("../../docs/scenarios.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let examples: Vec<_> = docs
        .split("```yaml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .filter(|example| example.starts_with("scenario:"))
        .collect();
    assert!(!examples.is_empty(), "there is no example");
    for example in examples {
        let scenario =
            Scenario::parse(example).unwrap_or_else(|error| panic!("{example}\n{error}"));
        let report = run(&scenario, &Files::in_folder(&folder())).await.unwrap();
        assert!(report.passed, "{}", report.text());
    }
}

async fn play(steps: &str) -> Report {
    let source = format!(
        "scenario: A test\npeople: {{ maya: Maya Lindqvist }}\nmedia: {{ buns: post 18000000000000071 }}\nsteps:\n{steps}"
    );
    let scenario = Scenario::parse(&source).unwrap();
    run(&scenario, &Files::default()).await.unwrap()
}

/// Each kind of expectation must be able to fail, and say what there was instead.
#[tokio::test(flavor = "multi_thread")]
async fn a_broken_expectation_fails_and_shows_the_difference() {
    let hello = "  - maya says: hello\n";
    for (expectation, shown) in [
        ("maya receives: Goodbye", "+ text: Hello Maya, good to hear"),
        ("maya receives nothing", "should have received nothing"),
        (
            "maya receives: [ { contains: Hello }, Second ]",
            "2 new messages, and got 1",
        ),
        (
            "maya receives: { contains: Hello, quick replies: [Menu] }",
            "+ quick replies: [Menu, Opening hours, Prices]",
        ),
        (
            "maya receives: { contains: Hello, buttons: [Go] }",
            "- buttons: [Go]",
        ),
        (
            "maya receives: { contains: Hello, private reply: yes }",
            "+ private reply: no",
        ),
        ("maya receives: { media: image }", "- media: image"),
        ("maya receives: { cards: [Bun] }", "- card: Bun"),
        ("maya state: awaiting email", "+ state: none"),
        (
            "maya contact: { email: maya@example.com, follows: yes, silenced: yes, unsubscribed: yes }",
            "- unsubscribed: yes",
        ),
        ("because: no match", "+ reason: started"),
        (
            "because: { automation: Menu, says: fish, looked at: { Prices: matched } }",
            "+ Prices: no keyword",
        ),
        ("decisions: { started: 2 }", "+ started: 1"),
        ("sends: { sent: 2 }", "+ sent: 1"),
        ("maya gets the reaction: love", "+ no reaction"),
    ] {
        // The message is always looked at, so that only the one expectation can fail.
        let receives = if expectation.contains("receives") {
            ""
        } else {
            "  - maya receives: { contains: Hello }\n"
        };
        let report = play(&format!("{hello}{receives}  - {expectation}\n")).await;
        let text = report.failures_text();
        assert!(
            !report.passed && text.contains(shown),
            "{expectation}:\n{text}"
        );
        assert_eq!(report.failures.len(), 1, "{expectation}:\n{text}");
        let line = if receives.is_empty() { 6 } else { 7 };
        assert_eq!(report.failures[0].place.line, line, "{expectation}");
    }
    let report = play(
        "  - maya comments on buns: nothing special\n  - maya's comment is answered: Thanks\n",
    )
    .await;
    assert!(report.failures_text().contains("+ no answer"));
    let report = play("  - maya comments on buns: recipe\n  - maya's comment is not answered\n  - maya receives: { contains: recipe }\n").await;
    assert_eq!(report.failures.len(), 1, "{}", report.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_no_step_expects_is_a_failure_unless_allowed() {
    let report = play("  - maya says: hello\n").await;
    assert!(
        report.failures_text().contains("what no step expects"),
        "{}",
        report.text()
    );
    let source = "scenario: A test\nunexpected messages: allowed\npeople: { maya: Maya }\nsteps: [ { maya says: hello } ]\n";
    let scenario = Scenario::parse(source).unwrap();
    assert!(run(&scenario, &Files::default()).await.unwrap().passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_played_says_where_and_why() {
    for (steps, why) in [
        (
            "  - maya taps: Nothing\n",
            "line 5, column 5: “maya taps”: no button “Nothing”",
        ),
        (
            "  - operator deletes: Manu\n",
            "there is no automation “Manu”; there are: ",
        ),
        (
            "  - a webhook arrives: nowhere.json\n",
            "there is no webhook “nowhere.json”",
        ),
        (
            "  - operator changes Menu: { trigger: 5 }\n",
            "these fields do not fit",
        ),
        (
            "  - operator changes Menu: { steps: { opening: { text: \"\" } } }\n",
            "cannot be saved",
        ),
        (
            "  - maya deletes the last message\n",
            "maya has not written a message yet",
        ),
    ] {
        let source = format!("scenario: A test\npeople: {{ maya: Maya }}\n\nsteps:\n{steps}");
        let scenario = Scenario::parse(&source).unwrap();
        let error = run(&scenario, &Files::default())
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_text_for_people_and_json_for_programs() {
    let report = play(
        "  - maya says: hello\n  - maya receives: { contains: Hello }\n  - time passes: 25 hours\n",
    )
    .await;
    let text = report.text();
    for part in [
        "2026-03-02 09:00:00",
        "maya > hello",
        "maya < Hello Maya",
        "25 hours pass",
        "passed: 3 steps, 1 day 1 hour by the virtual clock",
    ] {
        assert!(
            text.replace("1 day 1 hour pass", "25 hours pass")
                .contains(part),
            "{part} is not in\n{text}"
        );
    }
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["passed"], true);
    assert_eq!(json["transcript"][0]["voice"], "person");
    assert_eq!(json["figures"]["sent"], 1);
}
