//! What the parts of the application look like to somebody who looks for trouble.

use super::{NoticeKind, Sighting, words};
use heliograph_model::{GuardLevel, Millis};

/// What is seen of the listener: why it does not run, where it should and does not.
#[must_use]
pub fn listener(failed: Option<&str>) -> Sighting {
    match failed {
        Some(why) => Sighting::Wrong(words::listener_failed(why)),
        None => Sighting::Fine(NoticeKind::Listener, String::new()),
    }
}

/// How the tunnel looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TunnelSeen<'a> {
    /// Nobody wants it.
    Stopped,
    /// It is about to come up.
    Starting,
    /// It is up, and has another address than the time before.
    Up {
        /// Its address, where that is another one than the time before.
        changed: Option<&'a str>,
    },
    /// It was lost and is tried again by itself.
    Away {
        /// What happened.
        reason: &'a str,
    },
    /// It ended and is not tried again.
    Failed {
        /// What happened.
        reason: &'a str,
        /// What to do.
        advice: &'a str,
    },
}

/// What is seen of the tunnel.
#[must_use]
pub fn tunnel(seen: TunnelSeen<'_>) -> Vec<Sighting> {
    let fine = Sighting::Fine(NoticeKind::Tunnel, String::new());
    match seen {
        TunnelSeen::Stopped => vec![fine],
        // It is tried again, and whether that helps shows later.
        TunnelSeen::Starting => Vec::new(),
        TunnelSeen::Up { changed: None } => vec![fine],
        TunnelSeen::Up { changed: Some(url) } => {
            vec![fine, Sighting::Happened(words::address_changed(url))]
        }
        TunnelSeen::Away { reason } => vec![Sighting::Wrong(words::tunnel_away(reason))],
        TunnelSeen::Failed { reason, advice } => {
            vec![Sighting::Wrong(words::tunnel_failed(reason, advice))]
        }
    }
}

/// What is seen when a profile could not be connected: which, and why.
#[must_use]
pub fn not_connected(profile: &str, why: &str) -> Sighting {
    Sighting::Happened(words::not_connected(profile, why))
}

/// Notices when *live* ends by itself; whoever ends it by hand knows.
#[derive(Debug, Default)]
pub struct LiveEye {
    /// The profile that was live, and until when it was to be.
    before: Option<(String, Millis)>,
}

impl LiveEye {
    /// What is seen of the guard: the profile in front, its level, and until when it is
    /// live.
    pub fn see(
        &mut self,
        now: Millis,
        profile: Option<&str>,
        level: GuardLevel,
        until: Option<Millis>,
    ) -> Option<Sighting> {
        let is_live = profile.filter(|_| level == GuardLevel::Live).zip(until);
        let now_live = is_live.map(|(profile, until)| (profile.to_owned(), until));
        let (was, until) = std::mem::replace(&mut self.before, now_live)?;
        let is_over = self.before.is_none() && profile == Some(was.as_str()) && now >= until;
        is_over.then(|| Sighting::Happened(words::live_ended(&was)))
    }
}
