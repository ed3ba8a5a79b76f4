//! What is written into the audit log, and found in it again.
#![allow(clippy::unwrap_used, reason = "a test")]

use super::messages::Messages;
use super::*;
use heliograph_model::{GuardLevel, Millis};
use std::path::Path;
use std::time::{Duration, Instant};

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
            .page(AuditPart::All, "forgetting", before.as_deref(), 150)
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
    let unknown = log
        .page(AuditPart::Changes, "", Some("another file's"), 1)
        .unwrap();
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
    let tells = without_secrets(r#"{"hasPassword":true}"#);
    assert_eq!(
        tells, r#"{"hasPassword":true}"#,
        "whether there is one may be known"
    );
    let long = Change::new("Writing", "key").to("ä".repeat(9_000));
    let entry = AuditEntry::new(Millis(1), "shop", GuardLevel::Live, long);
    assert!(entry.after.unwrap().len() < 4_100);
}

fn table(log: &AuditLog, part: AuditPart, text: &str) -> String {
    let table = log.path().with_file_name("audit.csv");
    log.export(part, text, &table).unwrap();
    std::fs::read_to_string(table).unwrap()
}

#[test]
fn it_is_exported_as_a_table_that_runs_no_formula() {
    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::at(folder.path().join("audit.jsonl"));
    log.begin(&entry("Sending a message", "=cmd(\"x\"), and more"))
        .unwrap();
    let csv = table(&log, AuditPart::All, "");
    assert!(csv.starts_with("at_utc_ms,profile"), "{csv}");
    assert!(csv.contains("\"'=cmd(\"\"x\"\"), and more\""), "{csv}");
    log.begin(&entry("Arming live", "for 5 minutes")).unwrap();
    let some = table(&log, AuditPart::All, "LIVE five");
    assert_eq!(some.lines().count(), 1, "the names alone: {some}");
    let some = table(&log, AuditPart::Changes, "arming minutes");
    assert!(
        some.contains("Arming live") && !some.contains("cmd"),
        "{some}"
    );
}

fn sent(at: i64, subject: &str) -> AuditEntry {
    AuditEntry {
        at: Millis(at),
        outcome: AuditOutcome::Done,
        ..entry("Sending a message", subject)
    }
}

fn subjects(found: &AuditSearch) -> Vec<&str> {
    found.entries.iter().map(|it| &*it.subject).collect()
}

#[tokio::test]
async fn what_was_sent_stands_among_the_changes_and_is_found_apart_from_them() {
    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::at(folder.path().join("audit.jsonl"));
    let change = |at, subject| AuditEntry {
        at: Millis(at),
        ..entry("Removing from the cache", subject)
    };
    log.begin(&change(10, "first")).unwrap();
    log.sent(&sent(20, "second"));
    log.begin(&change(30, "third")).unwrap();
    log.sent(&sent(40, "fourth"));
    log.sent(&AuditEntry {
        outcome: AuditOutcome::Unknown,
        why: Some("no answer came".to_owned()),
        ..sent(50, "fifth")
    });
    // Nobody has to wait for what is not on the disk yet.
    let all = log.search("", 4).unwrap();
    assert_eq!(subjects(&all), ["fifth", "fourth", "third", "second"]);
    assert_eq!((all.all, all.found, all.trouble.as_ref()), (5, 5, None));
    let last = all.entries.last().map(|it| &*it.id);
    let older = log.page(AuditPart::All, "", last, 4).unwrap();
    assert_eq!((subjects(&older), older.newer), (vec!["first"], 4));
    let part = |part, text: &str| {
        let found = log.page(part, text, None, 9).unwrap();
        (subjects(&found).join(" "), found.all)
    };
    assert_eq!(part(AuditPart::Changes, ""), ("third first".to_owned(), 2));
    assert_eq!(
        part(AuditPart::Messages, "sending"),
        ("fifth fourth second".to_owned(), 3)
    );
    assert_eq!(
        part(AuditPart::Messages, "unknown"),
        ("fifth".to_owned(), 3)
    );
    let csv = table(&log, AuditPart::Messages, "fifth");
    assert!(csv.contains(",unknown,no answer came"), "{csv}");
    assert!(!csv.contains("fourth") && !csv.contains("third"), "{csv}");
}

/// What is on the disk, in the file with this name beside the log.
fn written(log: &AuditLog, name: &str) -> String {
    std::fs::read_to_string(log.path().with_file_name(name)).unwrap_or_default()
}

async fn until(what: &str, good: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !good() {
        assert!(Instant::now() < end, "it did not come to this: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_written_in_batches_and_soon() {
    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::at(folder.path().join("audit.jsonl"));
    for n in 0..1_000 {
        log.sent(&sent(n, "somebody"));
    }
    let lines = || written(&log, "audit-messages.jsonl").lines().count();
    assert_eq!(lines(), 0, "nobody who sends waits for the disk");
    until("all are written", || lines() == 1_000).await;
    log.sent(&sent(1_000, "one more"));
    until("what comes later too", || lines() == 1_001).await;
    assert!(!log.path().exists(), "the changes are kept apart");
}

#[tokio::test]
async fn of_what_was_sent_the_oldest_goes_and_no_change_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::of(path.clone(), Messages::of_at_most(&path, 10_000));
    log.begin(&entry("Arming live", "for 5 min")).unwrap();
    for n in 0..200 {
        log.sent(&sent(1_800_000_000_000 + n, &format!("number {n}")));
        log.flush().unwrap();
    }
    for name in ["audit-messages.jsonl", "audit-messages.older.jsonl"] {
        let size = written(&log, name).len();
        assert!(size <= 10_000, "{name} has {size} bytes");
    }
    let kept = log.page(AuditPart::Messages, "", None, 200).unwrap();
    assert!((30..150).contains(&kept.all), "{}", kept.all);
    let expected: Vec<_> = (0..200).rev().map(|n| format!("number {n}")).collect();
    assert_eq!(subjects(&kept), expected[..kept.entries.len()]);
    assert_eq!(log.search("arming", 9).unwrap().found, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_waits_until_it_can_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::at(folder.path().join("audit.jsonl"));
    // A folder stands where the file should be.
    let in_the_way = folder.path().join("audit-messages.jsonl");
    std::fs::create_dir(&in_the_way).unwrap();
    log.sent(&sent(1, "first"));
    until("it is known", || log.trouble().is_some()).await;
    log.sent(&sent(2, "second"));
    std::fs::remove_dir(&in_the_way).unwrap();
    until("it is written after all", || log.trouble().is_none()).await;
    until("with what came meanwhile", || {
        written(&log, "audit-messages.jsonl").lines().count() == 2
    })
    .await;
    let found = log.search("", 9).unwrap();
    assert_eq!(subjects(&found), ["second", "first"]);
}

/// A device that is always full, where there is one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_the_next_line_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    std::os::unix::fs::symlink(Path::new("/dev/full"), &path).unwrap();
    let log = AuditLog::at(&path);
    let full = log.begin(&entry("Arming live", "")).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    std::fs::remove_file(&path).unwrap();
    log.begin(&entry("Arming live", "")).unwrap();
    let found = log.search("", 9).unwrap();
    assert_eq!((found.all, found.unreadable), (1, 0));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    AuditLog::at(&path).begin(&entry("Sending", "one")).unwrap();
    let table = folder.path().join("audit.csv");
    let log = AuditLog::at(&path);
    log.sent(&entry("Sending", "two"));
    log.export(AuditPart::All, "", &table).unwrap();
    let messages = folder.path().join("audit-messages.jsonl");
    for file in [path, table, messages] {
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
