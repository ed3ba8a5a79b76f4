//! Looking through the whole journal.

use crate::site::*;
use heliograph_desk::traffic::RowSource;

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
    let mut rows = Vec::new();
    let mut next = None;
    loop {
        let found = site
            .traffic
            .search("needle source:listener", next)
            .await
            .unwrap();
        rows.extend(found.rows);
        next = found.next;
        if next.is_none() {
            break;
        }
    }
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

    let found = site
        .traffic
        .search("result:sent kind:dm_text", None)
        .await
        .unwrap();
    assert!(!found.rows.is_empty() && found.next.is_none());
    assert!(
        found
            .rows
            .iter()
            .all(|row| row.automation.as_deref() == Some("Menu"))
    );
    assert!(
        site.traffic
            .search("text:nowhere", None)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    assert!(site.traffic.search("kind:", None).await.is_err());
}
