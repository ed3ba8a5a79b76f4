//! A tunnel that is started, kept up, looked at and stopped.

use crate::child::{Child, Heard};
use crate::error::{Result, TunnelError};
use crate::health::{self, Health};
use crate::keep::{Kept, TunnelFile};
use crate::machine::{Machine, Verdict};
use crate::output::{Output, OutputLine};
use crate::plan::Plan;
use crate::programs::{self, Program, Programs};
use crate::reading::Reader;
use crate::settings::{TunnelKind, TunnelSettings};
use crate::state::TunnelState;
use heliograph_engine::ports::Clock;
use heliograph_model::Millis;
use parking_lot::Mutex;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A name that was just made up is not asked for before so many milliseconds: whoever asks
/// too early may be told for long that it does not exist.
const FRESH_NAME: i64 = 3 * Millis::SECOND;

/// Lines of the program's output that a status holds.
const SHOWN_LINES: usize = 100;

/// A tunnel as it is looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TunnelStatus {
    /// How it is.
    pub state: TunnelState,
    /// The kind that was started last.
    pub kind: Option<TunnelKind>,
    /// The port of the loopback address that it leads to.
    pub port: u16,
    /// The command line, where a program was started.
    pub command: Option<String>,
    /// What the listener answers through the public address, once it was asked.
    pub health: Option<Health>,
    /// The address of the time before, where it was another one: whoever knows it has to
    /// be told.
    pub earlier_url: Option<String>,
    /// The last lines of the program, the oldest first.
    pub output: Vec<OutputLine>,
}

/// The one tunnel of an application.
#[derive(Debug)]
pub struct Tunnel {
    shared: Arc<Shared>,
    programs: Programs,
    /// Held while starting and stopping, so that one is finished before the next begins.
    turn: tokio::sync::Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // With the task goes the program.
        self.task.abort();
    }
}

#[derive(Debug)]
struct Shared {
    clock: Arc<dyn Clock>,
    file: TunnelFile,
    /// Held for a moment only, never while waiting.
    inside: Mutex<Inside>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Inside {
    machine: Machine,
    output: Output,
    plan: Option<Plan>,
    port: u16,
    health: Option<Health>,
    /// What is remembered, among it the address that was up last.
    kept: Kept,
    /// The one before, where it was another.
    earlier_url: Option<String>,
}

impl Tunnel {
    /// A tunnel that is not started. Its programs are looked for in `programs`, and its
    /// settings are kept in `file`, with the address that was up last, so that another one
    /// is told apart.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, programs: Programs, file: TunnelFile) -> Self {
        let inside = Inside {
            kept: file.read(),
            ..Inside::default()
        };
        Self {
            shared: Arc::new(Shared {
                clock,
                file,
                inside: Mutex::new(inside),
                changed: watch::Sender::new(()),
            }),
            programs,
            turn: tokio::sync::Mutex::new(None),
        }
    }

    /// The settings that were kept last.
    #[must_use]
    pub fn settings(&self) -> TunnelSettings {
        self.shared.inside.lock().kept.settings.clone()
    }

    /// Keeps settings for the next start; what runs goes on as it is.
    ///
    /// # Errors
    /// When they cannot be written down.
    pub fn keep(&self, settings: &TunnelSettings) -> Result<()> {
        let kept = self.shared.change(|inside| {
            inside.kept.settings = settings.clone();
            inside.kept.clone()
        });
        let written = self.shared.file.write(&kept);
        written.map_err(|error| TunnelError::NotKept(error.to_string()))
    }

    /// Starts a tunnel to a port of the loopback address, in place of the one before.
    ///
    /// # Errors
    /// When a setting has to be changed, or the program is not on this machine; the tunnel
    /// before runs on then.
    pub async fn start(&self, settings: &TunnelSettings, port: u16) -> Result<()> {
        let plan = Plan::new(settings, port)?;
        let found = match &plan.command {
            None => None,
            Some((program, _)) => {
                let found = self.programs.find(program);
                Some(found.ok_or_else(|| TunnelError::NotInstalled {
                    program: program.clone(),
                    advice: programs::advice(program),
                })?)
            }
        };
        let mut turn = self.turn.lock().await;
        stop(&mut turn).await;
        let now = self.shared.clock.now();
        self.shared.change(|inside| {
            inside.machine = match (&plan.command, &plan.url) {
                (None, Some(url)) => Machine::without_program(url.clone(), now),
                (command, url) => {
                    let program = command.as_ref().map_or("it", |(program, _)| program);
                    Machine::new(program, url.clone())
                }
            };
            inside.output.clear();
            inside.health = None;
            inside.port = port;
            inside.plan = Some(plan.clone());
        });
        self.shared.note_url();
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(run(shared, plan, found, stopped));
        *turn = Some(Running { stop, task });
        Ok(())
    }

    /// Stops it, and returns when its program has ended.
    pub async fn stop(&self) {
        let mut turn = self.turn.lock().await;
        stop(&mut turn).await;
        self.shared.change(|inside| {
            inside.machine.stopped();
            inside.health = None;
        });
    }

    /// Which programs for tunnels are here.
    pub async fn programs(&self) -> Vec<Program> {
        self.programs.known().await
    }

    /// How it is now.
    #[must_use]
    pub fn status(&self) -> TunnelStatus {
        let inside = self.shared.inside.lock();
        TunnelStatus {
            state: inside.machine.state().clone(),
            kind: inside.plan.as_ref().map(|plan| plan.kind),
            port: inside.port,
            command: inside.plan.as_ref().and_then(Plan::shown),
            health: inside.health.clone(),
            earlier_url: inside.earlier_url.clone(),
            output: inside.output.last(SHOWN_LINES),
        }
    }

    /// Tells when anything of it changed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<()> {
        self.shared.changed.subscribe()
    }

    /// Asks now whether the listener answers at the public address.
    pub async fn look(&self) {
        let (url, port) = {
            let inside = self.shared.inside.lock();
            (
                inside.machine.state().url().map(ToOwned::to_owned),
                inside.port,
            )
        };
        if let Some(url) = url {
            look(&self.shared, &url, port).await;
        }
    }
}

async fn stop(turn: &mut Option<Running>) {
    if let Some(mut running) = turn.take() {
        running.stop.send_replace(true);
        // It fails only when the task panicked, and then the program is gone too.
        let _ = (&mut running.task).await;
    }
}

impl Shared {
    fn change<T>(&self, change: impl FnOnce(&mut Inside) -> T) -> T {
        let answer = change(&mut self.inside.lock());
        self.changed.send_replace(());
        answer
    }

    fn say(&self, text: &str) {
        let now = self.clock.now();
        self.change(|inside| inside.output.add(now, text, true));
    }

    /// What the machine makes of something that happened.
    fn decide(&self, happened: impl FnOnce(&mut Machine, Millis) -> Verdict) -> Verdict {
        let now = self.clock.now();
        let verdict = self.change(|inside| {
            let verdict = happened(&mut inside.machine, now);
            if inside.machine.state().url().is_none() {
                inside.health = None;
            }
            verdict
        });
        self.note_url();
        verdict
    }

    /// Remembers the address that is up, and the one before it.
    fn note_url(&self) {
        let kept = {
            let mut inside = self.inside.lock();
            let Some(url) = inside.machine.state().url().map(ToOwned::to_owned) else {
                return;
            };
            if inside.kept.last_url.as_ref() == Some(&url) {
                return;
            }
            inside.earlier_url = inside.kept.last_url.replace(url);
            inside.kept.clone()
        };
        self.changed.send_replace(());
        if let Err(error) = self.file.write(&kept) {
            tracing::warn!(%error, "the tunnel's address is not remembered");
        }
    }
}

/// Ends a task when it is dropped.
struct Ended(JoinHandle<()>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps a tunnel up until it is stopped or has failed.
async fn run(
    shared: Arc<Shared>,
    plan: Plan,
    program: Option<PathBuf>,
    mut stopped: watch::Receiver<bool>,
) {
    let _looking = Ended(tokio::spawn(keep_looking(Arc::clone(&shared))));
    let (Some(program), Some((name, args))) = (program, plan.command) else {
        // An address of one's own is only looked at.
        until_stopped(&mut stopped).await;
        return;
    };
    loop {
        let now = shared.clock.now();
        shared.change(|inside| inside.machine.started(now));
        let child = match Child::start(&program, &args).await {
            Ok(child) => child,
            Err(error) => {
                shared.decide(|machine, _| {
                    let reason = format!("{name} was not started: {error}");
                    machine.give_up(reason, programs::advice(&name))
                });
                until_stopped(&mut stopped).await;
                return;
            }
        };
        let reader = Reader::new(plan.kind);
        let (child, verdict) = converse(&shared, child, reader, stopped.clone()).await;
        child.end().await;
        match verdict {
            Verdict::GoOn => return,
            Verdict::GiveUp => {
                until_stopped(&mut stopped).await;
                return;
            }
            Verdict::StartAt(at) => {
                shared.say("It is started again.");
                tokio::select! {
                    () = shared.clock.sleep_until(at) => {}
                    () = until_stopped(&mut stopped) => return,
                }
            }
        }
    }
}

/// Listens to a program until it is to be ended; `GoOn`: because somebody stops it.
async fn converse(
    shared: &Shared,
    mut child: Child,
    mut reader: Reader,
    mut stopped: watch::Receiver<bool>,
) -> (Child, Verdict) {
    loop {
        let deadline = shared.inside.lock().machine.deadline();
        let heard = tokio::select! {
            biased;
            () = until_stopped(&mut stopped) => return (child, Verdict::GoOn),
            heard = child.next() => heard,
            () = sleep_until(&*shared.clock, deadline) => {
                match shared.decide(Machine::waited) {
                    Verdict::GoOn => continue,
                    verdict => return (child, verdict),
                }
            }
        };
        let verdict = match heard {
            Heard::Line(line) => {
                if !reader.is_noise(&line) {
                    let now = shared.clock.now();
                    shared.change(|inside| inside.output.add(now, &line, false));
                }
                let mut verdict = Verdict::GoOn;
                for said in reader.read(&line) {
                    verdict = shared.decide(|machine, now| machine.said(said, now));
                }
                verdict
            }
            Heard::Ended(how) => {
                shared.say(&format!("It ended: {how}."));
                shared.decide(|machine, now| machine.ended(&how, now))
            }
        };
        if verdict != Verdict::GoOn {
            return (child, verdict);
        }
    }
}

async fn sleep_until(clock: &dyn Clock, at: Option<Millis>) {
    match at {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Returns when it is to stop; also when nobody could stop it any more.
async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Asks through the public address, at intervals, as long as there is one.
async fn keep_looking(shared: Arc<Shared>) {
    let mut changes = shared.changed.subscribe();
    loop {
        changes.mark_unchanged();
        let (url, port, is_made_up) = {
            let inside = shared.inside.lock();
            let url = inside.machine.state().url().map(ToOwned::to_owned);
            let kind = inside.plan.as_ref().map(|plan| plan.kind);
            (url, inside.port, kind == Some(TunnelKind::CloudflaredQuick))
        };
        let Some(url) = url else {
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        };
        let asking = async {
            if is_made_up {
                let later = shared.clock.now() + FRESH_NAME;
                shared.clock.sleep_until(later).await;
            }
            loop {
                let again = look(&shared, &url, port).await;
                shared.clock.sleep_until(again).await;
            }
        };
        let gone = async {
            let is_there =
                |shared: &Shared| shared.inside.lock().machine.state().url() == Some(url.as_str());
            while is_there(&shared) && changes.changed().await.is_ok() {}
        };
        tokio::select! {
            () = asking => {}
            () = gone => {}
        }
    }
}

/// Asks once; answers with when to ask again.
async fn look(shared: &Shared, url: &str, port: u16) -> Millis {
    let asked = health::ask(url, port).await;
    let now = shared.clock.now();
    shared.change(|inside| {
        if inside.machine.state().url() != Some(url) {
            return now;
        }
        let health = Health::after(inside.health.as_ref(), asked, now);
        let again = health.ask_again();
        inside.health = Some(health);
        again
    })
}
