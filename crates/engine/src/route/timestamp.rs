//! Reading points in time.
//!
//! Meta sends seconds in `changes`, milliseconds in `messaging`, and both as numbers or as
//! texts; other captures hold ISO 8601 (the facts sheet, "Envelope types in the wild").

use super::document::Json;
use heliograph_model::Millis;

/// Numbers above this are milliseconds, the others seconds: in seconds it is the year
/// 33658, in milliseconds September 2001.
const LARGEST_SECONDS: i64 = 1_000_000_000_000;

/// When something happened: what it says itself, else what is said around it. Where
/// nothing is said it stays open; where something is said that nobody can read, it is the
/// time of arrival.
pub(super) fn when(
    own: Option<Json<'_>>,
    around: Option<Json<'_>>,
    received_at: Millis,
) -> Option<Millis> {
    if own.is_none() && around.is_none() {
        return None;
    }
    own.and_then(read)
        .or_else(|| around.and_then(read))
        .or(Some(received_at))
}

/// Seconds, milliseconds or ISO 8601; zero and less say nothing.
fn read(json: Json<'_>) -> Option<Millis> {
    let text = json.text()?;
    let text = text.trim();
    let at = number(text).or_else(|| iso8601(text))?;
    (at.0 > 0).then_some(at)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a fraction of a millisecond is no loss, and the range is checked"
)]
fn number(text: &str) -> Option<Millis> {
    if let Ok(whole) = text.parse::<i64>() {
        let is_millis = whole > LARGEST_SECONDS;
        return Some(Millis(if is_millis {
            whole
        } else {
            whole.saturating_mul(1000)
        }));
    }
    // `parse` reads words such as "infinity" too.
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let is_millis = number > LARGEST_SECONDS as f64;
    let millis = if is_millis { number } else { number * 1000.0 };
    (millis.abs() < i64::MAX as f64).then_some(Millis(millis.round() as i64))
}

/// `2026-09-21T14:13:20.123+0000`: a `T` or a space, the seconds' fraction and the zone
/// optional, the zone `Z`, `+hh`, `+hhmm` or `+hh:mm`. Without a zone it is UTC.
fn iso8601(text: &str) -> Option<Millis> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let mut date = date.split('-');
    let (year, month, day) = (date.next()?, date.next()?, date.next()?);
    if date.next().is_some() || year.len() != 4 {
        return None;
    }
    let days = days_since_1970(digits(year)?, digits(month)?, digits(day)?)?;

    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone_at)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut clock = clock.split(':');
    let hour = digits(clock.next()?)?;
    let minute = digits(clock.next()?)?;
    let second = clock.next().map_or(Some(0), digits)?;
    if clock.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - zone_offset(zone)?;
    Some(Millis(seconds * 1000 + millis_of(fraction)?))
}

/// Seconds that the zone is ahead of UTC.
fn zone_offset(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first() {
        None | Some(b'Z' | b'z') => return (zone.len() < 2).then_some(0),
        Some(b'-') => -1,
        Some(_) => 1,
    };
    let digits_only = zone.get(1..)?.replace(':', "");
    let (hours, minutes) = match digits_only.len() {
        2 => (digits(&digits_only)?, 0),
        4 => (
            digits(digits_only.get(..2)?)?,
            digits(digits_only.get(2..)?)?,
        ),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// The first three digits of a fraction of a second.
fn millis_of(fraction: &str) -> Option<i64> {
    if fraction.is_empty() {
        return Some(0);
    }
    digits(fraction.get(..9.min(fraction.len()))?)?;
    let padded: String = fraction.chars().chain("00".chars()).take(3).collect();
    digits(&padded)
}

/// A number that is written in digits and nothing else.
fn digits(text: &str) -> Option<i64> {
    let only_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (only_digits && text.len() <= 9).then(|| text.parse().ok())?
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. The year is counted from
/// March, so that the leap day is its last.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    Some(365 * year + leap_days + day_of_year - 719_468)
}
