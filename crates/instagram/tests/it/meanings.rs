//! What each of Meta's errors means, row by row of the facts.

use heliograph_instagram::{
    client::errors::{Meaning, TABLE, look_up},
    wire::Again,
};
use heliograph_model::ErrorClass::{self, Permanent, Retry, Token, Unknown, Window};
use std::collections::HashSet;

/// Code, subcode, class of a message, class of a private reply.
const ROWS: &[(i32, Option<i32>, ErrorClass, ErrorClass)] = &[
    (1, None, Retry, Unknown),
    (1, Some(99), Permanent, Permanent),
    (1, Some(1_357_046), Unknown, Unknown),
    (2, None, Retry, Unknown),
    (2, Some(1_545_133), Retry, Retry),
    (4, None, Retry, Retry),
    (10, None, Token, Token),
    (10, Some(2_018_278), Window, Window),
    (10, Some(2_534_022), Window, Window),
    (10, Some(2_018_065), Window, Window),
    (10, Some(2_018_108), Permanent, Permanent),
    (10, Some(2_018_300), Permanent, Permanent),
    (10, Some(1_893_063), Retry, Retry),
    (10, Some(2_534_077), Token, Token),
    (17, None, Retry, Retry),
    (32, None, Retry, Retry),
    (100, None, Permanent, Permanent),
    (100, Some(33), Permanent, Permanent),
    (100, Some(2_018_001), Permanent, Permanent),
    (100, Some(2_018_008), Permanent, Permanent),
    (100, Some(2_018_047), Permanent, Permanent),
    (100, Some(2_018_294), Permanent, Permanent),
    (100, Some(2_018_109), Permanent, Permanent),
    (100, Some(2_534_013), Token, Token),
    (100, Some(2_534_014), Permanent, Permanent),
    (100, Some(2_534_015), Permanent, Permanent),
    (100, Some(2_534_025), Permanent, Permanent),
    (100, Some(2_534_029), Token, Token),
    (100, Some(2_534_037), Permanent, Permanent),
    (100, Some(2_534_068), Permanent, Permanent),
    (102, None, Token, Token),
    (190, None, Token, Token),
    (190, Some(458), Token, Token),
    (190, Some(459), Token, Token),
    (190, Some(460), Token, Token),
    (190, Some(463), Token, Token),
    (190, Some(467), Token, Token),
    (200, None, Token, Token),
    (299, None, Token, Token),
    (200, Some(1_545_041), Permanent, Permanent),
    (200, Some(2_018_028), Token, Token),
    (200, Some(2_534_041), Token, Token),
    (200, Some(2_534_048), Token, Token),
    (230, None, Window, Window),
    (341, None, Retry, Retry),
    (368, None, Retry, Retry),
    (506, None, Permanent, Permanent),
    (551, None, Permanent, Permanent),
    (551, Some(1_545_041), Permanent, Permanent),
    (613, None, Retry, Retry),
    (613, Some(2_534_040), Retry, Retry),
    (613, Some(1996), Retry, Retry),
    (613, Some(2_018_338), Retry, Retry),
    (2022, None, Token, Token),
    (2200, None, Permanent, Permanent),
    (80_001, None, Retry, Retry),
    (80_002, None, Retry, Retry),
    (80_006, None, Retry, Retry),
    (9010, None, Permanent, Permanent),
    (2_018_300, None, Permanent, Permanent),
    (9_000_001, None, Permanent, Permanent),
];

#[test]
fn every_row_of_the_facts_has_its_class() {
    for (code, subcode, message, private_reply) in ROWS {
        let meaning = look_up(*code, *subcode, 400, false).meaning;
        assert_eq!(
            meaning.class(Again::Repeats),
            *message,
            "{code}/{subcode:?}"
        );
        assert_eq!(
            meaning.class(Again::OneShot),
            *private_reply,
            "private reply, {code}/{subcode:?}"
        );
    }
}

#[test]
fn the_table_has_no_row_that_the_facts_do_not_have_and_none_twice() {
    let known: HashSet<_> = ROWS.iter().map(|row| (Some(row.0), row.1)).collect();
    let mut seen = HashSet::new();
    for row in TABLE {
        assert!(seen.insert((row.code, row.subcode)), "{row:?} stands twice");
        let by_subcode = row.code.is_none() && ROWS.iter().any(|fact| fact.1 == row.subcode);
        assert!(
            by_subcode || known.contains(&(row.code, row.subcode)),
            "{row:?}"
        );
    }
}

#[test]
fn an_unknown_subcode_means_what_its_code_means() {
    assert_eq!(
        look_up(190, Some(999), 400, false).meaning,
        Meaning::Account
    );
    assert_eq!(look_up(10, Some(999), 400, false).meaning, Meaning::Account);
    assert_eq!(
        look_up(7, Some(2_534_068), 400, false).meaning,
        Meaning::Never
    );
}

#[test]
fn an_unknown_code_is_tried_again_only_where_meta_says_that_it_passes() {
    assert_eq!(look_up(12_345, None, 400, false).meaning, Meaning::Never);
    let passing = look_up(12_345, None, 400, true).meaning;
    assert_eq!(passing.class(Again::Repeats), Retry);
    assert_eq!(passing.class(Again::OneShot), Unknown);
}

#[test]
fn the_status_decides_where_the_table_does_not_have_the_code() {
    for status in [500, 502, 503] {
        assert_eq!(look_up(-1, None, status, false).meaning, Meaning::Doubtful);
    }
    let limited = look_up(-1, None, 429, false).meaning;
    assert_eq!(limited.class(Again::OneShot), Retry);
    let known = look_up(190, Some(463), 500, false).meaning;
    assert_eq!(known, Meaning::Account);
}

#[test]
fn what_is_harmless_twice_is_never_unknown() {
    for row in TABLE {
        assert_ne!(row.meaning.class(Again::Harmless), Unknown, "{row:?}");
    }
}

#[test]
fn every_row_says_something_to_people() {
    for row in TABLE {
        assert!(row.says.ends_with('.') && row.says.len() > 20, "{row:?}");
    }
}
