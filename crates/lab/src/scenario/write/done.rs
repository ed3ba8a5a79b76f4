//! What was done, as steps.

use super::Names;
use super::taps;
use super::yaml::{Lines, inside, quoted, value};
use crate::scenario::read::SENDABLE;
use crate::scenario::words;
use crate::scenario::{BadAnswer, Change, Trouble};
use crate::simulator::{
    Bubble, CommentPlace, Commenting, Done, Fact, Move, Stage, Touch, What, Writing,
};
use heliograph_model::ContactId;

/// What something that was done is in a scenario.
#[derive(Debug)]
pub(super) enum Step {
    Lines(Lines),
    /// It is said elsewhere, or needs not be said.
    Nothing,
    /// It takes a step back that was written before.
    TakesBack(Lines),
}

/// What is about to be done on `stage`, as a step; `None` when there are no words for it.
pub(super) fn step(stage: &Stage, done: &Done, names: &Names) -> Option<Step> {
    let one = |line: String| Some(Step::Lines(vec![format!("- {line}")]));
    let who = |person: &ContactId| names.person(person);
    match done {
        Done::Played(moves) => {
            let mut lines: Vec<String> = Vec::with_capacity(moves.len());
            for each in moves {
                lines.push(said(stage, each, names)?);
            }
            match lines.as_slice() {
                [] => Some(Step::Nothing),
                [line] => one(line.clone()),
                _ => {
                    let inner = lines.iter().map(|line| format!("    - {line}"));
                    let first = "- in one delivery:".to_owned();
                    Some(Step::Lines(std::iter::once(first).chain(inner).collect()))
                }
            }
        }
        Done::Again => one("the last delivery comes again".into()),
        Done::Arrived { body, .. } => Some(Step::Lines(vec![
            "- a webhook arrives:".to_owned(),
            format!("    body: {}", quoted(body)),
        ])),
        Done::Passed { millis, .. } if *millis <= 0 => Some(Step::Nothing),
        Done::Passed { millis, .. } => one(format!("time passes: {}", words::in_words(*millis))),
        // Who was added and who writes in which language stands above the steps.
        Done::Joined(_) | Done::Spoke { .. } | Done::Edited => Some(Step::Nothing),
        Done::Followed { person, follows } => {
            let verb = if *follows { "follows" } else { "unfollows" };
            one(format!("{} {verb} the account", who(person)?))
        }
        Done::Noted { person, fact } => {
            let who = who(person)?;
            one(match fact {
                Fact::Unsubscribed(true) => format!("operator unsubscribes {who}"),
                Fact::Unsubscribed(false) => format!("operator subscribes {who}"),
                Fact::Email(email) => {
                    let email = email.as_deref().map_or_else(|| "none".to_owned(), value);
                    format!("operator sets the email of {who}: {email}")
                }
            })
        }
        Done::Put { person, standing } => {
            let who = who(person)?;
            let Some((automation, awaiting)) = standing else {
                return one(format!("operator puts {who}: none"));
            };
            let awaiting = awaiting.as_str().replace('_', " ");
            let automation = inside(automation.as_str());
            one(format!(
                "operator puts {who}: {{ awaiting: {awaiting}, automation: {automation} }}"
            ))
        }
        Done::PutBack { person, .. } => one(format!("operator puts {} back", who(person)?)),
        Done::Went(trouble) => match trouble_line(*trouble) {
            Some(line) => one(line.into_owned()),
            None => Some(Step::TakesBack(vec![format!("- {TWICE}")])),
        },
        Done::Operated(change) => one(change_line(change)),
    }
}

const TWICE: &str = "the next delivery comes twice";

fn trouble_line(trouble: Trouble) -> Option<std::borrow::Cow<'static, str>> {
    Some(match trouble {
        Trouble::Instagram { answer, times } => {
            let (words, _) = BadAnswer::WORDS.iter().find(|(_, it)| *it == answer)?;
            let times = match times {
                None => String::new(),
                Some(1) => ", once".to_owned(),
                Some(2) => ", twice".to_owned(),
                Some(times) => format!(", {times} times"),
            };
            format!("instagram answers: {words}{times}").into()
        }
        Trouble::Recovers => "instagram recovers".into(),
        Trouble::CacheLost => "the cache is lost".into(),
        Trouble::ComesTwice(true) => TWICE.into(),
        Trouble::ComesTwice(false) => return None,
        Trouble::HeldBack => "the next delivery is held back".into(),
        Trouble::Arrives => "the held delivery arrives".into(),
        Trouble::StoreSlow(0) => "the store is fast again".into(),
        Trouble::StoreSlow(millis) => {
            format!("the store is slow by: {}", words::in_words(millis.into())).into()
        }
    })
}

fn change_line(change: &Change) -> String {
    match change {
        Change::Update { automation, set } => format!("operator changes {automation}: {set}"),
        Change::Toggle { automation, active } => {
            let verb = if *active { "on" } else { "off" };
            format!("operator switches {verb}: {}", value(automation))
        }
        Change::Delete(automation) => format!("operator deletes: {}", value(automation)),
        Change::Create(fields) => format!("operator creates: {fields}"),
        Change::TryFirst(automation) => format!("operator tries first: {}", value(automation)),
        Change::Account(set) => format!("operator changes the account: {set}"),
    }
}

/// What somebody does, as a line without its dash.
fn said(stage: &Stage, one: &Move, names: &Names) -> Option<String> {
    let who = names.person(&one.person)?;
    let bubbles = bubbles_of(stage, &one.person);
    let ago = stage.now().since(one.at);
    let spoken = |text: &str, extra: Option<String>| {
        let mut fields = vec![format!("text: {}", inside(text))];
        if ago > 0 {
            fields.push(format!("sent: {} ago", words::in_words(ago)));
        }
        fields.extend(extra);
        if fields.len() == 1 {
            value(text)
        } else {
            format!("{{ {} }}", fields.join(", "))
        }
    };
    Some(match &one.what {
        What::Write(writing) => match writing {
            Writing::Text(text) => format!("{who} says: {}", spoken(text, None)),
            Writing::Attachment(kind) if kind == "story_mention" => {
                format!("{who} mentions the account in a story")
            }
            Writing::Attachment(kind) => {
                let (words, _) = SENDABLE.iter().find(|(_, known)| known == kind)?;
                format!("{who} sends: {words}")
            }
            Writing::Unsupported => format!("{who} sends: something unsupported"),
            Writing::Postback { title, payload } => match taps::button(&bubbles, title, payload) {
                Some(button) => format!("{who} taps: {button}"),
                None => format!(
                    "{who} taps ice breaker: {{ title: {}, payload: {} }}",
                    inside(title),
                    inside(payload)
                ),
            },
            Writing::QuickReply { title, payload } => {
                let reply = taps::quick_reply(&bubbles, title, payload)?;
                format!("{who} chooses: {reply}")
            }
            Writing::StoryReply { story, text } => {
                let story = names.media(story)?;
                format!("{who} replies to story {story}: {}", spoken(text, None))
            }
            Writing::Referral(reference) => format!("{who} opens a link: {}", value(reference)),
            Writing::HumanAnswer(text) => format!("a human answers {who}: {}", value(text)),
        },
        What::Touch { message, touch } => touched(who, &bubbles, message.as_str(), touch)?,
        What::Comment(comment) => commented(stage, who, comment, names, &spoken)?,
    })
}

fn touched(who: &str, bubbles: &[Bubble], id: &str, touch: &Touch) -> Option<String> {
    Some(match touch {
        Touch::React(Some(emoji)) => match taps::of_account(bubbles, id)? {
            None => format!("{who} reacts with: {}", value(emoji)),
            Some(part) => format!(
                "{who} reacts with: {{ emoji: {}, on the message: {} }}",
                inside(emoji),
                inside(&part)
            ),
        },
        Touch::React(None) => match taps::of_account(bubbles, id)? {
            None => format!("{who} takes the reaction back"),
            Some(part) => format!("{who} takes the reaction back: {}", value(&part)),
        },
        Touch::Read => match taps::of_account(bubbles, id)? {
            None => format!("{who} reads the last message"),
            Some(part) => format!("{who} reads the message: {}", value(&part)),
        },
        Touch::Delete => match taps::of_person(bubbles, id)? {
            None => format!("{who} deletes the last message"),
            Some(part) => format!("{who} deletes the message: {}", value(&part)),
        },
        Touch::Edit(text) => match taps::of_person(bubbles, id)? {
            None => format!("{who} edits the last message: {}", value(text)),
            Some(part) => format!(
                "{who} edits the message: {{ message: {}, text: {} }}",
                inside(&part),
                inside(text)
            ),
        },
    })
}

fn commented(
    stage: &Stage,
    who: &str,
    comment: &Commenting,
    names: &Names,
    spoken: &dyn Fn(&str, Option<String>) -> String,
) -> Option<String> {
    let Commenting {
        media,
        text,
        parent,
        place,
    } = comment;
    let Some(parent) = parent else {
        let media = names.media(media)?;
        return Some(match place {
            CommentPlace::OnMedia => format!("{who} comments on {media}: {}", spoken(text, None)),
            CommentPlace::OnAd => {
                format!(
                    "{who} comments on the ad for {media}: {}",
                    spoken(text, None)
                )
            }
            CommentPlace::Own => format!("the account comments on {media}: {}", value(text)),
        });
    };
    let owner = stage.look(|scene| scene.comment(parent).map(|it| it.person.clone()))?;
    let of = names.person(&owner)?;
    let which = taps::comment(&bubbles_of(stage, &owner), parent.as_str())?;
    Some(match place {
        CommentPlace::Own => format!("the account replies to {of}'s comment: {}", value(text)),
        CommentPlace::OnMedia | CommentPlace::OnAd => {
            let extra = which.map(|part| format!("to the comment: {}", inside(&part)));
            format!("{who} replies to {of}'s comment: {}", spoken(text, extra))
        }
    })
}

fn bubbles_of(stage: &Stage, person: &ContactId) -> Vec<Bubble> {
    stage.look(|scene| {
        scene
            .person(person)
            .map(|actor| actor.bubbles.clone())
            .unwrap_or_default()
    })
}
