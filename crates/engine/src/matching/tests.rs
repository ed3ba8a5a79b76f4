//! The sets against a matcher that walks everything.

#![allow(clippy::unwrap_used, reason = "a test")]

use super::{words::Boundaries, *};
use heliograph_model::{
    Automation, AutomationType, Keyword, KeywordMatch, MainStep, MatchedBy, Message, Millis, Steps,
    Target, Trigger, TriggerMode, Verdict,
};
use proptest::prelude::*;
use std::sync::Arc;

fn automation(name: &str, keywords: &[(&str, KeywordMatch)]) -> Automation {
    Automation {
        id: name.into(),
        workspace_id: "w".into(),
        kind: AutomationType::CommentReplyFlow,
        name: name.into(),
        is_active: true,
        priority: 0,
        target: Target::All,
        trigger: Trigger {
            mode: if keywords.is_empty() {
                TriggerMode::AnyReply
            } else {
                TriggerMode::SpecificKeywords
            },
            keywords: keywords
                .iter()
                .map(|(text, kind)| Keyword {
                    text: (*text).into(),
                    kind: *kind,
                })
                .collect(),
            include_replies: false,
        },
        steps: Steps {
            main: Some(MainStep {
                enabled: true,
                messages: vec![Message::Text {
                    text: "Hello".into(),
                    quick_replies: Vec::new(),
                }],
                delay_seconds: 0,
            }),
            ..Steps::default()
        },
        version: 1,
        created_at: Millis(0),
        updated_at: Millis(0),
    }
}

/// A set in which the automations are tried in the order given.
fn set(mut automations: Vec<Automation>) -> Arc<AutomationSet> {
    for (place, automation) in (0..).zip(&mut automations) {
        automation.created_at = Millis(place);
    }
    Arc::new(AutomationSet::compile(automations))
}

fn look(sets: &[Arc<AutomationSet>], text: &str, is_reply: bool, detail: Detail) -> Look {
    let texts: Vec<Folded> = Some(Folded::new(text))
        .filter(|text| !text.is_empty())
        .into_iter()
        .collect();
    let question = Question {
        texts: &texts,
        is_reply,
    };
    Look::into(sets, &question, detail)
}

#[track_caller]
fn winner(sets: &[Arc<AutomationSet>], text: &str) -> Option<String> {
    look(sets, text, false, Detail::All)
        .winner
        .map(|winner| winner.automation.name.clone())
}

use KeywordMatch::{Anywhere, Exactly, WholeWord};

#[test]
fn the_first_in_order_wins_and_not_the_first_in_the_text() {
    let sets = [set(vec![
        automation("a", &[("list", WholeWord)]),
        automation("b", &[("price", WholeWord)]),
    ])];
    assert_eq!(winner(&sets, "the price list").as_deref(), Some("a"));
}

#[test]
fn order_is_priority_then_creation_then_id() {
    let with = |name: &str, priority, created| Automation {
        priority,
        created_at: Millis(created),
        ..automation(name, &[("price", WholeWord)])
    };
    let names = |list: Vec<Automation>| {
        let set = AutomationSet::compile(list);
        let names: Vec<String> = set.automations().iter().map(|a| a.name.clone()).collect();
        names.join("")
    };
    assert_eq!(
        names(vec![
            with("d", 1, 0),
            with("c", 0, 5),
            with("b", 0, 3),
            with("a", 0, 3)
        ]),
        "abcd"
    );
}

#[test]
fn an_automation_that_is_off_or_does_nothing_never_wins() {
    let off = Automation {
        is_active: false,
        ..automation("off", &[])
    };
    let empty = Automation {
        steps: Steps::default(),
        ..automation("empty", &[])
    };
    let sets = [set(vec![
        off,
        empty,
        automation("on", &[("hi", WholeWord)]),
    ])];
    assert_eq!(winner(&sets, "hi").as_deref(), Some("on"));
    let looked = look(&sets, "hi", false, Detail::All).looked_at;
    assert_eq!(
        looked.len(),
        2,
        "the one that is off is not even in the set"
    );
    assert_eq!(looked[0].verdict, Verdict::NoSteps);
}

#[test]
fn one_keyword_never_hides_another() {
    let sets = [set(vec![
        automation("inner", &[("rice", Anywhere)]),
        automation("outer", &[("price list", WholeWord)]),
        automation("word", &[("price", WholeWord)]),
    ])];
    assert_eq!(winner(&sets, "price list").as_deref(), Some("inner"));
    let sets = [set(vec![
        automation("word", &[("rice", WholeWord)]),
        automation("outer", &[("price list", WholeWord)]),
        automation("long", &[("price list please", Exactly)]),
    ])];
    assert_eq!(winner(&sets, "price list please").as_deref(), Some("outer"));
}

#[test]
fn each_kind_of_keyword_looks_its_own_way() {
    let one = |kind| [set(vec![automation("a", &[("Preis", kind)])])];
    for (text, whole, anywhere, exactly) in [
        ("PREIS", true, true, true),
        (" preis!! ", true, true, true),
        ("der Preis bitte", true, true, false),
        ("Preisliste", false, true, false),
        ("Kosten", false, false, false),
        ("", false, false, false),
    ] {
        assert_eq!(
            winner(&one(WholeWord), text).is_some(),
            whole,
            "as a word in {text:?}"
        );
        assert_eq!(
            winner(&one(Anywhere), text).is_some(),
            anywhere,
            "anywhere in {text:?}"
        );
        assert_eq!(
            winner(&one(Exactly), text).is_some(),
            exactly,
            "exactly {text:?}"
        );
    }
}

#[test]
fn the_trace_names_the_keyword_as_the_operator_wrote_it() {
    let sets = [set(vec![automation(
        "a",
        &[("nope", Exactly), ("PREÍS", Anywhere)],
    )])];
    let by = look(&sets, "preise", false, Detail::Recorded)
        .winner
        .unwrap()
        .by;
    assert_eq!(
        by,
        MatchedBy::Keyword {
            keyword: "PREÍS".into(),
            kind: Anywhere
        }
    );
}

#[test]
fn a_reply_counts_only_where_the_automation_says_so() {
    let mut replies = automation("replies", &[("price", WholeWord)]);
    replies.trigger.include_replies = true;
    let sets = [set(vec![
        automation("any", &[]),
        automation("word", &[("price", WholeWord)]),
        replies,
    ])];
    let looked = look(&sets, "price", true, Detail::All);
    assert_eq!(looked.winner.unwrap().automation.name, "replies");
    assert_eq!(looked.looked_at[0].verdict, Verdict::RepliesNotIncluded);
    assert_eq!(looked.looked_at[1].verdict, Verdict::RepliesNotIncluded);
    assert_eq!(winner(&sets, "price").as_deref(), Some("any"));
}

#[test]
fn the_targeted_set_comes_before_the_one_for_all() {
    let first = Automation {
        priority: -5,
        ..automation("all", &[("price", WholeWord)])
    };
    let sets = [
        set(vec![automation("post", &[("price", WholeWord)])]),
        set(vec![first]),
    ];
    let looked = look(&sets, "price", false, Detail::Recorded);
    assert_eq!(looked.winner.unwrap().automation.name, "post");
    assert_eq!(looked.looked_at[1].verdict, Verdict::NotReached);
    let sets = [
        set(vec![automation("post", &[("size", WholeWord)])]),
        Arc::clone(&sets[1]),
    ];
    assert_eq!(winner(&sets, "price").as_deref(), Some("all"));
}

#[test]
fn without_a_text_only_any_reply_matches() {
    let sets = [set(vec![
        automation("word", &[("price", WholeWord)]),
        automation("any", &[]),
    ])];
    let looked = look(&sets, "", false, Detail::Recorded);
    assert_eq!(looked.looked_at[0].verdict, Verdict::NoText);
    assert_eq!(looked.winner.unwrap().automation.name, "any");
}

#[test]
fn the_recorded_trace_of_a_large_set_stays_small_and_counts_the_rest() {
    let many: Vec<Automation> = (0..500)
        .map(|number| {
            let keyword = format!("word{number}");
            automation(&format!("{number:03}"), &[(&keyword, WholeWord)])
        })
        .collect();
    let sets = [set(many)];
    let recorded = look(&sets, "word400", false, Detail::Recorded);
    assert_eq!(recorded.looked_at.len(), 64);
    assert!(
        matches!(recorded.looked_at[63].verdict, Verdict::Matched { .. }),
        "the winner is always listed"
    );
    assert_eq!(recorded.not_listed, 401 - 64);
    let nobody = look(&sets, "nothing", false, Detail::Recorded);
    assert_eq!(nobody.looked_at.len() + nobody.not_listed as usize, 500);
    let first = look(&sets, "word0", false, Detail::Recorded);
    assert_eq!(first.looked_at.len(), 16, "some of those behind the winner");
    assert_eq!(first.not_listed, 0, "those were not looked at");
    let all = look(&sets, "word400", false, Detail::All);
    assert_eq!(all.looked_at.len(), 500);
    assert_eq!(all.looked_at[450].verdict, Verdict::NotReached);
}

/// The matcher that anybody would write first.
fn naive(automations: &[Automation], text: &str, is_reply: bool) -> Option<(String, MatchedBy)> {
    let text = Folded::new(text);
    automations.iter().find_map(|automation| {
        if is_reply && !automation.trigger.include_replies {
            return None;
        }
        if automation.trigger.mode == TriggerMode::AnyReply {
            return Some((automation.name.clone(), MatchedBy::AnyReply));
        }
        automation.trigger.keywords.iter().find_map(|keyword| {
            let folded = Folded::new(&keyword.text);
            let text_str = text.as_str();
            let matches = !folded.is_empty()
                && match keyword.kind {
                    Anywhere => text_str.contains(folded.as_str()),
                    Exactly => text.exactly() == folded.exactly(),
                    WholeWord => {
                        let boundaries = Boundaries::of(text_str);
                        (0..text_str.len()).any(|at| {
                            text_str.is_char_boundary(at)
                                && text_str[at..].starts_with(folded.as_str())
                                && boundaries.are_at(at, at + folded.as_str().len())
                        })
                    }
                };
            matches.then(|| {
                let by = MatchedBy::Keyword {
                    keyword: keyword.text.clone(),
                    kind: keyword.kind,
                };
                (automation.name.clone(), by)
            })
        })
    })
}

fn keyword() -> impl Strategy<Value = Keyword> {
    let text = prop_oneof![
        4 => "[abAB ]{0,4}",
        1 => "[aäß価セー🔥❤'.!]{1,3}",
    ];
    let kind = prop::sample::select(vec![WholeWord, Anywhere, Exactly]);
    (text, kind).prop_map(|(text, kind)| Keyword { text, kind })
}

fn some_automations() -> impl Strategy<Value = Vec<Automation>> {
    let one = (
        prop::collection::vec(keyword(), 1..6),
        prop::bool::weighted(0.1),
        any::<bool>(),
    );
    prop::collection::vec(one, 0..12).prop_map(|list| {
        list.into_iter()
            .enumerate()
            .map(|(number, (keywords, any, replies))| {
                let mut automation = automation(&format!("{number:02}"), &[]);
                if !any {
                    automation.trigger.mode = TriggerMode::SpecificKeywords;
                }
                automation.trigger.keywords = keywords;
                automation.trigger.include_replies = replies;
                automation
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_automaton_finds_what_walking_everything_finds(
        automations in some_automations(),
        text in "[abAB äß価セー🔥❤'.!]{0,10}",
        is_reply: bool,
    ) {
        let expected = naive(&automations, &text, is_reply);
        let sets = [set(automations)];
        let found = look(&sets, &text, is_reply, Detail::Recorded)
            .winner
            .map(|winner| (winner.automation.name.clone(), winner.by));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn at_most_one_automation_matches_and_all_are_accounted_for(
        automations in some_automations(),
        text in "[ab ]{0,8}",
    ) {
        let number = automations.len();
        let sets = [set(automations)];
        let looked = look(&sets, &text, false, Detail::All);
        let matched = looked
            .looked_at
            .iter()
            .filter(|looked| matches!(looked.verdict, Verdict::Matched { .. }))
            .count();
        prop_assert_eq!(matched, usize::from(looked.winner.is_some()));
        prop_assert_eq!(looked.looked_at.len(), number);
    }
}

#[test]
fn a_hundred_thousand_keywords_compile_into_moderate_memory() {
    let automations: Vec<Automation> = (0..10_000)
        .map(|number| {
            let keywords: Vec<(String, KeywordMatch)> = (0..10)
                .map(|place| {
                    (
                        format!("word{}x{place}", number * 7919 % 100_003),
                        WholeWord,
                    )
                })
                .collect();
            let keywords: Vec<(&str, KeywordMatch)> = keywords
                .iter()
                .map(|(text, kind)| (text.as_str(), *kind))
                .collect();
            automation(&format!("{number:05}"), &keywords)
        })
        .collect();
    let sets = [set(automations)];
    assert!(
        sets[0].memory() < 32 << 20,
        "100,000 keywords took {} bytes",
        sets[0].memory()
    );
    let word = format!("i want word{}x9 please", 9_999 * 7919 % 100_003);
    assert_eq!(winner(&sets, &word).as_deref(), Some("09999"));
    assert_eq!(winner(&sets, "i want nothing"), None);
}
