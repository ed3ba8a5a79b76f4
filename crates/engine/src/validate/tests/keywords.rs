//! Keywords that another one of the same automation makes superfluous.

use super::*;

#[test]
fn a_keyword_that_another_one_swallows_is_pointed_out() {
    use KeywordMatch::{Anywhere, Exactly, WholeWord};
    let with = |keywords: &'static [(&str, KeywordMatch)]| {
        move |a: &mut Automation| {
            a.trigger.keywords = keywords
                .iter()
                .map(|(text, kind)| Keyword {
                    text: (*text).into(),
                    kind: *kind,
                })
                .collect();
        }
    };
    let swallowed = ["trigger.keywords.0.text KeywordSwallowed?"];
    for keywords in [
        &[("menu", WholeWord), ("men", Anywhere)] as &'static [_],
        &[("cake menu", WholeWord), ("Menü", WholeWord)],
        &[("menu", WholeWord), ("menu", Anywhere)],
        &[("the menu please", Exactly), ("menu", WholeWord)],
        &[("menus", Anywhere), ("menu", Anywhere)],
    ] {
        assert_eq!(found(with(keywords)), swallowed, "{keywords:?}");
    }
    for keywords in [
        &[("menu", WholeWord), ("men", WholeWord)] as &'static [_],
        &[("menu", Anywhere), ("menu", WholeWord), ("hat", WholeWord)],
        &[("menus", Anywhere), ("menu", WholeWord)],
        &[("menu", Exactly), ("menu please", Exactly)],
    ] {
        let found = found(with(keywords));
        assert!(
            !found.contains(&swallowed[0].to_owned()),
            "{keywords:?}: {found:?}"
        );
    }
    let many = |a: &mut Automation| {
        a.trigger.keywords = (0..100)
            .map(|number| Keyword {
                text: format!("word{number:02}"),
                kind: WholeWord,
            })
            .collect();
        a.trigger.keywords[99].text = "so word42 it is".into();
    };
    assert_eq!(
        found(many),
        ["trigger.keywords.99.text KeywordSwallowed?"],
        "also among many"
    );
}
