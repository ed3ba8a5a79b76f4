//! What came when, in pieces of seconds, and over a day.

use super::history::History;
use super::point::CacheSpan;
use super::row::{rows, target};
use super::sample::{Sample, ServerCounts};
use heliograph_engine::cache::{CachePolicy, ReadFigures};
use heliograph_engine::histogram::Histogram;
use heliograph_model::{CacheFigures, Collection, CollectionFigures, Millis, Outcome, Tier};

const START: Millis = Millis(1_790_000_000_000);
const SECOND: i64 = 1_000;

/// What an engine has counted that reads one user state more for each of `reads`, nine of
/// ten from the shared tier in 100 µs, the tenth from the store in 2 ms.
fn counted(reads: u64) -> Sample {
    let misses = reads / 10;
    let times = |number: u64, micros: u64| {
        let histogram = Histogram::default();
        (0..number).for_each(|_| histogram.observe_micros(micros));
        histogram.read()
    };
    let of = |collection, tier| {
        let (number, micros, outcome) = match (collection, tier) {
            (Collection::UserState, Tier::Shared) => (reads - misses, 100, Outcome::Hit),
            (Collection::UserState, Tier::Store) => (misses, 2_000, Outcome::Miss),
            _ => (0, 0, Outcome::Hit),
        };
        let mut outcomes = [0; Outcome::ALL.len()];
        outcomes[outcome as usize] = number;
        let is_shared = (collection, tier) == (Collection::UserState, Tier::Shared);
        ReadFigures {
            collection,
            tier,
            outcomes,
            expired: if is_shared { misses / 3 } else { 0 },
            times: times(number, micros),
        }
    };
    Sample {
        figures: CacheFigures {
            user_state: CollectionFigures {
                reads,
                shared_hits: reads - misses,
                misses,
                invalidations: reads / 100,
                ..CollectionFigures::default()
            },
            ..CacheFigures::default()
        },
        reads: Collection::ALL
            .into_iter()
            .flat_map(|collection| Tier::ALL.map(|tier| of(collection, tier)))
            .collect(),
        heard: [0; 4],
        server: Some(ServerCounts {
            memory_bytes: 1_000_000 + reads,
            expired: reads / 50,
            ..ServerCounts::default()
        }),
    }
}

#[test]
fn what_came_in_a_second_is_a_point_and_the_points_are_bounded() {
    let mut history = History::begin(START, counted(0));
    for second in 1..=400 {
        let reads = u64::try_from(second).expect("positive") * 10;
        history.record(START + second * SECOND, counted(reads));
    }
    let span = CacheSpan::FiveMinutes;
    let (points, end) = history.points(span, 0);
    assert_eq!(points.len(), 300, "five minutes");
    assert_eq!((history.first(span), end), (100, 400));
    for point in &points {
        assert_eq!(point.millis, 1_000);
        let state = point.user_state;
        assert_eq!((state.reads, state.shared_hits, state.misses), (10, 9, 1));
        assert_eq!(state.rate(), Some(0.9));
        let p50 = state.p50.expect("it was read");
        assert!((80.0..=100.0).contains(&p50), "{p50}");
        let mean = state.miss_mean.expect("it was missed");
        assert!((mean - 2_000.0).abs() < 1.0, "{mean}");
        assert_eq!(point.workspace.reads, 0);
        assert_eq!(point.workspace.p50, None);
    }
    let server = points[299].server.expect("the server answered");
    assert_eq!(server.memory_bytes, 1_004_000);
    let expired: u64 = points
        .iter()
        .filter_map(|point| point.server)
        .map(|server| server.expired)
        .sum();
    assert_eq!(
        expired, 60,
        "what expired in five minutes, by their difference"
    );

    let (news, end) = history.points(span, end - 2);
    assert_eq!((news.len(), end), (2, 400), "only what is new");
    let (hour, end) = history.points(CacheSpan::Hour, 0);
    assert_eq!((hour.len(), end), (40, 40));
    assert_eq!(hour[0].user_state.reads, 100, "ten seconds");
    let (day, end) = history.points(CacheSpan::Day, 0);
    assert_eq!((day.len(), end), (2, 1), "the second one still grows");
    assert_eq!(day[0].user_state.reads, 3_000);
    assert_eq!(day[1].user_state.reads, 1_000);
}

#[test]
fn a_span_is_counted_as_a_whole() {
    let mut history = History::begin(START, counted(0));
    for second in 1..=900 {
        // Idle for ten minutes, then a hundred reads a second.
        let reads = u64::try_from((second - 600).max(0)).expect("positive") * 100;
        history.record(START + second * SECOND, counted(reads));
    }
    let over = history.over(CacheSpan::FiveMinutes);
    let state = over.collection(Collection::UserState);
    assert!((29_000..=30_000).contains(&state.reads), "{state:?}");
    assert!(over.millis <= 300_000 && over.millis > 280_000);
    let over = history.over(CacheSpan::Hour);
    assert_eq!(over.millis, 900_000, "since the beginning");
    assert_eq!(over.collection(Collection::UserState).reads, 30_000);

    let table = rows(&over, &history.minute(), &CachePolicy::default());
    let names: Vec<_> = table.iter().map(|row| row.collection).collect();
    assert_eq!(names, Collection::ALL);
    let row = &table[Collection::UserState as usize];
    assert_eq!((row.rate, row.target), (Some(0.9), Some(0.99)));
    assert_eq!(row.per_minute.round(), 6_000.0);
    assert_eq!(
        (row.near.reads, row.shared.reads, row.store.reads),
        (0, 27_000, 3_000)
    );
    assert_eq!(
        (row.near.expired, row.shared.expired, row.store.expired),
        (0, 1_000, 0)
    );
    assert!(row.store.mean > row.shared.mean && row.near.mean.is_none());
    assert_eq!(row.ttl_ms, Some(Millis::DAY));
    let contact = &table[Collection::Contact as usize];
    assert_eq!(
        (contact.rate, contact.target, contact.ttl_ms),
        (None, None, None)
    );
}

#[test]
fn what_the_servers_count_is_counted_from_their_first_answer_on() {
    let with = |expired: Option<u64>, reads: u64| Sample {
        server: expired.map(|expired| ServerCounts {
            expired,
            ..ServerCounts::default()
        }),
        ..counted(reads)
    };
    // They have not answered yet when the profile comes in front.
    let mut history = History::begin(START, with(None, 0));
    history.record(START + SECOND, with(None, 10));
    history.record(START + 2 * SECOND, with(Some(1_000), 20));
    history.record(START + 3 * SECOND, with(Some(1_080), 30));
    for span in CacheSpan::ALL {
        let server = history.over(span).server().expect("they answered");
        assert_eq!(server.expired, 80, "{span:?}: not what expired before");
    }
    let (points, _) = history.points(CacheSpan::FiveMinutes, 0);
    let expired: Vec<_> = points
        .iter()
        .map(|point| point.server.map(|server| server.expired))
        .collect();
    assert_eq!(expired, [None, Some(0), Some(80)]);
}

#[test]
fn after_a_day_it_holds_no_more_than_a_day() {
    let mut history = History::begin(START, counted(0));
    let mut at = START;
    for minute in 1..=(3 * 24 * 60) {
        at = START + minute * Millis::MINUTE;
        history.record(at, counted(10));
    }
    for (span, most) in [
        (CacheSpan::FiveMinutes, 300),
        (CacheSpan::Hour, 360),
        (CacheSpan::Day, 289),
    ] {
        let (points, _) = history.points(span, 0);
        assert!(points.len() <= most, "{span:?}: {}", points.len());
        assert!(
            points
                .iter()
                .all(|point| at.since(point.at) < span.millis())
        );
        let over = history.over(span);
        assert!(over.millis <= span.millis(), "{span:?}");
    }
}

#[test]
fn a_clock_that_was_set_back_is_waited_for() {
    let mut history = History::begin(START, counted(0));
    history.record(START + 5 * SECOND, counted(50));
    history.record(START + 2 * SECOND, counted(60));
    let (points, _) = history.points(CacheSpan::FiveMinutes, 0);
    assert_eq!(points.len(), 1);
    history.record(START + 6 * SECOND, counted(70));
    let (points, _) = history.points(CacheSpan::FiveMinutes, 0);
    assert_eq!(points[1].user_state.reads, 20, "nothing is lost");
}

#[test]
fn the_targets_are_those_of_the_design() {
    assert_eq!(target(Collection::Workspace), Some(0.95));
    assert_eq!(target(Collection::Automations), Some(0.90));
    assert_eq!(target(Collection::UserState), Some(0.99));
}
