//! What is told within the bound, what is left out, and that both are counted.

use super::*;
use bytes::Bytes;
use heliograph_model::{
    ContactChange, Decision, DecisionRecord, DeliveryId, DeliverySource, Event, EventKind, Millis,
    Reason, StateChange, Trace,
};
use std::time::Instant;

const BOUND: Bound = Bound {
    rows: 100,
    bytes: 200_000,
};

fn gathering(now: Instant) -> Gathering {
    within(BOUND, now)
}

fn within(bound: Bound, now: Instant) -> Gathering {
    let teller = Teller {
        worker: "one".to_owned(),
        run: "r1".to_owned(),
    };
    Gathering::new(teller, bound, now)
}

fn delivery(id: i64, body: usize) -> Happening {
    Happening::Delivery {
        id: DeliveryId(id),
        received_at: Millis(1_000 + id),
        source: DeliverySource::Listener,
        events: 1,
        secret: Some("shop".to_owned()),
        body: Bytes::from(vec![b'x'; body]),
    }
}

fn decided(id: i64, text: usize) -> Happening {
    let mut event = Event::new(EventKind::DmText);
    event.text = Some("y".repeat(text));
    Happening::Decided(Box::new(DecisionRecord {
        delivery_id: DeliveryId(id),
        index: 0,
        event,
        decision: Decision {
            state: StateChange::Keep,
            contact: ContactChange::default(),
            effects: Vec::new(),
            trace: Trace::new(
                EventKind::DmText,
                Millis(1),
                Reason::NoMatch,
                "No automation matched.".into(),
            ),
        },
    }))
}

/// The deliveries that bulletins tell of, the decisions, and how many they leave out.
fn told(bulletins: &[Bulletin]) -> (Vec<i64>, Vec<i64>, u64) {
    let (mut deliveries, mut decisions) = (Vec::new(), Vec::new());
    for told in bulletins.iter().flat_map(|bulletin| &bulletin.told) {
        match &told.happening {
            Happening::Delivery { id, .. } => deliveries.push(id.0),
            Happening::Decided(record) => decisions.push(record.delivery_id.0),
            other => panic!("{other:?}"),
        }
    }
    let left_out = bulletins.iter().map(|bulletin| bulletin.left_out).sum();
    (deliveries, decisions, left_out)
}

fn bytes(bulletins: &[Bulletin]) -> usize {
    let texts = bulletins.iter().map(serde_json::to_string);
    texts.map(|text| text.expect("it is JSON").len()).sum()
}

#[test]
fn a_delivery_is_told_with_its_body_and_what_became_of_it() {
    let now = Instant::now();
    let mut gathering = gathering(now);
    gathering.take(&delivery(7, 20), now + Duration::from_millis(3));
    gathering.take(&decided(7, 20), now + Duration::from_millis(5));
    let bulletins = gathering.bulletins(now + Duration::from_millis(100));
    let [bulletin] = &bulletins[..] else {
        panic!("{bulletins:?}");
    };
    assert_eq!(
        (bulletin.at, bulletin.before, bulletin.left_out),
        (100_000, 0, 0)
    );
    assert_eq!(
        (&*bulletin.worker, &*bulletin.run),
        ("one", "r1"),
        "it says who tells"
    );
    let [taken, after] = &bulletin.told[..] else {
        panic!("{bulletin:?}");
    };
    assert_eq!((taken.at, after.at), (3_000, 5_000));
    assert_eq!(taken.body.as_deref(), Some(&*"x".repeat(20)));
    assert_eq!(taken.secret.as_deref(), Some("shop"));
    assert_eq!(gathering.bulletins(now + Duration::from_millis(200)), []);
    let sign = gathering.sign_of_life(now + Duration::from_millis(200));
    assert_eq!((sign.before, sign.told.len()), (1, 0));

    // As it goes over the wire: the body is beside the happening, and not in it.
    let text = serde_json::to_string(bulletin).expect("it is JSON");
    assert_eq!(text.matches(&"x".repeat(20)).count(), 1);
    let read: Bulletin = serde_json::from_str(&text).expect("it is read");
    assert_eq!(read.told[1], bulletin.told[1]);
    assert_eq!(read.told[0].body, bulletin.told[0].body);
}

#[test]
fn too_many_rows_are_left_out_by_whole_deliveries_and_counted() {
    let mut now = Instant::now();
    let of_rows = Bound {
        bytes: 10_000_000,
        ..BOUND
    };
    let mut gathering = within(of_rows, now);
    for id in 0..500 {
        gathering.take(&delivery(id, 10), now);
    }
    for id in 0..500 {
        gathering.take(&decided(id, 10), now);
    }
    let first = gathering.bulletins(now);
    let (deliveries, decisions, left_out) = told(&first);
    let expected: Vec<i64> = (0..i64::from(BOUND.rows)).collect();
    assert_eq!(deliveries, expected);
    assert_eq!(decisions, expected, "told deliveries are told whole");
    assert_eq!(left_out, 400);

    // Half a second later there is room for half as many.
    now += Duration::from_millis(500);
    for id in 500..1_000 {
        gathering.take(&delivery(id, 10), now);
    }
    gathering.missed(7);
    let second = gathering.bulletins(now);
    let (deliveries, _, left_out) = told(&second);
    assert_eq!(deliveries, (500..550).collect::<Vec<i64>>());
    assert_eq!(left_out, 450 + 4, "of two happenings each");
    assert_eq!(second[0].before, 500);
    // One that was left out and is handed out again is told, where there is room.
    now += Duration::from_secs(1);
    gathering.take(&delivery(499, 10), now);
    gathering.take(&decided(499, 10), now);
    assert_eq!(told(&gathering.bulletins(now)), (vec![499], vec![499], 0));
}

#[test]
fn in_the_long_run_the_bytes_hold_however_large_what_comes_is() {
    let mut now = Instant::now();
    let mut gathering = gathering(now);
    let (mut told_bytes, mut told_of, mut left_out) = (0, 0, 0);
    let seconds = 30;
    // 40 a second with 20 KB each, decided a little later.
    for tick in 0..seconds * 10 {
        for one in 0..4 {
            gathering.take(&delivery(tick * 4 + one, 5_000), now);
        }
        now += Duration::from_millis(50);
        for one in 0..4 {
            gathering.take(&decided(tick * 4 + one, 15_000), now);
        }
        now += Duration::from_millis(50);
        let bulletins = gathering.bulletins(now);
        for bulletin in &bulletins {
            let size = bytes(std::slice::from_ref(bulletin));
            assert!(size < 160_000, "no bulletin is long: {size}");
        }
        let (deliveries, decisions, left) = told(&bulletins);
        assert_eq!(deliveries, decisions);
        told_bytes += bytes(&bulletins);
        told_of += deliveries.len() as u64;
        left_out += left;
    }
    let most = BOUND.bytes as usize * (usize::try_from(seconds).expect("few") + 2);
    assert!(told_bytes < most, "{told_bytes} of {most}");
    assert!(
        told_bytes > most / 2,
        "what may be told is told: {told_bytes}"
    );
    let all = u64::try_from(seconds * 40).expect("few");
    assert_eq!(told_of + left_out, all, "nothing is missed without a word");
}

#[test]
fn a_body_that_is_too_long_is_not_told() {
    let now = Instant::now();
    let mut gathering = gathering(now);
    gathering.take(&delivery(1, LONGEST_BODY + 1), now);
    gathering.take(&delivery(2, LONGEST_BODY), now);
    let bulletins = gathering.bulletins(now);
    let bodies: Vec<bool> = bulletins
        .iter()
        .flat_map(|bulletin| &bulletin.told)
        .map(|told| told.body.is_some())
        .collect();
    assert_eq!(bodies, [false, true]);
}

#[test]
fn what_was_gathered_for_nobody_is_counted_as_missed_by_whoever_comes_back() {
    let now = Instant::now();
    let mut gathering = gathering(now);
    for id in 0..3 {
        gathering.take(&delivery(id, 10), now);
    }
    gathering.forget();
    gathering.take(&delivery(3, 10), now);
    let bulletins = gathering.bulletins(now);
    assert_eq!(bulletins[0].before, 3);
    assert_eq!(told(&bulletins).0, [3]);
}

#[test]
fn what_people_do_has_an_end_as_well_and_is_counted() {
    const TIMES: u64 = 1_000;
    let mut now = Instant::now();
    let mut gathering = gathering(now);
    // Nothing is left for deliveries, and what people do is told all the same.
    for id in 0..10 {
        gathering.take(&delivery(id, 60_000), now);
    }
    assert!(told(&gathering.bulletins(now)).2 > 0);
    let removed = Happening::Removed {
        ids: (0..1_000).map(DeliveryId).collect(),
    };
    let (mut all, mut told_of, mut left_out) = (0, 0, 0);
    for _ in 0..TIMES {
        gathering.take(&removed, now);
        now += Duration::from_millis(1);
    }
    for bulletin in gathering.bulletins(now) {
        all += bytes(std::slice::from_ref(&bulletin));
        told_of += bulletin.told.len() as u64;
        left_out += bulletin.left_out;
    }
    assert!(told_of > 10, "{told_of} are told");
    assert_eq!(
        told_of + left_out,
        TIMES,
        "nothing is missed without a word"
    );
    let most = BOUND.bytes as usize * 3;
    assert!(all < most, "{all} of {most}");
}
