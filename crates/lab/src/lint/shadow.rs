//! Automations that can never fire because an earlier one always wins.
//!
//! A keyword is taken when every text that holds it also sets off an earlier automation:
//!
//! - One that answers anything takes every keyword.
//! - A keyword looked for *anywhere* takes every keyword that contains it.
//! - A keyword looked for as a *whole word* takes those that contain it as a word, unless
//!   they are looked for anywhere: “open” as a word does not stand in “reopened”.
//! - A keyword that must be *exactly* the text takes the same keyword looked for exactly.
//!
//! The engine's own matcher decides what contains what, so that folding and boundaries are
//! those of real messages.

use super::{FieldEdit, Finding, FindingCode, Fix};
use heliograph_engine::matching::{Folded, KeywordSet, KeywordUse};
use heliograph_engine::steps;
use heliograph_model::{
    Automation, AutomationId, AutomationType, Keyword, KeywordMatch, Severity, TriggerMode,
};
use std::collections::BTreeMap;

/// Looks at automations that are tried in this order.
pub(super) fn look(group: &[&Automation]) -> BTreeMap<AutomationId, Vec<Finding>> {
    let tried: Vec<_> = group
        .iter()
        .copied()
        .filter(|automation| automation.is_active && steps::has_any(automation))
        .collect();
    let takers = Takers::new(&tried);
    let mut found = BTreeMap::new();
    for (rank, automation) in (0..).zip(&tried) {
        let findings = takers.findings(&tried, rank, automation);
        if !findings.is_empty() {
            found.insert(automation.id.clone(), findings);
        }
    }
    found
}

/// Who takes what.
struct Takers {
    /// The first that answers anything, and the first that also answers any reply to a
    /// comment.
    any: [Option<u32>; 2],
    /// What takes a keyword that is looked for anywhere.
    of_anywhere: KeywordSet,
    /// What takes a keyword that is looked for as a word.
    of_words: KeywordSet,
    /// What takes a keyword that must be the whole text.
    of_texts: KeywordSet,
}

impl Takers {
    fn new(tried: &[&Automation]) -> Self {
        let first = |replies: bool| {
            (0..)
                .zip(tried)
                .find(|(_, automation)| {
                    automation.trigger.mode == TriggerMode::AnyReply
                        && (!replies || automation.trigger.include_replies)
                })
                .map(|(rank, _)| rank)
        };
        let set = |kinds: &[KeywordMatch]| {
            KeywordSet::compile((0u32..).zip(tried).flat_map(|(rank, automation)| {
                (0u32..)
                    .zip(keywords(automation))
                    .filter(|(_, keyword)| kinds.contains(&keyword.kind))
                    .map(move |(place, keyword)| KeywordUse {
                        text: &keyword.text,
                        kind: keyword.kind,
                        rank,
                        keyword: place,
                        replies: automation.trigger.include_replies,
                    })
            }))
        };
        use KeywordMatch::{Anywhere, Exactly, WholeWord};
        Self {
            any: [first(false), first(true)],
            of_anywhere: set(&[Anywhere]),
            of_words: set(&[Anywhere, WholeWord]),
            of_texts: set(&[Anywhere, WholeWord, Exactly]),
        }
    }

    fn findings(&self, tried: &[&Automation], rank: u32, automation: &Automation) -> Vec<Finding> {
        // An automation that answers replies to comments too is hidden only by those that
        // do as well.
        let replies = automation.kind == AutomationType::CommentReplyFlow
            && automation.trigger.include_replies;
        if let Some(taker) = self.any[usize::from(replies)].filter(|taker| *taker < rank) {
            let taker = tried[taker as usize];
            let message = format!(
                "“{}” never fires: “{}” is tried before it and answers anything. Move it before \
                 “{}”, or give that one keywords.",
                automation.name, taker.name, taker.name
            );
            return vec![never_fires(automation, &[taker], message)];
        }
        let taken: Vec<_> = keywords(automation)
            .iter()
            .zip(0..)
            .filter_map(|(keyword, place)| {
                let taker = self.taker(keyword, replies).filter(|taker| *taker < rank)?;
                Some((keyword, place, taker))
            })
            .collect();
        if taken.is_empty() {
            return Vec::new();
        }
        if taken.len() == keywords(automation).len() {
            let mut ranks: Vec<_> = taken.iter().map(|(_, _, taker)| *taker).collect();
            ranks.sort_unstable();
            ranks.dedup();
            let takers: Vec<_> = ranks.iter().map(|rank| tried[*rank as usize]).collect();
            let names: Vec<_> = takers
                .iter()
                .map(|taker| format!("“{}”", taker.name))
                .collect();
            let message = format!(
                "“{}” never fires: whatever holds one of its keywords sets off {} first. Move it \
                 up, or change its keywords.",
                automation.name,
                names.join(" or ")
            );
            return vec![never_fires(automation, &takers, message)];
        }
        taken
            .into_iter()
            .map(|(keyword, place, taker)| {
                let taker = tried[taker as usize];
                let path = format!("trigger.keywords.{place}");
                let title = format!("Remove “{}”", keyword.text);
                let fix = Fix::edit(title, vec![FieldEdit::remove(&path)]);
                let message = format!(
                    "The keyword “{}” never sets off “{}”: whatever holds it sets off “{}” first. \
                     Remove it, or move “{}” up.",
                    keyword.text, automation.name, taker.name, automation.name
                );
                let finding =
                    Finding::warning(automation, FindingCode::KeywordTaken, path, message);
                Finding {
                    because_of: vec![taker.id.clone()],
                    fix: Some(fix),
                    ..finding
                }
            })
            .collect()
    }

    /// The first that takes a keyword; perhaps its own automation.
    fn taker(&self, keyword: &Keyword, replies: bool) -> Option<u32> {
        let set = match keyword.kind {
            KeywordMatch::Anywhere => &self.of_anywhere,
            KeywordMatch::WholeWord => &self.of_words,
            KeywordMatch::Exactly => &self.of_texts,
        };
        set.first(&Folded::new(&keyword.text), replies)
            .map(|hit| hit.rank)
    }
}

fn keywords(automation: &Automation) -> &[Keyword] {
    match automation.trigger.mode {
        TriggerMode::SpecificKeywords => &automation.trigger.keywords,
        TriggerMode::AnyReply => &[],
    }
}

fn never_fires(automation: &Automation, takers: &[&Automation], message: String) -> Finding {
    let first = takers
        .first()
        .filter(|_| takers.iter().all(|taker| fires_behind(automation, taker)));
    Finding {
        severity: Severity::Error,
        code: FindingCode::NeverFires,
        automation_id: automation.id.clone(),
        name: automation.name.clone(),
        because_of: takers.iter().map(|taker| taker.id.clone()).collect(),
        path: None,
        message,
        fix: first.map(|taker| Fix::move_before(&taker.name, taker.id.clone())),
    }
}

/// Whether `taker` still fires when `automation` is tried before it: otherwise nothing
/// would be gained by a move.
fn fires_behind(automation: &Automation, taker: &Automation) -> bool {
    let first = Takers::new(&[automation]);
    let replies = taker.kind == AutomationType::CommentReplyFlow && taker.trigger.include_replies;
    if first.any[usize::from(replies)].is_some() {
        return false;
    }
    taker.trigger.mode == TriggerMode::AnyReply
        || keywords(taker)
            .iter()
            .any(|keyword| first.taker(keyword, replies).is_none())
}
