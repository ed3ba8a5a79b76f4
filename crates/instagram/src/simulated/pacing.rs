//! How fast an account may send (Meta: "Rate limiting"), and what the answer's headers
//! say of it.

use super::{
    errors::{GraphError, Ruling},
    settings::SimulatedSettings,
};
use crate::bucket::{Bucket, RollingCount};
use heliograph_model::{AccountId, Millis};
use serde_json::json;

/// What one account has used up.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    sends: Option<Bucket>,
    private_replies: Option<RollingCount>,
    regain_in_ms: i64,
    /// The last request was a private reply, which has a limit of its own.
    was_private: bool,
}

impl Pace {
    pub(super) fn new(settings: &SimulatedSettings, now: Millis) -> Self {
        Self {
            sends: settings
                .sends_per_second
                .map(|rate| Bucket::new(rate, rate, now)),
            private_replies: settings
                .private_replies_per_hour
                .map(|most| RollingCount::new(most, Millis::HOUR)),
            regain_in_ms: 0,
            was_private: false,
        }
    }

    /// Counts a send.
    pub(super) fn count_send(&mut self, now: Millis) -> Ruling<()> {
        let Some(bucket) = &mut self.sends else {
            return Ok(());
        };
        if bucket.take(now) {
            return Ok(());
        }
        self.regain_in_ms = Millis::SECOND;
        Err(GraphError::too_many_sends())
    }

    /// Counts a private reply to a comment on a post.
    pub(super) fn count_private_reply(&mut self, now: Millis) -> Ruling<()> {
        self.was_private = true;
        let Some(count) = &mut self.private_replies else {
            return Ok(());
        };
        match count.take(now) {
            Ok(()) => Ok(()),
            Err(wait) => {
                self.regain_in_ms = wait;
                Err(GraphError::too_many_private_replies())
            }
        }
    }

    /// What is used up after a request; the wait is that of this request only.
    pub(super) fn usage(&mut self) -> Usage {
        let regain = std::mem::take(&mut self.regain_in_ms);
        let sends = self.sends.as_ref().map_or(0, Bucket::used_percent);
        let private = self
            .private_replies
            .as_ref()
            .filter(|_| std::mem::take(&mut self.was_private))
            .map_or(0, RollingCount::used_percent);
        Usage {
            sends_percent: sends,
            calls_percent: sends.max(private),
            regain_minutes: regain.div_euclid(Millis::MINUTE)
                + i64::from(regain.rem_euclid(Millis::MINUTE) > Millis::SECOND),
        }
    }
}

/// What an account has used up, for the answer's headers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Of the sends, in percent.
    pub sends_percent: u32,
    /// Of whatever is used up most, in percent.
    pub calls_percent: u32,
    /// Minutes until calls are accepted again; 0 while they are.
    pub regain_minutes: i64,
}

impl Usage {
    /// The header `x-app-usage`.
    #[must_use]
    pub fn app_header(&self) -> String {
        json!({
            "call_count": self.sends_percent,
            "total_time": 0,
            "total_cputime": 0,
        })
        .to_string()
    }

    /// The header `x-business-use-case-usage`.
    #[must_use]
    pub fn business_header(&self, account: &AccountId) -> String {
        json!({
            account.as_str(): [{
                "type": "instagram",
                "call_count": self.calls_percent,
                "total_cputime": 0,
                "total_time": 0,
                "estimated_time_to_regain_access": self.regain_minutes,
            }],
        })
        .to_string()
    }
}
