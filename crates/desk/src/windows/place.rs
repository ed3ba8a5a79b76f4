//! Where a window is on the screens of the machine, in pixels of theirs.

use serde::{Deserialize, Serialize};

/// How far a second window stands from the one that it was opened from.
const STEP: i32 = 36;
/// The least part of a window's upper edge that can be seen, so that it can be dragged.
const HANDLE: i32 = 120;

/// A part of the desktop: what a monitor shows, without the panels on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// How wide it is.
    pub width: u32,
    /// How high it is.
    pub height: u32,
}

/// Where a window is, and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its left edge, while it is not maximised.
    pub x: i32,
    /// Its upper edge, while it is not maximised.
    pub y: i32,
    /// How wide it is, while it is not maximised.
    pub width: u32,
    /// How high it is, while it is not maximised.
    pub height: u32,
    /// Whether it fills its monitor.
    #[serde(default)]
    pub maximized: bool,
}

impl Place {
    /// The place for a window that is opened from this one: as large, and a step aside.
    #[must_use]
    pub fn beside(self) -> Self {
        Self {
            x: self.x.saturating_add(STEP),
            y: self.y.saturating_add(STEP),
            maximized: false,
            ..self
        }
    }

    /// The same place where enough of it can be seen, and otherwise the nearest one on the
    /// monitor that shows most of it; on the first one where none does. `areas`: the
    /// monitors that are there; without any it stays as it is.
    #[must_use]
    pub fn on(self, areas: &[Area]) -> Self {
        if areas.iter().any(|area| self.is_seen_on(area)) {
            return self;
        }
        let most = areas.iter().rev().max_by_key(|area| self.overlap(area));
        let Some(area) = most else {
            return self;
        };
        let (width, height) = (self.width.min(area.width), self.height.min(area.height));
        let within = |at: i32, from: i32, room: u32| {
            let most = from.saturating_add(i32::try_from(room).unwrap_or(i32::MAX));
            at.clamp(from, most)
        };
        Self {
            x: within(self.x, area.x, area.width - width),
            y: within(self.y, area.y, area.height - height),
            width,
            height,
            ..self
        }
    }

    /// Whether it is no larger than an area, and its upper edge can be taken hold of there.
    fn is_seen_on(&self, area: &Area) -> bool {
        let inside = i64::from(self.y) - i64::from(area.y);
        self.width <= area.width
            && self.height <= area.height
            && (0..i64::from(area.height) - i64::from(HANDLE)).contains(&inside)
            && self.across(area) >= i64::from(HANDLE)
    }

    /// How many columns of it an area shows.
    fn across(&self, area: &Area) -> i64 {
        shared((self.x, self.width), (area.x, area.width))
    }

    /// How many pixels of it an area shows.
    fn overlap(&self, area: &Area) -> i64 {
        self.across(area) * shared((self.y, self.height), (area.y, area.height))
    }
}

/// How much two spans have in common, each by its beginning and length.
fn shared((one, length): (i32, u32), (other, width): (i32, u32)) -> i64 {
    let (one, other) = (i64::from(one), i64::from(other));
    let end = (one + i64::from(length)).min(other + i64::from(width));
    (end - one.max(other)).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEFT: Area = Area {
        x: 0,
        y: 0,
        width: 1920,
        height: 1080,
    };
    const RIGHT: Area = Area {
        x: 1920,
        y: 0,
        width: 1280,
        height: 1024,
    };

    fn place(x: i32, y: i32, width: u32, height: u32) -> Place {
        Place {
            x,
            y,
            width,
            height,
            maximized: false,
        }
    }

    #[test]
    fn what_can_be_seen_stays_where_it_was() {
        for stays in [
            place(100, 100, 1440, 900),
            place(1700, 40, 1200, 900),
            place(-900, 200, 1200, 800),
            place(1920, 0, 1280, 1024),
        ] {
            assert_eq!(stays.on(&[LEFT, RIGHT]), stays);
        }
        assert_eq!(
            place(9_000, 0, 10, 10).on(&[]),
            place(9_000, 0, 10, 10),
            "without a monitor nothing is known better"
        );
    }

    #[test]
    fn a_place_on_a_monitor_that_is_gone_comes_back() {
        let second = place(2_000, 50, 1_100, 800);
        assert_eq!(second.on(&[LEFT]), place(820, 50, 1_100, 800));
        assert_eq!(
            place(9_000, 9_000, 1_440, 900).on(&[LEFT, RIGHT]),
            place(480, 180, 1_440, 900),
            "on the first monitor, where none shows any of it"
        );
        assert_eq!(
            place(300, -400, 800, 600).on(&[LEFT]),
            place(300, 0, 800, 600),
            "a bar above the screen could not be dragged"
        );
    }

    #[test]
    fn what_is_larger_than_the_monitor_becomes_as_large_as_that() {
        assert_eq!(
            place(1_930, 10, 2_560, 1_440).on(&[LEFT, RIGHT]),
            place(1_920, 0, 1_280, 1_024)
        );
    }

    #[test]
    fn a_second_window_does_not_cover_the_first_and_is_not_maximised() {
        let first = Place {
            maximized: true,
            ..place(10, 20, 1_440, 900)
        };
        assert_eq!(first.beside(), place(46, 56, 1_440, 900));
    }

    proptest! {
        #[test]
        fn enough_of_it_can_always_be_seen(
            x in any::<i32>(), y in any::<i32>(),
            width in 200_u32..10_000, height in 200_u32..10_000,
        ) {
            let areas = [LEFT, RIGHT];
            let corrected = place(x, y, width, height).on(&areas);
            prop_assert!(areas.iter().any(|area| corrected.is_seen_on(area)));
            prop_assert_eq!(corrected.on(&areas), corrected);
        }
    }
}
