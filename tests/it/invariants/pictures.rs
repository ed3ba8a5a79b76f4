//! The pictures of the documentation: all of them come from `cargo xtask pictures`, and
//! somebody sees them.

use heliograph_tests::repo;
use std::collections::BTreeSet;
use std::fs;

/// What `cargo xtask pictures` copies: the name that a test gives it, and that in `docs/`.
fn copied() -> Vec<(String, String)> {
    let source = repo::root().join("xtask/src/pictures.rs");
    let source = fs::read_to_string(source).expect("it is in the repository");
    let pair = |line: &str| {
        let inside = line.trim().strip_prefix("(\"")?.strip_suffix("\"),")?;
        let (taken, named) = inside.split_once("\", \"")?;
        Some((taken.to_owned(), named.to_owned()))
    };
    let copied: Vec<_> = source.lines().filter_map(pair).collect();
    assert!(
        copied.len() > 20,
        "the list of pictures is found: {copied:?}"
    );
    copied
}

/// All texts of the tracked files that one of these endings has.
fn texts(below: &str, ending: &str) -> String {
    let tracked = repo::tracked_files().expect("git lists the files");
    let wanted = tracked.iter().filter(|path| {
        path.starts_with(below) && path.extension().is_some_and(|end| end == ending)
    });
    let read = |path| fs::read_to_string(repo::root().join(path)).expect("it is a text");
    wanted.map(read).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_picture_of_the_documentation_comes_from_one_command() {
    let tracked = repo::tracked_files().expect("git lists the files");
    let there: BTreeSet<String> = tracked
        .iter()
        .filter(|path| path.starts_with("docs"))
        .filter(|path| path.extension().is_some_and(|end| end == "png"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    let copied = copied();
    let named: BTreeSet<String> = copied.iter().map(|(_, named)| named.clone()).collect();
    assert_eq!(named.len(), copied.len(), "two are copied to one place");
    let by_hand: Vec<_> = there.difference(&named).collect();
    assert!(
        by_hand.is_empty(),
        "not in xtask/src/pictures.rs: {by_hand:?}"
    );
    let missing: Vec<_> = named.difference(&there).collect();
    assert!(missing.is_empty(), "not in docs/: {missing:?}");
}

#[test]
fn every_picture_is_taken_by_a_test_and_shown_on_a_page() {
    let tests = texts("tests/it", "rs");
    let pages = format!("{}{}", texts("docs", "md"), texts("README.md", "md"));
    for (taken, named) in copied() {
        let both = ["-light", "-dark"]
            .iter()
            .find_map(|theme| taken.strip_suffix(theme))
            .map(|begins| {
                [
                    format!("\"{begins}-{{theme}}\""),
                    format!("picture_in_both_themes(\"{begins}\")"),
                ]
            });
        let is_taken = tests.contains(&format!("\"{taken}\""))
            || both.is_some_and(|ways| ways.iter().any(|way| tests.contains(way)));
        assert!(is_taken, "no test takes {taken}.png");
        assert!(
            pages.contains(&format!("{named}.png)")),
            "no page shows docs/{named}.png"
        );
    }
}
