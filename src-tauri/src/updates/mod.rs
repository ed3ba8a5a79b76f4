//! What each window is told without asking: what changed, at most every 80 ms.
//!
//! There is no queue of updates that could grow. That something changed is kept as a
//! flag, and when it is time, the present state is read: however much happens, a batch
//! holds at most one snapshot of each thing, and it is the newest.

mod people;

use crate::{
    connecting::ConnectionStatus,
    desk::Desk,
    error::CommandError,
    listening::ListenerStatus,
    settings::{self, Settings},
    telling::Telling,
    watching::Watchers,
};
use heliograph_builder::Library;
use heliograph_desk::status::FrontFigures;
use heliograph_lab::simulator::{Figures, Playback, SimulatorView};
use heliograph_model::Millis;
use people::ChangedPeople;
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use tauri::{AppHandle, Manager, WebviewWindow};
use tokio::time::{Instant, sleep_until};

/// The least time between two batches.
const BETWEEN_BATCHES: Duration = Duration::from_millis(80);

/// Something that changed.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(tag = "update", rename_all = "snake_case")]
pub enum WindowUpdate {
    /// The simulator.
    Simulator {
        /// How it is now; without the people where `people` says what changed about them.
        view: Box<SimulatorView>,
        /// What changed about the people since they were told last; absent the first time,
        /// when they stand in `view`.
        people: Option<ChangedPeople>,
    },
    /// Only the simulator's counters; the rest is as it was told before.
    Figures {
        /// How they are now.
        figures: Box<Figures>,
    },
    /// Only what time changes by passing, while the clock runs; the rest is as it was told
    /// before.
    Clock {
        /// What the virtual clock says.
        now: Millis,
        /// The line of moments and what is due.
        playback: Box<Playback>,
    },
    /// The library, whole.
    Library {
        /// How it is now.
        library: Arc<Library>,
    },
    /// The listener.
    Listener {
        /// How it is now.
        status: ListenerStatus,
    },
    /// Which profile is in front, and what is allowed there.
    Connection {
        /// How it is now.
        status: ConnectionStatus,
    },
    /// What the profile in front has done.
    Front {
        /// How it is now; `None` while the simulator's is in front, whose figures are told
        /// with it.
        figures: Option<Box<FrontFigures>>,
    },
    /// The settings, which another window may have changed.
    Settings {
        /// How they are now.
        settings: Box<Settings>,
    },
}

/// What tells the windows.
#[derive(Debug, Default)]
pub(crate) struct Updates {
    pub(crate) windows: Watchers,
}

impl Updates {
    /// Tells a window what changes from now on. A window that was loaded again watches
    /// again, and the watcher of the page that is gone ends.
    pub(crate) fn watch(&self, window: &WebviewWindow, telling: Telling<Vec<WindowUpdate>>) {
        let (app, label) = (window.app_handle().clone(), window.label().to_owned());
        self.windows.watch(window.label(), async move {
            if let Err(error) = tell(&app, &label, &telling).await {
                tracing::warn!(%error, "the window is not told of changes any more");
            }
        });
    }
}

async fn tell(
    app: &AppHandle,
    window: &str,
    telling: &Telling<Vec<WindowUpdate>>,
) -> Result<(), CommandError> {
    let desk = app.state::<Desk>();
    let opened = desk.opened_at_last().await?;
    let (builder, simulator) = (&opened.builder, &opened.simulator);
    let mut simulated = simulator.changes();
    let mut built = builder.changes();
    // The first look is always one at the library, too.
    built.mark_changed();
    let mut listener = desk.listening.changes();
    let mut connection = desk.connecting.changes();
    let mut traffic = desk.watching.in_front();
    let mut settings = desk.settings.subscribe();
    let mut front = desk.status.figures();
    let mut told = Told::default();
    loop {
        // What changes from here on is told by the next batch.
        simulated.mark_unchanged();
        listener.mark_unchanged();
        connection.mark_unchanged();
        settings.mark_unchanged();
        let traffic_is_in_front = traffic.borrow_and_update().contains(window);
        let library = match built.has_changed() {
            Ok(true) => {
                built.mark_unchanged();
                match builder.library().await {
                    Ok(library) => Some(library),
                    Err(error) => {
                        tracing::warn!(%error, "the library cannot be looked at");
                        None
                    }
                }
            }
            Ok(false) | Err(_) => None,
        };
        let not_before = Instant::now() + BETWEEN_BATCHES;
        let status = desk.listening.status();
        // Nobody sees the people and what they say behind the traffic, and they change with
        // each of thousands of events.
        let looked = if traffic_is_in_front && told.view.is_some() {
            let figures = simulator.figures().await;
            figures.map(|figures| told.news_behind(figures, library, status))
        } else {
            let edition = simulator.edition();
            let view = if told.edition == Some(edition) {
                simulator.glance().await
            } else {
                simulator.view().await
            };
            view.map(|view| {
                told.edition = Some(edition);
                told.news(view, library, status)
            })
        };
        match looked {
            Ok(mut batch) => {
                batch.extend(told.connection_news(desk.connection()));
                batch.extend(told.front_news(front.borrow_and_update().as_ref()));
                batch.extend(told.settings_news(settings::read(app)));
                // A page that is gone has one behind it that watches for itself.
                if !batch.is_empty() && !telling.tell(batch).await {
                    return Ok(());
                }
            }
            // The next change brings another try; until then the window shows what it has.
            Err(error) => tracing::warn!(%error, "the simulator cannot be looked at"),
        }
        sleep_until(not_before).await;
        let changed = tokio::select! {
            changed = simulated.changed() => changed,
            changed = built.changed() => { built.mark_changed(); changed }
            changed = listener.changed() => changed,
            changed = connection.changed() => changed,
            changed = traffic.changed() => changed,
            changed = settings.changed() => changed,
            changed = front.changed() => changed,
        };
        if changed.is_err() {
            return Ok(());
        }
    }
}

/// Whether nothing but the people can differ, and the counters and what the clock says.
fn is_same_place(known: &SimulatorView, view: &SimulatorView) -> bool {
    known.workspace == view.workspace && known.account == view.account && known.media == view.media
}

/// What the window knows.
#[derive(Debug, Default)]
struct Told {
    /// Without the automations, which are told anew with each edition.
    view: Option<SimulatorView>,
    edition: Option<u64>,
    library: Option<Arc<Library>>,
    listener: Option<ListenerStatus>,
    connection: Option<ConnectionStatus>,
    settings: Option<Settings>,
    front: Option<FrontFigures>,
}

impl Told {
    fn connection_news(&mut self, status: ConnectionStatus) -> Option<WindowUpdate> {
        if self.connection.as_ref() == Some(&status) {
            return None;
        }
        self.connection = Some(status.clone());
        Some(WindowUpdate::Connection { status })
    }

    fn front_news(&mut self, figures: Option<&FrontFigures>) -> Option<WindowUpdate> {
        if self.front.as_ref() == figures {
            return None;
        }
        self.front = figures.cloned();
        Some(WindowUpdate::Front {
            figures: figures.cloned().map(Box::new),
        })
    }

    fn settings_news(&mut self, settings: Settings) -> Option<WindowUpdate> {
        if self.settings.as_ref() == Some(&settings) {
            return None;
        }
        self.settings = Some(settings.clone());
        Some(WindowUpdate::Settings {
            settings: Box::new(settings),
        })
    }

    /// What it does not know yet, and knows from now on.
    fn news(
        &mut self,
        mut view: SimulatorView,
        library: Option<Library>,
        listener: ListenerStatus,
    ) -> Vec<WindowUpdate> {
        let mut news = Vec::with_capacity(3);
        let automations = view.automations.take();
        let people = self
            .view
            .as_ref()
            .map(|known| people::changed(&known.people, &view.people));
        match (&self.view, &people) {
            (Some(known), Some(people))
                if automations.is_none()
                    && people.is_nothing(known.people.len())
                    && is_same_place(known, &view) =>
            {
                if known.figures != view.figures {
                    news.push(WindowUpdate::Figures {
                        figures: Box::new(view.figures),
                    });
                }
                if known.now != view.now || known.playback != view.playback {
                    news.push(WindowUpdate::Clock {
                        now: view.now,
                        playback: Box::new(view.playback.clone()),
                    });
                }
            }
            _ => {
                news.push(WindowUpdate::Simulator {
                    view: Box::new(SimulatorView {
                        workspace: view.workspace.clone(),
                        account: view.account.clone(),
                        now: view.now,
                        people: match people {
                            Some(_) => Vec::new(),
                            None => view.people.clone(),
                        },
                        media: view.media.clone(),
                        automations,
                        figures: view.figures,
                        playback: view.playback.clone(),
                    }),
                    people,
                });
            }
        }
        self.view = Some(view);
        self.rest(library, listener, &mut news);
        news
    }

    /// The same while nobody sees the people: what is told of the simulator is its figures.
    fn news_behind(
        &mut self,
        figures: Figures,
        library: Option<Library>,
        listener: ListenerStatus,
    ) -> Vec<WindowUpdate> {
        let mut news = Vec::with_capacity(2);
        if let Some(known) = &mut self.view
            && known.figures != figures
        {
            news.push(WindowUpdate::Figures {
                figures: Box::new(figures),
            });
            known.figures = figures;
        }
        self.rest(library, listener, &mut news);
        news
    }

    fn rest(
        &mut self,
        library: Option<Library>,
        listener: ListenerStatus,
        news: &mut Vec<WindowUpdate>,
    ) {
        if let Some(library) = library
            && self.library.as_deref() != Some(&library)
        {
            let library = Arc::new(library);
            news.push(WindowUpdate::Library {
                library: Arc::clone(&library),
            });
            self.library = Some(library);
        }
        if self.listener.as_ref() != Some(&listener) {
            news.push(WindowUpdate::Listener {
                status: listener.clone(),
            });
            self.listener = Some(listener);
        }
    }
}
