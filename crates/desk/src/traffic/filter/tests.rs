//! Filters: what they let through, how they are written, and what is offered.

#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

use super::*;
use crate::traffic::row::{RowResult, RowSource, TrafficRow};
use heliograph_model::{DeliveryId, Millis};
use proptest::prelude::*;

fn row() -> TrafficRow {
    TrafficRow {
        kind: Some(EventKind::Comment),
        account_id: Some("17841400000000001".into()),
        contact_id: Some("900000000000012".into()),
        username: Some("Ana.Example".to_owned()),
        automation: Some("Price list".to_owned()),
        reason: Some(Reason::Started),
        result: RowResult::Failed,
        micros: Some(51_000),
        ..TrafficRow::arrived(DeliveryId(7), Millis(1), RowSource::Listener, 1)
    }
}

fn wants(filter: &str) -> bool {
    parse(filter)
        .unwrap()
        .wants(&row(), "price please 18000000000000072")
}

#[test]
fn terms_are_all_asked_and_values_are_alternatives() {
    for yes in [
        "",
        "   ",
        "price",
        "PRICE please",
        "\"price please\"",
        "text:please",
        "kind:comment",
        "kind:dm_text,comment",
        "Kind:COMMENT result:failed,dead",
        "-kind:read",
        "contact:@ana",
        "contact:900000000000012",
        "automation:\"price l\"",
        "account:1784 source:listener delivery:7 delivery:#7",
        "ms:>50 ms:<52 ms:50",
        "reason:started -missing",
    ] {
        assert!(wants(yes), "{yes}");
    }
    for no in [
        "kind:dm_text",
        "price -please",
        "ms:>51",
        "-result:failed",
        "source:replay",
        "delivery:8",
        "please text:missing",
    ] {
        assert!(!wants(no), "{no}");
    }
}

#[test]
fn what_cannot_be_read_is_shown_with_its_place() {
    let wrong = |text: &str| {
        let error = parse(text).unwrap_err();
        (error.at, error.length, error.message)
    };
    let (at, length, message) = wrong("price kinds:comment");
    assert_eq!((at, length), (6, 13));
    assert!(
        message.contains("no field “kinds”") && message.contains("kind"),
        "{message}"
    );
    let (at, length, message) = wrong("😀 kind:coment");
    assert_eq!((at, length), (8, 6), "counted as a text field counts");
    assert!(message.contains("comment"), "{message}");
    assert_eq!(wrong("text:\"open").0, 5);
    assert_eq!(wrong("\"a\"b").0, 3);
    assert!(wrong("kind:").2.contains("kind:comment"));
    assert!(wrong("-").2.contains("word"));
    assert!(wrong("ms:soon").2.contains("ms:>50"));
    assert!(wrong("delivery:x").2.contains("delivery:12"));
}

#[test]
fn a_journal_is_asked_for_what_it_can_look_for() {
    let asked = parse("menu kind:dm_text -text:not result:failed")
        .unwrap()
        .in_journal();
    assert_eq!(asked.text.as_deref(), Some("menu"));
    assert_eq!(asked.kind, Some(EventKind::DmText));
    assert_eq!(asked.reason, None);
}

#[test]
fn completions_are_offered_for_the_word_at_the_caret() {
    let words = Words {
        accounts: vec!["17841400000000001".to_owned()],
        contacts: vec!["ana.example".to_owned()],
        automations: vec!["Menu".to_owned(), "Price list".to_owned()],
    };
    let offered = |text: &str| -> Vec<String> {
        let caret = u32::try_from(text.encode_utf16().count()).unwrap();
        let all = complete(text, caret, &words);
        all.into_iter().map(|one| one.label).collect()
    };
    assert_eq!(offered("").len(), FIELDS.len());
    assert_eq!(offered("ki"), ["kind:"]);
    assert_eq!(offered("price -ki"), ["kind:"]);
    assert_eq!(offered("kind:dm"), ["dm_text", "dm_attachment"]);
    assert_eq!(
        offered("kind:dm_text,read"),
        Vec::<String>::new(),
        "it is written"
    );
    assert_eq!(offered("kind:dm_text,rea"), ["reaction", "read"]);
    assert_eq!(offered("automation:l"), ["Price list"]);
    assert_eq!(offered("contact:@a"), ["ana.example"]);
    assert_eq!(offered("account:"), ["17841400000000001"]);
    let one = complete("x automation:\"pr", 16, &words).remove(0);
    assert_eq!(
        (one.from, one.to, one.insert.as_str()),
        (13, 16, "\"Price list\" ")
    );
    let middle = complete("ki text:x", 2, &words).remove(0);
    assert_eq!((middle.from, middle.to), (0, 2));
}

fn text() -> impl Strategy<Value = String> {
    "[a-zäß😀@\"\\\\ ,:.-]{0,9}[a-z0-9é\"]"
}

fn some<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Vec<T>> {
    proptest::collection::vec(proptest::sample::select(all), 1..4)
}

fn what() -> impl Strategy<Value = What> {
    let compare = proptest::sample::select(&[Compare::Over, Compare::Under][..]);
    prop_oneof![
        text().prop_map(What::Text),
        some(&EventKind::ALL).prop_map(What::Kind),
        some(&RowResult::ALL).prop_map(What::Result),
        some(&Reason::ALL).prop_map(What::Reason),
        some(&RowSource::ALL).prop_map(What::Source),
        text().prop_map(What::Account),
        text()
            .prop_map(|text| text.trim_start_matches('@').to_owned())
            .prop_filter("somebody", |text| !text.trim().is_empty())
            .prop_map(What::Contact),
        text().prop_map(What::Automation),
        (0..i64::MAX).prop_map(What::Delivery),
        (compare, any::<u32>()).prop_map(|(compare, ms)| What::Ms(compare, ms)),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        terms in proptest::collection::vec((any::<bool>(), what()), 0..6)
    ) {
        let terms = terms
            .into_iter()
            .map(|(negated, what)| Term { negated, what })
            .collect();
        let filter = Filter { terms };
        let written = filter.to_string();
        prop_assert_eq!(parse(&written), Ok(filter), "{}", written);
    }

    #[test]
    fn whatever_is_typed_is_read_or_has_a_place(text in ".{0,40}", caret in 0_u32..60) {
        let _ = complete(&text, caret, &Words::default());
        if let Err(error) = parse(&text) {
            let units = u32::try_from(text.encode_utf16().count()).unwrap();
            prop_assert!(error.at <= units, "{error:?}");
            prop_assert!(error.length >= 1 && !error.message.is_empty());
        }
    }
}
