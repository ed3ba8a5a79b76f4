//! A profile that a person has at hand in a window: live makes nobody a worker, and what
//! is changed leaves a line.

use super::backend::Backend;
use super::*;
use crate::audit::{AuditLog, AuditOutcome, AuditPart};
use heliograph_instagram::simulated::{Failure, Fault};
use heliograph_model::{ContactId, SendError};

/// The methods that are a worker's work.
const WORK: [(&str, &str); 4] = [
    ("store", "handed_over"),
    ("archive", "write"),
    ("archive", "remove_state"),
    ("queue", "take"),
];

fn at_hand(backend: &Backend, audit: Option<Arc<AuditLog>>) -> Arc<Guard> {
    let clock = Arc::clone(&backend.clock) as _;
    Arc::new(Guard::at_hand("shop", GuardLevel::Observe, clock, audit))
}

#[tokio::test]
async fn live_at_hand_makes_nobody_a_worker_until_that_is_switched_on() {
    let backend = Backend::filled().await;
    let guard = at_hand(&backend, None);
    assert!(guard.let_work(true).is_err(), "it only observes");
    guard.arm(Millis::HOUR).expect("it observes");
    assert!(!guard.works_here());
    let before = backend.everything().await;
    let ports = guarded(&backend, &guard);
    for call in calls(&ports) {
        if !WORK.contains(&(call.port, call.method)) {
            continue;
        }
        let error = call.answer.await.expect_err("a worker's work");
        assert!(
            error.contains("handles no deliveries in this window"),
            "{}.{}: {error}",
            call.port,
            call.method
        );
    }
    let outbox = ports.store.outbox().await.expect("it reads");
    assert!(outbox.is_empty(), "to hand items out is to claim them");
    assert_eq!(before, backend.everything().await);
    ports
        .cache
        .put("user_state:1:2", "1".into(), 1_000)
        .await
        .expect("a person may write");

    guard.let_work(true).expect("it is live");
    assert!(guard.works_here());
    assert_eq!(ports.queue.take(1).await.expect("it works").len(), 1);
    assert!(!ports.store.outbox().await.expect("it reads").is_empty());
}

#[tokio::test]
async fn one_who_waits_for_deliveries_is_let_go_when_the_work_is_switched_off() {
    let backend = Backend::filled().await;
    let guard = at_hand(&backend, None);
    let ports = guarded(&backend, &guard);
    guard.arm(Millis::HOUR).expect("it observes");
    guard.let_work(true).expect("it is live");
    assert_eq!(ports.queue.take(9).await.expect("it works").len(), 1);
    let queue = Arc::clone(&ports.queue);
    let waiting = tokio::spawn(async move { queue.take(1).await });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!waiting.is_finished());
    guard.let_work(false).expect("at any time");
    let answer = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    let answer = answer.expect("it is let go").expect("no panic");
    assert!(matches!(answer, Err(PortError::Refused(_))), "{answer:?}");
}

#[tokio::test]
async fn the_work_ends_with_live_and_does_not_begin_with_the_next_one() {
    let backend = Backend::filled().await;
    let guard = at_hand(&backend, None);
    let until = guard.arm(Millis::MINUTE).expect("it observes");
    guard.let_work(true).expect("it is live");
    guard.arm(2 * Millis::MINUTE).expect("longer");
    assert!(guard.works_here(), "only the time is another one");
    let ended = {
        let guard = Arc::clone(&guard);
        tokio::spawn(async move { guard.work_ended().await })
    };
    while backend.clock.next_due().is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    backend.clock.advance_to(until + 2 * Millis::MINUTE);
    let ended = tokio::time::timeout(Duration::from_secs(10), ended).await;
    ended.expect("it is told").expect("no panic");
    guard.arm(Millis::MINUTE).expect("it observes");
    assert!(!guard.works_here());
    guard.let_work(true).expect("it is live");
    guard.disarm();
    guard.arm(Millis::MINUTE).expect("it observes");
    assert!(!guard.works_here());
}

#[tokio::test]
async fn servers_and_dry_runs_work_as_long_as_they_are_open() {
    let backend = Backend::filled().await;
    let clock = || Arc::clone(&backend.clock) as _;
    for level in [GuardLevel::Offline, GuardLevel::DryRun, GuardLevel::Live] {
        let guard = Guard::new("shop", level, clock());
        assert!(guard.works_here(), "{level}");
        assert!(guard.let_work(false).is_err(), "{level}");
    }
    assert!(Guard::at_hand("shop", GuardLevel::DryRun, clock(), None).works_here());
    let live = Guard::at_hand("shop", GuardLevel::Live, clock(), None);
    assert_eq!(live.level(), GuardLevel::Observe, "live is armed by hand");
}

#[tokio::test]
async fn what_a_person_changes_leaves_a_line_and_the_engine_leaves_none() {
    let backend = Backend::filled().await;
    let folder = tempfile::tempdir().expect("a folder");
    let log = Arc::new(AuditLog::at(folder.path().join("audit.jsonl")));
    let guard = at_hand(&backend, Some(Arc::clone(&log)));
    let ports = guarded(&backend, &guard);
    for call in calls(&ports) {
        let _ = call.answer.await;
    }
    let nothing = log.search("", 100).expect("it reads");
    assert_eq!(
        nothing.all, 0,
        "what was refused was not changed: {nothing:?}"
    );

    guard.arm(Millis::HOUR).expect("it observes");
    let own = guarded(&backend, &guard.of_the_engine());
    own.cache
        .put("k", "1".into(), 1_000)
        .await
        .expect("it is live");
    let after_arming = log.search("", 100).expect("it reads");
    assert_eq!(
        after_arming.all, 1,
        "only that it was armed: {after_arming:?}"
    );

    ports
        .cache
        .put("k", "2".into(), 1_000)
        .await
        .expect("it is live");
    ports.cache.remove(&["k".into()]).await.expect("it is live");
    let conflict = ports
        .store
        .put_automation(&samples::automation("a1", "w1", 9), Some(77))
        .await;
    assert!(conflict.is_err());
    let found = log.search("", 100).expect("it reads");
    let [saving, removing, writing, arming] = &found.entries[..] else {
        panic!("{found:?}");
    };
    assert_eq!(arming.what, "Arming live");
    assert_eq!(writing.before.as_deref(), Some("1"));
    assert_eq!(writing.after.as_deref(), Some("2"));
    assert_eq!(removing.before.as_deref(), Some("2"));
    assert_eq!(removing.outcome, AuditOutcome::Done);
    assert_eq!(
        (removing.profile.as_str(), removing.level),
        ("shop", GuardLevel::Live)
    );
    assert_eq!(saving.outcome, AuditOutcome::Failed);
    assert!(saving.why.is_some());
}

#[tokio::test]
async fn every_write_of_a_person_is_in_the_log() {
    let backend = Backend::filled().await;
    let folder = tempfile::tempdir().expect("a folder");
    let log = Arc::new(AuditLog::at(folder.path().join("audit.jsonl")));
    let guard = at_hand(&backend, Some(Arc::clone(&log)));
    guard.arm(Millis::HOUR).expect("it observes");
    let ports = guarded(&backend, &guard);
    for call in calls(&ports) {
        let is_work = WORK.contains(&(call.port, call.method));
        // How a send ended that was begun is the second half of a line that is there.
        if call.does != Does::Write || is_work || call.method == "end_sends" {
            continue;
        }
        let before = log.search("", 0).expect("it reads").all;
        let _ = call.answer.await;
        let after = log.search("", 0).expect("it reads").all;
        assert!(
            after > before,
            "{}.{} leaves no line",
            call.port,
            call.method
        );
    }
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_done() {
    let backend = Backend::filled().await;
    let folder = tempfile::tempdir().expect("a folder");
    let guard = at_hand(&backend, None);
    guard.arm(Millis::HOUR).expect("it observes");
    // A folder stands where the file should be.
    let log = Arc::new(AuditLog::at(folder.path()));
    let deaf = Guard::at_hand(
        "shop",
        GuardLevel::DryRun,
        Arc::clone(&backend.clock) as _,
        Some(log),
    );
    let ports = guarded(&backend, &Arc::new(deaf));
    let before = backend.everything().await;
    let error = ports
        .cache
        .put("k", "1".into(), 1_000)
        .await
        .expect_err("no line can be written");
    assert!(error.to_string().contains("audit log"), "{error}");
    assert_eq!(before, backend.everything().await);
}

/// Sends a text to somebody for the engine; answers with why it did not go.
async fn send(ports: &Ports) -> SendError {
    let (effect, contact) = (samples::text("p1", "hello"), ContactId::from("p1"));
    let request = SendRequest {
        account_id: &samples::account("17841400000000001", "w1", "one").id,
        contact_id: Some(&contact),
        effect: &effect,
    };
    let answer = ports.instagram.send(&request).await;
    answer.expect_err("it was to fail")
}

#[tokio::test]
async fn what_the_engine_sends_leaves_a_line_with_how_it_ended() {
    let backend = Backend::filled().await;
    let folder = tempfile::tempdir().expect("a folder");
    let log = Arc::new(AuditLog::at(folder.path().join("audit.jsonl")));
    let guard = at_hand(&backend, Some(Arc::clone(&log)));
    let own = guarded(&backend, &guard.of_the_engine());
    let refused = send(&own).await;
    assert!(refused.message.contains("observe"), "{refused}");
    let messages = || {
        let found = log.page(AuditPart::Messages, "", None, 9);
        found.expect("it reads").entries
    };
    assert_eq!(messages(), [], "nothing was sent");

    guard.arm(Millis::HOUR).expect("it observes");
    for failure in [
        Failure::error(100, None),
        Failure::NeverAnswers,
        Failure::limited(613, 3),
    ] {
        backend.simulated.fail(Fault::next(1, failure));
        send(&own).await;
    }
    let lines = messages();
    let [limited, silent, wrong] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(wrong.what, "Sending a message");
    assert_eq!(wrong.subject, "to p1 from 17841400000000001");
    assert_eq!(
        (wrong.profile.as_str(), wrong.level, wrong.before.as_ref()),
        ("shop", GuardLevel::Live, None)
    );
    let after = wrong.after.as_deref().expect("what was sent");
    assert!(
        after.contains("\"hello\"") && after.contains("\"step\""),
        "{after}"
    );
    assert_eq!(wrong.outcome, AuditOutcome::Failed);
    let why = wrong.why.as_deref().expect("why");
    assert!(why.starts_with("permanent, code 100: "), "{why}");
    assert_eq!(silent.outcome, AuditOutcome::Unknown, "{silent:?}");
    assert_eq!(limited.outcome, AuditOutcome::Failed);
    let why = limited.why.as_deref().expect("why");
    assert!(why.starts_with("retry, code 613"), "{why}");
    assert_eq!(
        log.search("", 9).expect("it reads").all,
        4,
        "and the arming"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn while_what_was_sent_cannot_be_written_down_nothing_more_is_sent() {
    let backend = Backend::filled().await;
    let folder = tempfile::tempdir().expect("a folder");
    // A folder stands where the file should be.
    let in_the_way = folder.path().join("audit-messages.jsonl");
    std::fs::create_dir(&in_the_way).expect("a folder");
    let log = Arc::new(AuditLog::at(folder.path().join("audit.jsonl")));
    let guard = at_hand(&backend, Some(Arc::clone(&log)));
    guard.arm(Millis::HOUR).expect("it observes");
    let own = guarded(&backend, &guard.of_the_engine());
    let patience = Duration::from_secs(20);
    let becomes = async |is_unwritten: bool| {
        let waited = tokio::time::timeout(patience, async {
            while guard.unwritten().is_some() != is_unwritten {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        waited.await.expect("in time");
    };
    backend
        .simulated
        .fail(Fault::next(2, Failure::error(100, None)));
    let first = send(&own).await;
    assert_eq!(first.code, Some(100), "nobody knows of it yet");
    becomes(true).await;
    let held = send(&own).await;
    assert!(
        held.message
            .contains("Nothing is sent, because the audit log cannot be written"),
        "{held}"
    );
    assert!(
        held.code.is_none() && held.retry_after_ms.is_some(),
        "it waits"
    );
    std::fs::remove_dir(&in_the_way).expect("it is empty");
    becomes(false).await;
    let next = send(&own).await;
    assert_eq!(next.code, Some(100), "it goes out again");
    let found = log
        .page(AuditPart::Messages, "", None, 9)
        .expect("it reads");
    assert_eq!(found.found, 2, "{found:?}");
}
