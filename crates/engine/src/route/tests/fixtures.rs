//! The shipped fixtures: each gives exactly what is written beside it, and the index, the
//! files and the expectations name each other.
//!
//! `UPDATE_EXPECT=1 cargo nextest run -p heliograph-engine fixtures` writes the
//! expectations anew; read the difference before it is committed.

use super::{ARRIVAL, EventKind, kinds, mark, route};
use serde::Deserialize;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A line of `index.json`: what a fixture is, for people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    file: String,
    title: String,
    about: String,
    facts: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/instagram")
}

fn index() -> Vec<Fixture> {
    let text = fs::read_to_string(folder().join("index.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The names in a folder that end so, without the ending.
fn names(folder: &Path, ending: &str) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap()
        .filter_map(|file| {
            let name = file.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(ending).map(str::to_owned)
        })
        .collect()
}

fn fixture_names() -> BTreeSet<String> {
    let mut names = names(&folder(), ".json");
    assert!(names.remove("index"), "there is an index");
    names
}

/// The body of a fixture.
pub(super) fn body(name: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.json"))).unwrap()
}

/// All of them.
pub(super) fn bodies() -> Vec<Vec<u8>> {
    fixture_names().iter().map(|name| body(name)).collect()
}

#[test]
fn every_fixture_gives_exactly_what_is_expected_of_it() {
    let mut wrong = Vec::new();
    for name in fixture_names() {
        let events = route(&body(&name), ARRIVAL).unwrap();
        let got: String = events
            .iter()
            .map(|event| serde_json::to_string(event).unwrap() + "\n")
            .collect();
        let path = folder().join(format!("expected/{name}.jsonl"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &got).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if got != expected {
            wrong.push(format!("{name}\n  expected {expected}\n  got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn index_files_and_expectations_name_each_other() {
    let indexed: BTreeSet<String> = index()
        .into_iter()
        .map(|fixture| fixture.file.strip_suffix(".json").unwrap().to_owned())
        .collect();
    assert_eq!(indexed, fixture_names(), "the index against the files");
    assert_eq!(
        names(&folder().join("expected"), ".jsonl"),
        fixture_names(),
        "the expectations against the files"
    );
}

#[test]
fn every_kind_has_a_fixture_and_every_fixture_is_named_after_its_kind() {
    let mut seen = BTreeSet::new();
    for name in fixture_names() {
        let first = route(&body(&name), ARRIVAL).unwrap().remove(0).kind;
        let (kind, case) = name.split_once('.').unwrap();
        assert_eq!(
            kind,
            first.as_str(),
            "{name} is named after its first event"
        );
        assert!(
            case.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
            "{name} is written in snake case"
        );
        seen.insert(first);
    }
    assert_eq!(seen, BTreeSet::from(EventKind::ALL));
}

#[test]
fn the_index_says_of_each_fixture_what_it_is_in_the_order_of_the_kinds() {
    let index = index();
    let titles: BTreeSet<&str> = index.iter().map(|fixture| &*fixture.title).collect();
    assert_eq!(titles.len(), index.len(), "no two fixtures have one title");
    let mut order = Vec::new();
    for fixture in &index {
        assert!((3..70).contains(&fixture.title.len()), "{}", fixture.title);
        assert!(
            fixture.about.ends_with('.'),
            "a sentence: {}",
            fixture.about
        );
        assert!(!fixture.facts.is_empty());
        let kind = fixture.file.split('.').next().unwrap();
        order.push(
            EventKind::ALL
                .iter()
                .position(|it| it.as_str() == kind)
                .unwrap(),
        );
    }
    assert!(order.is_sorted(), "dm_text first, other last");
}

#[test]
fn what_is_expected_can_be_read_back() {
    for name in fixture_names() {
        let events = route(&body(&name), ARRIVAL).unwrap();
        for event in events {
            let line = serde_json::to_string(&event).unwrap();
            let read: heliograph_model::Event = serde_json::from_str(&line).unwrap();
            assert_eq!(read, event, "{name}");
        }
    }
}

#[test]
fn one_happening_in_two_reports_has_one_mark() {
    let marks = |name: &str| -> Vec<String> {
        let events = route(&body(name), ARRIVAL).unwrap();
        events.iter().map(mark).collect()
    };
    for name in ["comment.boosted_twice", "dm_text.twice_in_one_delivery"] {
        let marks = marks(name);
        assert_eq!(marks[0], marks[1], "{name}");
    }
    for name in [
        "deleted.after_message",
        "standby.deletion",
        "standby.and_messaging",
    ] {
        let marks = marks(name);
        assert_ne!(marks[0], marks[1], "{name}");
    }
}

#[test]
fn the_lists_of_an_entry_come_in_their_order() {
    use EventKind::{Comment, DmText, LiveComment, Standby};
    let events = route(&body("dm_text.every_list"), ARRIVAL).unwrap();
    assert_eq!(kinds(&events), [DmText, Standby, Comment, LiveComment]);
}
