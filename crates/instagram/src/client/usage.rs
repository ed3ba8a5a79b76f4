//! What Instagram says of the limits in an answer's headers (Meta: "Rate limiting").

use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_model::Millis;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::time::SystemTime;

/// What is further away is a mistake, and would stop an account for good.
const LONGEST_PAUSE_MS: i64 = Millis::DAY;

/// How long to pause because of an answer's headers, in milliseconds; 0 where nothing
/// asks for it.
///
/// `Retry-After` (seconds, or a date: RFC 9110, 10.2.3) counts first. Without it,
/// `x-business-use-case-usage` says how many minutes it takes to regain access. Bad JSON and
/// unknown headers are nothing.
pub(super) fn pause_ms(headers: &HeaderMap) -> i64 {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let date = |name: &str| httpdate::parse_http_date(text(name)?.trim()).ok();
    if let Some(seconds) = text("retry-after").and_then(|text| text.trim().parse::<u32>().ok()) {
        return (i64::from(seconds) * Millis::SECOND).min(LONGEST_PAUSE_MS);
    }
    if let Some(until) = date("retry-after") {
        // By the clock of whoever set the date, where the answer tells it.
        let now = date("date").map_or_else(|| SystemClock.now(), millis);
        return millis(until).since(now).clamp(0, LONGEST_PAUSE_MS);
    }
    text("x-business-use-case-usage").map_or(0, |text| minutes_to_regain(text) * Millis::MINUTE)
}

/// How long it takes to regain access, in milliseconds; 0 while there is access.
pub(super) fn regain_ms(headers: &HeaderMap) -> i64 {
    headers
        .get("x-business-use-case-usage")
        .and_then(|value| value.to_str().ok())
        .map_or(0, |text| minutes_to_regain(text) * Millis::MINUTE)
}

/// How much of its calls the app or the account has used up, in percent of the limit.
/// `None` where the answer does not say.
pub(super) fn used_percent(headers: &HeaderMap) -> Option<u32> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let app = text("x-app-usage")
        .and_then(|text| serde_json::from_str::<Value>(text).ok())
        .map(|usage| highest(&usage));
    let business = business_items(text("x-business-use-case-usage").unwrap_or_default())
        .iter()
        .map(highest)
        .max();
    app.max(business)
}

fn millis(time: SystemTime) -> Millis {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.unwrap_or_default().as_millis();
    Millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

fn minutes_to_regain(text: &str) -> i64 {
    business_items(text)
        .iter()
        .filter_map(|item| item.get("estimated_time_to_regain_access")?.as_i64())
        .max()
        .unwrap_or(0)
        .clamp(0, 24 * 60)
}

fn business_items(text: &str) -> Vec<Value> {
    let Ok(Value::Object(by_id)) = serde_json::from_str(text) else {
        return Vec::new();
    };
    by_id
        .into_iter()
        .filter_map(|(_, items)| match items {
            Value::Array(items) => Some(items),
            _ => None,
        })
        .flatten()
        .collect()
}

fn highest(usage: &Value) -> u32 {
    ["call_count", "total_time", "total_cputime"]
        .iter()
        .filter_map(|key| usage.get(key)?.as_f64())
        .map(|percent| {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped first"
            )]
            let percent = percent.clamp(0.0, 1000.0) as u32;
            percent
        })
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    reqwest::header::HeaderName::from_static(name),
                    value.parse().expect("a header value"),
                )
            })
            .collect()
    }

    #[test]
    fn retry_after_counts_before_the_usage() {
        let usage = r#"{"1":[{"type":"instagram","estimated_time_to_regain_access":19}]}"#;
        let business = headers(&[("x-business-use-case-usage", usage)]);
        assert_eq!(pause_ms(&business), 19 * 60_000);
        let both = headers(&[("x-business-use-case-usage", usage), ("retry-after", "7")]);
        assert_eq!(pause_ms(&both), 7_000);
    }

    #[test]
    fn retry_after_may_be_a_date() {
        let at = |date: &'static str| ("retry-after", date);
        let answered = ("date", "Fri, 27 Nov 2026 23:59:50 GMT");
        let later = headers(&[at("Sat, 28 Nov 2026 00:00:20 GMT"), answered]);
        assert_eq!(pause_ms(&later), 30_000);
        let past = headers(&[at("Fri, 27 Nov 2026 23:00:00 GMT"), answered]);
        assert_eq!(pause_ms(&past), 0);
        let mistaken = headers(&[at("Sat, 28 Nov 2099 00:00:20 GMT"), answered]);
        assert_eq!(pause_ms(&mistaken), Millis::DAY);
        let by_our_clock = headers(&[at("Sat, 28 Nov 2099 00:00:20 GMT")]);
        assert_eq!(pause_ms(&by_our_clock), Millis::DAY);
        assert_eq!(pause_ms(&headers(&[at("tomorrow")])), 0);
    }

    #[test]
    fn bad_headers_are_no_pause() {
        for text in [
            "",
            "{",
            "[]",
            "{\"1\":3}",
            "{\"1\":[{\"call_count\":\"x\"}]}",
        ] {
            let strange = headers(&[("x-business-use-case-usage", text), ("x-app-usage", text)]);
            assert_eq!(pause_ms(&strange), 0, "{text}");
            assert!(
                used_percent(&strange).is_none_or(|used| used == 0),
                "{text}"
            );
        }
    }

    #[test]
    fn the_fullest_figure_counts() {
        let usage = headers(&[
            (
                "x-app-usage",
                r#"{"call_count":28,"total_time":25,"total_cputime":97}"#,
            ),
            ("x-business-use-case-usage", r#"{"1":[{"call_count":85}]}"#),
        ]);
        assert_eq!(used_percent(&usage), Some(97));
        assert_eq!(used_percent(&headers(&[])), None);
    }
}
