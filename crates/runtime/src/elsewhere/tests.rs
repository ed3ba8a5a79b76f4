//! Clocks, counts and numbers of workers elsewhere.

use super::workers::Workers;
use super::*;
use bytes::Bytes;
use heliograph_engine::conformance::samples;
use heliograph_model::{Bulletin, DeliveryId, DeliverySource, Told};

const NOW: Millis = Millis(1_000_000);

fn bulletin(run: &str, at: u64, before: u64, left_out: u64, told: Vec<Told>) -> Bulletin {
    Bulletin {
        worker: format!("worker {run}"),
        run: run.to_owned(),
        at,
        before,
        left_out,
        told,
    }
}

fn delivery(at: u64, id: i64, body: &str) -> Told {
    Told {
        at,
        happening: Happening::Delivery {
            id: DeliveryId(id),
            received_at: Millis(5),
            source: DeliverySource::Listener,
            events: 1,
            secret: None,
            body: Bytes::new(),
        },
        body: Some(body.to_owned()),
        secret: Some("shop".to_owned()),
    }
}

fn decided(at: u64, id: i64) -> Told {
    let record = samples::record(DeliveryId(id), 0, "ana", "hello");
    Told {
        at,
        happening: Happening::Decided(Box::new(record)),
        body: None,
        secret: None,
    }
}

fn ids(from: &FromElsewhere) -> Vec<i64> {
    let of = |told: &ToldElsewhere| match &told.happening {
        Happening::Delivery { id, .. } => id.0,
        Happening::Decided(record) => record.delivery_id.0,
        other => panic!("{other:?}"),
    };
    from.told.iter().map(of).collect()
}

#[test]
fn times_are_those_of_this_machine_and_compare_over_several_bulletins() {
    let mut workers = Workers::default();
    let start = Instant::now() + Duration::from_secs(10);
    // It takes 40 ms on its way, and the second one none.
    let told = vec![delivery(900_000, 7, "{}"), decided(950_000, 7)];
    let now = start + Duration::from_millis(40);
    let first = workers.heard(bulletin("a", 1_000_000, 0, 0, told), 600, NOW, now);
    assert_eq!(first.told[0].at, NOW - 100);
    assert_eq!(
        first.told[1].instant - first.told[0].instant,
        Duration::from_millis(50)
    );
    assert_eq!(first.told[0].bytes, 300);
    let now = start + Duration::from_millis(100);
    let told = vec![decided(1_050_000, 7)];
    let second = workers.heard(bulletin("a", 1_100_000, 1, 0, told), 300, NOW, now);
    assert_eq!(second.told[0].instant, now - Duration::from_millis(50));
    // One that is late says nothing of the clock.
    let now = start + Duration::from_millis(700);
    let told = vec![decided(1_150_000, 7)];
    let third = workers.heard(bulletin("a", 1_200_000, 1, 0, told), 300, NOW, now);
    assert_eq!(
        third.told[0].instant - second.told[0].instant,
        Duration::from_millis(100)
    );
    // It comes with its body and who signed it.
    let Happening::Delivery { body, secret, .. } = &first.told[0].happening else {
        panic!("a delivery");
    };
    assert_eq!((&body[..], secret.as_deref()), (&b"{}"[..], Some("shop")));
}

#[test]
fn what_is_left_out_and_what_was_not_heard_is_counted() {
    let mut workers = Workers::default();
    let now = Instant::now();
    let mut heard = |run: &str, before, left_out, told| {
        let from = workers.heard(bulletin(run, 1, before, left_out, told), 1, NOW, now);
        from.left_out
    };
    // What came before this window listened was not missed by it.
    assert_eq!(heard("a", 500, 3, vec![delivery(1, 1, "1")]), 3);
    assert_eq!(heard("a", 504, 0, vec![delivery(1, 2, "2")]), 0);
    // 20 deliveries were told in between, and not heard.
    assert_eq!(heard("a", 525, 2, vec![]), 22);
    assert_eq!(heard("b", 0, 0, vec![delivery(1, 3, "3")]), 0);
    assert_eq!(heard("a", 527, 0, vec![]), 0);
    assert_eq!(workers.count(now), 2);
    assert_eq!(workers.count(now + SILENCE), 0);
    // While nobody is heard none is counted, and what was told meanwhile is missed.
    workers.are_not_heard();
    assert_eq!(workers.count(now), 0);
    let from = workers.heard(bulletin("a", 1, 530, 0, vec![]), 1, NOW, now);
    assert_eq!((from.left_out, workers.count(now)), (3, 1));
}

#[test]
fn two_workers_may_give_the_same_number_and_one_delivery_may_go_to_two() {
    let mut workers = Workers::default();
    let now = Instant::now();
    let mut heard =
        |run: &str, told| ids(&workers.heard(bulletin(run, 1, 0, 0, told), 1, NOW, now));
    let both = |body: &str| vec![delivery(1, 7, body), decided(2, 7)];
    assert_eq!(heard("a", both("one")), [7, 7]);
    let other = heard("b", both("two"));
    assert_eq!(other[0], other[1]);
    assert!((8..7 + 2_000_000).contains(&other[0]), "{other:?}");
    // What becomes of each later is found again.
    assert_eq!(heard("b", vec![decided(3, 7)]), other[..1]);
    assert_eq!(heard("a", vec![decided(3, 7)]), [7]);
    // The same delivery, after the first worker had gone: the queue hands it out again.
    assert_eq!(heard("c", both("one")), [7, 7]);
    // And the other one again at the same worker.
    assert_eq!(heard("b", both("two")), other);
}
