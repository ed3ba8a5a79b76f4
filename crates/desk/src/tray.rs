//! What the icon beside the system's clock shows: the listener and the profile in front.

use heliograph_model::GuardLevel;

/// Which picture it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrayIcon {
    /// The listener accepts deliveries.
    Listening,
    /// It was not started, or was stopped.
    Stopped,
    /// It should run and does not.
    Failed,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraySeen<'a> {
    /// How the listener is.
    pub listener: TrayIcon,
    /// Its port, or the one that it was last asked to take; 0 where there is none.
    pub port: u16,
    /// The profile in front; `None` for the offline one.
    pub profile: Option<&'a str>,
    /// What is allowed there.
    pub level: GuardLevel,
    /// How many notices nobody has seen.
    pub unread: usize,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayFace {
    /// The picture.
    pub icon: TrayIcon,
    /// Whether the desktop should draw attention to it.
    pub attention: bool,
    /// The listener in a line.
    pub listener: String,
    /// The profile and its guard level in a line.
    pub profile: String,
    /// The notices in a line; `None` where none is new.
    pub notices: Option<String>,
    /// What the listener's entry of the menu does: stop it (true) or start it.
    pub stops: bool,
}

impl TrayFace {
    /// What is shown of what is seen.
    #[must_use]
    pub fn of(seen: &TraySeen<'_>) -> Self {
        let port = seen.port;
        let listener = match seen.listener {
            TrayIcon::Listening => format!("Listening on port {port}"),
            TrayIcon::Stopped => "Listener stopped".to_owned(),
            TrayIcon::Failed if port == 0 => "Listener failed".to_owned(),
            TrayIcon::Failed => format!("Listener failed on port {port}"),
        };
        let profile = match seen.profile {
            Some(name) => format!("{name}: {}", level(seen.level)),
            None => "Offline profile".to_owned(),
        };
        Self {
            icon: seen.listener,
            attention: seen.listener == TrayIcon::Failed || seen.unread > 0,
            listener,
            profile,
            notices: match seen.unread {
                0 => None,
                1 => Some("1 new notice".to_owned()),
                many => Some(format!("{many} new notices")),
            },
            stops: seen.listener == TrayIcon::Listening,
        }
    }

    /// All of it in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let notices = self.notices.iter().map(|notices| format!(" · {notices}"));
        let notices: String = notices.collect();
        format!("{} · {}{notices}", self.listener, self.profile)
    }
}

fn level(level: GuardLevel) -> &'static str {
    match level {
        GuardLevel::Offline => "offline",
        GuardLevel::Observe => "observe",
        GuardLevel::DryRun => "dry run",
        GuardLevel::Live => "LIVE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_the_listeners_state_and_the_profile_with_its_level() {
        let mut seen = TraySeen {
            listener: TrayIcon::Listening,
            port: 8787,
            profile: None,
            level: GuardLevel::Offline,
            unread: 0,
        };
        let face = TrayFace::of(&seen);
        assert_eq!(face.line(), "Listening on port 8787 · Offline profile");
        assert!(face.stops && !face.attention);

        seen.profile = Some("Shop");
        seen.level = GuardLevel::Live;
        seen.listener = TrayIcon::Failed;
        seen.unread = 2;
        let face = TrayFace::of(&seen);
        assert_eq!(
            face.line(),
            "Listener failed on port 8787 · Shop: LIVE · 2 new notices"
        );
        assert!(!face.stops && face.attention);

        seen.listener = TrayIcon::Stopped;
        seen.unread = 0;
        let face = TrayFace::of(&seen);
        assert_eq!(face.line(), "Listener stopped · Shop: LIVE");
        assert!(!face.attention, "somebody has stopped it");
    }
}
