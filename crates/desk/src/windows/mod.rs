//! The windows of the application: which are open with which screen, and which ones the
//! next start opens.
//!
//! A window is known by its label. The first one is `main`, the others are `window-2` and
//! so on; a label is free again when its window is closed.

mod place;

pub use place::{Area, Place};

use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// The label of the first window.
pub const FIRST: &str = "main";
/// Whoever closes all windows one after the other within this time leaves the application,
/// and finds all of them again.
const AT_ONCE: Duration = Duration::from_secs(2);

/// What a window shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// A conversation with simulated people.
    #[default]
    Simulator,
    /// The automations, and one of them on the canvas.
    Builder,
    /// Every delivery as it arrives.
    Traffic,
    /// Who stands where.
    Conversations,
    /// Hit rates and keys.
    Cache,
    /// What waits and what failed.
    Queue,
    /// Profiles, listener and tunnel.
    Connections,
}

impl Screen {
    /// Its name in an address and in a file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Simulator => "simulator",
            Self::Builder => "builder",
            Self::Traffic => "traffic",
            Self::Conversations => "conversations",
            Self::Cache => "cache",
            Self::Queue => "queue",
            Self::Connections => "connections",
        }
    }
}

/// A window as it is kept for the next start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptWindow {
    /// What it shows.
    #[serde(default)]
    pub screen: Screen,
    /// Where it is; absent: in the middle.
    #[serde(default)]
    pub place: Option<Place>,
}

/// The windows that are open, in the order in which they were opened.
#[derive(Debug, Default)]
pub struct OpenWindows {
    open: Vec<(String, KeptWindow)>,
    /// The labels of those that are open, the one that was in front last at the end.
    order: Vec<String>,
    /// Those that were closed a moment ago, the latest at the end.
    closed: Vec<(Instant, KeptWindow)>,
}

impl OpenWindows {
    /// A window is opened; answers with its label.
    pub fn open(&mut self, window: KeptWindow) -> String {
        let is_free = |label: &str| self.get(label).is_none();
        let label = std::iter::once(FIRST.to_owned())
            .chain((2..).map(|number| format!("window-{number}")))
            .find(|label| is_free(label))
            .unwrap_or_default();
        self.open.push((label.clone(), window));
        self.order.push(label.clone());
        label
    }

    /// A window shows another screen. Nothing happens where it is not open.
    pub fn shows(&mut self, label: &str, screen: Screen) {
        if let Some(window) = self.get_mut(label) {
            window.screen = screen;
        }
    }

    /// A window was moved or resized. One that fills its monitor keeps the place that it
    /// had before. Nothing happens where it is not open.
    pub fn stands(&mut self, label: &str, place: Place) {
        if let Some(window) = self.get_mut(label) {
            let before = window.place.filter(|_| place.maximized);
            window.place = Some(Place {
                maximized: place.maximized,
                ..before.unwrap_or(place)
            });
        }
    }

    /// A window came to the front.
    pub fn came_to_front(&mut self, label: &str) {
        if let Some(at) = self.order.iter().position(|each| each == label) {
            let label = self.order.remove(at);
            self.order.push(label);
        }
    }

    /// A window was closed.
    pub fn close(&mut self, label: &str, now: Instant) {
        self.closed
            .retain(|(at, _)| now.saturating_duration_since(*at) < AT_ONCE);
        self.order.retain(|each| each != label);
        if let Some(at) = self.open.iter().position(|(each, _)| each == label) {
            let (_, window) = self.open.remove(at);
            self.closed.push((now, window));
        }
    }

    /// What is known of a window that is open.
    #[must_use]
    pub fn get(&self, label: &str) -> Option<&KeptWindow> {
        let found = self.open.iter().find(|(each, _)| each == label);
        found.map(|(_, window)| window)
    }

    fn get_mut(&mut self, label: &str) -> Option<&mut KeptWindow> {
        let found = self.open.iter_mut().find(|(each, _)| each == label);
        found.map(|(_, window)| window)
    }

    /// The label of the window that was in front last.
    #[must_use]
    pub fn front(&self) -> Option<&str> {
        self.order.last().map(String::as_str)
    }

    /// What the next start opens: the windows that are open, or those that were closed
    /// together as the last ones.
    #[must_use]
    pub fn kept(&self) -> Vec<KeptWindow> {
        let open = self.open.iter().map(|(_, window)| *window);
        if self.open.is_empty() {
            self.closed.iter().map(|(_, window)| *window).collect()
        } else {
            open.collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn showing(screen: Screen) -> KeptWindow {
        KeptWindow {
            screen,
            place: None,
        }
    }

    fn screens(windows: &OpenWindows) -> Vec<Screen> {
        windows.kept().iter().map(|kept| kept.screen).collect()
    }

    #[test]
    fn labels_are_taken_from_the_lowest_and_are_free_again() {
        let mut windows = OpenWindows::default();
        let now = Instant::now();
        for label in ["main", "window-2", "window-3"] {
            assert_eq!(windows.open(KeptWindow::default()), label);
        }
        windows.close("window-2", now);
        assert_eq!(windows.open(KeptWindow::default()), "window-2");
        windows.close("main", now);
        assert_eq!(windows.open(KeptWindow::default()), "main");
    }

    #[test]
    fn the_window_in_front_is_the_one_that_was_there_last() {
        let mut windows = OpenWindows::default();
        assert_eq!(windows.front(), None);
        windows.open(KeptWindow::default());
        windows.open(KeptWindow::default());
        assert_eq!(windows.front(), Some("window-2"));
        windows.came_to_front("main");
        assert_eq!(windows.front(), Some("main"));
        windows.came_to_front("window-9");
        windows.close("main", Instant::now());
        assert_eq!(windows.front(), Some("window-2"));
    }

    #[test]
    fn the_next_start_opens_what_is_open_and_what_was_closed_together_at_the_end() {
        let mut windows = OpenWindows::default();
        for screen in [Screen::Simulator, Screen::Traffic, Screen::Cache] {
            windows.open(showing(screen));
        }
        windows.shows("window-2", Screen::Queue);
        windows.shows("window-9", Screen::Builder);
        assert_eq!(
            screens(&windows),
            [Screen::Simulator, Screen::Queue, Screen::Cache]
        );

        // One was closed on its own and stays away; the others went together.
        let begin = Instant::now();
        windows.close("main", begin);
        assert_eq!(screens(&windows), [Screen::Queue, Screen::Cache]);
        let later = begin + Duration::from_mins(1);
        windows.close("window-3", later);
        windows.close("window-2", later + Duration::from_millis(300));
        assert_eq!(screens(&windows), [Screen::Cache, Screen::Queue]);
        assert_eq!(windows.front(), None);
    }

    #[test]
    fn a_window_that_fills_its_monitor_knows_where_it_was() {
        let mut windows = OpenWindows::default();
        windows.open(KeptWindow::default());
        let before = Place {
            x: 10,
            y: 20,
            width: 1_000,
            height: 700,
            maximized: false,
        };
        windows.stands("main", before);
        let filling = Place {
            x: 0,
            y: 0,
            width: 1_920,
            height: 1_080,
            maximized: true,
        };
        windows.stands("main", filling);
        let place = windows.kept()[0].place;
        assert_eq!(
            place,
            Some(Place {
                maximized: true,
                ..before
            })
        );
        windows.stands("main", before);
        assert_eq!(windows.kept()[0].place, Some(before));
    }

    #[test]
    fn the_last_window_is_opened_again_although_it_was_closed() {
        let mut windows = OpenWindows::default();
        windows.open(showing(Screen::Simulator));
        windows.open(showing(Screen::Traffic));
        let now = Instant::now();
        windows.close("main", now);
        windows.close("window-2", now + Duration::from_secs(5));
        assert_eq!(screens(&windows), [Screen::Traffic]);
    }

    #[test]
    fn a_file_of_another_version_is_read_as_far_as_it_goes() {
        let kept: Vec<KeptWindow> =
            serde_json::from_str(r#"[{ "screen": "traffic" }, { "colour": "red" }]"#)
                .expect("windows");
        assert_eq!(kept, [showing(Screen::Traffic), KeptWindow::default()]);
        for screen in [Screen::Simulator, Screen::Builder, Screen::Connections] {
            assert_eq!(serde_json::json!(screen), screen.name());
        }
    }
}
