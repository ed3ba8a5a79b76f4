//! The tunnel before the listener, what the listener was asked to verify, and the windows
//! that watch both.

use crate::listening::ListenerStatus;
use crate::telling::Telling;
use crate::watching::Watchers;
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_listener::{Accepted, ListenerSettings, Observer, Received, Refusal, Verification};
use heliograph_tunnel::{Challenges, Programs, SeenChallenge, Tunnel, TunnelFile, TunnelStatus};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The least time between two pieces of news.
const BETWEEN_NEWS: Duration = Duration::from_millis(80);

/// The tunnel and the challenges, as they are now.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct TunnelNews {
    /// The tunnel.
    pub status: TunnelStatus,
    /// The verifications that the listener was asked for, the newest last.
    pub challenges: Vec<SeenChallenge>,
}

/// The tunnel and who watches it.
#[derive(Debug)]
pub(crate) struct Tunnelling {
    pub(crate) tunnel: Arc<Tunnel>,
    challenges: Challenges,
    /// Tell the windows.
    pub(crate) windows: Watchers,
}

impl Tunnelling {
    /// A tunnel that is not started, whose settings are in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let file = TunnelFile::at(folder.join("tunnel.json"));
        let programs = Programs::of_this_machine();
        Self {
            tunnel: Arc::new(Tunnel::new(Arc::clone(&clock), programs, file)),
            challenges: Challenges::new(clock),
            windows: Watchers::default(),
        }
    }

    /// Somebody for a listener to tell, who also tells `other`.
    pub(crate) fn beside(&self, other: Arc<dyn Observer>) -> Arc<dyn Observer> {
        Arc::new(Both {
            challenges: self.challenges.clone(),
            other,
        })
    }

    /// Tells a window how it is, now and whenever that changes, in place of its channel
    /// before.
    pub(crate) fn watch(&self, window: &str, telling: Telling<TunnelNews>) {
        let (tunnel, challenges) = (Arc::clone(&self.tunnel), self.challenges.clone());
        self.windows.watch(window, async move {
            let (mut changes, mut seen) = (tunnel.changes(), challenges.changes());
            loop {
                changes.mark_unchanged();
                seen.mark_unchanged();
                let not_before = Instant::now() + BETWEEN_NEWS;
                let news = TunnelNews {
                    status: tunnel.status(),
                    challenges: challenges.seen(),
                };
                if !telling.tell(news).await {
                    return;
                }
                sleep_until(not_before).await;
                let changed = tokio::select! {
                    changed = changes.changed() => changed,
                    changed = seen.changed() => changed,
                };
                if changed.is_err() {
                    return;
                }
            }
        });
    }

    /// Ends the tunnel's program, and tells nobody any more.
    pub(crate) async fn stop(&self) {
        self.windows.stop();
        self.tunnel.stop().await;
    }
}

/// The webhook's path of a listener that runs, or the usual one.
pub(crate) fn webhook_path(listener: &ListenerStatus) -> String {
    let address = listener.address.as_deref().unwrap_or_default();
    let after_scheme = address.split_once("://").map(|(_, rest)| rest);
    let path = after_scheme.and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned()));
    path.unwrap_or_else(|| ListenerSettings::PATH.to_owned())
}

/// Two who look on.
#[derive(Debug)]
struct Both {
    challenges: Challenges,
    other: Arc<dyn Observer>,
}

impl Observer for Both {
    fn refused(&self, refusal: &Refusal, request: &Received<'_>) {
        self.other.refused(refusal, request);
    }

    fn accepted(&self, accepted: &Accepted<'_>, request: &Received<'_>) {
        self.other.accepted(accepted, request);
    }

    fn verification(&self, verification: &Verification, request: &Received<'_>) {
        self.challenges.verification(verification, request);
        self.other.verification(verification, request);
    }
}
