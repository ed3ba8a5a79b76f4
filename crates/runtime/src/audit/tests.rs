//! What is written into the audit log, and found in it again.
#![allow(clippy::unwrap_used, reason = "a test")]

use super::*;
use heliograph_model::{GuardLevel, Millis};

fn entry(what: &str, subject: &str) -> AuditEntry {
    let change = Change::new(what, subject);
    AuditEntry::new(Millis(1_790_000_000_000), "shop", GuardLevel::Live, change)
}

#[test]
fn what_was_written_is_found_with_how_it_ended_the_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::at(folder.path().join("below/audit.jsonl"));
    assert_eq!(log.search("", 10).unwrap(), AuditSearch::default());
    let [one, two, three] = ["one", "two", "three"].map(|it| entry("Removing from the cache", it));
    for entry in [&one, &two, &three] {
        log.begin(entry).unwrap();
    }
    log.end(&one.id, None).unwrap();
    log.end(&three.id, Some("Redis is away")).unwrap();
    let found = log.search("", 2).unwrap();
    assert_eq!((found.found, found.all, found.unreadable), (3, 3, 0));
    let [last, before] = &found.entries[..] else {
        panic!("two were asked for");
    };
    assert_eq!(last.outcome, AuditOutcome::Failed);
    assert_eq!(last.why.as_deref(), Some("Redis is away"));
    assert_eq!(
        (before.subject.as_str(), before.outcome),
        ("two", AuditOutcome::Begun)
    );
    let by_words = log.search("CACHE away", 10).unwrap();
    assert_eq!((by_words.found, by_words.all), (1, 3));
}

#[test]
fn everything_is_found_a_page_at_a_time_whatever_is_added_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::at(folder.path().join("audit.jsonl"));
    for n in 0..1_201 {
        let what = if n % 3 == 0 { "Forgetting" } else { "Sending" };
        log.begin(&entry(what, &n.to_string())).unwrap();
    }
    let subjects = |found: &AuditSearch| -> Vec<u32> {
        let entries = found.entries.iter();
        entries.map(|it| it.subject.parse().unwrap()).collect()
    };
    let mut seen = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let page = log
            .search_before("forgetting", before.as_deref(), 150)
            .unwrap();
        assert_eq!((page.found, page.newer as usize), (401, seen.len()));
        if page.entries.is_empty() {
            break;
        }
        seen.extend(subjects(&page));
        before = page.entries.last().map(|it| it.id.clone());
        // What comes meanwhile moves no page.
        log.begin(&entry("Sending", "9999")).unwrap();
    }
    let all: Vec<u32> = (0..1_201).rev().filter(|n| n % 3 == 0).collect();
    assert_eq!(seen, all);
    let unknown = log.search_before("", Some("another file's"), 1).unwrap();
    assert_eq!((unknown.newer, subjects(&unknown)), (0, vec![9_999]));
}

#[test]
fn a_line_that_a_power_cut_tore_takes_no_other_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    AuditLog::at(&path).begin(&entry("Sending", "one")).unwrap();
    let mut torn = std::fs::read(&path).unwrap();
    torn.extend_from_slice(b"{\"id\":\"half");
    std::fs::write(&path, torn).unwrap();
    let log = AuditLog::at(&path);
    log.begin(&entry("Sending", "two")).unwrap();
    let found = log.search("", 10).unwrap();
    assert_eq!((found.all, found.unreadable), (2, 1));
}

#[test]
fn no_secret_comes_into_it_and_a_long_value_is_cut() {
    let change = Change::new("Saving an account", "bakery")
        .to(r#"{"accessToken":"IGAAhunter2","appSecret":"hunter2","nested":[{"pass_word":1,"password":"hunter2"}],"username":"bakery"}"#);
    let entry = AuditEntry::new(Millis(1), "shop", GuardLevel::Live, change);
    let after = entry.after.unwrap();
    assert!(!after.contains("hunter2"), "{after}");
    assert!(after.contains(r#""username":"bakery""#), "{after}");
    let long = Change::new("Writing", "key").to("ä".repeat(9_000));
    let entry = AuditEntry::new(Millis(1), "shop", GuardLevel::Live, long);
    assert!(entry.after.unwrap().len() < 4_100);
}

#[test]
fn it_is_exported_as_a_table_that_runs_no_formula() {
    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::at(folder.path().join("audit.jsonl"));
    log.begin(&entry("Sending a message", "=cmd(\"x\"), and more"))
        .unwrap();
    let csv = log.csv("").unwrap();
    assert!(csv.starts_with("at_utc_ms,profile"), "{csv}");
    assert!(csv.contains("\"'=cmd(\"\"x\"\"), and more\""), "{csv}");
    log.begin(&entry("Arming live", "for 5 minutes")).unwrap();
    let some = log.csv("LIVE five").unwrap();
    assert_eq!(some.lines().count(), 1, "the names alone: {some}");
    let some = log.csv("arming minutes").unwrap();
    assert!(
        some.contains("Arming live") && !some.contains("cmd"),
        "{some}"
    );
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    AuditLog::at(&path).begin(&entry("Sending", "one")).unwrap();
    let table = folder.path().join("audit.csv");
    AuditLog::at(&path).export("", &table).unwrap();
    for file in [path, table] {
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
