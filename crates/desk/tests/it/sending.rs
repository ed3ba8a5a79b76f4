//! What a window sends while it handles deliveries: each message has a line in the audit log.

use crate::shop::{self, said};
use crate::site;
use heliograph_runtime::audit::{AuditOutcome, AuditPart};

#[tokio::test]
async fn each_message_that_a_window_sends_is_in_the_audit_log_by_itself() {
    let shop = shop::open().await;
    shop.arm();
    shop.runtime.let_work(true).await.unwrap();
    for (person, id) in [("900000000000011", "m1"), ("900000000000012", "m2")] {
        shop.post(&said(person, id, "bouquet")).await;
    }
    shop.decided(2).await;
    let lines = site::until("both were answered", || async {
        let found = shop.audit(AuditPart::Messages, "peonies");
        (found.len() == 2).then_some(found)
    })
    .await;
    for line in &lines {
        assert_eq!(
            (&*line.profile, &*line.what, line.outcome),
            ("Shop", "Sending a message", AuditOutcome::Done),
            "{line:?}"
        );
        let after = line.after.as_deref().unwrap();
        assert!(
            after.contains("Peonies this week")
                && after.contains("\"automation\":\"bouquet\"")
                && after.contains("\"messageId\""),
            "{after}"
        );
    }
    let to = |person| format!("to {person} from {}", shop::FLORIST);
    let mut subjects: Vec<_> = lines.iter().map(|it| &*it.subject).collect();
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        [to("900000000000011"), to("900000000000012")],
        "each to whom it was for"
    );
    // What a person does stands apart from it, and the rest of the engine's work as a whole.
    let changes = shop.audit(AuditPart::Changes, "");
    assert!(
        changes.iter().all(|line| !line.what.starts_with("Sending")),
        "{changes:?}"
    );
    shop.runtime.stop().await;
    let whole = shop.audit(AuditPart::Changes, "handled here");
    assert_eq!(whole[0].subject, "2 events, 2 messages sent");
    let file = shop.folder().join("audit-messages.jsonl");
    let written = std::fs::read_to_string(file).unwrap();
    assert_eq!(written.lines().count(), 2, "{written}");
}
