//! The story of a journal, which the queue and the store write.

use super::samples::{START, commit, delivery, ended, outbox, record, text};
use super::soon;
use crate::ports::{
    Commit, Committed, Finished, Journal, JournalFilter, JournalPage, Queue, RefusedRecord, Store,
};
use bytes::Bytes;
use heliograph_model::{DeliveryId, EventKind, OutboxState, Reason, RefusedId, StateChange};
use std::time::Duration;

/// Walks over everything that the application relies on in a journal. The three are one
/// backend.
pub async fn journal_story(journal: &dyn Journal, queue: &dyn Queue, store: &dyn Store) {
    let search = async |filter: JournalFilter| -> JournalPage {
        soon("a search", journal.search(&filter))
            .await
            .expect("an answer")
    };
    let found = async |text: &str| -> Vec<DeliveryId> {
        let page = search(JournalFilter {
            text: Some(text.into()),
            ..JournalFilter::default()
        })
        .await;
        page.decisions.iter().map(|d| d.delivery_id).collect()
    };
    assert_eq!(
        search(JournalFilter::default()).await,
        JournalPage::default(),
        "the story begins empty"
    );

    // Three deliveries; the second carries two events.
    let mut ids = Vec::new();
    for n in 0..3 {
        let new = delivery(&format!("{{\"n\":{n}}}"), START + n);
        ids.push(queue.push(new).await.expect("the queue takes it"));
    }
    let [first, second, third] = ids[..] else {
        panic!("three were pushed");
    };
    let taken = soon("taking", queue.take(10)).await.expect("an answer");
    assert_eq!(taken.len(), 3);

    let mut hello = record(first, 0, "601", "Größe M, please");
    hello.decision.trace.reason = Reason::Started;
    hello.decision.trace.summary = "“Sizes” started.".into();
    hello.decision.effects = vec![text("601", "Here is the price list")];
    let answer = outbox(first, "601", hello.decision.effects[0].clone());
    let starts = Commit {
        outbox: vec![answer],
        ..commit("j1", hello.clone())
    };
    let Committed::Applied(items) = store.commit(starts).await.expect("written") else {
        panic!("the event came for the first time");
    };
    let mut comment = record(second, 1, "602", "发货多久");
    comment.event.kind = EventKind::Comment;
    let mut live = record(second, 0, "602", "nice stream");
    live.event.kind = EventKind::LiveComment;
    for (mark, record) in [("j2b", &comment), ("j2a", &live)] {
        let plain = commit(mark, record.clone());
        store.commit(plain).await.expect("written");
    }
    let bye = record(third, 0, "601", "bye");
    store
        .commit(commit("j3", bye.clone()))
        .await
        .expect("written");

    // What a delivery was, and what it led to.
    let one = journal.delivery(first).await.expect("an answer");
    let one = one.expect("it is in the journal");
    assert_eq!((one.id, one.received_at), (first, START));
    assert_eq!(one.body, "{\"n\":0}");
    assert_eq!(
        journal
            .delivery(DeliveryId(first.0 + 1_000))
            .await
            .expect("an answer"),
        None
    );
    store.begin_sends(&[items[0].id]).await.expect("written");
    let sent = ended(&items[0], OutboxState::Sent, None);
    store.end_sends(vec![sent.clone()]).await.expect("written");
    let led_to = journal.of_delivery(first).await.expect("an answer");
    assert_eq!(led_to.decisions, std::slice::from_ref(&hello));
    assert_eq!(led_to.sends, std::slice::from_ref(&sent.record));
    let led_to = journal.of_delivery(second).await.expect("an answer");
    assert_eq!(
        led_to.decisions,
        [live.clone(), comment.clone()],
        "in the order of the events, not of the commits"
    );

    // Newest first, by pages of whole deliveries.
    let all = search(JournalFilter::default()).await;
    assert_eq!(
        all.decisions,
        [bye.clone(), comment.clone(), live.clone(), hello.clone()]
    );
    assert_eq!(all.sends, [sent.record]);
    let page = search(JournalFilter {
        most: 2,
        ..JournalFilter::default()
    })
    .await;
    assert_eq!(
        page.decisions,
        std::slice::from_ref(&bye),
        "the next two belong together"
    );
    let page = search(JournalFilter {
        most: 2,
        before: Some(third),
        ..JournalFilter::default()
    })
    .await;
    assert_eq!(page.decisions, [comment.clone(), live.clone()]);

    // Words: any case, with or without accents, beginnings, ids, the summary, what was
    // sent, and a part of a sentence that is written without spaces.
    assert_eq!(found("GROSSE m").await, [] as [DeliveryId; 0], "ß is not o");
    assert_eq!(found("größe").await, [first]);
    assert_eq!(found("grö m PLEASE").await, [first], "all of the words");
    assert_eq!(found("größe bye").await, [] as [DeliveryId; 0]);
    assert_eq!(found("price list").await, [first], "what was sent");
    assert_eq!(found("sizes").await, [first], "the summary");
    assert_eq!(found("601").await, [third, first], "an id");
    assert_eq!(found(&format!("mid.{second}.1")).await, [second]);
    assert_eq!(found("多久").await, [second]);
    assert_eq!(
        found("a\"b* OR (").await,
        [] as [DeliveryId; 0],
        "no syntax"
    );

    // Fields.
    let by = |filter: JournalFilter| async move {
        let page = search(filter).await;
        page.decisions
            .iter()
            .map(|d| (d.delivery_id, d.index))
            .collect::<Vec<_>>()
    };
    let filter = JournalFilter {
        kind: Some(EventKind::Comment),
        ..JournalFilter::default()
    };
    assert_eq!(by(filter).await, [(second, 1)], "a live comment is another");
    let filter = JournalFilter {
        reason: Some(Reason::Started),
        ..JournalFilter::default()
    };
    assert_eq!(by(filter).await, [(first, 0)]);
    let filter = JournalFilter {
        contact_id: Some("601".into()),
        ..JournalFilter::default()
    };
    assert_eq!(by(filter).await, [(third, 0), (first, 0)]);
    let filter = JournalFilter {
        contact_id: Some("601".into()),
        text: Some("bye".into()),
        account_id: bye.event.account_id.clone(),
        ..JournalFilter::default()
    };
    assert_eq!(by(filter).await, [(third, 0)]);
    let filter = JournalFilter {
        account_id: Some("17841499999999999".into()),
        ..JournalFilter::default()
    };
    assert_eq!(by(filter).await, []);

    // Parts of words, bodies as received, times of arrival, and how far a page came.
    parts_and_bodies(journal, [first, second, third]).await;

    // An event that came again leaves one line, in the delivery that brought it again;
    // also when that is the same one, handed out twice.
    let mut again = hello.clone();
    again.delivery_id = third;
    again.index = 1;
    for record in [again, hello.clone()] {
        let twice = commit("j1", record);
        let answer = store.commit(twice).await.expect("written");
        assert_eq!(answer, Committed::Duplicate);
    }
    let led_to = journal.of_delivery(third).await.expect("an answer");
    let line = &led_to.decisions[1];
    assert_eq!(line.decision.trace.reason, Reason::Duplicate);
    assert_eq!(line.decision.state, StateChange::Keep);
    assert_eq!(line.decision.effects, []);
    assert_eq!(line.event, hello.event);
    let led_to = journal.of_delivery(first).await.expect("an answer");
    assert_eq!(led_to.decisions.len(), 2);
    assert_eq!(led_to.decisions[0], hello, "what happened stays");
    let filter = JournalFilter {
        reason: Some(Reason::Duplicate),
        ..JournalFilter::default()
    };
    assert_eq!(by(filter).await, [(third, 1), (first, 0)]);

    // Retention leaves what is queued.
    let done = vec![Finished::Done(first), Finished::Done(third)];
    queue.finish(done).await.expect("an answer");
    refused_requests(journal, third).await;
    retention(journal, queue, [first, second, third]).await;
    let left = journal.refused().await.expect("an answer");
    assert_eq!(left.len(), 1, "the other was too old");
    assert_eq!(found("601").await, [] as [DeliveryId; 0]);
    assert_eq!(found("多久").await, [second]);
}

/// What no index answers. The bodies are `{"n":0}` to `{"n":2}`, a millisecond apart.
async fn parts_and_bodies(journal: &dyn Journal, ids: [DeliveryId; 3]) {
    let [first, second, third] = ids;
    let search = async |filter: JournalFilter| -> JournalPage {
        soon("a search", journal.search(&filter))
            .await
            .expect("an answer")
    };
    let found = async |filter: JournalFilter| -> Vec<DeliveryId> {
        let page = search(filter).await;
        assert_eq!(page.reached, None, "it looked at everything");
        page.decisions.iter().map(|d| d.delivery_id).collect()
    };
    let parts = |parts: &[&str]| JournalFilter {
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
        ..JournalFilter::default()
    };
    assert_eq!(found(parts(&["röß"])).await, [first], "inside of a word");
    assert_eq!(found(parts(&["“sizes” st", "ice list"])).await, [first]);
    assert_eq!(found(parts(&["röß", "bye"])).await, []);
    assert_eq!(found(parts(&["货多"])).await, [second]);
    assert_eq!(found(parts(&["deliveryid"])).await, [], "no names of JSON");
    let filter = JournalFilter {
        kind: Some(EventKind::LiveComment),
        ..parts(&["strea"])
    };
    assert_eq!(found(filter).await, [second]);

    let body = |texts: &[&str]| JournalFilter {
        body: vec![texts.iter().map(|text| (*text).to_owned()).collect()],
        ..JournalFilter::default()
    };
    assert_eq!(found(body(&["\"n\":2"])).await, [third]);
    assert_eq!(found(body(&["n\":0}", "nothing"])).await, [first], "one of");
    let filter = JournalFilter {
        body: vec![vec!["\"n\"".to_owned()], vec!["1}".to_owned()]],
        kind: Some(EventKind::Comment),
        text: Some("发货".to_owned()),
        ..JournalFilter::default()
    };
    assert_eq!(found(filter).await, [second], "all of the groups");

    let between = |since: i64, until: i64| JournalFilter {
        since: Some(START + since),
        until: Some(START + until),
        ..JournalFilter::default()
    };
    assert_eq!(found(between(1, 2)).await, [second, second]);
    assert_eq!(found(between(2, 9)).await, [third]);
    assert_eq!(found(between(3, 9)).await, []);
    assert_eq!(found(between(-9, 0)).await, []);

    // A page says where the next one goes on, also where it found nothing.
    for filter in [parts(&["e"]), body(&["n"]), JournalFilter::default()] {
        let mut before = None;
        let (mut seen, mut pages) = (Vec::new(), 0);
        loop {
            let page = search(JournalFilter {
                most: 1,
                before,
                ..filter.clone()
            })
            .await;
            assert!(page.looked_at > 0, "{page:?}");
            pages += 1;
            seen.extend(page.decisions.iter().map(|d| d.delivery_id));
            before = page.reached;
            if before.is_none() {
                break;
            }
        }
        seen.dedup();
        assert_eq!(seen, [third, second, first], "{filter:?}");
        assert!(pages >= 3, "{pages} pages of {filter:?}");
    }
    let at_once = JournalFilter {
        within: Some(Duration::ZERO),
        ..parts(&["nowhere"])
    };
    let page = search(at_once).await;
    assert_eq!(page.decisions, []);
    assert_eq!(page.reached, Some(third), "{page:?}");
}

/// The first and the third are finished, the second is not.
async fn retention(journal: &dyn Journal, queue: &dyn Queue, ids: [DeliveryId; 3]) {
    let [first, second, third] = ids;
    let there = async |id| journal.delivery(id).await.expect("an answer").is_some();
    // Finishing may become durable a moment later than it is said.
    let retain = async |older_than, most_bytes, gone: DeliveryId| {
        soon("retention", async {
            while there(gone).await {
                journal
                    .retain(older_than, most_bytes)
                    .await
                    .expect("an answer");
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    assert_eq!(
        journal.retain(START, u64::MAX).await.expect("an answer"),
        0,
        "nothing is older"
    );
    retain(START + 2, u64::MAX, first).await;
    assert!(there(second).await, "it is queued");
    assert!(there(third).await, "it is younger");
    let page = journal.of_delivery(first).await.expect("an answer");
    assert_eq!(page, JournalPage::default(), "with all it led to");
    retain(START, 0, third).await;
    assert!(there(second).await, "however little may be kept");
    let depth = queue.depth().await.expect("an answer");
    assert_eq!((depth.waiting, depth.active), (0, 1));
}

/// What was refused is kept apart, as it came.
async fn refused_requests(journal: &dyn Journal, newest: DeliveryId) {
    let one = |id: i64, body: Option<&'static [u8]>| RefusedRecord {
        id: RefusedId(id),
        at: START + id - 1,
        after: newest,
        about: format!("{{\"text\":\"needle {id}\"}}"),
        body: body.map(Bytes::from_static),
    };
    let (first, second, third) = (one(1, Some(b"\xff not UTF-8")), one(2, None), one(9, None));
    let kept = async || journal.refused().await.expect("an answer");
    assert_eq!(kept().await, [], "none was refused yet");
    let both = vec![second.clone(), first.clone()];
    journal.keep_refused(both, vec![]).await.expect("written");
    assert_eq!(kept().await, [first.clone(), second.clone()]);
    let gone = vec![second.id, RefusedId(77)];
    let change = journal.keep_refused(vec![third.clone()], gone).await;
    change.expect("written");
    assert_eq!(kept().await, [first, third], "byte for byte");
    let filter = JournalFilter {
        text: Some("needle".into()),
        ..JournalFilter::default()
    };
    let found = journal.search(&filter).await.expect("an answer");
    assert_eq!(found, JournalPage::default(), "it is no delivery");
}
