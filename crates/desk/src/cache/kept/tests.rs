//! Minutes that come back as they were, gaps that stay gaps, and files that are none.

use super::super::history::History;
use super::super::point::CacheSpan;
use super::super::sample::{Sample, ServerCounts};
use super::super::workers::counted::Counted;
use super::*;
use heliograph_engine::histogram::Distribution;
use heliograph_model::{Collection, Outcome, Tier};

const START: Millis = Millis(1_790_000_000_000);
const SECOND: i64 = 1_000;

/// So many reads of user states, a tenth of them from the store.
fn counted(reads: u64) -> Sample {
    let mut counted = Counted::none();
    for (tier, outcome, number, micros) in [
        (Tier::Shared, Outcome::Hit, reads - reads / 10, 100),
        (Tier::Store, Outcome::Miss, reads / 10, 2_500),
    ] {
        let at_most = [(micros, number / 3), (micros * 20, number)];
        let read = counted.read_mut(Collection::UserState, tier);
        read.outcomes[outcome as usize] = number;
        read.expired = if tier == Tier::Shared { reads / 25 } else { 0 };
        read.times = Distribution::of_buckets(&at_most, number, number * micros * 4);
    }
    counted.invalidations[Collection::UserState as usize] = reads / 100;
    counted.sample(Some(ServerCounts {
        memory_bytes: 1_000 + reads,
        expired: 5_000 + reads / 50,
        ..ServerCounts::default()
    }))
}

fn kept(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("cache").join("shop.jsonl")
}

/// A history that is kept, of so many minutes with a hundred reads in each.
fn of_minutes(minutes: u64) -> (History, Millis) {
    let mut history = History::kept(Vec::new(), START, counted(0));
    let mut at = START;
    for second in 1..=minutes * 60 {
        at = at + SECOND;
        history.record(at, counted(second * 100 / 60));
    }
    (history, at)
}

#[test]
fn each_profile_has_a_file_of_its_own() {
    let histories = Histories::of(Path::new("/data"));
    let file = |profile: &str| histories.file(profile);
    let names: std::collections::HashSet<_> =
        ["Shop", "shop", "Shop!", "店", "", "../../etc/passwd"]
            .map(file)
            .into();
    assert_eq!(names.len(), 6);
    assert!(
        names
            .iter()
            .all(|name| name.parent() == Some(Path::new("/data/cache-history")))
    );
    assert!(file("Shop").to_string_lossy().contains("/shop-"));
}

#[test]
fn minutes_come_back_as_they_were() {
    let (history, end) = of_minutes(30);
    let folder = tempfile::tempdir().expect("a folder");
    let path = kept(&folder);
    let (mut file, past) = Kept::open(&path, START);
    assert!(past.window.is_empty(), "there is none yet");
    assert!(!file.is_due());
    file.write(&history, None).run();

    let (_, past) = Kept::open(&path, end);
    assert_eq!(past.window.len(), 30);
    assert!(past.workers.is_empty());
    let lines = history.lines();
    let read: Vec<String> = past.window.iter().map(Minute::line).collect();
    assert_eq!(lines, read);
    let came: u64 = past
        .window
        .iter()
        .map(|it| {
            it.came
                .read(Collection::UserState, Tier::Shared)
                .times
                .count()
        })
        .sum();
    assert_eq!(came, 2_700);
    let expired = |minute: &Minute| {
        minute
            .came
            .read(Collection::UserState, Tier::Shared)
            .expired
    };
    assert_eq!(past.window.iter().map(expired).sum::<u64>(), 3_000 / 25);
    let sure = [CacheSpan::Hour, CacheSpan::Day];
    let again = History::kept(past.window, end + SECOND, counted(0));
    for span in sure {
        let (before, after) = (history.over(span), again.over(span));
        let of = |over: &super::super::sample::Between<'_>| {
            let total = over.collection(Collection::UserState);
            (
                total.reads,
                total.misses,
                total.invalidations,
                total.p99,
                total.mean,
                over.expired(Collection::UserState, Tier::Shared),
            )
        };
        assert_eq!(of(&before), of(&after), "{span:?}");
        let expired = |over: &super::super::sample::Between<'_>| over.server().map(|it| it.expired);
        assert_eq!(expired(&before), expired(&after));
    }
}

/// What expired came later than the format, which has the number of old.
#[test]
fn a_file_from_before_expiries_were_counted_is_read() {
    let (history, end) = of_minutes(3);
    let folder = tempfile::tempdir().expect("a folder");
    let path = kept(&folder);
    let (mut file, _) = Kept::open(&path, START);
    file.write(&history, None).run();
    let told = std::fs::read_to_string(&path).expect("it is written");
    let of_old = told.replace(",\"expired\":4,\"atMost\"", ",\"atMost\"");
    assert_ne!(of_old, told, "each minute tells of four");
    std::fs::write(&path, of_old).expect("written");
    let (_, past) = Kept::open(&path, end);
    assert_eq!(past.window.len(), 3);
    let history = History::kept(past.window, end + SECOND, counted(0));
    let over = history.over(CacheSpan::Hour);
    assert_eq!(over.collection(Collection::UserState).reads, 300);
    assert_eq!(over.expired(Collection::UserState, Tier::Shared), 0);
}

#[test]
fn the_time_between_is_a_gap_and_what_is_counted_goes_on() {
    let (history, end) = of_minutes(10);
    let past: Vec<Minute> = history
        .lines()
        .iter()
        .map(|line| Minute::read(line).expect("a minute"))
        .collect();
    // Twenty minutes later the application is there again; the servers were not restarted,
    // and what expired meanwhile nobody has seen.
    let again = end + 20 * Millis::MINUTE;
    let mut history = History::kept(past, again, counted(0));
    for second in 1..=60 {
        history.record(again + second * SECOND, counted(50 * second.unsigned_abs()));
    }
    let (points, _) = history.points(CacheSpan::Hour, 0);
    for (one, next) in points.iter().zip(&points[1..]) {
        let began = next.at + -i64::from(next.millis);
        let is_gap = one.at == end;
        assert_eq!(began > one.at, is_gap, "a gap after {end:?} only");
        assert!(i64::from(next.millis) <= Millis::MINUTE);
    }
    let over = history.over(CacheSpan::Hour);
    assert_eq!(over.collection(Collection::UserState).reads, 1_000 + 3_000);
    let server = over.server().expect("they answered");
    assert_eq!(server.expired, 20 + 60, "nothing of the gap");
    assert_eq!(server.memory_bytes, 4_000, "as it is now");
    assert_eq!(history.begun_at(), START);
    let minute = history.minute().collection(Collection::UserState).reads;
    assert_eq!(minute, 3_000);
}

#[test]
fn servers_that_were_restarted_count_on_from_there() {
    let (history, end) = of_minutes(2);
    let past = history.lines();
    let past = past.iter().filter_map(|line| Minute::read(line)).collect();
    let nobody_asked = Sample {
        server: None,
        ..counted(0)
    };
    let mut history = History::kept(past, end, nobody_asked);
    let with = |expired| Sample {
        server: Some(ServerCounts {
            expired,
            ..ServerCounts::default()
        }),
        ..counted(0)
    };
    for (second, expired) in [(1, 9_000), (2, 9_010), (3, 4), (4, 6)] {
        history.record(end + second * SECOND, with(expired));
    }
    let server = history.over(CacheSpan::Hour).server().expect("they answer");
    assert_eq!(server.expired, 4 + 10 + 6);
}

#[test]
fn a_machine_that_slept_leaves_a_gap_too() {
    let (mut history, end) = of_minutes(3);
    history.record(end + Millis::HOUR / 2, counted(310));
    history.record(end + Millis::HOUR / 2 + 10 * SECOND, counted(320));
    let (points, _) = history.points(CacheSpan::Hour, 0);
    assert!(
        points.iter().all(|point| point.millis <= 60_000),
        "no point goes over the gap"
    );
    assert!(
        history.lines().iter().all(|line| {
            Minute::read(line).is_some_and(|minute| minute.millis <= Millis::MINUTE)
        })
    );
}

#[test]
fn what_is_no_history_is_set_aside_and_it_begins_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = kept(&folder);
    let (history, end) = of_minutes(2);
    let good = {
        let (mut file, _) = Kept::open(&path, START);
        file.write(&history, Some(&history)).run();
        std::fs::read_to_string(&path).expect("it is written")
    };
    let (_, past) = Kept::open(&path, end);
    assert_eq!((past.window.len(), past.workers.len()), (2, 2));
    let twice = format!("{good}{}\n", good.lines().nth(2).expect("a minute"));
    for broken in [
        "",
        "{\"cacheHistory\":1}\n{\"at\":1}",
        "{\"cacheHistory\":99}\n",
        &good[..good.len() - 20],
        &good.replace("\"millis\":", "\"millis\":-"),
        &twice,
        "\u{0}\u{1}",
    ] {
        std::fs::write(&path, broken).expect("written");
        let (_, past) = Kept::open(&path, end);
        assert!(past.window.is_empty(), "{broken:?}");
        assert!(!path.exists(), "it is out of the way: {broken:?}");
        let aside = std::fs::read_to_string(path.with_extension("broken"));
        assert_eq!(aside.expect("somebody may look at it"), broken);
    }
    // What is older than a day, or not yet, is let go.
    std::fs::write(&path, &good).expect("written");
    let (_, past) = Kept::open(&path, end + Millis::DAY + Millis::MINUTE);
    assert!(past.window.is_empty());
    let (_, past) = Kept::open(&path, START);
    assert!(past.window.is_empty(), "the clock was wrong");
}

#[test]
fn a_day_of_busy_minutes_is_a_small_file_without_keys() {
    let mut history = History::kept(Vec::new(), START, counted(0));
    for minute in 1..24 * 60 + 30 {
        history.record(
            START + minute * Millis::MINUTE,
            counted(minute.unsigned_abs() * 6_000),
        );
    }
    let lines = history.lines();
    assert!(lines.len() <= 24 * 60 + 1, "{}", lines.len());
    let text = file::text(&lines, Some(&lines));
    assert!(text.len() < 4 * 1024 * 1024, "{}", text.len());
    assert!(!text.contains("user_state:"), "no key stands in it");
}

#[test]
fn a_day_of_workers_whom_nobody_asks_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = kept(&folder);
    let (history, end) = of_minutes(2);
    let (mut file, _) = Kept::open(&path, START);
    file.write(&history, Some(&history)).run();
    for _ in 0..2 {
        let (mut file, past) = Kept::open(&path, end);
        assert_eq!(past.workers.len(), 2);
        file.rest(&past.workers);
        file.write(&history, None).run();
    }
    // Once they are asked, what they tell goes on after it.
    let (mut file, past) = Kept::open(&path, end);
    let workers = History::kept(past.workers, end + Millis::MINUTE, counted(0));
    file.write(&history, Some(&workers)).run();
    let (_, past) = Kept::open(&path, end);
    assert_eq!((past.window.len(), past.workers.len()), (2, 2));
}
