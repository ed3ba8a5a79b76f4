//! Deliveries as they arrive.

use crate::site::*;
use heliograph_desk::traffic::{
    RowResult, RowSource, SignatureState, SpanKind, Tone, TrafficLook, TrafficRow,
};
use heliograph_lab::simulator::Action;
use heliograph_model::{EventKind, Reason};

#[tokio::test]
async fn a_delivery_shows_what_matched_and_what_was_sent() {
    let site = open().await;
    site.post(&message("900000000000011", "m1", "The menu, please"))
        .await;
    let row = site.row("").await;
    assert_eq!(row.kind, Some(EventKind::DmText));
    assert_eq!(row.source, RowSource::Listener);
    assert_eq!(row.contact_id.as_ref().unwrap().as_str(), "900000000000011");
    assert_eq!(row.text, "The menu, please");
    assert_eq!(row.automation.as_deref(), Some("Menu"));
    assert_eq!(row.reason, Some(Reason::Started));
    assert_eq!(row.result, RowResult::Sent);
    assert!(row.micros.is_some_and(|micros| micros > 0), "{row:?}");

    let opened = site.opened(&row).await;
    assert_eq!(
        opened.body.as_deref(),
        Some(&*message("900000000000011", "m1", "The menu, please"))
    );
    assert_eq!(opened.signature.state, SignatureState::Good);
    assert_eq!(opened.signature.secret.as_deref(), Some("this window"));
    let header = |name: &str| {
        let mut all = opened.headers.iter();
        all.find(|header| header.name == name)
            .map(|header| header.value.as_str())
    };
    assert_eq!(header("user-agent"), Some("facebookplatform/1.0"));
    assert!(header("x-hub-signature-256").is_some_and(|value| value.starts_with("sha256=")));
    assert_eq!(header("authorization"), Some("(not kept)"));
    assert_eq!(opened.decisions.len(), 1);
    assert!(!opened.decisions[0].decision.trace.reads.is_empty());
    assert_eq!(opened.sends.len(), 1);
    assert_eq!(opened.sends[0].path, "/17841400000000001/messages");
    assert!(opened.sends[0].request.contains("900000000000011"));
    assert!(
        opened.sends[0]
            .answer
            .as_ref()
            .is_some_and(|answer| answer.contains("message_id"))
    );
    let kinds: Vec<SpanKind> = opened.spans.iter().map(|span| span.kind).collect();
    for kind in [
        SpanKind::Listener,
        SpanKind::Queue,
        SpanKind::Decide,
        SpanKind::Read,
        SpanKind::Send,
    ] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let end = opened
        .spans
        .iter()
        .map(|span| span.from + span.micros)
        .max()
        .unwrap();
    // Each stretch is cut to whole microseconds.
    let off = row.micros.map(|micros| micros.abs_diff(end));
    assert!(
        off.is_some_and(|off| off <= 2),
        "the waterfall ends with the row: {off:?}"
    );
    let story: Vec<&str> = opened.story.iter().map(|one| one.text.as_str()).collect();
    assert!(story[0].contains("signed with “this window”"), "{story:?}");
    assert!(
        story.iter().any(|text| text.contains("“The menu, please”")),
        "{story:?}"
    );
    assert!(
        story.iter().any(|text| text.contains("waits for a click")),
        "{story:?}"
    );
    let last = opened.story.last().unwrap();
    assert!(
        last.text.starts_with("The opening message “") && last.tone == Tone::Good,
        "{last:?}"
    );
}

#[tokio::test]
async fn every_event_of_a_delivery_has_a_row_and_a_repeat_says_so() {
    let site = open().await;
    let batch = include_str!("../../../../fixtures/instagram/dm_text.batch.json");
    site.post(batch).await;
    site.post(batch).await;
    // An event has a row of its own once it is decided.
    let rows = site
        .rows_until("", |rows, counts| rows.len() == 8 && counts.events == 8)
        .await;
    assert!(rows.iter().all(|row| row.events == 4));
    let counts = site.traffic.counts();
    assert_eq!((counts.deliveries, counts.missed), (2, 0));
    let repeats = site
        .rows_until("result:repeat", |rows, _| rows.len() == 4)
        .await;
    assert!(
        repeats
            .iter()
            .all(|row| row.reason == Some(Reason::Duplicate))
    );
    let opened = site.opened(&repeats[0]).await;
    assert_eq!(
        opened.decisions.len(),
        4,
        "what no journal keeps is shown, too"
    );
}

#[tokio::test]
async fn what_is_said_in_the_simulator_is_traffic_too() {
    let site = open().await;
    let maya = site.simulator.view().await.unwrap().people[0].id.clone();
    let action = Action::Say {
        person: maya.clone(),
        text: "menu".to_owned(),
    };
    site.simulator.act(action).await.unwrap();
    let row = site.row("source:simulator").await;
    assert_eq!(row.contact_id, Some(maya));
    assert_eq!(row.result, RowResult::Sent);
    assert_eq!(
        site.opened(&row).await.signature.state,
        SignatureState::Unchecked
    );

    // Another engine has another journal; the list begins with what is in it.
    site.simulator.reset().await.unwrap();
    follow(&site.traffic, &site.simulator);
    site.rows_until("", |rows, counts| rows.is_empty() && counts.events == 0)
        .await;
}

#[tokio::test]
async fn a_list_that_begins_late_begins_with_the_journal() {
    let site = open().await;
    for number in 0..5 {
        let from = format!("90000000000001{number}");
        site.post(&message(&from, &format!("m{number}"), "menu"))
            .await;
    }
    site.rows_until("result:sent", |rows, _| rows.len() == 5)
        .await;
    let before = site.traffic.news(WINDOW).end;
    follow(&site.traffic, &site.simulator);
    let rows = site.rows_until("", |rows, _| rows.len() == 5).await;
    assert!(
        rows.iter()
            .all(|row| row.result == RowResult::Sent && row.micros.is_some())
    );
    let opened = site.opened(&rows[0]).await;
    assert!(
        !opened.headers.is_empty() && !opened.spans.is_empty(),
        "as it came"
    );
    assert!(
        rows[0].delivery_id < rows[4].delivery_id,
        "the oldest first"
    );
    assert_eq!(site.traffic.counts().deliveries, 5);
    assert!(rows[0].number > before, "numbers are never used again");
    site.post(&message("900000000000019", "m9", "menu")).await;
    site.rows_until("", |rows, counts| rows.len() == 6 && counts.events == 6)
        .await;
}

#[tokio::test]
async fn a_look_gets_the_rows_in_sight_and_where_they_stand() {
    let site = open().await;
    for number in 0..30 {
        let text = if number % 3 == 0 { "a zebra" } else { "hello" };
        site.post(&message("900000000000011", &format!("m{number}"), text))
            .await;
    }
    site.decided(30).await;
    let look = |filter: &str, at, count| {
        let filter = filter.to_owned();
        site.traffic
            .look(WINDOW, TrafficLook { filter, at, count })
            .unwrap()
    };
    let newest = look("", None, 4);
    assert_eq!((newest.first, newest.end, newest.at), (0, 30, 26));
    assert_eq!(newest.rows.len(), 4);
    let middle = look("", Some(10), 4);
    assert_eq!(middle.view, newest.view);
    assert_eq!(middle.rows[0].number, newest.rows[0].number - 16);
    let some = look("text:zebra", Some(0), 100);
    assert_ne!(some.view, middle.view);
    assert_eq!((some.end, some.rows.len()), (10, 10));
    assert!(
        site.traffic
            .look(
                WINDOW,
                TrafficLook {
                    filter: "kind:x".into(),
                    ..TrafficLook::default()
                }
            )
            .is_err()
    );
    let later = site.traffic.news(WINDOW);
    assert!(later.number > some.number, "and is newer");
    assert_eq!(
        (later.view, later.end, later.at, later.rows),
        (some.view, some.end, some.at, some.rows),
        "what cannot be read changes nothing"
    );
}

#[tokio::test]
async fn each_window_has_a_filter_and_a_place_of_its_own() {
    let site = open().await;
    let look = |window: &str, filter: &str, at| {
        let look = TrafficLook {
            filter: filter.to_owned(),
            at,
            count: 4,
        };
        site.traffic.look(window, look).unwrap()
    };
    look("main", "", None);
    look("window-2", "text:zebra", Some(0));
    for number in 0..30 {
        let text = if number % 3 == 0 { "a zebra" } else { "hello" };
        site.post(&message("900000000000011", &format!("m{number}"), text))
            .await;
    }
    // What one window has taken in already, the other one gets all the same.
    let ended = |row: &TrafficRow| matches!(row.result, RowResult::Sent | RowResult::Nothing);
    let both = until("both windows have all of it", || async {
        let (first, second) = (site.traffic.news("main"), site.traffic.news("window-2"));
        let whole = first.counts.events == 30 && (first.end, second.end) == (30, 10);
        let rows = first.rows.iter().chain(&second.rows);
        (whole && rows.clone().all(ended)).then_some((first, second))
    });
    let (first, second) = both.await;
    assert_eq!((first.at, second.at), (26, 0), "each at its own place");
    assert!(second.rows.iter().all(|row| row.text == "a zebra"));
    assert_eq!(first.counts, second.counts);
    assert_eq!(site.traffic.wanted("main", 100).len(), 30);
    assert_eq!(site.traffic.wanted("window-2", 100).len(), 10);

    site.traffic.forget("window-2");
    assert_eq!(site.traffic.news("main").end, 30);
    assert!(
        site.traffic.news("window-2").rows.is_empty(),
        "a window that was closed looks at nothing"
    );
}
