//! Every scenario gives the same on the embedded profile and on Redis, MongoDB, BullMQ and
//! the HTTP Instagram.

use heliograph_lab::scenario::{Played, Scenario, read, run_on};
use heliograph_model::DecisionRecord;
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
/// numbers that a queue gives to deliveries; and what happens to different people at the
/// same instant has no order.
#[derive(Debug, PartialEq)]
struct Left {
    transcript: Vec<String>,
    failures: Vec<String>,
    decisions: Vec<String>,
    states: Vec<String>,
    contacts: Vec<String>,
}

/// What a sender is told who is over Instagram's pace. Who of a crowd that is, is chance,
/// and so is when their messages leave.
const PACED: &str = "sending limit";

fn left(played: &Played) -> Left {
    let lines = &played.report.transcript;
    let paced = lines.iter().any(|line| line.text.contains(PACED));
    let mut transcript: Vec<_> = lines
        .iter()
        .filter(|line| !line.text.contains(PACED))
        .map(|line| {
            let at = if paced { 0 } else { line.at.0 };
            (
                line.who.clone(),
                at,
                format!("{:?} {}", line.voice, line.text),
            )
        })
        .collect();
    // Stable: what happens to one person keeps its order.
    transcript.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    let mut decisions: Vec<_> = played
        .decisions
        .iter()
        .map(|record| (record.event.contact_id.clone(), decision(record)))
        .collect();
    decisions.sort_by(|one, other| one.0.cmp(&other.0));
    Left {
        transcript: transcript
            .into_iter()
            .map(|(who, at, text)| format!("{at} {who} {text}"))
            .collect(),
        failures: vec![played.report.failures_text()],
        decisions: decisions.into_iter().map(|(_, text)| text).collect(),
        states: sorted(&played.states),
        contacts: sorted(&played.contacts),
    }
}

fn sorted<T: serde::Serialize>(all: &[T]) -> Vec<String> {
    let mut all: Vec<_> = all
        .iter()
        .map(|one| serde_json::to_string(one).unwrap())
        .collect();
    all.sort();
    all
}

fn decision(record: &DecisionRecord) -> String {
    let mut decision = serde_json::to_value(record).unwrap();
    decision["deliveryId"] = Value::Null;
    decision["decision"]["trace"]["reads"] = Value::Null;
    decision.to_string()
}

impl Left {
    /// What is not the same, each with the first place.
    fn differences(&self, other: &Self) -> Vec<String> {
        let parts = [
            ("transcript", &self.transcript, &other.transcript),
            ("failures", &self.failures, &other.failures),
            ("decisions", &self.decisions, &other.decisions),
            ("states", &self.states, &other.states),
            ("contacts", &self.contacts, &other.contacts),
        ];
        let mut found = Vec::new();
        for (name, one, two) in parts {
            let place =
                (0..one.len().max(two.len())).find(|place| one.get(*place) != two.get(*place));
            if let Some(place) = place {
                let show = |of: &Vec<String>| of.get(place).cloned().unwrap_or_default();
                found.push(format!(
                    "  {name}, {place} of {} and {}:\n  - {}\n  + {}",
                    one.len(),
                    two.len(),
                    show(one),
                    show(two)
                ));
            }
        }
        found
    }
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
    let differences = left(&embedded).differences(&left(&production));
    if differences.is_empty() {
        return None;
    }
    Some(format!(
        "{name} differs (- embedded, + production):\n{}",
        differences.join("\n")
    ))
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
