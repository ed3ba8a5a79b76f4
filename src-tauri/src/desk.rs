//! What the window works on: the library of automations, the simulator that tries them
//! out, both opened behind the window, and the listener in front of the simulator.

use crate::{
    cache::CacheScreen,
    connecting::Connecting,
    conversations::PeopleWatching,
    error::{CommandError, ErrorCode},
    front::{Front, Fronts},
    listening::Listening,
    notices::Noticing,
    queue::QueueScreen,
    settings::Settings,
    status::StatusLine,
    telling::Pages,
    traffic::{self, Watching},
    tunnel::Tunnelling,
    updates::Updates,
};
use heliograph_builder::{Builder, Shelf};
use heliograph_desk::{Connections, Conversations, SeenBook, Traffic};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_lab::demo_workspace;
use heliograph_lab::simulator::{NewPerson, Simulator, SimulatorSettings};
use heliograph_model::{AccountId, WorkspaceFile};
use heliograph_runtime::Documents;
use heliograph_runtime::secrets::KeyringAtHand;
use heliograph_runtime::settings::ProfilesFile;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// The state that commands share.
#[derive(Debug)]
pub(crate) struct Desk {
    /// Where the library of the offline profile is kept.
    folder: PathBuf,
    stage: watch::Sender<Stage>,
    pub(crate) fronts: Fronts,
    pub(crate) connections: Connections,
    pub(crate) connecting: Connecting,
    pub(crate) listening: Listening,
    pub(crate) updates: Updates,
    /// How much the windows have taken of what they were told.
    pub(crate) pages: Pages,
    /// What was seen of profiles that keep no journal.
    pub(crate) seen: Arc<SeenBook>,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) cache: CacheScreen,
    pub(crate) status: StatusLine,
    pub(crate) queue: QueueScreen,
    pub(crate) watching: Watching,
    pub(crate) conversations: Arc<Conversations>,
    pub(crate) people: PeopleWatching,
    pub(crate) tunnelling: Tunnelling,
    /// Changes when the settings do.
    pub(crate) settings: watch::Sender<()>,
    pub(crate) noticing: Noticing,
}

/// How far the opening is.
#[derive(Debug, Clone)]
enum Stage {
    Closed,
    Opening,
    Open(Opened),
    Failed(CommandError),
    Closing,
}

/// What is open.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) builder: Arc<Builder>,
    pub(crate) simulator: Arc<Simulator>,
    /// Lets the simulator follow the library.
    following: AbortHandle,
}

impl Desk {
    /// A desk whose files are in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let seen = Arc::new(SeenBook::at(folder));
        let traffic = Arc::new(Traffic::keeping(Arc::clone(&seen)));
        let conversations = Arc::new(Conversations::keeping(Arc::clone(&seen)));
        let tunnelling = Tunnelling::new(folder);
        let listening = Listening::new(tunnelling.beside(traffic.observer()));
        traffic.know(traffic::own_secret(&listening));
        Self {
            folder: folder.join("offline"),
            stage: watch::Sender::new(Stage::Closed),
            fronts: Fronts::default(),
            connections: Connections::new(profiles(folder), Arc::new(KeyringAtHand::new()), folder),
            connecting: Connecting::default(),
            listening,
            updates: Updates::default(),
            pages: Pages::default(),
            seen,
            traffic,
            cache: CacheScreen::new(folder),
            status: StatusLine::default(),
            queue: QueueScreen::default(),
            watching: Watching::default(),
            conversations,
            people: PeopleWatching::default(),
            tunnelling,
            settings: watch::Sender::new(()),
            noticing: Noticing::default(),
        }
    }

    /// Where the offline profile keeps its files.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Opens the library and a simulator on it, and the listener where that is set. Does
    /// nothing while it is open or being opened; after it failed, tries again.
    pub(crate) async fn open(&self, settings: &Settings) {
        let ours = self.stage.send_if_modified(|stage| match stage {
            Stage::Closed | Stage::Failed(_) => {
                *stage = Stage::Opening;
                true
            }
            Stage::Opening | Stage::Open(_) | Stage::Closing => false,
        });
        if !ours {
            return;
        }
        self.seen.keep(settings.keep_seen).await;
        match open(&self.folder).await {
            Ok(opened) => {
                let simulator = Arc::clone(&opened.simulator);
                // Before anything can come in.
                let runtime = simulator.runtime();
                self.fronts.put(Front::simulator(Arc::clone(&runtime)));
                self.watching.follow(&self.traffic, &self.fronts);
                self.queue.follow(&self.fronts);
                self.people.follow(&self.conversations, &self.fronts);
                self.cache.follow(&self.fronts);
                self.status.follow(&self.fronts, &self.cache.desk);
                self.stage.send_replace(Stage::Open(opened));
                if settings.listener_autostart {
                    // Why it did not start is in its status, which the window shows.
                    let port = settings.listener_port;
                    self.listening.route(&settings.listener_path);
                    self.renew_listener(&runtime).await;
                    self.listening.start(&runtime, port).await;
                }
                if settings.reconnect {
                    self.reconnect().await;
                }
            }
            Err(error) => {
                tracing::error!(%error, "the workspace does not open");
                self.stage.send_replace(Stage::Failed(error));
            }
        }
    }

    /// What is open, as soon as it is, or why it is not.
    pub(crate) async fn opened(&self) -> Result<Opened, CommandError> {
        let mut stages = self.stage.subscribe();
        let stage = stages
            .wait_for(|stage| !matches!(stage, Stage::Closed | Stage::Opening))
            .await;
        match stage.as_deref() {
            Ok(Stage::Open(opened)) => Ok(opened.clone()),
            Ok(Stage::Failed(error)) => Err(error.clone()),
            Ok(Stage::Closed | Stage::Opening | Stage::Closing) | Err(_) => Err(closing()),
        }
    }

    /// The library, as soon as it is open, or why it is not.
    pub(crate) async fn builder(&self) -> Result<Arc<Builder>, CommandError> {
        Ok(self.opened().await?.builder)
    }

    /// The simulator, as soon as it is open, or why it is not.
    pub(crate) async fn simulator(&self) -> Result<Arc<Simulator>, CommandError> {
        Ok(self.opened().await?.simulator)
    }

    /// The profile that the live screens look at, as soon as there is one.
    pub(crate) async fn front(&self) -> Result<Front, CommandError> {
        self.opened().await?;
        self.fronts.watch().borrow().clone().ok_or_else(closing)
    }

    /// To be called when the simulator may have got another engine: what looks at it, and
    /// the listener before it, go on with that.
    pub(crate) async fn renew(&self, simulator: &Simulator) {
        self.fronts.renew(simulator.runtime());
        if let Ok(front) = self.front().await {
            self.listening.follow(&front.runtime).await;
        }
    }

    /// What is open, as soon as it is, however often that fails before.
    pub(crate) async fn opened_at_last(&self) -> Result<Opened, CommandError> {
        let mut stages = self.stage.subscribe();
        let stage = stages
            .wait_for(|stage| matches!(stage, Stage::Open(_) | Stage::Closing))
            .await;
        match stage.as_deref() {
            Ok(Stage::Open(opened)) => Ok(opened.clone()),
            _ => Err(closing()),
        }
    }

    /// A window shows no live screen any more. The tunnel is no screen: its notices are
    /// watched for as long as there is the window, from before all else.
    pub(crate) fn unwatch_screens(&self, window: &str) {
        self.watching.unwatch(window);
        for watchers in [
            &self.people.tasks.windows,
            &self.cache.watching.windows,
            &self.queue.watching.windows,
        ] {
            watchers.unwatch(window);
        }
    }

    /// A window was closed: nothing is told to it any more, and what it looked at is
    /// forgotten.
    pub(crate) fn forget(&self, window: &str) {
        self.updates.windows.unwatch(window);
        self.tunnelling.windows.unwatch(window);
        self.unwatch_screens(window);
        self.traffic.forget(window);
        self.conversations.forget(window);
    }

    /// Stops what is running: first what brings work, then what does it.
    pub(crate) async fn close(&self) {
        self.updates.windows.stop();
        self.noticing.stop().await;
        self.watching.stop();
        self.queue.stop();
        self.people.stop();
        self.cache.stop();
        self.status.stop();
        self.tunnelling.stop().await;
        self.listening.stop().await;
        self.traffic.note_all().await;
        self.close_front().await;
        // What is published or drafted is on the disk before a command answers, and nothing
        // of the simulator's outlives it, so both are dropped where they stand.
        if let Stage::Open(opened) = self.stage.send_replace(Stage::Closing) {
            opened.following.abort();
        }
        self.fronts.clear();
    }
}

/// Opens the library in the folder, which begins as the demo workspace, and a simulator
/// that tries out what is drafted in it.
async fn open(folder: &Path) -> Result<Opened, CommandError> {
    std::fs::create_dir_all(folder).map_err(|error| {
        CommandError::new(
            ErrorCode::Unavailable,
            format!(
                "The folder {} cannot be made: {error}. Make room, or let this user write there.",
                folder.display()
            ),
        )
    })?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let documents = Documents::open(&folder.join("workspace.sqlite"), Arc::clone(&clock))
        .map_err(unavailable)?;
    let shelf = Shelf::open(&folder.join("builder.sqlite"))?;
    let builder = Builder::open(documents, shelf, clock, &demo_workspace()).await?;
    // The virtual clock starts at the present, so that webhooks from outside, which carry
    // the time of the world, are not from its future or long past.
    let published = builder.published().await?;
    let settings = SimulatorSettings {
        account: played(&published),
        open_to_others: true,
        people: vec![
            NewPerson::named("Maya Lindqvist", false),
            NewPerson::named("Leo Okafor", true),
        ],
        ..SimulatorSettings::new(published, SystemClock.now())
    };
    let simulator = Simulator::open(settings).await?;
    simulator.follow(builder.drafted().await?).await?;
    let (builder, simulator) = (Arc::new(builder), Arc::new(simulator));
    simulator.keep_up();
    let following = follow(Arc::clone(&builder), Arc::clone(&simulator));
    Ok(Opened {
        following: tokio::spawn(following).abort_handle(),
        builder,
        simulator,
    })
}

/// The account that the Simulator plays: the demo's for as long as it is there, whatever
/// others are called that were added.
fn played(workspace: &WorkspaceFile) -> Option<AccountId> {
    let first = demo_workspace().accounts.into_iter().next()?;
    let is_there = workspace.accounts.iter().any(|one| one.id == first.id);
    is_there.then_some(first.id)
}

/// What is drafted is what is tried.
async fn follow(builder: Arc<Builder>, simulator: Arc<Simulator>) {
    let mut changes = builder.changes();
    while changes.changed().await.is_ok() {
        if let Err(error) = follow_once(&builder, &simulator).await {
            tracing::warn!(%error, "the simulator does not follow the library");
        }
    }
}

async fn follow_once(builder: &Builder, simulator: &Simulator) -> Result<(), CommandError> {
    simulator.answer_for(builder.accounts().await?).await?;
    Ok(simulator.follow(builder.drafted().await?).await?)
}

/// The user's profiles; without a home they are beside the window's own files.
fn profiles(folder: &Path) -> ProfilesFile {
    ProfilesFile::of_the_user().unwrap_or_else(|error| {
        tracing::warn!(%error, "the profiles of the command line are not found");
        ProfilesFile::at(folder.join("profiles.json"))
    })
}

fn unavailable(error: impl std::fmt::Display) -> CommandError {
    CommandError::new(ErrorCode::Unavailable, error.to_string())
}

fn closing() -> CommandError {
    CommandError::new(ErrorCode::Unavailable, "Heliograph is closing.")
}
