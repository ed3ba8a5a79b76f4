//! Durations, dates and names as people write them.

use heliograph_model::Millis;

/// Reads a duration such as `11 minutes`, `25 hours` or `1 hour 30 minutes`.
pub(crate) fn duration(text: &str) -> Result<i64, String> {
    let help = || {
        format!(
            "“{text}” is not a duration; write it like `11 minutes`, `25 hours` or `1 day 2 hours`"
        )
    };
    let mut total: i64 = 0;
    let mut words = text
        .split_whitespace()
        .filter(|word| *word != "and")
        .peekable();
    if words.peek().is_none() {
        return Err(help());
    }
    while let Some(number) = words.next() {
        let number: i64 = match number {
            "a" | "an" | "one" => 1,
            digits => digits.parse().map_err(|_| help())?,
        };
        let unit = match words.next().ok_or_else(help)?.trim_end_matches('s') {
            "millisecond" => 1,
            "second" => Millis::SECOND,
            "minute" => Millis::MINUTE,
            "hour" => Millis::HOUR,
            "day" => Millis::DAY,
            _ => return Err(help()),
        };
        total = number
            .checked_mul(unit)
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total >= 0)
            .ok_or_else(help)?;
    }
    Ok(total)
}

/// A duration in words: `25 hours`, `11 minutes`, `1 day 2 hours`.
#[must_use]
pub(crate) fn in_words(millis: i64) -> String {
    let mut left = millis.max(0);
    let mut parts = Vec::new();
    for (unit, name) in [
        (Millis::DAY, "day"),
        (Millis::HOUR, "hour"),
        (Millis::MINUTE, "minute"),
        (Millis::SECOND, "second"),
        (1, "millisecond"),
    ] {
        let count = left / unit;
        left %= unit;
        if count > 0 {
            parts.push(format!(
                "{count} {name}{}",
                if count == 1 { "" } else { "s" }
            ));
        }
    }
    if parts.is_empty() {
        "no time".to_owned()
    } else {
        parts.join(" ")
    }
}

/// That time passes: `11 minutes pass`, `1 day passes`.
#[must_use]
pub(crate) fn passing(millis: i64) -> String {
    let span = in_words(millis);
    let is_one = span.starts_with("1 ") && span.matches(' ').count() == 1;
    format!("{span} {}", if is_one { "passes" } else { "pass" })
}

/// Reads `2026-03-02`, `2026-03-02 09:00` or `2026-03-02 09:00:05.250`, in UTC.
pub(crate) fn moment(text: &str) -> Option<Millis> {
    let (date, time) = text
        .trim()
        .split_once([' ', 'T'])
        .unwrap_or((text, "00:00"));
    let mut date = date.trim().splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let mut time = time.trim().splitn(3, ':');
    let (hour, minute) = (time.next()?, time.next()?);
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    let within = within_minute(time.next().unwrap_or("0"))?;
    let plausible = (1970..10_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute);
    plausible.then(|| {
        Millis(
            days_from_civil(year, month, day) * Millis::DAY
                + hour * Millis::HOUR
                + minute * Millis::MINUTE
                + within,
        )
    })
}

/// Reads `5` or `5.250` seconds as milliseconds.
fn within_minute(text: &str) -> Option<i64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = seconds.parse().ok()?;
    let thousandths: i64 = match fraction.len() {
        0 => 0,
        1..=3 => format!("{fraction:0<3}").parse().ok()?,
        _ => return None,
    };
    let plausible = (0..60).contains(&seconds) && thousandths >= 0;
    plausible.then_some(seconds * Millis::SECOND + thousandths)
}

/// A point in time as [`moment`] reads it, no more exact than it needs to be.
#[must_use]
pub(crate) fn exact_moment(at: Millis) -> String {
    let stamp = stamp(at);
    match at.0.rem_euclid(Millis::MINUTE) {
        0 => stamp.strip_suffix(":00").unwrap_or(&stamp).to_owned(),
        within if within % Millis::SECOND == 0 => stamp,
        within => format!("{stamp}.{:03}", within % Millis::SECOND),
    }
}

/// A point in time as `2026-03-02 09:00:05`, in UTC.
#[must_use]
pub(crate) fn stamp(at: Millis) -> String {
    let (days, rest) = (at.0.div_euclid(Millis::DAY), at.0.rem_euclid(Millis::DAY));
    let (year, month, day) = civil_from_days(days);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}",
        rest / Millis::HOUR,
        rest / Millis::MINUTE % 60,
        rest / Millis::SECOND % 60,
    )
}

/// A name as the programs know it: `Awaiting email` becomes `awaiting_email`.
#[must_use]
pub(crate) fn snake(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .split([' ', '-', '_'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

/// A name in a scenario and one in the workspace are the same but for case and dashes.
#[must_use]
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    a == b || snake(a) == snake(b)
}

/// The one of `known` that looks most like `text`, if any does.
#[must_use]
pub(crate) fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (distance(text, candidate), candidate))
        .filter(|(far, candidate)| *far * 3 <= candidate.chars().count().max(3))
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be added, removed or replaced (Levenshtein).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = corner + usize::from(from != *to);
            corner = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

/// Days since 1970-01-01 of a date, by the proleptic Gregorian calendar. The year is
/// taken to begin in March, so that the leap day is its last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date of a number of days since 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]
    use super::*;

    #[test]
    fn durations_are_read_and_said() {
        for (text, millis) in [
            ("11 minutes", 11 * Millis::MINUTE),
            ("25 hours", 25 * Millis::HOUR),
            ("a day", Millis::DAY),
            ("1 hour and 30 minutes", 90 * Millis::MINUTE),
            ("5 seconds", 5_000),
        ] {
            assert_eq!(duration(text).unwrap(), millis, "{text}");
        }
        for text in ["", "soon", "3", "3 fortnights", "-3 hours", "3h"] {
            assert!(duration(text).unwrap_err().contains("11 minutes"), "{text}");
        }
        assert_eq!(in_words(25 * Millis::HOUR), "1 day 1 hour");
        assert_eq!(in_words(11 * Millis::MINUTE), "11 minutes");
        assert_eq!(in_words(0), "no time");
        assert_eq!(passing(Millis::DAY), "1 day passes");
        assert_eq!(passing(25 * Millis::HOUR), "1 day 1 hour pass");
    }

    #[test]
    fn dates_come_back_as_they_went() {
        assert_eq!(moment("1970-01-01"), Some(Millis(0)));
        assert_eq!(
            moment("2026-03-02 09:00"),
            Some(super::super::Scenario::STARTS)
        );
        for text in [
            "2024-02-29 23:59:00",
            "2026-12-31 00:00:00",
            "2000-03-01 12:30:00",
        ] {
            let at = moment(&text[..16]).unwrap();
            assert_eq!(stamp(at), text);
            for within in [0, 5_000, 5_250, 59_007] {
                let at = at + within;
                assert_eq!(moment(&exact_moment(at)), Some(at), "{}", exact_moment(at));
            }
        }
        assert_eq!(moment("2026-13-01"), None);
        assert_eq!(moment("tomorrow"), None);
    }

    #[test]
    fn the_nearest_name_is_found_and_nonsense_is_not() {
        let known = ["says", "receives", "taps"];
        assert_eq!(nearest("sais", known), Some("says"));
        assert_eq!(nearest("recieves", known), Some("receives"));
        assert_eq!(nearest("explodes", known), None);
    }
}
