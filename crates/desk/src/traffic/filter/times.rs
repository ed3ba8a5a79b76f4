//! Times in a filter: how long ago, a day, a time of day, or a moment, in the reader's zone.

use chrono::{
    DateTime, Days, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
};
use heliograph_model::Millis;
use std::fmt;

/// Where the reader is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Zone {
    /// The zone of this machine, with its summer time.
    #[default]
    Local,
    /// So many minutes before UTC.
    Fixed(i32),
}

/// Which field a time stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `since:` it arrived then or later.
    Since,
    /// `before:` it arrived earlier.
    Before,
    /// `time:` it arrived within that day, minute or second, or no longer ago than that.
    Within,
}

impl Side {
    /// The name of the field.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Since => "since",
            Self::Before => "before",
            Self::Within => "time",
        }
    }
}

/// A time as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    text: String,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// So many milliseconds before now.
    Ago(i64),
    /// So many days before today.
    DaysAgo(u64),
    Day(NaiveDate),
    /// The last time that clocks showed this.
    Clock(NaiveTime, Precision),
    Local(NaiveDateTime, Precision),
    /// With an offset from UTC.
    Instant(DateTime<FixedOffset>, Precision),
}

/// How exactly a time is said, and so how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    Minute,
    Second,
    Millisecond,
}

/// From a moment on, and before another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// At or after this,
    pub from: Option<Millis>,
    /// and before this.
    pub to: Option<Millis>,
}

impl Span {
    /// Whether a time is in it.
    #[must_use]
    pub fn holds(&self, at: Millis) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to)
    }
}

/// What a time could be, for people.
pub(super) const FORMS: &str = "Write how long ago (10m, 2h, 3d), today, yesterday, a time of \
     day (14:30), a date (2026-11-27) or both (2026-11-27T14:30); without an offset they are \
     in your zone";

/// The units in which it is said how long ago something was, in milliseconds.
const UNITS: [(&str, i64); 6] = [
    ("s", 1_000),
    ("m", 60_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];

impl Moment {
    /// Reads a time.
    ///
    /// # Errors
    /// What is wrong with it, and what could stand there.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let text = text.trim().to_ascii_lowercase();
        let form = match text.as_str() {
            "today" => Form::DaysAgo(0),
            "yesterday" => Form::DaysAgo(1),
            _ => ago(&text)
                .or_else(|| clock(&text).map(|(time, how)| Form::Clock(time, how)))
                .or_else(|| day(&text))
                .or_else(|| moment(&text))
                .ok_or_else(|| wrong(&text))?,
        };
        Ok(Self { text, form })
    }

    /// Whether it moves while time goes by.
    pub(super) fn moves(&self) -> bool {
        matches!(self.form, Form::Ago(_) | Form::DaysAgo(_) | Form::Clock(..))
    }

    /// The times that are meant on one side of it.
    pub(super) fn span(&self, side: Side, now: Millis, zone: Zone) -> Span {
        let (from, to) = self.bounds(now, zone);
        match side {
            Side::Since => Span {
                from: Some(from),
                to: None,
            },
            Side::Before => Span {
                from: None,
                to: Some(from),
            },
            Side::Within => Span {
                from: Some(from),
                to,
            },
        }
    }

    /// When it begins and when it ends.
    fn bounds(&self, now: Millis, zone: Zone) -> (Millis, Option<Millis>) {
        let of_day = |day: NaiveDate| {
            let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
            let midnight = |day: NaiveDate| zone.moment(day.and_time(NaiveTime::MIN));
            (midnight(day), Some(midnight(next)))
        };
        let today = || zone.local(now).date();
        let lasts = |from: Millis, how: Precision| (from, Some(from + how.millis()));
        match self.form {
            Form::Ago(millis) => (Millis(now.0.saturating_sub(millis)), None),
            Form::DaysAgo(days) => {
                let today = today();
                of_day(today.checked_sub_days(Days::new(days)).unwrap_or(today))
            }
            Form::Day(day) => of_day(day),
            Form::Clock(time, how) => {
                let today = today();
                let at = zone.moment(today.and_time(time));
                let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
                let at = match at > now {
                    true => zone.moment(yesterday.and_time(time)),
                    false => at,
                };
                lasts(at, how)
            }
            Form::Local(at, how) => lasts(zone.moment(at), how),
            Form::Instant(at, how) => lasts(Millis(at.timestamp_millis()), how),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::quoted(&self.text))
    }
}

impl Precision {
    fn millis(self) -> i64 {
        match self {
            Self::Minute => 60_000,
            Self::Second => 1_000,
            Self::Millisecond => 1,
        }
    }
}

impl Zone {
    /// What clocks show here at a moment.
    fn local(self, at: Millis) -> NaiveDateTime {
        let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
        match self {
            Self::Local => at.with_timezone(&Local).naive_local(),
            Self::Fixed(minutes) => (at + TimeDelta::minutes(minutes.into())).naive_utc(),
        }
    }

    /// The moment at which clocks show this here: the first one where they show it twice,
    /// and where they never do, the one at which they jump over it.
    fn moment(self, at: NaiveDateTime) -> Millis {
        let utc = |at: NaiveDateTime| Millis(at.and_utc().timestamp_millis());
        match self {
            Self::Fixed(minutes) => utc(at) - i64::from(minutes) * 60_000,
            Self::Local => {
                let here = |at: NaiveDateTime| Local.from_local_datetime(&at).earliest();
                // Clocks jump by an hour at the most.
                let found = here(at).or_else(|| here(at + TimeDelta::hours(1)));
                found.map_or_else(|| utc(at), |at| Millis(at.timestamp_millis()))
            }
        }
    }
}

/// "10m", "2h", "3d".
fn ago(text: &str) -> Option<Form> {
    let end = text.find(|sign: char| sign.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(end);
    let number: u32 = number.trim().parse().ok()?;
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
    Some(Form::Ago(i64::from(number) * millis))
}

/// "14:30", "14:30:05", "14:30:05.250".
fn clock(text: &str) -> Option<(NaiveTime, Precision)> {
    let digits = |part: &str| (1..=2).contains(&part.len()) && is_digits(part);
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || !digits(hour) || minute.len() != 2 || !digits(minute) {
        return None;
    }
    let (second, millis) = match second.map(|second| second.split_once('.')) {
        None => (None, None),
        Some(None) => (second, None),
        Some(Some((second, millis))) => (Some(second), Some(millis)),
    };
    let how = match (second, millis) {
        (None, _) => Precision::Minute,
        (Some(_), None) => Precision::Second,
        (Some(_), Some(_)) => Precision::Millisecond,
    };
    if second.is_some_and(|second| second.len() != 2 || !digits(second))
        || millis.is_some_and(|millis| millis.len() != 3 || !is_digits(millis))
    {
        return None;
    }
    let number = |part: Option<&str>| part.unwrap_or("0").parse().ok();
    let time = NaiveTime::from_hms_milli_opt(
        number(Some(hour))?,
        number(Some(minute))?,
        number(second)?,
        number(millis)?,
    );
    Some((time?, how))
}

/// "2026-11-27".
fn day(text: &str) -> Option<Form> {
    date(text).map(Form::Day)
}

fn date(text: &str) -> Option<NaiveDate> {
    let is_so = text.len() == 10
        && text.bytes().enumerate().all(|(place, sign)| match place {
            4 | 7 => sign == b'-',
            _ => sign.is_ascii_digit(),
        });
    let number = |from: usize, to: usize| text.get(from..to)?.parse().ok();
    let year: u16 = is_so.then(|| number(0, 4))??;
    let (month, day): (u16, u16) = (number(5, 7)?, number(8, 10)?);
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
}

/// "2026-11-27T14:30", "2026-11-27 14:30:05+01:00", "2026-11-27T13:30:05.250Z".
fn moment(text: &str) -> Option<Form> {
    let (day, rest) = text.split_at_checked(10)?;
    let day = date(day)?;
    let rest = rest.strip_prefix(['t', ' '])?;
    let (time, offset) = match rest.find(['z', '+', '-']) {
        Some(at) => (rest[..at].trim_end(), Some(&rest[at..])),
        None => (rest, None),
    };
    let (time, how) = clock(time)?;
    let at = day.and_time(time);
    let Some(offset) = offset else {
        return Some(Form::Local(at, how));
    };
    let offset = FixedOffset::east_opt(seconds_east(offset)?)?;
    let at = offset.from_local_datetime(&at).single()?;
    Some(Form::Instant(at, how))
}

/// "z", "+01:00", "-0330", in seconds.
fn seconds_east(offset: &str) -> Option<i32> {
    if offset == "z" {
        return Some(0);
    }
    let (sign, rest) = offset.split_at_checked(1)?;
    let digits = rest.replace(':', "");
    if digits.len() != 4 || !is_digits(&digits) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    let seconds = hours * 3_600 + minutes * 60;
    (hours <= 14 && minutes < 60).then_some(if sign == "-" { -seconds } else { seconds })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit())
}

/// What is wrong with what is no time.
fn wrong(text: &str) -> String {
    let begins_as_date = text.get(..10).is_some_and(|day| {
        day.bytes()
            .all(|sign| sign.is_ascii_digit() || sign == b'-')
    });
    if begins_as_date && date(&text[..10]).is_none() {
        return format!("There is no day {}. {FORMS}.", &text[..10]);
    }
    let is_clock = text.contains(':')
        && text
            .bytes()
            .all(|sign| sign.is_ascii_digit() || sign == b':' || sign == b'.');
    if is_clock {
        return format!("Clocks never show {text}. {FORMS}.");
    }
    format!("“{text}” is no time. {FORMS}.")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

    use super::*;

    /// Friday, 27 November 2026, 15:02:07 in a zone an hour before UTC.
    const NOW: Millis = Millis(1_795_788_127_000);
    const ZONE: Zone = Zone::Fixed(60);
    const DAY: i64 = 86_400_000;

    fn within(text: &str) -> (i64, Option<i64>) {
        let span = Moment::read(text).unwrap().span(Side::Within, NOW, ZONE);
        (span.from.unwrap().0, span.to.map(|to| to.0))
    }

    #[test]
    fn a_time_is_read_in_the_zone_of_the_reader() {
        assert_eq!(ZONE.local(NOW).to_string(), "2026-11-27 15:02:07");
        let midnight = NOW.0 - ((15 * 60 + 2) * 60 + 7) * 1_000;
        let clock = |hour: i64, minute: i64| midnight + (hour * 60 + minute) * 60_000;
        for (text, from, to) in [
            ("10m", NOW.0 - 600_000, None),
            ("10min", NOW.0 - 600_000, None),
            ("2H", NOW.0 - 7_200_000, None),
            ("30s", NOW.0 - 30_000, None),
            ("2w", NOW.0 - 14 * DAY, None),
            ("today", midnight, Some(midnight + DAY)),
            ("yesterday", midnight - DAY, Some(midnight)),
            ("14:30", clock(14, 30), Some(clock(14, 31))),
            ("9:05:30", clock(9, 5) + 30_000, Some(clock(9, 5) + 31_000)),
            // It has not come yet today.
            ("23:50", clock(23, 50) - DAY, Some(clock(23, 51) - DAY)),
            ("2026-11-27", midnight, Some(midnight + DAY)),
            ("2026-11-27T14:30", clock(14, 30), Some(clock(14, 31))),
            (
                "2026-11-26 14:30",
                clock(14, 30) - DAY,
                Some(clock(14, 31) - DAY),
            ),
            ("2026-11-27T14:30+02:00", clock(13, 30), Some(clock(13, 31))),
            (
                "2026-11-27T12:30:00Z",
                clock(13, 30),
                Some(clock(13, 30) + 1_000),
            ),
            (
                "2026-11-27T12:30:00.250z",
                clock(13, 30) + 250,
                Some(clock(13, 30) + 251),
            ),
        ] {
            assert_eq!(within(text), (from, to), "{text}");
        }
        let moment = Moment::read("today").unwrap();
        assert_eq!(
            moment.span(Side::Since, NOW, ZONE),
            Span {
                from: Some(Millis(midnight)),
                to: None
            }
        );
        assert_eq!(
            moment.span(Side::Before, NOW, ZONE),
            Span {
                from: None,
                to: Some(Millis(midnight))
            }
        );
    }

    #[test]
    fn the_machines_own_zone_goes_there_and_back() {
        for at in [NOW, Millis(NOW.0 - 180 * DAY), Millis(0)] {
            let whole = Millis(at.0 / 60_000 * 60_000);
            assert_eq!(Zone::Local.moment(Zone::Local.local(whole)), whole);
        }
    }

    #[test]
    fn what_is_no_time_says_what_could_stand_there() {
        for (text, why) in [
            ("soon", "“soon” is no time"),
            ("10x", "“10x” is no time"),
            ("25:00", "Clocks never show 25:00"),
            ("14:5", "Clocks never show 14:5"),
            ("2026-02-30", "There is no day 2026-02-30"),
            ("2026-13-01T10:00", "There is no day 2026-13-01"),
            ("2026-11-27T14:30+99:00", "is no time"),
            ("-5m", "is no time"),
            ("1.5h", "is no time"),
            ("naninf", "is no time"),
            ("ä", "is no time"),
        ] {
            let message = Moment::read(text).unwrap_err();
            assert!(message.contains(why), "{text}: {message}");
            assert!(
                message.contains("14:30") && message.contains("10m"),
                "{message}"
            );
        }
    }
}
