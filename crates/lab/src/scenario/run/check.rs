//! Whether things are as a scenario expects.

use super::shape::{self, Shape};
use super::{Run, Stuck};
use crate::scenario::expected::{Expectation, MessageSpec, TextSpec};
use crate::scenario::format::{Step, StepKind};
use heliograph_model::ContactId;

impl Run<'_> {
    pub(super) async fn check(
        &mut self,
        step: &Step,
        expectation: &Expectation,
    ) -> Result<(), Stuck> {
        match expectation {
            Expectation::Receives { who, messages } => {
                let person = self.id(who);
                self.check_messages(step, who, &person, messages);
            }
            Expectation::EachReceives(messages) => {
                self.check_crowd(step, messages);
            }
            Expectation::CommentAnswered { who, one_of } => {
                self.check_public_reply(step, who, one_of.as_deref())?;
            }
            Expectation::Reaction { who, reaction } => {
                self.check_reaction(step, who, reaction.as_deref());
            }
            Expectation::State {
                who,
                awaiting,
                automation,
                asked,
            } => {
                self.check_state(step, who, *awaiting, automation.as_deref(), *asked)
                    .await?;
            }
            Expectation::Contact { who, fields } => self.check_contact(step, who, fields).await?,
            Expectation::Because(specs) => self.check_decisions(step, specs).await?,
            Expectation::Decisions(counts) => self.check_reasons(step, counts),
            Expectation::Sends { by_state } => self.check_sends(step, by_state),
        }
        Ok(())
    }

    fn check_messages(
        &mut self,
        step: &Step,
        who: &str,
        person: &ContactId,
        specs: &[MessageSpec],
    ) {
        let messages = self.messages_of(person);
        let seen = self.looked_at.insert(person.clone(), messages.len());
        let got: Vec<_> = messages
            .iter()
            .skip(seen.unwrap_or(0))
            .map(|sent| Shape::of(sent))
            .collect();
        let fits = specs.len() == got.len()
            && specs.iter().zip(&got).all(|(spec, shape)| shape.fits(spec));
        if fits {
            return;
        }
        let mut expected_lines = Vec::new();
        for (place, spec) in specs.iter().enumerate() {
            expected_lines.push(format!("message {}:", place + 1));
            expected_lines.extend(shape::spec_lines(spec, got.get(place)));
        }
        let mut got_lines = Vec::new();
        for (place, shape) in got.iter().enumerate() {
            got_lines.push(format!("message {}:", place + 1));
            got_lines.extend(shape.lines(specs.get(place)));
        }
        let message = match (specs.len(), got.len()) {
            (0, _) => format!("{who} should have received nothing"),
            (wanted, 0) => format!("{who} has received nothing, and should have {wanted}"),
            (wanted, got) if wanted != got => {
                format!("{who} should have received {wanted} new messages, and got {got}")
            }
            (_, _) => format!("{who} has received something else"),
        };
        self.fail(step, &message, expected_lines, got_lines);
    }

    /// Everybody of the crowd; when many fail alike, one of them is shown.
    fn check_crowd(&mut self, step: &Step, messages: &[MessageSpec]) {
        let before = self.failures.len();
        for (number, person) in self.crowd.clone().iter().enumerate() {
            let who = format!("guest {}", number + 1);
            self.check_messages(step, &who, person, messages);
        }
        let others = self.failures.len().saturating_sub(before + 1);
        if others > 0 {
            self.failures.truncate(before + 1);
            if let Some(shown) = self.failures.last_mut() {
                shown.message += &format!(" (and something is wrong with {others} others)");
            }
        }
    }

    /// At the end: a message that no step expects is a failure too.
    pub(super) fn check_nothing_is_left(&mut self) {
        let Some(last) = self.scenario.steps.last() else {
            return;
        };
        for character in &self.scenario.people {
            let left = Step {
                place: last.place,
                line: "the end".to_owned(),
                kind: StepKind::Again(0),
            };
            let person = self.id(&character.key);
            let count = self.messages_of(&person).len();
            let seen = self.looked_at.get(&person).copied().unwrap_or(0);
            if count > seen {
                self.check_messages(&left, &character.key, &person, &[]);
                if let Some(failure) = self.failures.last_mut() {
                    failure.message = format!(
                        "{} has received what no step expects; add `{} receives`, or `unexpected messages: allowed` at the top",
                        character.key, character.key
                    );
                }
            }
        }
    }

    fn check_public_reply(
        &mut self,
        step: &Step,
        who: &str,
        one_of: Option<&[TextSpec]>,
    ) -> Result<(), Stuck> {
        let comment = self.last_comment(who)?;
        let replies: Vec<String> = self
            .stage
            .instagram()
            .sent()
            .iter()
            .filter(|sent| {
                sent.comment_id
                    .as_ref()
                    .is_some_and(|id| id.as_str() == comment.id)
            })
            .filter_map(|sent| sent.public_text().map(str::to_owned))
            .collect();
        let fits = match one_of {
            None => replies.is_empty(),
            Some(one_of) => replies.len() == 1 && one_of.iter().any(|text| text.fits(&replies[0])),
        };
        if !fits {
            let expected = one_of.map_or_else(
                || vec!["no answer".to_owned()],
                |one_of| one_of.iter().map(shape::text_line).collect(),
            );
            let got = if replies.is_empty() {
                vec!["no answer".to_owned()]
            } else {
                replies.iter().map(|text| format!("text: {text}")).collect()
            };
            let message = format!("the comment of {who} is not answered as it should be");
            self.fail(step, &message, expected, got);
        }
        Ok(())
    }

    fn check_reaction(&mut self, step: &Step, who: &str, wanted: Option<&str>) {
        let message = self.last_direct(who).map(|bubble| bubble.id);
        let got: Vec<String> = self
            .stage
            .instagram()
            .sent()
            .iter()
            .filter_map(|sent| {
                let (reaction, on) = sent.reaction()?;
                (Some(on.as_str()) == message.as_deref()).then(|| reaction.to_owned())
            })
            .collect();
        let last = got.last().map(String::as_str);
        if last != wanted {
            let shown = |reaction: Option<&str>| vec![reaction.unwrap_or("no reaction").to_owned()];
            let message = format!("the message of {who} has another reaction");
            self.fail(step, &message, shown(wanted), shown(last));
        }
    }
}
