//! A counter for each outcome.

use crate::observer::RefusalReason;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What became of the requests since the start.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct ListenerCounters { $($(#[$doc])* pub $name: u64,)* }

        impl ListenerCounters {
            /// Every number with its name.
            #[must_use]
            pub fn each(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }

        /// The counters that are counted up: plain numbers, no lock.
        #[derive(Debug, Default)]
        pub(crate) struct Counters { $(pub(crate) $name: AtomicU64,)* }

        impl Counters {
            /// The numbers as they stand.
            pub(crate) fn read(&self) -> ListenerCounters {
                ListenerCounters { $($name: self.$name.load(Relaxed),)* }
            }
        }
    };
}

counters! {
    /// Deliveries that were answered with 200: the queue has them.
    accepted,
    /// The bytes of their bodies.
    accepted_bytes,
    /// Verifications whose challenge was echoed.
    verified,
    /// Requests to `/healthz` and `/readyz`.
    health,
    /// Verifications without all their parameters.
    challenge_incomplete,
    /// Verifications with another token or mode.
    challenge_refused,
    /// Requests to another path.
    not_found,
    /// Requests with another method.
    method_not_allowed,
    /// Deliveries that are not JSON by their content type.
    unsupported_media_type,
    /// Deliveries above the limit.
    too_large,
    /// Deliveries whose body took too long.
    too_slow,
    /// Deliveries whose body broke off.
    broken_body,
    /// Deliveries without a signature.
    signature_missing,
    /// Deliveries with a signature of another form.
    signature_malformed,
    /// Deliveries whose signature no app secret made.
    signature_wrong,
    /// Signed deliveries that are not JSON.
    not_json,
    /// Signed deliveries that are nested too deep.
    too_deep,
    /// Deliveries that were put off because too much was arriving.
    busy,
    /// Deliveries that the queue did not take; Meta posts them again.
    queue_unavailable,
    /// Connections that were accepted.
    connections,
    /// Connections that were closed because what came was not HTTP.
    not_http,
    /// Connections that were closed because a request's head took too long.
    head_too_slow,
}

impl Counters {
    /// Counts one up.
    pub(crate) fn refused(&self, reason: RefusalReason) {
        let counter = match reason {
            RefusalReason::ChallengeIncomplete => &self.challenge_incomplete,
            RefusalReason::ChallengeRefused => &self.challenge_refused,
            RefusalReason::NotFound => &self.not_found,
            RefusalReason::MethodNotAllowed => &self.method_not_allowed,
            RefusalReason::UnsupportedMediaType => &self.unsupported_media_type,
            RefusalReason::TooLarge => &self.too_large,
            RefusalReason::TooSlow => &self.too_slow,
            RefusalReason::BrokenBody => &self.broken_body,
            RefusalReason::SignatureMissing => &self.signature_missing,
            RefusalReason::SignatureMalformed => &self.signature_malformed,
            RefusalReason::SignatureWrong => &self.signature_wrong,
            RefusalReason::NotJson => &self.not_json,
            RefusalReason::TooDeep => &self.too_deep,
            RefusalReason::Busy => &self.busy,
            RefusalReason::QueueUnavailable => &self.queue_unavailable,
        };
        counter.fetch_add(1, Relaxed);
    }
}

impl ListenerCounters {
    /// Requests that were refused, for whatever reason.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.challenge_incomplete
            + self.challenge_refused
            + self.not_found
            + self.method_not_allowed
            + self.unsupported_media_type
            + self.too_large
            + self.too_slow
            + self.broken_body
            + self.signature_missing
            + self.signature_malformed
            + self.signature_wrong
            + self.not_json
            + self.too_deep
            + self.busy
            + self.queue_unavailable
    }
}
