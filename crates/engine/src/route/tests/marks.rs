//! Deduplication marks.

use super::{change, element, event, mark, message};
use heliograph_model::{AccountId, Event, EventKind};
use proptest::prelude::*;

fn with_sides(content: &str) -> Event {
    element(&format!(
        r#"{{"sender":{{"id":"2"}},"recipient":{{"id":"1"}},"timestamp":1790000000123,{content}}}"#
    ))
}

/// All different from each other.
fn assert_distinct(events: &[Event]) {
    for (at, one) in events.iter().enumerate() {
        for other in &events[at + 1..] {
            assert_ne!(mark(one), mark(other), "{one:#?}\n{other:#?}");
        }
    }
}

#[test]
fn a_mark_says_account_kind_and_id() {
    assert_eq!(mark(&message(r#"{"mid":"m","text":"t"}"#)), "1:message:m");
    let comment = change("comments", r#"{"id":"5","text":"t"}"#);
    assert_eq!(mark(&comment), "1:comment:5");
}

#[test]
fn what_happens_to_one_message_has_different_marks() {
    assert_distinct(&[
        message(r#"{"mid":"m","text":"t"}"#),
        message(r#"{"mid":"m","is_deleted":true}"#),
        message(r#"{"mid":"m","is_unsupported":true}"#),
        message(r#"{"mid":"m","is_echo":true,"text":"t"}"#),
        message(r#"{"mid":"m","is_echo":true,"is_deleted":true}"#),
        message(r#"{"mid":"m"}"#),
        with_sides(r#""message_edit":{"mid":"m","num_edit":0}"#),
        with_sides(r#""message_edit":{"mid":"m","num_edit":1,"text":"a"}"#),
        with_sides(r#""message_edit":{"mid":"m","num_edit":2,"text":"a"}"#),
        with_sides(r#""message_edit":{"mid":"m","text":"a"}"#),
        with_sides(r#""message_edit":{"mid":"m","text":"b"}"#),
        with_sides(r#""read":{"mid":"m"}"#),
        with_sides(r#""postback":{"mid":"m","payload":"p"}"#),
        with_sides(r#""reaction":{"mid":"m","action":"react","emoji":"a"}"#),
        with_sides(r#""reaction":{"mid":"m","action":"react","emoji":"b"}"#),
        with_sides(r#""reaction":{"mid":"m","action":"unreact"}"#),
        element(
            r#"{"sender":{"id":"2"},"timestamp":1790000000999,"reaction":{"mid":"m","action":"unreact"}}"#,
        ),
        element(
            r#"{"sender":{"id":"3"},"timestamp":1790000000123,"reaction":{"mid":"m","action":"unreact"}}"#,
        ),
        element(r#"{"sender":{"id":"3"},"read":{"mid":"m"}}"#),
        change(
            "standby",
            r#"{"sender":{"id":"2"},"message":{"mid":"m","text":"t"}}"#,
        ),
        change(
            "standby",
            r#"{"sender":{"id":"2"},"message":{"mid":"m","is_deleted":true}}"#,
        ),
        change("comments", r#"{"id":"m","text":"t"}"#),
        change("mentions", r#"{"media_id":"7","comment_id":"m"}"#),
        change("mentions", r#"{"media_id":"7"}"#),
        change("mentions", r#"{"media_id":"8"}"#),
    ]);
}

#[test]
fn two_reports_of_one_thing_have_one_mark() {
    let same = |one: &Event, other: &Event| assert_eq!(mark(one), mark(other));
    same(
        &change(
            "comments",
            r#"{"id":"5","text":"t","media":{"id":"70"},"from":{"id":"2"}}"#,
        ),
        &change(
            "comments",
            r#"{"comment_id":5,"text":"t","media":{"id":"71","ad_id":"9","original_media_id":"70"}}"#,
        ),
    );
    same(
        &change("comments", r#"{"id":"5","text":"t"}"#),
        &change("live_comments", r#"{"id":"5","text":"t"}"#),
    );
    same(
        &message(r#"{"mid":"m","text":"t"}"#),
        &change(
            "messages",
            r#"{"sender":{"id":"2"},"timestamp":1,"message":{"mid":"m","attachments":[{}]}}"#,
        ),
    );
    // Meta sends a notice again later, and says so in the entry's time alone.
    let mention = |time: &str| {
        event(&format!(
            r#"{{"entry":[{{"id":"1","time":{time},"changes":[{{"field":"mentions","value":{{"media_id":"7"}}}}]}}]}}"#
        ))
    };
    same(&mention("1790000000"), &mention("1790003600"));
}

#[test]
fn without_an_id_the_content_is_the_mark() {
    let tap = |payload: &str, at: &str| {
        element(&format!(
            r#"{{"sender":{{"id":"2"}},"timestamp":{at},"postback":{{"title":"t","payload":"{payload}"}}}}"#
        ))
    };
    assert_eq!(
        mark(&tap("a", "1790000000123")),
        mark(&tap("a", "1790000000123"))
    );
    assert_distinct(&[
        tap("a", "1790000000123"),
        tap("b", "1790000000123"),
        tap("a", "1790000000124"),
        with_sides(r#""referral":{"ref":"a"}"#),
        with_sides(r#""referral":{"ref":"b"}"#),
        with_sides(r#""optin":{"payload":"a"}"#),
        with_sides(r#""unheard_of":1"#),
        with_sides(r#""unheard_of":2"#),
        with_sides(r#""read":{"watermark":1790000000000}"#),
        with_sides(r#""read":{"watermark":1790000000001}"#),
    ]);
}

#[test]
fn a_mark_without_an_id_is_the_same_in_every_version() {
    // Marks are kept for days and compared by other processes: if this changes, an update
    // lets every event without an id take effect again.
    let tap = with_sides(r#""postback":{"title":"t","payload":"p"}"#);
    assert_eq!(mark(&tap), "1:postback:2:d196ab2dd49f85accbb5764c31680f76");
}

proptest! {
    #[test]
    fn two_accounts_never_share_a_mark(
        one in proptest::option::of("[a:%0-9]{1,4}"),
        other in proptest::option::of("[a:%0-9]{1,4}"),
        ids in proptest::collection::vec(proptest::option::of("[a:%0-9]{1,4}"), 4),
        kinds in proptest::collection::vec(proptest::sample::select(EventKind::ALL.to_vec()), 2),
    ) {
        prop_assume!(one != other);
        let event = |account: &Option<String>, side: usize| Event {
            account_id: account.as_deref().map(AccountId::from),
            event_id: ids[side].as_deref().map(Into::into),
            sender_id: ids[side + 2].as_deref().map(Into::into),
            ..Event::new(kinds[side])
        };
        prop_assert_ne!(mark(&event(&one, 0)), mark(&event(&other, 1)));
    }
}
