//! How a queue stands, why its jobs failed, and moving them: on the embedded store.

use crate::site::{self, START, Site, message, until};
use heliograph_desk::QueueDesk;
use heliograph_desk::queue::{
    AgainDoubt, AgainDoubts, AgainLeftOut, JobChoice, JobsIn, NotAgain, QueueError, QueueNews,
    SendChoice,
};
use heliograph_desk::traffic::{RowResult, TrafficRow};
use heliograph_instagram::simulated::{Failure, Fault, Requests};
use heliograph_model::{DeliverySource, GuardLevel, NewDelivery};
use parking_lot::Mutex;
use std::future::ready;
use std::sync::Arc;

struct Place {
    site: Site,
    queue: QueueDesk,
}

async fn open() -> Place {
    let site = site::open().await;
    let queue = QueueDesk::new();
    queue.follow(site.simulator.runtime());
    Place { site, queue }
}

impl Place {
    /// The first news that are as wanted.
    async fn news(&self, what: &str, good: impl Fn(&QueueNews) -> bool) -> QueueNews {
        let last = Mutex::new(None);
        let told = self.queue.watch(|news| {
            let go_on = !good(&news);
            *last.lock() = Some(news);
            ready(go_on)
        });
        let waited = tokio::time::timeout(std::time::Duration::from_secs(20), told).await;
        let news = last.into_inner();
        assert!(waited.is_ok(), "{what}; at last: {news:?}");
        news.unwrap()
    }

    /// Puts something into the queue that no listener would take.
    async fn push(&self, body: &str) {
        let delivery = NewDelivery {
            received_at: START,
            source: DeliverySource::Replay,
            body: body.to_owned().into(),
            secret: None,
            accounts: Vec::new(),
        };
        let runtime = self.site.simulator.runtime();
        runtime.queue().push(delivery).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_grouped_by_why_retried_discarded_and_put_back() {
    let place = open().await;
    let queue = &place.queue;
    for body in ["{\"a\": 1", "{\"a\": 1, \"b\": 22", "nothing"] {
        place.push(body).await;
    }
    let news = place
        .news("three fail", |news| {
            news.figures.as_ref().is_some_and(|now| now.failed == 3) && news.reasons.looked_at == 3
        })
        .await;
    assert_eq!(news.level, GuardLevel::Offline);
    assert_eq!(news.workers, None, "it works by itself");
    let figures = news.figures.unwrap();
    assert_eq!((figures.waiting, figures.completed), (0, None));
    assert!(figures.newest_failed.is_some() && figures.newest_failed <= figures.oldest_failed);
    assert_eq!((figures.oldest_active, figures.next_due), (None, None));
    let groups = &news.reasons.groups;
    assert_eq!(groups.len(), 2, "{groups:?}");
    assert_eq!(groups[0].count, 2);
    assert!(groups[0].reason.contains("at byte …"), "{groups:?}");
    assert!(!groups[0].example.contains('…'), "as one of them says it");

    let reason = groups[0].reason.clone();
    let page = queue
        .page(JobsIn::Failed, Some(&reason), 0, 10)
        .await
        .unwrap();
    assert_eq!((page.total, page.rows.len()), (2, 2));
    let job = queue.open(&page.rows[0].id).await.unwrap();
    assert_eq!(job.state, Some(JobsIn::Failed));
    assert_eq!(job.body, None, "the data is the webhook itself");
    assert_eq!(
        job.row.delivery_id.unwrap().to_string(),
        job.row.id.as_str()
    );

    // What is still unreadable fails again, and is seen again.
    let of_kind = JobChoice::Reason { reason };
    let moved = queue.retry(&of_kind).await.unwrap();
    assert_eq!((moved.moved, moved.of), (2, 2));
    place
        .news("they fail again", |news| {
            news.figures.as_ref().is_some_and(|now| now.failed == 3)
        })
        .await;

    let discarded = queue.discard(JobsIn::Failed, &of_kind).await.unwrap();
    assert_eq!((discarded.removed, discarded.kept), (2, 2));
    let news = place.news("they are gone", |news| news.kept == 2).await;
    assert_eq!(news.figures.unwrap().failed, 1);
    assert_eq!(news.reasons.groups.len(), 1);
    assert!(matches!(
        queue.open(&job.row.id).await,
        Err(QueueError::Gone(_))
    ));
    assert_eq!(queue.restore().await.unwrap().moved, 2);
    assert!(matches!(
        queue.restore().await,
        Err(QueueError::NothingKept)
    ));
    let page = queue.page(JobsIn::Failed, None, 0, 10).await.unwrap();
    assert_eq!(page.total, 3);
    let all = queue
        .discard(JobsIn::Failed, &JobChoice::All)
        .await
        .unwrap();
    assert_eq!(all.removed, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_back_what_arrives_and_the_simulator_does_not_wait_for_it() {
    let place = open().await;
    place.queue.pause().await.unwrap();
    let before = std::time::Instant::now();
    place
        .site
        .post(&message("900000000000011", "m1", "menu"))
        .await;
    place.site.simulator.settle().await.unwrap();
    assert!(before.elapsed().as_secs() < 5, "nothing is to be done now");
    let news = place
        .news("one waits", |news| {
            news.figures.as_ref().is_some_and(|now| now.waiting == 1)
        })
        .await;
    assert!(news.figures.unwrap().paused);
    let page = place
        .queue
        .page(JobsIn::Waiting, None, 0, 10)
        .await
        .unwrap();
    let job = place.queue.open(&page.rows[0].id).await.unwrap();
    assert!(job.data.contains("menu"));
    place.queue.resume(false).await.unwrap();
    place.site.row("contact:900000000000011").await;
    let gone = Arc::new(job.row.id);
    until("it has left the queue", || {
        let id = Arc::clone(&gone);
        let queue = &place.queue;
        async move { matches!(queue.open(&id).await, Err(QueueError::Gone(_))).then_some(()) }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_looked_at_before_something_runs() {
    let queue = QueueDesk::new();
    let page = queue.page(JobsIn::Failed, None, 0, 10).await;
    assert!(matches!(page, Err(QueueError::NothingRuns)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_written_removed_by_its_kind_and_put_back() {
    let place = open().await;
    let queue = &place.queue;
    queue.pause().await.unwrap();
    for body in ["{\"first\": 1}", "{\"second\": 2}"] {
        place.push(body).await;
    }
    let page = queue.page(JobsIn::Waiting, None, 0, 10).await.unwrap();
    assert_eq!(page.total, 2);
    let like = JobChoice::Like {
        id: page.rows[0].id.clone(),
    };
    let ids = queue.choose(JobsIn::Waiting, &like).await.unwrap();
    assert_eq!(ids.len(), 2, "neither has a name or a reason");
    let file = queue.written(&ids).await.unwrap();
    assert_eq!(file.jobs, 2);
    let text: serde_json::Value = serde_json::from_str(&file.text).unwrap();
    assert_eq!(text[1]["data"], "{\"second\": 2}");
    assert_eq!(text[0]["state"], "waiting");

    for from in [JobsIn::Active, JobsIn::Completed] {
        let refused = queue.discard(from, &JobChoice::All).await;
        assert!(
            matches!(refused, Err(QueueError::Invalid(_))),
            "{refused:?}"
        );
    }
    // What came after the question is not part of the answer.
    place.push("{\"third\": 3}").await;
    let these = JobChoice::Some { ids };
    let removed = queue.discard(JobsIn::Waiting, &these).await.unwrap();
    assert_eq!((removed.removed, removed.of, removed.kept), (2, 2, 2));
    let left = queue.page(JobsIn::Waiting, None, 0, 10).await.unwrap();
    assert_eq!(left.total, 1);
    assert_eq!(queue.restore().await.unwrap().moved, 2);
    let back = queue.page(JobsIn::Waiting, None, 0, 10).await.unwrap();
    assert_eq!(back.total, 3);
    assert_eq!(back.rows[..2], page.rows[..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn traffic_tells_what_was_removed_until_it_is_put_back() {
    let place = open().await;
    let (site, queue) = (&place.site, &place.queue);
    place.push("not JSON").await;
    site.row("result:dead").await;
    queue.pause().await.unwrap();
    for (id, text) in [("m1", "menu"), ("m2", "menu again"), ("m3", "hello")] {
        site.post(&message("900000000000011", id, text)).await;
    }
    let waiting = |rows: &[TrafficRow]| {
        let waiting = rows.iter().filter(|row| row.result == RowResult::Waiting);
        waiting.count()
    };
    let rows = site.rows_until("", |rows, _| waiting(rows) == 3).await;
    let told: Vec<_> = rows[1..].iter().map(|row| row.delivery_id).collect();
    let page = queue.page(JobsIn::Waiting, None, 0, 10).await.unwrap();
    let ids: Vec<_> = page.rows.iter().map(|row| row.id.clone()).collect();
    let first = JobChoice::Some {
        ids: ids[..1].to_vec(),
    };
    queue.discard(JobsIn::Waiting, &first).await.unwrap();
    let row = site.row("result:removed").await;
    assert_eq!(row.delivery_id, told[0]);
    let opened = site.opened(&row).await;
    let said = |opened: &heliograph_desk::traffic::OpenedDelivery| {
        let story: Vec<_> = opened.story.iter().map(|one| one.text.as_str()).collect();
        story.join(" ")
    };
    assert!(said(&opened).contains("removed it from the queue by hand"));
    assert!(!said(&opened).contains("is decided yet"));

    // Put back, it waits again.
    queue.restore().await.unwrap();
    site.rows_until("result:waiting", |rows, _| rows.len() == 3)
        .await;
    let opened = site.opened(&row).await;
    assert!(!said(&opened).contains("by hand"));
    assert!(said(&opened).contains("is decided yet"));

    // What had failed is in the dead letter again.
    let all = JobChoice::All;
    queue.discard(JobsIn::Failed, &all).await.unwrap();
    let row = site.row("result:removed").await;
    let story = said(&site.opened(&row).await);
    assert!(!story.contains("dead letter"), "{story}");
    queue.restore().await.unwrap();
    let row = site.row("result:dead").await;
    let story = said(&site.opened(&row).await);
    assert!(story.contains("is in the dead letter"), "{story}");

    // Whoever comes later finds in the journal what was removed, and the rest is handled.
    let some = JobChoice::Some {
        ids: ids[..2].to_vec(),
    };
    queue.discard(JobsIn::Failed, &all).await.unwrap();
    queue.discard(JobsIn::Waiting, &some).await.unwrap();
    queue.resume(false).await.unwrap();
    site.rows_until("delivery:4", |rows, _| {
        rows.len() == 1 && rows[0].reason.is_some()
    })
    .await;
    site::follow(&site.traffic, &site.simulator);
    let rows = site.rows_until("", |rows, _| rows.len() == 4).await;
    let results: Vec<_> = rows
        .iter()
        .map(|row| (row.delivery_id.unwrap().0, row.result == RowResult::Removed))
        .collect();
    assert_eq!(results, [(1, true), (2, true), (3, true), (4, false)]);
    let opened = site.opened(&rows[1]).await;
    assert!(said(&opened).contains("removed it from the queue by hand"));
    for (filter, found) in [
        ("result:removed", &[3, 2, 1][..]),
        ("result:removed -delivery:2", &[3, 1]),
        ("", &[4, 3, 2, 1]),
        ("result:removed kind:dm_text", &[]),
    ] {
        let search = site.traffic.search(filter, None).await.unwrap();
        let ids = search.rows.iter().map(|row| row.delivery_id.unwrap().0);
        let ids: Vec<_> = ids.collect();
        assert_eq!(ids, found, "{filter}");
        assert_eq!(search.next, None, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_windows_share_each_look_at_the_queue() {
    let place = open().await;
    let begun = tokio::time::Instant::now();
    let (first, second) = (Mutex::new(0), Mutex::new(0));
    let watch = async |last: &Mutex<u32>| {
        let told = |news: QueueNews| {
            *last.lock() = news.number;
            ready(true)
        };
        place.queue.watch(told).await;
    };
    let both = async { tokio::join!(watch(&first), watch(&second)) };
    let _ = tokio::time::timeout(std::time::Duration::from_millis(3_500), both).await;
    let (first, second) = (*first.lock(), *second.lock());
    let most = u32::try_from(begun.elapsed().as_secs()).unwrap() + 1;
    assert!(first.min(second) >= 2, "both are told: {first}, {second}");
    assert!(
        first.max(second) <= most,
        "looked at once a second for both: {first}, {second} looks in {most} s"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_that_instagram_refused_are_grouped_by_why_and_forgotten() {
    let place = open().await;
    let (site, queue) = (&place.site, &place.queue);
    let simulated = Arc::clone(site.simulator.runtime().simulated().unwrap());
    let on = |who: &str, failure| {
        let fault = Fault::always(failure).on(Requests::Sends);
        simulated.fail(fault.for_person(who.into()))
    };
    let (one, two, three) = ("900000000000011", "900000000000012", "900000000000013");
    on(one, Failure::error(10, 2_534_022));
    on(two, Failure::error(10, 2_534_022));
    on(three, Failure::DropAfter);
    for (n, who) in [one, two, three].into_iter().enumerate() {
        site.post(&message(who, &format!("m{n}"), "menu")).await;
        let failed = |news: &QueueNews| news.sends.count as usize == n + 1;
        place.news("it fails", failed).await;
    }
    let news = place.news("all are looked at", |news| news.sends.looked_at == 3);
    let sends = news.await.sends;
    let [window, unknown] = &sends.groups[..] else {
        panic!("two kinds: {sends:?}");
    };
    assert_eq!((window.count, window.uncertain), (2, 0), "{window:?}");
    assert!(window.reason.ends_with("(error 10/2534022)"), "{window:?}");
    assert_eq!((unknown.count, unknown.uncertain), (1, 1), "{unknown:?}");

    let page = queue.failed_sends(None, 0, 10).await.unwrap();
    let whom: Vec<_> = page.rows.iter().map(|row| row.contact_id.clone()).collect();
    assert_eq!(
        whom,
        [three, two, one].map(|who| Some(who.into())),
        "the latest first"
    );
    let row = &page.rows[1];
    assert!(row.account.is_some() && row.automation.is_some(), "{row:?}");
    assert!(!row.text.is_empty() && row.delivery_id.is_some(), "{row:?}");
    assert_eq!(row.error.as_ref().unwrap().subcode, Some(2_534_022));
    assert!(page.rows[0].uncertain && !row.uncertain);
    let of_kind = queue.failed_sends(Some(&window.reason), 1, 10).await;
    let of_kind = of_kind.unwrap();
    assert_eq!((of_kind.total, of_kind.rows.len()), (2, 1));

    // What came after the question is not part of the answer.
    let choice = SendChoice::Reason {
        reason: window.reason.clone(),
    };
    let ids = queue.choose_sends(&choice).await.unwrap();
    assert_eq!(ids, [page.rows[1].id, page.rows[2].id]);
    let file = queue.written_sends(&ids).await.unwrap();
    assert_eq!(file.jobs, 2);
    let text: serde_json::Value = serde_json::from_str(&file.text).unwrap();
    assert_eq!(text[1]["contactId"], one);
    site.post(&message(one, "m9", "menu")).await;
    place.news("a fourth", |news| news.sends.count == 4).await;
    let before = simulated.sent().len();
    let gone = queue.forget_sends(&ids).await.unwrap();
    assert_eq!((gone.moved, gone.of), (2, 2));
    assert_eq!(queue.forget_sends(&ids).await.unwrap().moved, 0);
    let news = place.news("two are left", |news| {
        news.sends.count == 2 && news.sends.looked_at == 2
    });
    assert_eq!(news.await.sends.groups.len(), 2);
    let all = queue.choose_sends(&SendChoice::All).await.unwrap();
    assert_eq!(queue.forget_sends(&all).await.unwrap().moved, 2);
    let page = queue.failed_sends(None, 0, 10).await.unwrap();
    assert_eq!((page.total, page.rows.len()), (0, 0));
    assert_eq!(simulated.sent().len(), before, "nothing was sent");
    let story = site.row("contact:900000000000012").await;
    assert_eq!(story.result, RowResult::Failed, "the journal keeps it");
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_that_failed_are_sent_again_once_after_saying_what_that_does() {
    let place = open().await;
    let (site, queue) = (&place.site, &place.queue);
    let simulated = Arc::clone(site.simulator.runtime().simulated().unwrap());
    let on = |who: &str, failure| {
        let fault = Fault::always(failure).on(Requests::Sends);
        simulated.fail(fault.for_person(who.into()))
    };
    let (one, two, three) = ("900000000000021", "900000000000022", "900000000000023");
    on(one, Failure::error(10, 2_534_022));
    on(two, Failure::DropAfter);
    on(three, Failure::error(10, 2_534_022));
    for (n, who) in [one, two, three].into_iter().enumerate() {
        site.post(&message(who, &format!("a{n}"), "menu")).await;
        let failed = |news: &QueueNews| news.sends.count as usize == n + 1;
        place.news("it fails", failed).await;
    }
    let page = queue.failed_sends(None, 0, 10).await.unwrap();

    // Who gets what, and which of them may come twice.
    let question = queue.ask_again(&SendChoice::All).await.unwrap();
    let whom: Vec<_> = question
        .rows
        .iter()
        .map(|row| row.send.contact_id.clone().unwrap())
        .collect();
    assert_eq!(whom, [one, two, three].map(Into::into), "in their order");
    assert_eq!(question.ids.len(), 3);
    let twice = AgainDoubts {
        doubt: AgainDoubt::MayArriveTwice,
        count: 1,
    };
    assert_eq!(question.doubts, [twice]);
    assert_eq!(question.rows[1].doubts, [AgainDoubt::MayArriveTwice]);
    assert_eq!(question.left_out, []);
    assert_eq!((question.senders, question.only_here), (1, true));
    let ids = vec![page.rows[2].id, heliograph_model::OutboxId(4_711)];
    let some = queue.ask_again(&SendChoice::Some { ids }).await.unwrap();
    assert_eq!(some.ids, [page.rows[2].id]);
    let gone = AgainLeftOut {
        why: NotAgain::Gone,
        count: 1,
    };
    assert_eq!(some.left_out, [gone]);

    // Whoever has unsubscribed since gets nothing.
    let runtime = site.simulator.runtime();
    let account = &page.rows[0].account_id;
    let contact = runtime.store().contact(account, &three.into()).await;
    let mut contact = contact.unwrap().unwrap();
    contact.unsubscribed = true;
    runtime.store().put_contact(&contact).await.unwrap();
    let question = queue.ask_again(&SendChoice::All).await.unwrap();
    assert_eq!(question.left_out[0].why, NotAgain::Unsubscribed);
    assert_eq!(question.ids, [page.rows[2].id, page.rows[1].id]);

    // Repaired, they arrive: once, however often that is asked for.
    simulated.lift_all();
    let before = simulated.sent().len();
    let all: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    // Nobody was shown this one: it is another profile's.
    let mut others = all.clone();
    others.push(heliograph_model::OutboxId(4_711));
    let refused = queue.send_again(&others).await;
    assert!(matches!(refused, Err(QueueError::NotAsked)), "{refused:?}");
    let (a, b) = tokio::join!(queue.send_again(&all), queue.send_again(&all));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!((a.moved + b.moved, a.of), (2, 3));
    until("both arrive", || async {
        (simulated.sent().len() >= before + 2).then_some(())
    })
    .await;
    place
        .news("one is left", |news| news.sends.count == 1)
        .await;
    assert_eq!(queue.send_again(&all).await.unwrap().moved, 0);
    runtime.engine().settle().await.unwrap();
    assert_eq!(simulated.sent().len(), before + 2, "each once");
    until("the row says so", || async {
        let row = site.row(&format!("contact:{one}")).await;
        (row.result == RowResult::Sent).then_some(())
    })
    .await;
    let story = site.row(&format!("contact:{three}")).await;
    assert_eq!(story.result, RowResult::Failed);
}
