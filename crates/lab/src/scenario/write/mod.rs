//! A conversation as a scenario's file: what was done, and what came of it as what is
//! expected.

mod done;
mod header;
mod names;
mod taps;
pub(super) mod yaml;

pub(crate) use names::Names;

use super::run::{RunError, note_down, run};
use super::{Files, Scenario};
use crate::simulator::Stage;
use yaml::Lines;

/// A conversation on its way into a file.
#[derive(Debug)]
pub(crate) struct Outline {
    header: Lines,
    steps: Vec<Lines>,
    names: Names,
}

/// A conversation as a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file's text.
    pub text: String,
    /// How many steps it has, what is expected included.
    pub steps: usize,
    /// What people said and received in it, person by person and line by line, so that it
    /// can be compared with the conversation that was meant.
    pub(crate) transcript: Vec<String>,
}

/// What is written above the steps.
#[derive(Debug, Clone)]
pub(crate) struct Title<'a> {
    pub name: &'a str,
    pub about: &'a str,
    pub workspace: &'a str,
}

/// Why a conversation cannot be written as a scenario.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Something in it cannot be said in a scenario.
    #[error("“{0}” cannot be written as a step of a scenario")]
    Unsayable(String),
    /// The scenario was written and cannot be played.
    #[error("the conversation cannot be played again from its start: {0}")]
    Run(#[from] RunError),
    /// The scenario was played and went otherwise the second time.
    #[error("the conversation goes otherwise each time it is played, so it is no test:\n{0}")]
    Unsteady(String),
}

impl Outline {
    /// Begins with everybody and everything that `stage` will have had in the end.
    pub(crate) fn begin(title: &Title<'_>, end: &Stage) -> Self {
        let names = Names::of(end);
        Self {
            header: header::lines(title, end, &names),
            names,
            steps: Vec::new(),
        }
    }

    /// Writes what is about to be done on `stage`.
    pub(crate) fn add(
        &mut self,
        stage: &Stage,
        done: &crate::simulator::Done,
    ) -> Result<(), WriteError> {
        match done::step(stage, done, &self.names) {
            Some(done::Step::Lines(lines)) => self.steps.push(lines),
            Some(done::Step::Nothing) => {}
            Some(done::Step::TakesBack(what)) => {
                let place = self.steps.iter().rposition(|step| *step == what);
                place.map(|place| self.steps.remove(place));
            }
            None => return Err(WriteError::Unsayable(done.label())),
        }
        Ok(())
    }

    /// Plays what was done, writes what came of it behind each step, and plays that again
    /// to see that it passes.
    pub(crate) async fn finish(self, files: &Files) -> Result<Written, WriteError> {
        let bare = self.text(&[]);
        let scenario = parse(&bare)?;
        let noted = note_down(&scenario, files).await?;
        let text = self.text(&noted.steps);
        let scenario = parse(&text)?;
        let report = run(&scenario, files).await?;
        if !report.passed {
            return Err(WriteError::Unsteady(report.failures_text()));
        }
        Ok(Written {
            text,
            steps: scenario.steps.len(),
            transcript: noted.transcript,
        })
    }

    fn text(&self, noted: &[Lines]) -> String {
        let mut text = String::new();
        for line in &self.header {
            text.push_str(line);
            text.push('\n');
        }
        if self.steps.is_empty() {
            text.push_str("steps: []\n");
            return text;
        }
        text.push_str("steps:\n");
        for (place, step) in self.steps.iter().enumerate() {
            if place > 0 {
                text.push('\n');
            }
            let behind = noted.get(place).map(Vec::as_slice).unwrap_or_default();
            for line in step.iter().chain(behind) {
                text.push_str("  ");
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    }
}

fn parse(text: &str) -> Result<Scenario, WriteError> {
    Scenario::parse(text).map_err(|error| WriteError::Unsteady(error.to_string()))
}
