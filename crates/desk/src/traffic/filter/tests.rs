//! Filters: what they let through, how they are written, and what is offered.

#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

use super::*;
use crate::traffic::facets::{Facets, Seen, Trouble};
use crate::traffic::row::{RowResult, RowSource, TrafficRow};
use crate::traffic::signature::SignatureState;
use heliograph_engine::ports::searchable_body;
use heliograph_model::{
    Awaiting, Collection, DeliveryId, ErrorClass, EventKind, Millis, Outcome, Reason, Tier,
};
use proptest::prelude::*;

/// Friday, 27 November 2026, 14:02:07 UTC.
const NOW: Millis = Millis(1_795_788_127_000);
const BODY: &str = r#"{"text":"K\u00C4se 1\/2 \"fresh\" C:\\tmp","is_echo":false}"#;

fn row() -> TrafficRow {
    TrafficRow {
        kind: Some(EventKind::Comment),
        account_id: Some("17841400000000001".into()),
        contact_id: Some("900000000000012".into()),
        username: Some("Ana.Example".to_owned()),
        automation: Some("Price list".to_owned()),
        worker: Some("Blue 7".to_owned()),
        reason: Some(Reason::Started),
        result: RowResult::Failed,
        micros: Some(51_000),
        // Ten minutes ago.
        ..TrafficRow::arrived(DeliveryId(7), NOW - 600_000, RowSource::Listener, 1)
    }
}

fn facets() -> Facets {
    let read = |collection, tier, outcome| Seen {
        collection,
        tier,
        outcome,
    };
    Facets {
        signature: Some(SignatureState::Good),
        awaited: Some([None, Some(Awaiting::AwaitingEmail)]),
        reads: [
            read(Collection::Workspace, Tier::Near, Outcome::Hit),
            read(Collection::UserState, Tier::Shared, Outcome::Miss),
        ]
        .into(),
        troubles: vec![Trouble {
            class: ErrorClass::Window,
            code: Some(10),
            subcode: Some(2_534_022),
        }],
    }
}

fn wants(filter: &str) -> bool {
    let accounts = [("17841400000000001".into(), "Corner.Shop".to_owned())];
    let filter = parse(filter).unwrap();
    filter.ready(NOW, Zone::Fixed(0)).wants(&Subject {
        row: &row(),
        words: "price please 18000000000000072",
        body: &searchable_body(BODY),
        facets: &facets(),
        accounts: &Accounts::from(accounts),
    })
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
        "worker:blue worker:\"e 7\" -worker:green",
        "ms:>50 ms:<52 ms:50",
        "reason:started -missing",
        "account:corner account:@corner.SHOP account:17841400000000001",
        "body:is_echo body:\"ÄSE 1/2\"",
        "body:Käse -body:quark",
        "body:k\\u00e4se",
        "body:1\\/2 body:\"1/2 \\\"FRESH\\\" c:\\\\tmp\"",
        "since:11m since:1h since:today since:13:50 since:2026-11-27T13:52Z",
        "before:9m -since:9m",
        "time:11m time:today time:13:52 -time:yesterday",
        "state:awaiting_email state:email,opening -state:none",
        "signature:ok -signature:wrong,missing",
        "cache:miss cache:near cache:user_state cache:user_state.miss cache:hit.workspace.near",
        "error:10 error:10/2534022 error:any error:window error:190,10 -error:190",
    ] {
        assert!(wants(yes), "{yes}");
    }
    for no in [
        "kind:dm_text",
        "price -please",
        "ms:>51",
        "-result:failed",
        "source:replay",
        "source:worker",
        "worker:green",
        "delivery:8",
        "please text:missing",
        "account:other",
        "body:price",
        "since:9m",
        "before:11m",
        "time:13:51",
        "time:yesterday",
        "-since:today",
        "state:follow",
        "state:none",
        "signature:none,changed",
        "cache:stale",
        "cache:workspace.miss",
        "cache:error",
        "error:10/1",
        "error:100",
        "error:token",
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
    let (at, length, message) = wrong("menu since:soon");
    assert_eq!((at, length), (11, 4));
    assert!(message.contains("“soon” is no time"), "{message}");
    assert!(message.contains("in your zone"), "{message}");
    assert!(wrong("before:25:00").2.contains("Clocks never show 25:00"));
    assert!(wrong("time:2026-02-30").2.contains("no day 2026-02-30"));
    assert!(wrong("since:").2.contains("since:10m"));
    assert!(wrong("state:waiting").2.contains("awaiting_email"));
    assert!(wrong("signature:good").2.contains("ok, none, missing"));
    assert!(wrong("cache:hits").2.contains("cache:user_state.miss"));
    assert!(wrong("cache:hit.miss").2.contains("dots between"));
    assert!(wrong("error:190/").2.contains("error:10/2534022"));
    assert!(wrong("account:@").2.contains("account:"));
}

#[test]
fn a_journal_is_asked_for_what_it_can_look_for() {
    let filter = parse(
        "Menu kind:dm_text -text:not result:failed body:\"\\\\u00dc\\\\/\\\"x\" -body:no \
         since:1h since:10m before:2026-11-27T14:00 -before:3h delivery:9",
    )
    .unwrap();
    let ready = filter.ready(NOW, Zone::Fixed(0));
    let asked = ready.in_journal(true);
    assert_eq!(asked.parts, ["menu"]);
    assert_eq!(asked.text, None);
    assert_eq!(asked.kind, Some(EventKind::DmText));
    assert_eq!(asked.reason, None);
    assert_eq!(asked.body.len(), 1);
    assert_eq!(asked.body[0], ["\\u00dc\\/\"x", "ü/\"x"]);
    assert_eq!(asked.since, Some(NOW - 600_000), "the later one");
    assert_eq!(asked.until, Some(NOW - 127_000));
    assert_eq!(asked.before, Some(DeliveryId(10)));
    assert_eq!(filter.first(), Some(DeliveryId(9)));
    let asked = ready.in_journal(false);
    assert_eq!((asked.since, asked.until), (None, None), "by another clock");
    assert!(filter.moves() && filter.asks_for_bodies() && !filter.asks_for_accounts());
    assert!(!parse("since:2026-11-27 account:x").unwrap().moves());
}

#[test]
fn completions_are_offered_for_the_word_at_the_caret() {
    let words = Words {
        accounts: vec!["corner.shop".to_owned()],
        contacts: vec!["ana.example".to_owned()],
        automations: vec!["Menu".to_owned(), "Price list".to_owned()],
        workers: vec!["blue:7".to_owned()],
        errors: vec!["10/2534022".to_owned()],
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
    assert_eq!(offered("worker:BL"), ["blue:7"]);
    assert_eq!(offered("contact:@a"), ["ana.example"]);
    assert_eq!(offered("account:"), ["corner.shop"]);
    assert_eq!(offered("account:@sh"), ["corner.shop"]);
    assert_eq!(offered("si"), ["since:", "signature:"].map(str::to_owned));
    assert_eq!(offered("since:to"), ["today"]);
    assert_eq!(offered("time:1"), ["10m", "1h"]);
    assert_eq!(offered("state:em"), ["awaiting_email"]);
    assert_eq!(offered("signature:ok,wr"), ["wrong"]);
    assert_eq!(offered("cache:hit,mi"), ["miss"]);
    assert_eq!(offered("cache:user_state.mi"), ["miss"]);
    assert_eq!(
        offered("error:"),
        [
            "10/2534022",
            "any",
            "retry",
            "token",
            "permanent",
            "window",
            "unknown"
        ]
    );
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

fn moment() -> impl Strategy<Value = Moment> {
    let written = prop_oneof![
        "[0-9]{1,4}(s|m|min|h|d|w)",
        "[01]?[0-9]:[0-5][0-9]",
        "[01][0-9]:[0-5][0-9]:[0-5][0-9]",
        "20[0-9][0-9]-0[1-9]-[12][0-8]",
        "20[0-9][0-9]-1[0-2]-0[1-9][T ][01][0-9]:[0-5][0-9](Z|[+-]0[0-9]:30)?",
        Just("today".to_owned()),
        Just("Yesterday".to_owned()),
    ];
    written.prop_map(|text| Moment::read(&text).unwrap())
}

fn reads() -> impl Strategy<Value = Vec<ReadWanted>> {
    let one = (
        proptest::sample::select(&Collection::ALL[..]),
        proptest::sample::select(&Tier::ALL[..]),
        proptest::sample::select(&Outcome::ALL[..]),
        1..8_u8,
    );
    let one = one.prop_map(|(collection, tier, outcome, which)| ReadWanted {
        collection: (which & 1 > 0).then_some(collection),
        tier: (which & 2 > 0).then_some(tier),
        outcome: (which & 4 > 0).then_some(outcome),
    });
    proptest::collection::vec(one, 1..4)
}

fn errors() -> impl Strategy<Value = Vec<ErrorWanted>> {
    let one = prop_oneof![
        Just(ErrorWanted::Any),
        proptest::sample::select(&ErrorClass::ALL[..]).prop_map(ErrorWanted::Class),
        (0..i32::MAX, proptest::option::of(0..i32::MAX))
            .prop_map(|(code, subcode)| ErrorWanted::Code(code, subcode)),
    ];
    proptest::collection::vec(one, 1..4)
}

fn what() -> impl Strategy<Value = What> {
    let side = proptest::sample::select(&[Side::Since, Side::Before, Side::Within][..]);
    let somebody = || {
        text()
            .prop_map(|text| text.trim_start_matches('@').to_owned())
            .prop_filter("somebody", |text| !text.trim().is_empty())
    };
    let compare = proptest::sample::select(&[Compare::Over, Compare::Under][..]);
    prop_oneof![
        text().prop_map(What::Text),
        some(&EventKind::ALL).prop_map(What::Kind),
        some(&RowResult::ALL).prop_map(What::Result),
        some(&Reason::ALL).prop_map(What::Reason),
        some(&RowSource::ALL).prop_map(What::Source),
        text().prop_map(What::Body),
        some(&SignatureState::ALL).prop_map(What::Signature),
        some(&what::STATES).prop_map(What::State),
        reads().prop_map(What::Cache),
        errors().prop_map(What::Error),
        (side, moment()).prop_map(|(side, moment)| What::Time(side, moment)),
        somebody().prop_map(What::Account),
        somebody().prop_map(What::Contact),
        text().prop_map(What::Automation),
        text().prop_map(What::Worker),
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
