//! What this worker handles, told live to whoever watches elsewhere.
//!
//! While nobody does, a worker asks once a second whether somebody has begun to, and
//! nothing is gathered. While somebody watches, what happens is told in batches, within a
//! bound ([`Bound`]): what is too much is left out by whole deliveries, and counted.

mod gathering;

pub use gathering::{Bound, Gathering, LONGEST_BODY};

use crate::happenings::Happenings;
use crate::ports::{Bulletins, PortError};
use futures::future::BoxFuture;
use heliograph_model::{Bulletin, Happening};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often it is asked whether anybody watches.
pub const LOOK: Duration = Duration::from_secs(1);
/// How long what happened is gathered before it is told.
const BATCH: Duration = Duration::from_millis(100);
/// A worker that has nothing to tell says so often that it is there.
pub const SIGN_OF_LIFE: Duration = Duration::from_secs(5);
/// For so long what happens is still gathered when nobody watches any more: a window whose
/// connection broke comes back sooner, and misses nothing then.
const GRACE: Duration = Duration::from_secs(4);
/// How long the last bulletin may take when the worker ends.
const LAST: Duration = Duration::from_secs(1);

/// Who tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teller {
    /// The worker's name, for people.
    pub worker: String,
    /// Its run, as in [`Bulletin::run`].
    pub run: String,
}

/// A worker that tells what it handles. Dropping it ends that too.
#[derive(Debug)]
pub struct Telling {
    end: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Telling {
    /// Tells from now on what happens in an engine, whenever somebody watches.
    #[must_use]
    pub fn start(
        happenings: Happenings,
        port: Arc<dyn Bulletins>,
        teller: Teller,
        bound: Bound,
    ) -> Self {
        let (end, ended) = oneshot::channel();
        let gathering = Gathering::new(teller, bound, std::time::Instant::now());
        let task = tokio::spawn(tell(happenings, port, gathering, ended));
        Self { end, task }
    }

    /// Tells what is gathered, and ends.
    pub async fn end(self) {
        let Self { end, mut task } = self;
        drop(end);
        if tokio::time::timeout(LAST, &mut task).await.is_err() {
            task.abort();
        }
    }
}

async fn tell(
    happenings: Happenings,
    port: Arc<dyn Bulletins>,
    mut gathering: Gathering,
    mut ended: oneshot::Receiver<()>,
) {
    loop {
        tokio::select! {
            () = watched(&*port) => {}
            _ = &mut ended => return,
        }
        let mut happenings = happenings.watch();
        tokio::select! {
            goes_on = while_watched(&mut happenings, &port, &mut gathering) => {
                if !goes_on {
                    return;
                }
            }
            _ = &mut ended => {
                gather_the_rest(&mut happenings, &mut gathering);
                let bulletins = gathering.bulletins(std::time::Instant::now());
                publish(&*port, bulletins).await;
                return;
            }
        }
    }
}

/// Returns when somebody watches.
async fn watched(port: &dyn Bulletins) {
    loop {
        match port.is_watched().await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => tracing::debug!(%error, "whether anybody watches is not known"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Tells until nobody watches any more; answers whether anything can happen after that.
async fn while_watched(
    happenings: &mut broadcast::Receiver<Arc<Happening>>,
    port: &Arc<dyn Bulletins>,
    gathering: &mut Gathering,
) -> bool {
    let mut ticks = interval(BATCH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut said = None::<Instant>;
    let mut asked = Instant::now();
    // What goes out while more is gathered: a server that is slow to answer makes nobody
    // miss what happens meanwhile.
    let mut turn = None::<BoxFuture<'static, Watched>>;
    let mut unwatched = None::<Instant>;
    loop {
        tokio::select! {
            happening = happenings.recv() => match happening {
                Ok(happening) => gathering.take(&happening, std::time::Instant::now()),
                Err(RecvError::Lagged(missed)) => gathering.missed(missed),
                Err(RecvError::Closed) => return false,
            },
            watched = async { turn.as_mut().expect("there is one").await }, if turn.is_some() => {
                turn = None;
                let since = match watched {
                    Watched::Yes => None,
                    Watched::Unknown => unwatched,
                    Watched::No => Some(unwatched.unwrap_or_else(Instant::now)),
                    Watched::Refused => {
                        gathering.forget();
                        return true;
                    }
                };
                unwatched = since;
                if since.is_some_and(|since| since.elapsed() >= GRACE) {
                    gathering.forget();
                    return true;
                }
            }
            _ = ticks.tick(), if turn.is_none() => {
                let now = std::time::Instant::now();
                let mut bulletins = match unwatched {
                    None => gathering.bulletins(now),
                    Some(_) => Vec::new(),
                };
                let says = unwatched.is_none() && bulletins.is_empty();
                if says && said.is_none_or(|said| said.elapsed() >= SIGN_OF_LIFE) {
                    bulletins.push(gathering.sign_of_life(now));
                }
                if !bulletins.is_empty() {
                    said = Some(Instant::now());
                }
                let asks = asked.elapsed() >= LOOK;
                if asks {
                    asked = Instant::now();
                }
                if asks || !bulletins.is_empty() {
                    turn = Some(Box::pin(take_turn(Arc::clone(port), bulletins, asks)));
                }
            }
        }
    }
}

/// Whether anybody watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watched {
    Yes,
    No,
    /// It was not asked, or a server that does not answer says nothing of who watches.
    Unknown,
    /// Nothing may be told any more.
    Refused,
}

/// Publishes, and asks whether anybody watches still, where that is to be asked.
async fn take_turn(port: Arc<dyn Bulletins>, bulletins: Vec<Bulletin>, asks: bool) -> Watched {
    if !publish(&*port, bulletins).await {
        return Watched::Refused;
    }
    match asks {
        true => match port.is_watched().await {
            Ok(true) => Watched::Yes,
            Ok(false) => Watched::No,
            Err(_) => Watched::Unknown,
        },
        false => Watched::Unknown,
    }
}

/// Publishes as much as goes; answers whether it is allowed. What does not go is missed,
/// which its readers see by the counts of the next one.
async fn publish(port: &dyn Bulletins, bulletins: Vec<Bulletin>) -> bool {
    for bulletin in bulletins {
        match port.publish(&bulletin).await {
            Ok(()) => {}
            Err(PortError::Refused(_)) => return false,
            Err(error) => {
                tracing::debug!(%error, "those who watch elsewhere were not told");
                return true;
            }
        }
    }
    true
}

fn gather_the_rest(
    happenings: &mut broadcast::Receiver<Arc<Happening>>,
    gathering: &mut Gathering,
) {
    loop {
        match happenings.try_recv() {
            Ok(happening) => gathering.take(&happening, std::time::Instant::now()),
            Err(TryRecvError::Lagged(missed)) => gathering.missed(missed),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return,
        }
    }
}

#[cfg(test)]
mod tests;
