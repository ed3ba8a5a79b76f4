//! Every scenario gives the same on the embedded profile and on Redis, MongoDB, BullMQ and
//! the HTTP Instagram.

use heliograph_lab::scenario::{Played, Scenario, read, run_on};
use heliograph_model::{Contact, DecisionRecord, UserState};
use heliograph_runtime::{EmbeddedPlace, Place};
use heliograph_tests::production::Servers;
use heliograph_tests::repo;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Each mostly waits for its engine to come to rest.
const AT_ONCE: usize = 6;

fn all() -> Vec<PathBuf> {
    let only = std::env::var("SCENARIO").unwrap_or_default();
    let folder = repo::root().join("fixtures/scenarios");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .filter(|path| path.to_string_lossy().contains(&only))
        .collect();
    paths.sort();
    paths
}

/// What must be the same: the transcript, the decisions with their traces, where everybody
/// stands, and who is known. Not how long a read took, nor which tier answered it, nor the
/// numbers that a queue gives to deliveries.
#[derive(Debug, PartialEq)]
struct Left {
    transcript: Vec<String>,
    failures: String,
    decisions: Vec<Value>,
    states: Vec<UserState>,
    contacts: Vec<Contact>,
}

fn left(played: Played) -> Left {
    let transcript = played.report.transcript_text();
    Left {
        transcript: transcript.lines().map(str::to_owned).collect(),
        failures: played.report.failures_text(),
        decisions: played.decisions.iter().map(decision).collect(),
        states: sorted(played.states, |state| state.sender_id.to_string()),
        contacts: sorted(played.contacts, |contact| contact.sender_id.to_string()),
    }
}

fn sorted<T>(mut all: Vec<T>, by: fn(&T) -> String) -> Vec<T> {
    all.sort_by_key(by);
    all
}

fn decision(record: &DecisionRecord) -> Value {
    let mut decision = serde_json::to_value(record).unwrap();
    decision["deliveryId"] = Value::Null;
    decision["decision"]["trace"]["reads"] = Value::Null;
    decision
}

async fn play(path: PathBuf, servers: Arc<Servers>) -> Option<String> {
    let (scenario, files) = read(&path).unwrap();
    let scenario: Scenario = scenario;
    let embedded = Place::Embedded(EmbeddedPlace::default());
    let embedded = run_on(&scenario, &files, embedded).await.unwrap();
    let production = Place::Production(Box::new(servers.place()));
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let production = match run_on(&scenario, &files, production).await {
        Ok(played) => played,
        Err(error) => return Some(format!("{name}: {error}")),
    };
    let (embedded, production) = (left(embedded), left(production));
    if embedded == production {
        return None;
    }
    let lines = |left: &Left| format!("{left:#?}");
    Some(format!(
        "{name} differs (- embedded, + production):\n{}",
        difference(&lines(&embedded), &lines(&production))
    ))
}

/// The lines that are only in one of two texts.
fn difference(one: &str, other: &str) -> String {
    let one: Vec<_> = one.lines().collect();
    let other: Vec<_> = other.lines().collect();
    let only = |mark: &str, of: &[&str], but: &[&str]| -> String {
        of.iter()
            .filter(|line| !but.contains(line))
            .take(30)
            .map(|line| format!("{mark} {line}\n"))
            .collect()
    };
    [only("-", &one, &other), only("+", &other, &one)].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_gives_the_same_on_production() {
    let servers = Arc::new(Servers::start().unwrap());
    let paths = all();
    let number = paths.len();
    let mut left = paths.into_iter();
    let mut playing = JoinSet::new();
    for path in left.by_ref().take(AT_ONCE) {
        playing.spawn(play(path, Arc::clone(&servers)));
    }
    let mut problems = Vec::new();
    while let Some(played) = playing.join_next().await {
        if let Some(path) = left.next() {
            playing.spawn(play(path, Arc::clone(&servers)));
        }
        problems.extend(played.unwrap());
    }
    assert!(
        problems.is_empty(),
        "{} of {number} scenarios differ:\n{}",
        problems.len(),
        problems.join("\n")
    );
}
