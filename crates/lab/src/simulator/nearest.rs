//! “Why did nothing happen?”: the automation that came nearest to answering.

use heliograph_engine::matching::Folded;
use heliograph_model::{
    Automation, AutomationId, AutomationType, Event, EventKind, KeywordMatch, Reason, Trace,
    TriggerMode,
};
use serde::{Deserialize, Serialize};

/// An automation that might have been meant, and why it did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Nearest {
    /// Which.
    pub automation_id: AutomationId,
    /// Its name.
    pub name: String,
    /// Why it did not answer.
    pub nearness: Nearness,
    /// The same in one sentence for people, with what to change.
    pub sentence: String,
}

/// Why an automation did not answer, from the nearest to the farthest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Nearness {
    /// It would have answered, and is off.
    IsOff,
    /// It would have answered, and does not answer replies to comments.
    NoReplies,
    /// It would have answered, and is for another post or story.
    OtherMedia,
    /// Its keyword is there, and is looked for in another way.
    OtherMatch,
    /// Its keyword is almost there.
    AlmostKeyword,
    /// It would have answered, had it been said elsewhere.
    OtherType,
}

/// The automation that came nearest to answering an event that none answered; `None` when
/// one did, when the event is none that is answered, or when none is near.
#[must_use]
pub fn nearest(event: &Event, trace: &Trace, automations: &[Automation]) -> Option<Nearest> {
    if !event.kind.can_trigger() {
        return None;
    }
    match trace.reason {
        Reason::NoMatch | Reason::NoAutomations => {}
        Reason::AutomationDisabled | Reason::StepRemoved => return clicked(trace, automations),
        _ => return None,
    }
    let wanted = type_of(event.kind);
    let text = Folded::new(event.text.as_deref().unwrap_or_default());
    let media = [&event.story_id, &event.media_id, &event.original_media_id];
    automations
        .iter()
        .filter_map(|automation| {
            let found = how_near(automation, wanted, &text)?;
            let of_media = automation.target.media();
            let elsewhere = of_media.is_some_and(|id| !media.contains(&&Some(id.clone())));
            let is_reply = event.parent_id.is_some() && !automation.trigger.include_replies;
            let off = !automation.is_active;
            judge(automation, found, elsewhere, is_reply, off)
        })
        .min_by_key(|(nearness, far, nearest)| {
            let priority = automations
                .iter()
                .position(|each| each.id == nearest.automation_id);
            // What answers anything is near to everything, so a keyword comes first.
            let catches_all = automations.iter().any(|each| {
                each.id == nearest.automation_id && each.trigger.mode == TriggerMode::AnyReply
            });
            (catches_all, *nearness, *far, priority)
        })
        .map(|(_, _, nearest)| nearest)
}

/// How a trigger stands to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// It is answered.
    Yes { elsewhere: bool },
    /// This keyword is there, and is looked for in another way.
    Otherwise(String, KeywordMatch),
    /// This keyword is so many letters away from a word of the text.
    Almost(String, String, usize),
}

fn how_near(automation: &Automation, wanted: AutomationType, text: &Folded) -> Option<Found> {
    let elsewhere = automation.kind != wanted;
    if automation.trigger.mode == TriggerMode::AnyReply {
        // Something that answers anything elsewhere was not meant.
        return (!elsewhere).then_some(Found::Yes { elsewhere: false });
    }
    let said = text.as_str();
    let mut best: Option<Found> = None;
    for keyword in &automation.trigger.keywords {
        let folded = Folded::new(&keyword.text);
        let word = folded.as_str();
        if word.is_empty() || said.is_empty() {
            continue;
        }
        if fits(said, word, keyword.kind) {
            return Some(Found::Yes { elsewhere });
        }
        if elsewhere {
            continue;
        }
        if said.contains(word) {
            best = Some(Found::Otherwise(keyword.text.clone(), keyword.kind));
            continue;
        }
        let almost = words(said)
            .map(|spoken| (distance(spoken, word), spoken))
            .filter(|(far, _)| *far > 0 && *far <= tolerated(word))
            .min();
        if let Some((far, spoken)) = almost {
            let nearer = match &best {
                None => true,
                Some(Found::Almost(_, _, known)) => far < *known,
                Some(Found::Yes { .. } | Found::Otherwise(..)) => false,
            };
            if nearer {
                best = Some(Found::Almost(keyword.text.clone(), spoken.to_owned(), far));
            }
        }
    }
    best
}

fn judge(
    automation: &Automation,
    found: Found,
    other_media: bool,
    is_reply: bool,
    is_off: bool,
) -> Option<(Nearness, usize, Nearest)> {
    let name = &automation.name;
    let (nearness, far, sentence) = match found {
        Found::Yes { elsewhere: true } => {
            // Off and elsewhere is too far away.
            if is_off {
                return None;
            }
            let place = match automation.kind {
                AutomationType::DmAutomation => "direct messages",
                AutomationType::StoryReplyFlow => "replies to stories",
                AutomationType::CommentReplyFlow => "comments",
            };
            (
                Nearness::OtherType,
                0,
                format!("“{name}” has this keyword, but answers {place} only."),
            )
        }
        Found::Yes { elsewhere: false } if is_off && !other_media => (
            Nearness::IsOff,
            0,
            format!("“{name}” would have answered, but it is off. Switch it on."),
        ),
        Found::Yes { elsewhere: false } if is_reply && !other_media => (
            Nearness::NoReplies,
            0,
            format!(
                "“{name}” would have answered a comment, but it does not answer replies to comments."
            ),
        ),
        Found::Yes { elsewhere: false } if other_media => (
            Nearness::OtherMedia,
            usize::from(is_off),
            format!("“{name}” has what was said, but it is for another post or story."),
        ),
        Found::Yes { elsewhere: false } => return None,
        Found::Otherwise(keyword, kind) => {
            let how = match kind {
                KeywordMatch::Exactly => "must be the whole text",
                KeywordMatch::WholeWord => "must be a word of its own",
                KeywordMatch::Anywhere => "may be anywhere",
            };
            (
                Nearness::OtherMatch,
                usize::from(other_media) + usize::from(is_off),
                format!(
                    "“{name}” has the keyword “{keyword}”, which is in the text, but there it {how}."
                ),
            )
        }
        Found::Almost(keyword, spoken, far) => (
            Nearness::AlmostKeyword,
            far + usize::from(other_media) + usize::from(is_off),
            format!(
                "“{name}” has the keyword “{keyword}”, which is almost “{spoken}”. Add that spelling as a keyword."
            ),
        ),
    };
    Some((
        nearness,
        far,
        Nearest {
            automation_id: automation.id.clone(),
            name: name.clone(),
            nearness,
            sentence,
        },
    ))
}

/// A button was clicked whose automation cannot answer any more.
fn clicked(trace: &Trace, automations: &[Automation]) -> Option<Nearest> {
    let id = trace.automation_id.as_ref()?;
    let automation = automations.iter().find(|each| each.id == *id)?;
    let name = &automation.name;
    let sentence = if automation.is_active {
        format!("The button belongs to a step of “{name}” that it does not have any more.")
    } else {
        format!("The button belongs to “{name}”, which is off. Switch it on.")
    };
    Some(Nearest {
        automation_id: automation.id.clone(),
        name: name.clone(),
        nearness: Nearness::IsOff,
        sentence,
    })
}

fn type_of(kind: EventKind) -> AutomationType {
    match kind {
        EventKind::StoryReply => AutomationType::StoryReplyFlow,
        EventKind::Comment | EventKind::LiveComment => AutomationType::CommentReplyFlow,
        _ => AutomationType::DmAutomation,
    }
}

fn fits(said: &str, word: &str, kind: KeywordMatch) -> bool {
    match kind {
        KeywordMatch::Anywhere => said.contains(word),
        KeywordMatch::Exactly => said.trim() == word,
        KeywordMatch::WholeWord => said.match_indices(word).any(|(at, found)| {
            let outside = |letter: Option<char>| letter.is_none_or(|it| !it.is_alphanumeric());
            outside(said[..at].chars().next_back())
                && outside(said[at + found.len()..].chars().next())
        }),
    }
}

fn words(said: &str) -> impl Iterator<Item = &str> {
    said.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// So many letters may be wrong in a word.
fn tolerated(word: &str) -> usize {
    match word.chars().count() {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    }
}

/// How many letters are wrong; two that changed places count as one.
fn distance(a: &str, b: &str) -> usize {
    let far = crate::scenario::words::distance(a, b);
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    if far == 2 && sorted(a) == sorted(b) {
        1
    } else {
        far
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::Millis;

    fn missed(kind: EventKind, text: &str) -> (Event, Trace) {
        let event = Event {
            text: Some(text.to_owned()),
            ..Event::new(kind)
        };
        let trace = Trace::new(kind, Millis(0), Reason::NoMatch, String::new());
        (event, trace)
    }

    fn found(
        kind: EventKind,
        text: &str,
        change: impl Fn(&mut Event),
    ) -> Option<(String, Nearness)> {
        let (mut event, trace) = missed(kind, text);
        change(&mut event);
        let automations = crate::demo_workspace().automations;
        nearest(&event, &trace, &automations).map(|near| {
            assert!(near.sentence.contains(&near.name), "{}", near.sentence);
            (near.name, near.nearness)
        })
    }

    #[test]
    fn a_slip_of_the_pen_a_keyword_inside_a_word_and_one_that_is_off() {
        let dm = |text: &str| found(EventKind::DmText, text, |_| ());
        assert_eq!(
            dm("the mneu"),
            Some(("Menu".into(), Nearness::AlmostKeyword)),
            "a keyword before what answers anything and is off"
        );
        assert_eq!(
            dm("thunderstorm"),
            Some(("Anything else".into(), Nearness::IsOff))
        );
        let mut automations = crate::demo_workspace().automations;
        automations.retain(|each| each.name != "Anything else");
        let near = |text: &str| {
            let (event, trace) = missed(EventKind::DmText, text);
            nearest(&event, &trace, &automations).map(|near| (near.name, near.nearness))
        };
        assert_eq!(
            near("the prise"),
            Some(("Prices".into(), Nearness::AlmostKeyword))
        );
        assert_eq!(near("menus"), Some(("Menu".into(), Nearness::OtherMatch)));
        assert_eq!(near("thunderstorm"), None);
        for each in &mut automations {
            each.is_active = each.name != "Menu";
        }
        let (event, trace) = missed(EventKind::DmText, "menu");
        let near = nearest(&event, &trace, &automations);
        assert_eq!(near.map(|near| near.nearness), Some(Nearness::IsOff));
    }

    #[test]
    fn what_was_said_elsewhere_or_below_another_post() {
        let automations = crate::demo_workspace().automations;
        let comment = automations
            .iter()
            .find(|each| {
                each.kind == AutomationType::CommentReplyFlow
                    && each.trigger.mode == TriggerMode::SpecificKeywords
                    && each.target.media().is_some()
            })
            .expect("the bakery answers comments on a post");
        let word = &comment.trigger.keywords[0].text;
        let near = found(EventKind::Comment, word, |event| {
            event.media_id = Some("1".into());
        });
        assert_eq!(near, Some((comment.name.clone(), Nearness::OtherMedia)));
    }

    #[test]
    fn what_was_answered_or_cannot_be_has_no_nearest() {
        let automations = crate::demo_workspace().automations;
        let (event, mut trace) = missed(EventKind::DmText, "menu");
        trace.reason = Reason::Started;
        assert_eq!(nearest(&event, &trace, &automations), None);
        let (event, trace) = missed(EventKind::Reaction, "");
        assert_eq!(nearest(&event, &trace, &automations), None);
    }
}
