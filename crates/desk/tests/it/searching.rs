//! Looking through the whole journal.

use crate::site::*;
use heliograph_desk::traffic::{
    Freshness, ReplayTarget, RowSource, Sending, TrafficRow, templates,
};
use heliograph_model::{EventKind, Reason};
use std::collections::BTreeSet;

/// All that a search finds, to the journal's begin: a step takes a moment only.
async fn searched(site: &Site, filter: &str) -> Vec<TrafficRow> {
    let mut rows = Vec::new();
    let mut next = None;
    loop {
        let found = site.traffic.search(filter, next).await.unwrap();
        rows.extend(found.rows);
        next = found.next;
        if next.is_none() {
            return rows;
        }
    }
}

#[tokio::test]
async fn the_journal_has_what_the_list_holds_no_more() {
    let site = open().await;
    for number in 0..450 {
        let text = if number % 10 == 0 { "menu" } else { "a needle" };
        let from = format!("9000000000000{:02}", number % 20);
        site.post(&message(&from, &format!("m{number}"), text))
            .await;
    }
    site.decided(450).await;
    let rows = searched(&site, "needle source:listener").await;
    assert_eq!(rows.len(), 405);
    assert!(
        rows.windows(2)
            .all(|pair| pair[0].delivery_id > pair[1].delivery_id)
    );
    assert!(
        rows.iter()
            .all(|row| row.source == RowSource::Listener && row.number == 0)
    );
    let opened = site.opened(&rows[404]).await;
    assert!(opened.body.is_some_and(|body| body.contains("a needle")));

    let sent = searched(&site, "result:sent kind:dm_text").await;
    assert!(!sent.is_empty());
    assert!(
        sent.iter()
            .all(|row| row.automation.as_deref() == Some("Menu"))
    );
    assert_eq!(searched(&site, "text:nowhere").await, []);
    assert!(site.traffic.search("kind:", None).await.is_err());

    // An id is found at once, however old; what only ends like it is not.
    for (id, is_there) in [
        ("m11", true),
        ("m449", true),
        ("449", false),
        ("m4490", false),
    ] {
        let found = site.traffic.find(&format!("text:\"{id}\"")).await;
        let found = found.unwrap();
        assert_eq!(found.rows.is_empty(), !is_there, "{id}: {found:?}");
        assert_eq!(found.next, None);
    }
    let of_kind = site.traffic.find("text:m449 kind:comment").await.unwrap();
    assert_eq!(of_kind.rows, [], "the rest of the filter counts too");
    assert_eq!(site.traffic.find("").await.unwrap().rows, []);
    assert!(site.traffic.find("kind:").await.is_err());
}

#[tokio::test]
async fn every_word_that_a_row_shows_finds_it_in_the_list_and_in_the_journal() {
    let site = open().await;
    let sendings = templates().into_iter().map(|template| Sending {
        delivery_id: None,
        body: Some(template.body),
        freshness: Freshness::AsNew,
        target: ReplayTarget::Engine,
    });
    let sent = site.traffic.send_all(WINDOW, sendings.collect(), |_| {});
    assert_eq!(sent.await.unwrap().replayed.len(), templates().len());
    let rows = site
        .rows_until("", |rows, _| rows.len() >= templates().len())
        .await;
    let (mut looked, mut kinds) = (0, BTreeSet::new());
    for row in &rows {
        // The journal has no event twice, and none of what became no event.
        if row.reason.is_none() || row.reason == Some(Reason::Duplicate) {
            continue;
        }
        kinds.extend(row.kind);
        let words: BTreeSet<&str> = row.text.split_whitespace().collect();
        for word in words {
            let word = word.trim_end_matches('…');
            let filter = format!(
                "text:\"{}\" delivery:{}",
                word.replace('\\', "\\\\").replace('"', "\\\""),
                row.delivery_id.unwrap().0,
            );
            let is_it =
                |one: &TrafficRow| (one.delivery_id, one.index) == (row.delivery_id, row.index);
            let listed = site.rows_until(&filter, |_, _| true).await;
            assert!(listed.iter().any(is_it), "listed by {filter}: {row:?}");
            let found = site.traffic.search(&filter, None).await.unwrap();
            assert!(found.rows.iter().any(is_it), "found by {filter}: {row:?}");
            looked += 1;
        }
    }
    for kind in [
        EventKind::Reaction,
        EventKind::DmAttachment,
        EventKind::Referral,
        EventKind::Other,
    ] {
        assert!(kinds.contains(&kind), "{kind} is among the fixtures");
    }
    assert!(looked > 200, "{looked} words");
    // Where it can be fetched is not shown, and found all the same.
    let url = site
        .traffic
        .search("lookaside.example", None)
        .await
        .unwrap();
    assert!(!url.rows.is_empty());
}
