//! What is told, once, and what is not.

use super::*;
use crate::cache::{AlertReason, CacheAlert};
use heliograph_model::{AccountId, Collection, GuardLevel, Millis};

const AWAY: Hearing<'static> = Hearing {
    wanted: true,
    focused: false,
    muted: &[],
};

/// Nothing is shown or taken away.
const NONE: [i64; 0] = [];

fn at(seconds: i64) -> Millis {
    Millis(1_790_000_000_000 + seconds * 1_000)
}

fn trouble(kind: NoticeKind, about: &str) -> Trouble {
    Trouble {
        kind,
        about: about.to_owned(),
        title: format!("{kind:?} of {about}"),
        text: "Do something.".to_owned(),
        patience: 0,
        amount: 0,
    }
}

fn wrong(kind: NoticeKind) -> Sighting {
    Sighting::Wrong(trouble(kind, ""))
}

fn fine(kind: NoticeKind) -> Sighting {
    Sighting::Fine(kind, String::new())
}

/// The ids of what is shown and, negative, of what is taken away.
fn ids(tells: &[Tell]) -> Vec<i64> {
    let id = |tell: &Tell| match tell {
        Tell::Show(notice) => i64::from(notice.id),
        Tell::Close(id) => -i64::from(*id),
    };
    tells.iter().map(id).collect()
}

#[test]
fn the_same_trouble_is_told_once_until_it_is_over() {
    let mut board = Board::default();
    let listener = NoticeKind::Listener;
    assert_eq!(ids(&board.see(at(0), wrong(listener), &AWAY)), [1]);
    for second in 1..10_000 {
        assert_eq!(board.see(at(second), wrong(listener), &AWAY), []);
    }
    assert_eq!(board.notices().len(), 1);
    assert!(board.notices()[0].stands);

    assert_eq!(ids(&board.see(at(10_000), fine(listener), &AWAY)), [-1]);
    assert_eq!(board.see(at(10_001), fine(listener), &AWAY), []);
    let notice = board.notices().remove(0);
    assert_eq!((notice.stands, notice.over_at), (false, Some(at(10_000))));

    // Long after, it is another one.
    assert_eq!(ids(&board.see(at(20_000), wrong(listener), &AWAY)), [2]);
    assert_eq!(board.notices().len(), 2);
    assert_eq!(board.unread(), 2);
    board.read_all();
    assert_eq!(board.unread(), 0);
    board.clear();
    assert_eq!(board.notices().len(), 1, "what is still wrong stays");
}

#[test]
fn what_comes_and_goes_is_one_notice_that_is_shown_once() {
    let mut board = Board::default();
    let tunnel = NoticeKind::Tunnel;
    let mut shown = Vec::new();
    for turn in 0..50 {
        shown.extend(board.see(at(turn * 20), wrong(tunnel), &AWAY));
        shown.extend(board.see(at(turn * 20 + 10), fine(tunnel), &AWAY));
    }
    let shows = shown.iter().filter(|tell| matches!(tell, Tell::Show(_)));
    assert_eq!(shows.count(), 1);
    let notices = board.notices();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].times, 50);
    assert_eq!(notices[0].at, at(49 * 20));
    assert!(!notices[0].stands);
}

#[test]
fn what_happens_again_and_again_is_one_notice() {
    let mut board = Board::default();
    let happened = || Sighting::Happened(trouble(NoticeKind::Refused, "Shop"));
    assert_eq!(ids(&board.see(at(0), happened(), &AWAY)), [1]);
    for second in 1..30 {
        assert_eq!(board.see(at(second), happened(), &AWAY), []);
    }
    let notice = board.notices().remove(0);
    assert_eq!(
        (notice.times, notice.stands, notice.over_at),
        (30, false, None)
    );
    assert_eq!(ids(&board.see(at(2_000), happened(), &AWAY)), [2]);
}

#[test]
fn what_passes_within_its_patience_is_not_told() {
    let mut board = Board::default();
    let away = |why: &str| tunnel(TunnelSeen::Away { reason: why }).remove(0);
    assert_eq!(board.see(at(0), away("Lost."), &AWAY), []);
    assert_eq!(board.see(at(29), away("Lost."), &AWAY), []);
    for sighting in tunnel(TunnelSeen::Up { changed: None }) {
        assert_eq!(board.see(at(30), sighting, &AWAY), []);
    }
    assert_eq!(board.see(at(60), away("Lost."), &AWAY), []);
    assert_eq!(board.notices(), []);
    // A try in between is neither fine nor wrong.
    assert_eq!(tunnel(TunnelSeen::Starting), []);
    assert_eq!(ids(&board.see(at(90), away("Lost."), &AWAY)), [1]);
    assert!(board.notices()[0].text.starts_with("Lost."));
    // It gives up: the same notice, with other words.
    let failed = tunnel(TunnelSeen::Failed {
        reason: "It ended.",
        advice: "Start it again.",
    });
    assert_eq!(board.see(at(95), failed[0].clone(), &AWAY), []);
    assert_eq!(board.notices()[0].text, "It ended. Start it again.");
    assert_eq!(board.notices().len(), 1);
}

#[test]
fn what_becomes_more_is_told_again_after_a_while() {
    let mut board = Board::default();
    let more = |amount| {
        Sighting::Wrong(Trouble {
            amount,
            ..trouble(NoticeKind::DeadLetter, "Shop")
        })
    };
    assert_eq!(ids(&board.see(at(0), more(1), &AWAY)), [1]);
    assert_eq!(board.see(at(60), more(40), &AWAY), [], "a moment ago");
    assert_eq!(board.see(at(599), more(40), &AWAY), []);
    assert_eq!(ids(&board.see(at(600), more(40), &AWAY)), [1], "it grew");
    assert_eq!(board.see(at(9_000), more(40), &AWAY), [], "it did not");
    assert_eq!(board.notices()[0].times, 2);
}

#[test]
fn a_storm_is_told_in_a_few_and_all_of_it_is_on_the_list() {
    let mut board = Board::default();
    let mut shown = Vec::new();
    for account in 0..60 {
        let refused = Sighting::Wrong(trouble(NoticeKind::Token, &account.to_string()));
        shown.extend(board.see(at(account / 2), refused, &AWAY));
    }
    assert_eq!(ids(&shown), [1, 2, 3, 4]);
    let Some(Tell::Show(last)) = shown.last() else {
        panic!("it is shown");
    };
    assert!(last.title.starts_with("More needs you"), "{last:?}");
    assert_eq!(board.notices().len(), 60);
    // A minute later there is room again.
    assert_eq!(
        ids(&board.see(at(90), wrong(NoticeKind::Disk), &AWAY)),
        [61]
    );
    for account in 100..200 {
        let refused = Sighting::Wrong(trouble(NoticeKind::Token, &account.to_string()));
        board.see(at(91), refused, &AWAY);
    }
    assert_eq!(board.notices().len(), 100, "no more are kept");
}

#[test]
fn the_system_is_asked_only_where_it_is_wanted_and_nobody_looks() {
    let muted = [NoticeKind::Disk];
    for (hearing, shows) in [
        (AWAY, true),
        (
            Hearing {
                focused: true,
                ..AWAY
            },
            false,
        ),
        (
            Hearing {
                wanted: false,
                ..AWAY
            },
            false,
        ),
        (
            Hearing {
                muted: &muted,
                ..AWAY
            },
            false,
        ),
        (
            Hearing {
                muted: &[NoticeKind::Token],
                ..AWAY
            },
            true,
        ),
    ] {
        let mut board = Board::default();
        let tells = board.see(at(0), wrong(NoticeKind::Disk), &hearing);
        assert_eq!(!tells.is_empty(), shows, "{hearing:?}");
        assert_eq!(board.unread(), 1, "it is on the list either way");
    }
}

#[test]
fn live_that_ends_by_itself_is_told_and_by_hand_is_not() {
    let live = GuardLevel::Live;
    let mut eye = LiveEye::default();
    assert_eq!(eye.see(at(0), Some("Shop"), live, Some(at(600))), None);
    // By hand, before its time.
    assert_eq!(
        eye.see(at(60), Some("Shop"), GuardLevel::Observe, None),
        None
    );
    // By going to another profile.
    assert_eq!(eye.see(at(70), Some("Shop"), live, Some(at(600))), None);
    assert_eq!(eye.see(at(700), None, GuardLevel::Offline, None), None);
    // Extended, and then by itself.
    assert_eq!(eye.see(at(800), Some("Shop"), live, Some(at(900))), None);
    assert_eq!(eye.see(at(850), Some("Shop"), live, Some(at(990))), None);
    let seen = eye.see(at(990), Some("Shop"), GuardLevel::Observe, None);
    let Some(Sighting::Happened(told)) = seen else {
        panic!("{seen:?}");
    };
    assert!(told.title.contains("Shop"), "{told:?}");
    assert_eq!(
        eye.see(at(991), Some("Shop"), GuardLevel::Observe, None),
        None
    );
}

#[test]
fn a_profiles_servers_tokens_and_jobs_are_compared_with_the_look_before() {
    let mut board = Board::default();
    let mut eye = ProfileEye::on(Some("Shop".to_owned()));
    let mut look = ProfileLook {
        failed_jobs: Some(7),
        tokens: vec![(AccountId::from("17"), None)],
        ..ProfileLook::default()
    };
    let mut see = |second, look: &ProfileLook| {
        let seen = eye.see(look).into_iter();
        let tells = seen.flat_map(|each| board.see(at(second), each, &AWAY));
        let tells: Vec<_> = tells.collect();
        (ids(&tells), board.notices())
    };
    assert_eq!(see(0, &look).0, NONE, "what had failed before is no news");

    look.failed_jobs = Some(9);
    let (shown, notices) = see(5, &look);
    assert_eq!(shown, [1]);
    assert!(
        notices[0].text.starts_with("2 jobs of “Shop”"),
        "{notices:?}"
    );
    look.failed_jobs = Some(6);
    assert_eq!(see(10, &look).0, [-1], "somebody retried them");
    look.failed_jobs = Some(7);
    let (_, notices) = see(700, &look);
    assert!(
        notices[0].text.starts_with("A job of “Shop”"),
        "{notices:?}"
    );

    look.tokens[0].1 = Some("the token has expired".to_owned());
    let (shown, notices) = see(800, &look);
    assert_eq!(shown, [3]);
    assert!(
        notices[0].text.contains("has expired. Messages"),
        "{notices:?}"
    );
    look.tokens[0].1 = None;
    assert_eq!(see(805, &look).0, [-3]);

    look.redis = Some("Redis is gone.".to_owned());
    // The jobs cannot be counted meanwhile, which is no news of them.
    look.failed_jobs = None;
    assert_eq!(see(900, &look).0, NONE);
    let (shown, notices) = see(905, &look);
    assert_eq!(shown, [4]);
    assert_eq!(notices[0].kind, NoticeKind::Connection);
    look.redis = None;
    look.failed_jobs = Some(7);
    assert_eq!(see(910, &look).0, [-4]);

    look.tokens_elsewhere = 2;
    let (shown, notices) = see(1_000, &look);
    assert_eq!(shown, [5]);
    assert_eq!(notices[0].kind, NoticeKind::Token);
    assert!(notices[0].text.contains("2 tries"), "{notices:?}");
    assert_eq!(see(1_005, &look).0, NONE);

    look.unwritten = Some("No space left on device".to_owned());
    let (shown, notices) = see(1_100, &look);
    assert_eq!(shown, [6]);
    assert!(
        notices[0]
            .text
            .contains("No space left on device. No message of “Shop” is sent"),
        "{notices:?}"
    );
    look.unwritten = None;
    assert_eq!(see(1_105, &look).0, [-6]);
}

#[test]
fn failed_sends_of_whoever_works_are_told_until_somebody_has_dealt_with_them() {
    let mut board = Board::default();
    let mut eye = ProfileEye::on(Some("Shop".to_owned()));
    let sends = |count: u64, latest: &[i64]| ProfileLook {
        sends: Some(SendsLook {
            count,
            latest: latest.iter().map(|second| at(*second)).collect(),
        }),
        ..ProfileLook::default()
    };
    let mut see = |second, look: &ProfileLook| {
        let seen = eye.see(look).into_iter();
        let tells = seen.flat_map(|each| board.see(at(second), each, &AWAY));
        let tells: Vec<_> = tells.collect();
        (ids(&tells), board.notices())
    };
    let nobody_knows = ProfileLook::default();
    assert_eq!(see(0, &nobody_knows).0, NONE);
    let old = sends(3, &[-10, -20, -30]);
    assert_eq!(see(5, &old).0, NONE, "what had failed before is no news");

    let (shown, notices) = see(10, &sends(4, &[8, -10, -20, -30]));
    assert_eq!(shown, [1]);
    assert_eq!(notices[0].kind, NoticeKind::Refused);
    assert_eq!(notices[0].screen, NoticeScreen::FailedSends);
    assert!(
        notices[0].text.starts_with("A message of “Shop”"),
        "{notices:?}"
    );
    // It cannot be asked for a moment, which is no news of it.
    assert_eq!(see(15, &nobody_knows).0, NONE);
    // Old ones are taken off, and the new one stays.
    let (shown, notices) = see(20, &sends(1, &[8]));
    assert_eq!(shown, NONE);
    assert!(notices[0].stands, "{notices:?}");
    assert_eq!(see(25, &sends(0, &[])).0, [-1], "somebody dealt with it");

    // More than are looked at, and it goes on.
    let many: Vec<i64> = (0..20).map(|second| 720 - second).collect();
    let (shown, notices) = see(730, &sends(45, &many));
    assert_eq!(shown, [2]);
    assert!(notices[0].text.starts_with("45 messages"), "{notices:?}");
}

#[test]
fn a_hit_rate_is_told_when_it_stays_low_and_is_over_with_its_profile() {
    let mut board = Board::default();
    let mut eye = ProfileEye::on(Some("Shop".to_owned()));
    let low = ProfileLook {
        alerts: vec![CacheAlert {
            collection: Some(Collection::UserState),
            rate: Some(0.9123),
            target: Some(0.99),
            reason: AlertReason::TtlTooShort,
            says: "Keys expire.".to_owned(),
            to_do: "Let them live longer.".to_owned(),
        }],
        ..ProfileLook::default()
    };
    for second in (0..600).step_by(5) {
        for seen in eye.see(&low) {
            assert_eq!(board.see(at(second), seen, &AWAY), [], "{second}");
        }
    }
    let tells: Vec<_> = eye
        .see(&low)
        .into_iter()
        .flat_map(|seen| board.see(at(600), seen, &AWAY))
        .collect();
    assert_eq!(ids(&tells), [1]);
    let notice = board.notices().remove(0);
    assert_eq!(notice.screen, NoticeScreen::Cache);
    assert!(notice.text.starts_with("91.2 % of 99 %"), "{notice:?}");
    assert_eq!(ids(&board.see(at(601), Sighting::Left, &AWAY)), [-1]);
}

#[test]
fn the_offline_profile_tells_only_of_what_could_not_be_handled() {
    let mut eye = ProfileEye::on(None);
    let look = ProfileLook {
        redis: Some("there is none".to_owned()),
        sends: Some(SendsLook {
            count: 5,
            latest: vec![at(1); 5],
        }),
        tokens: vec![(AccountId::from("17"), Some("played".to_owned()))],
        ..ProfileLook::default()
    };
    assert_eq!(eye.see(&look), []);
    let seen = eye.see(&ProfileLook {
        failed_jobs: Some(1),
        ..ProfileLook::default()
    });
    assert!(matches!(&seen[..], [Sighting::Wrong(told)] if told.kind == NoticeKind::DeadLetter));
}

#[test]
fn a_disk_is_full_below_one_mark_and_has_room_above_another() {
    let mib = 1024 * 1024;
    let Some(Sighting::Wrong(told)) = disk(150 * mib) else {
        panic!("it is told");
    };
    assert!(told.text.starts_with("150 MiB"), "{told:?}");
    assert_eq!(disk(250 * mib), None);
    assert!(matches!(disk(300 * mib), Some(Sighting::Fine(..))));
    let here = tempfile::tempdir().expect("a folder");
    assert!(free_bytes(here.path()).is_none_or(|free| free > 0));
}
