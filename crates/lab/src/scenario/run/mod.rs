//! Playing a scenario on a running engine with a virtual clock.

mod act;
mod check;
mod noting;
mod operator;
mod recorded;
mod said;
mod shape;
mod trouble;

pub(crate) use noting::note_down;

use super::files::{FileError, Files};
use super::format::{Character, Scenario, Step, StepKind};
use super::node::Place;
use super::report::{Failure, Line, Report, Voice};
use super::words;
use crate::simulator::{Fact, Media, NewPerson, SimulatorError, SimulatorSettings, Stage};
use heliograph_model::{Contact, ContactId, DecisionRecord, OutboxId, SendRecord, UserState};
use heliograph_runtime::EmbeddedPlace;
use std::collections::{BTreeMap, HashMap};

/// Why a scenario could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file that it names is missing or wrong.
    #[error(transparent)]
    File(#[from] FileError),
    /// The engine does not start, or the workspace is refused.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// A step cannot be taken.
    #[error("{place}: {message}")]
    Step {
        /// Where it stands.
        place: Place,
        /// Why, and what to do.
        message: String,
    },
}

/// Plays a scenario from its start to its end, and tells what was not as expected.
///
/// # Errors
/// When it cannot be played: a file is missing, the workspace is refused, or a step asks
/// for something that is not there, such as a button that nobody sent.
pub async fn run(scenario: &Scenario, files: &Files) -> Result<Report, RunError> {
    let place = heliograph_runtime::Place::Embedded(EmbeddedPlace::default());
    Ok(run_on(scenario, files, place).await?.report)
}

/// What was played, with what it left behind.
#[derive(Debug)]
pub struct Played {
    /// The transcript, and what was not as expected.
    pub report: Report,
    /// Every decision with its trace, in order.
    pub decisions: Vec<DecisionRecord>,
    /// Where contacts stand at the end.
    pub states: Vec<UserState>,
    /// The contacts at the end.
    pub contacts: Vec<Contact>,
}

/// Plays a scenario on a place of one's choice, to compare what it leaves behind.
///
/// # Errors
/// As [`run`].
pub async fn run_on(
    scenario: &Scenario,
    files: &Files,
    on: heliograph_runtime::Place,
) -> Result<Played, RunError> {
    let mut run = Run::begin(scenario, files, on).await?;
    for step in &scenario.steps {
        run.step(step).await?;
    }
    run.end().await
}

/// A scenario that was played as far as it could be, and the stage that it leaves.
#[derive(Debug)]
pub(crate) struct Left {
    pub stage: Stage,
    /// What was not as expected.
    pub failures: Vec<Failure>,
    /// Why it was not played to its end.
    pub stuck: Option<RunError>,
}

/// Plays a scenario in a workspace of one's choice, and leaves the stage to go on from.
pub(crate) async fn play(
    scenario: &Scenario,
    settings: SimulatorSettings,
) -> Result<Left, RunError> {
    let files = Files::default();
    let mut run = Run::begin_with(scenario, &files, settings).await?;
    let mut stuck = None;
    for step in &scenario.steps {
        if let Err(error) = run.step(step).await {
            stuck = Some(error);
            break;
        }
    }
    run.stage.tell_no_more();
    Ok(Left {
        stage: run.stage,
        failures: run.failures,
        stuck,
    })
}

fn as_person(character: &Character) -> NewPerson {
    NewPerson {
        id: character.id.clone(),
        name: character.name.clone(),
        username: Some(character.username.clone()),
        follows: character.follows,
        language: character.language.clone(),
        hidden: character.hidden,
    }
}

/// Why a step cannot be taken, before it is known which one.
#[derive(Debug, thiserror::Error)]
enum Stuck {
    #[error("{0}")]
    Because(String),
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<heliograph_engine::ports::PortError> for Stuck {
    fn from(error: heliograph_engine::ports::PortError) -> Self {
        Self::Simulator(error.into())
    }
}

impl From<heliograph_engine::workspaces::WorkspaceError> for Stuck {
    fn from(error: heliograph_engine::workspaces::WorkspaceError) -> Self {
        Self::Simulator(error.into())
    }
}

/// A scenario that is being played.
#[derive(Debug)]
struct Run<'a> {
    scenario: &'a Scenario,
    files: &'a Files,
    stage: Stage,
    /// The ids of the people by the names in the scenario.
    ids: HashMap<String, ContactId>,
    crowd: Vec<ContactId>,
    /// Where people stood before the operator took it away.
    taken: HashMap<ContactId, UserState>,
    /// How many of each person's messages were looked at by an expectation.
    looked_at: HashMap<ContactId, usize>,
    /// Everything that was decided so far.
    decisions: Vec<DecisionRecord>,
    /// How each send stands.
    sends: BTreeMap<OutboxId, SendRecord>,
    /// The last send of the simulated Instagram that is in the transcript.
    told: u64,
    transcript: Vec<Line>,
    failures: Vec<Failure>,
}

impl<'a> Run<'a> {
    async fn begin(
        scenario: &'a Scenario,
        files: &'a Files,
        on: heliograph_runtime::Place,
    ) -> Result<Self, RunError> {
        let workspace = files.workspace(&scenario.workspace)?;
        let mut settings = SimulatorSettings::new(workspace, scenario.starts);
        settings.place = on;
        Self::begin_with(scenario, files, settings).await
    }

    /// Begins in a workspace of one's choice, with the people and posts of the scenario.
    async fn begin_with(
        scenario: &'a Scenario,
        files: &'a Files,
        mut settings: SimulatorSettings,
    ) -> Result<Self, RunError> {
        settings.starts = scenario.starts;
        if let Some(wanted) = &scenario.account {
            let wanted = wanted.trim_start_matches('@');
            let found = settings
                .workspace
                .accounts
                .iter()
                .find(|account| account.username == wanted || account.id.as_str() == wanted);
            settings.account = Some(found.ok_or(SimulatorError::NoAccount)?.id.clone());
        }
        settings.people = scenario.people.iter().map(as_person).collect();
        for media in &scenario.media {
            settings.media.retain(|known| known.id != media.id);
            settings.media.push(Media {
                id: media.id.clone(),
                kind: media.kind,
                title: media.key.clone(),
            });
        }
        let stage = Stage::open(&settings).await?;
        // From here on, what happens is kept for the expectations.
        stage.happened();
        let keys = scenario.people.iter().map(|character| &character.key);
        let begun = stage.begun().people.iter();
        let ids = keys
            .zip(begun)
            .filter_map(|(key, new)| Some((key.clone(), new.id.clone()?)))
            .collect();
        let mut run = Self {
            scenario,
            files,
            stage,
            ids,
            crowd: Vec::new(),
            taken: HashMap::new(),
            looked_at: HashMap::new(),
            decisions: Vec::new(),
            sends: BTreeMap::new(),
            told: 0,
            transcript: Vec::new(),
            failures: Vec::new(),
        };
        for character in &scenario.people {
            run.introduce(character).await?;
        }
        Ok(run)
    }

    /// What the account knows of somebody from before.
    async fn introduce(&mut self, character: &Character) -> Result<(), RunError> {
        let id = self.id(&character.key);
        if character.unsubscribed {
            self.stage.note(&id, Fact::Unsubscribed(true)).await?;
        }
        if character.email.is_some() {
            let email = Fact::Email(character.email.clone());
            self.stage.note(&id, email).await?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<(), RunError> {
        self.take(step).await.map_err(|stuck| match stuck {
            Stuck::Because(message) => RunError::Step {
                place: step.place,
                message: format!("“{}”: {message}", step.line),
            },
            Stuck::Simulator(error) => RunError::Step {
                place: step.place,
                message: format!("“{}”: {error}", step.line),
            },
            Stuck::File(error) => RunError::File(error),
        })?;
        Ok(())
    }

    async fn take(&mut self, step: &Step) -> Result<(), Stuck> {
        match &step.kind {
            StepKind::Act(act) => self.act(std::slice::from_ref(act)).await?,
            StepKind::Together(acts) => self.act(acts).await?,
            StepKind::Crowd { count, text } => self.crowd(*count, text).await?,
            StepKind::Again(times) => self.again(*times).await?,
            StepKind::Webhook(webhook) => self.webhook(webhook).await?,
            StepKind::Pass(millis) => {
                self.world("time", &words::passing(*millis));
                self.stage.let_pass(*millis).await?;
            }
            StepKind::Follow { who, follows } => self.follow(who, *follows).await?,
            StepKind::ByHand { who, what } => self.set(who, what).await?,
            StepKind::Operator(change) => self.operate(change).await?,
            StepKind::Fault(trouble) => self.trouble(*trouble).await?,
            StepKind::Expect(expectation) => self.check(step, expectation).await?,
        }
        self.stage.settle().await?;
        self.take_in();
        Ok(())
    }

    async fn end(mut self) -> Result<Played, RunError> {
        self.stage.settle().await?;
        self.take_in();
        if self.scenario.strict {
            self.check_nothing_is_left();
        }
        let store = self.stage.runtime().store();
        let (account, now) = (self.stage.account_id(), self.stage.now());
        let states = store.user_states(account, now, usize::MAX).await;
        let contacts = store.contacts(account, usize::MAX).await;
        let report = Report {
            scenario: self.scenario.name.clone(),
            passed: self.failures.is_empty(),
            steps: self.scenario.steps.len(),
            started: self.scenario.starts,
            ended: self.stage.now(),
            figures: self.stage.figures().await?,
            transcript: self.transcript,
            failures: self.failures,
        };
        self.stage.close().await;
        Ok(Played {
            report,
            decisions: self.decisions,
            states: states.map_err(SimulatorError::from)?,
            contacts: contacts.map_err(SimulatorError::from)?,
        })
    }

    fn id(&self, who: &str) -> ContactId {
        // The reader has checked every name; the account's own doing has none.
        self.ids
            .get(who)
            .cloned()
            .unwrap_or_else(|| self.stage.account_id().as_str().into())
    }

    /// What the scenario calls somebody.
    fn name(&self, id: Option<&ContactId>) -> String {
        let Some(id) = id else {
            return "nobody".to_owned();
        };
        if let Some((name, _)) = self.ids.iter().find(|(_, known)| *known == id) {
            return name.clone();
        }
        let guest = self.crowd.iter().position(|guest| guest == id);
        guest.map_or_else(|| id.to_string(), |place| format!("guest {}", place + 1))
    }

    fn line(&mut self, voice: Voice, who: &str, text: &str) {
        self.transcript.push(Line {
            at: self.stage.now(),
            voice,
            who: who.to_owned(),
            text: text.to_owned(),
        });
    }

    fn world(&mut self, who: &str, text: &str) {
        self.line(Voice::World, who, text);
    }

    fn fail(&mut self, step: &Step, message: &str, expected: Vec<String>, got: Vec<String>) {
        self.failures.push(Failure {
            place: step.place,
            step: step.line.clone(),
            message: message.to_owned(),
            expected,
            got,
        });
    }
}
