//! What would put right what validation found.
//!
//! A remedy takes the problem away and brings no new error. Most do so by what they are;
//! the others are tried on a copy first, and offered when it helped.

mod address;
mod step;
mod variable;

use super::apply::{apply, at};
use super::{FieldEdit, Fix};
use heliograph_engine::validate::{Detailed, validate};
use heliograph_model::{Automation, Millis, Problem, ProblemCode as Code, limits};
use serde_json::Value;
use std::collections::HashMap;

/// The longest delay that is offered, in hours: one before the window closes.
const LATEST_HOURS: i64 = limits::WINDOW_MS / Millis::HOUR - 1;
/// The same of a question whose answer counts within a day.
const LATEST_HOURS_OF_QUESTION: i64 = 12;
/// How often a step asks where nothing is said about it.
const USUAL_ASKS: u32 = 3;

/// What would put a problem right; `None` where only a person can say. `all` are the
/// problems of the automation.
pub(super) fn of(automation: &Automation, found: &Detailed, all: &[Detailed]) -> Option<Fix> {
    let problem = &found.problem;
    let path = problem.path.as_str();
    let case = Case {
        automation,
        problem,
        all,
    };
    match problem.code {
        Code::EmptyText => empty_text(&case),
        Code::TooLong => {
            let limit = found.limit?;
            let text = case.text()?;
            let title = format!("Shorten it to {} {}", limit.most(), limit.unit());
            case.if_it_helps(title, vec![FieldEdit::set(path, limit.cut(&text))])
        }
        Code::TooMany => too_many(&case),
        Code::NothingInList => nothing_in_list(&case),
        Code::EmptyKeyword => {
            let keyword = path.strip_suffix(".text")?;
            case.if_it_helps("Remove the keyword", vec![FieldEdit::remove(keyword)])
        }
        Code::DuplicateKeyword | Code::KeywordSwallowed => {
            let title = format!("Remove “{}”", case.text()?);
            let keyword = path.strip_suffix(".text")?;
            Some(Fix::edit(title, vec![FieldEdit::remove(keyword)]))
        }
        Code::NoAddress => path
            .ends_with(".imageUrl")
            .then(|| case.if_it_helps("Remove the picture", vec![FieldEdit::remove(path)]))
            .flatten(),
        Code::BadAddress => {
            let address = address::with_https(&case.text()?)?;
            case.if_it_helps("Make it https", vec![FieldEdit::set(path, address)])
        }
        Code::NoSuchStep => {
            let step = serde_json::from_value(case.value()?).ok()?;
            step::switched_on(&case, step)
        }
        Code::WrongType => case.if_it_helps(
            "Switch the step off",
            vec![FieldEdit::set(format!("{path}.enabled"), false)],
        ),
        Code::TargetOnDm => Some(Fix::edit(
            "Remove the target",
            vec![FieldEdit::remove(path)],
        )),
        Code::NeverAsks | Code::CannotBeLeft => Some(Fix::edit(
            format!("Ask up to {USUAL_ASKS} times"),
            vec![FieldEdit::set(path, USUAL_ASKS)],
        )),
        Code::NoSteps => step::any_switched_on(&case),
        Code::UnknownVariable => {
            let text = variable::corrected(&case.text()?)?;
            case.if_it_helps("Correct the variable", vec![FieldEdit::set(path, text)])
        }
        Code::UnclosedVariable => {
            let text = variable::closed(&case.text()?)?;
            case.if_it_helps("Close the variable", vec![FieldEdit::set(path, text)])
        }
        Code::NoFallback => {
            let (title, text) = variable::with_fallbacks(&case.text()?)?;
            case.if_it_helps(title, vec![FieldEdit::set(path, text)])
        }
        Code::OnlyFirstIsSent => step::opening_before(&case),
        Code::NoEffect => no_effect(path),
        Code::BadReaction => Some(love(path)),
        Code::TooLate => {
            let hours = if path.starts_with("steps.email.") {
                LATEST_HOURS_OF_QUESTION
            } else {
                LATEST_HOURS
            };
            Some(Fix::edit(
                format!("Send it after {hours} hours"),
                vec![FieldEdit::set(path, hours * 3600)],
            ))
        }
        Code::DeadEnd => step::switched_on(&case, heliograph_model::StepName::Main),
        Code::MayBeCut | Code::NoKeywords | Code::DuplicateTitle => None,
    }
}

/// A problem and the automation that has it.
struct Case<'a> {
    automation: &'a Automation,
    problem: &'a Problem,
    all: &'a [Detailed],
}

impl Case<'_> {
    /// What stands at the problem's path.
    fn value(&self) -> Option<Value> {
        self.value_at(&self.problem.path)
    }

    fn value_at(&self, path: &str) -> Option<Value> {
        let document = serde_json::to_value(self.automation).ok()?;
        at(&document, path).cloned()
    }

    /// The text at the problem's path.
    fn text(&self) -> Option<String> {
        match self.value()? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The fix, where problems of this kind become fewer with it, and no kind of error
    /// more.
    fn if_it_helps(&self, title: impl Into<String>, edits: Vec<FieldEdit>) -> Option<Fix> {
        let edited = apply(self.automation, &edits).ok()?;
        let before = counted(self.all.iter().map(|found| &found.problem));
        let after = counted(&validate(&edited));
        let number = |all: &HashMap<_, usize>, key| all.get(&key).copied().unwrap_or_default();
        let of = |all: &HashMap<_, usize>| {
            let code = self.problem.code;
            number(all, (code, true)) + number(all, (code, false))
        };
        let helps = of(&after) < of(&before)
            && after
                .iter()
                .all(|(key, count)| !key.1 || *count <= number(&before, *key));
        helps.then(|| Fix::edit(title, edits))
    }
}

/// How many there are of each kind, errors apart.
fn counted<'p>(problems: impl IntoIterator<Item = &'p Problem>) -> HashMap<(Code, bool), usize> {
    let mut all = HashMap::new();
    for problem in problems {
        *all.entry((problem.code, problem.is_error())).or_default() += 1;
    }
    all
}

fn empty_text(case: &Case<'_>) -> Option<Fix> {
    let path = case.problem.path.as_str();
    if path.ends_with(".retryText") {
        let title = "Ask with the first text again";
        return case.if_it_helps(title, vec![FieldEdit::remove(path)]);
    }
    if path == "steps.reaction.reaction" {
        return Some(love(path));
    }
    if path.ends_with(".subtitle") {
        return case.if_it_helps("Remove the line", vec![FieldEdit::remove(path)]);
    }
    if path.starts_with("steps.publicReply.texts.") {
        return case.if_it_helps("Remove the text", vec![FieldEdit::remove(path)]);
    }
    None
}

fn love(path: &str) -> Fix {
    Fix::edit("React with love", vec![FieldEdit::set(path, "love")])
}

/// Takes the last ones out, which a list for people to read can spare first.
fn too_many(case: &Case<'_>) -> Option<Fix> {
    let path = case.problem.path.as_str();
    let most = match path.rsplit('.').next()? {
        "buttons" => limits::BUTTONS.min(limits::CARD_BUTTONS),
        "quickReplies" => limits::QUICK_REPLIES,
        "cards" => limits::CARDS,
        _ => return None,
    };
    let number = case.value()?.as_array()?.len();
    let title = match number.checked_sub(most)? {
        1 => "Remove the last one".to_owned(),
        more => format!("Remove the last {more}"),
    };
    let edits = (most..number)
        .rev()
        .map(|place| FieldEdit::remove(format!("{path}.{place}")))
        .collect();
    case.if_it_helps(title, edits)
}

fn nothing_in_list(case: &Case<'_>) -> Option<Fix> {
    let path = case.problem.path.as_str();
    let (owner, list) = path.rsplit_once('.')?;
    match list {
        "texts" | "messages" => case.if_it_helps(
            "Switch the step off",
            vec![FieldEdit::set(format!("{owner}.enabled"), false)],
        ),
        "buttons" => {
            let text = case.value_at(&format!("{owner}.text"))?;
            let plain = serde_json::json!({ "type": "text", "text": text });
            case.if_it_helps("Make it a plain text", vec![FieldEdit::set(owner, plain)])
        }
        "cards" => case.if_it_helps("Remove the message", vec![FieldEdit::remove(owner)]),
        _ => None,
    }
}

fn no_effect(path: &str) -> Option<Fix> {
    let (title, edit) = match path {
        "trigger.includeReplies" | "steps.follow.skipWhenFollowing" => {
            ("Switch it off", FieldEdit::set(path, false))
        }
        "trigger.keywords" => ("Remove the keywords", FieldEdit::remove(path)),
        _ if path.ends_with(".retryText") => ("Remove the text", FieldEdit::remove(path)),
        _ => return None,
    };
    Some(Fix::edit(title, vec![edit]))
}
