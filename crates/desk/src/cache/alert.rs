//! Rates that are under their target, and what the figures say why.

use super::row::{target, ttl};
use super::sample::Between;
use heliograph_engine::cache::CachePolicy;
use heliograph_model::{Collection, Outcome, Tier};
use serde::Serialize;

/// So many reads are needed before a rate is judged.
const JUDGED_FROM: u32 = 200;

/// Something at the cache that a person should look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CacheAlert {
    /// What it is about; `None` for all of the cache.
    pub collection: Option<Collection>,
    /// The rate, 0 to 1.
    pub rate: Option<f64>,
    /// The target that it is under, 0 to 1.
    pub target: Option<f64>,
    /// The likely reason.
    pub reason: AlertReason,
    /// The reason in a sentence, with the figures that speak for it.
    pub says: String,
    /// What to do about it.
    pub to_do: String,
}

/// Why a rate is under its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum AlertReason {
    /// The shared tier could not be read.
    Errors,
    /// Keys were read past the cache, because a write to it had failed.
    Bypass,
    /// Invalidations cannot be heard, so that nothing is kept near.
    Deaf,
    /// Keys went because there was no room.
    Eviction,
    /// Much was invalidated.
    InvalidationStorm,
    /// Keys were asked for after their time was over.
    TtlTooShort,
    /// None of these: most was asked for the first time.
    FirstReads,
}

/// What is under its target in this time, each with its likely reason.
pub(super) fn alerts(over: &Between<'_>, is_deaf: bool, policy: &CachePolicy) -> Vec<CacheAlert> {
    let mut alerts: Vec<_> = Collection::ALL
        .into_iter()
        .filter_map(|collection| alert(over, collection, policy))
        .collect();
    if is_deaf {
        alerts.push(CacheAlert {
            collection: None,
            rate: None,
            target: None,
            reason: AlertReason::Deaf,
            says: "Invalidations cannot be heard: Pub/Sub is down, so nothing is kept near and every read goes to the shared tier.".to_owned(),
            to_do: "See whether Redis runs and whether this user may subscribe (ACL: the channel). It is tried again by itself.".to_owned(),
        });
    }
    alerts
}

fn alert(over: &Between<'_>, collection: Collection, policy: &CachePolicy) -> Option<CacheAlert> {
    let total = over.collection(collection);
    let (rate, target) = (total.rate()?, target(collection)?);
    if total.reads < JUDGED_FROM || rate >= target {
        return None;
    }
    let server = over.server().unwrap_or_default();
    let past = u64::from(total.misses) + u64::from(total.bypasses);
    let errors = over.ended(collection, Outcome::Error);
    let invalidated = u64::from(total.invalidations.max(total.heard));
    // What expired near is mostly in the shared tier still.
    let expired = over.expired(collection, Tier::Shared);
    // The servers do not say which keys they evicted, so those count for every collection.
    let causes = [
        (AlertReason::Errors, errors),
        (AlertReason::Bypass, total.bypasses.into()),
        (AlertReason::Eviction, server.evicted),
        (AlertReason::InvalidationStorm, invalidated),
        (AlertReason::TtlTooShort, expired),
    ];
    // What can have caused less than a third of what was missed is not the reason. Of
    // those that can, the first one that caused most.
    let (reason, number) = causes
        .into_iter()
        .map(|(reason, number)| (reason, number.min(past)))
        .filter(|(_, number)| *number > 0 && number * 3 >= past)
        .reduce(|most, next| if next.1 > most.1 { next } else { most })
        .unwrap_or((AlertReason::FirstReads, 0));
    let (says, to_do) = words(reason, number, past, ttl(policy, collection));
    Some(CacheAlert {
        collection: Some(collection),
        rate: Some(rate),
        target: Some(target),
        reason,
        says,
        to_do,
    })
}

/// The reason and what to do, in sentences. `past` is how many reads went past the cache.
fn words(reason: AlertReason, number: u64, past: u64, ttl: Option<i64>) -> (String, String) {
    let (says, to_do) = match reason {
        AlertReason::Errors => (
            format!("{number} of {past} misses came because the shared tier could not be read."),
            "See whether Redis answers: Connections tests it.",
        ),
        AlertReason::Bypass => (
            format!(
                "{number} of {past} misses went past the cache, because a write or an invalidation had failed there before."
            ),
            "See whether Redis takes writes: memory, replica, ACL. Each key is used again once it could be removed.",
        ),
        AlertReason::Deaf | AlertReason::FirstReads => (
            format!(
                "{past} misses, and few are known to come from what expired, was evicted or invalidated: most of this was asked for the first time."
            ),
            "After a start this passes by itself. Otherwise see whether many new people write at once.",
        ),
        AlertReason::Eviction => (
            format!(
                "The server let keys go for want of room while {past} reads missed: {number} and more of them may be those."
            ),
            "Give the cache more memory, and set maxmemory-policy to noeviction where jobs are on the same Redis.",
        ),
        AlertReason::InvalidationStorm => (
            format!(
                "{number} invalidations came with {past} misses: the same keys are loaded again and again."
            ),
            "Find out who edits so often: an import, a sync, or another application that announces on every write.",
        ),
        AlertReason::TtlTooShort => (
            format!(
                "{number} of {past} misses asked for what had expired{}: it goes before it is asked for again.",
                ttl.map(|ttl| format!(" at a time to live of {}", time(ttl)))
                    .unwrap_or_default()
            ),
            "Let what is cached live longer, in the profile's cache policy.",
        ),
    };
    (says, to_do.to_owned())
}

fn time(millis: i64) -> String {
    match millis {
        millis if millis % 3_600_000 == 0 => format!("{} h", millis / 3_600_000),
        millis if millis % 60_000 == 0 => format!("{} min", millis / 60_000),
        millis if millis % 1_000 == 0 => format!("{} s", millis / 1_000),
        millis => format!("{millis} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, ServerCounts};
    use super::*;
    use heliograph_engine::cache::ReadFigures;
    use heliograph_engine::histogram::Histogram;
    use heliograph_model::{CacheFigures, CollectionFigures};

    fn nothing() -> Sample {
        Sample {
            figures: CacheFigures::default(),
            reads: Collection::ALL
                .into_iter()
                .flat_map(|collection| {
                    Tier::ALL.map(|tier| ReadFigures {
                        collection,
                        tier,
                        outcomes: [0; Outcome::ALL.len()],
                        expired: 0,
                        times: Histogram::default().read(),
                    })
                })
                .collect(),
            heard: [0; 4],
            server: Some(ServerCounts::default()),
        }
    }

    /// User states: 1,000 reads, of which 100 were loaded, and what the closure adds.
    fn told(change: impl FnOnce(&mut Sample)) -> Vec<CacheAlert> {
        let before = nothing();
        let mut after = nothing();
        after.figures.user_state = CollectionFigures {
            reads: 1_000,
            shared_hits: 900,
            misses: 100,
            ..CollectionFigures::default()
        };
        change(&mut after);
        let over = Between {
            before: &before,
            after: &after,
            millis: 300_000,
        };
        alerts(&over, false, &CachePolicy::default())
    }

    /// What a tier has counted of user states.
    fn states(sample: &mut Sample, tier: Tier) -> &mut ReadFigures {
        let is_it = |reads: &&mut ReadFigures| {
            reads.collection == Collection::UserState && reads.tier == tier
        };
        sample.reads.iter_mut().find(is_it).expect("each is there")
    }

    fn the_one(alerts: &[CacheAlert]) -> &CacheAlert {
        let [alert] = alerts else {
            panic!("one alert, not {alerts:?}");
        };
        assert_eq!(alert.collection, Some(Collection::UserState));
        assert_eq!((alert.rate, alert.target), (Some(0.9), Some(0.99)));
        alert
    }

    #[test]
    fn a_rate_that_reaches_its_target_is_no_alert_nor_is_one_of_few_reads() {
        let reached = told(|after| {
            after.figures.user_state.shared_hits = 990;
            after.figures.user_state.misses = 10;
        });
        assert_eq!(reached, []);
        let few = told(|after| {
            after.figures.user_state.reads = 199;
            after.figures.user_state.shared_hits = 100;
        });
        assert_eq!(few, []);
        let contacts = told(|after| {
            after.figures.user_state = CollectionFigures::default();
            after.figures.contact.reads = 10_000;
            after.figures.contact.bypasses = 10_000;
        });
        assert_eq!(contacts, [], "contacts are read fresh");
    }

    #[test]
    fn keys_that_expire_mean_a_time_to_live_that_is_too_short() {
        let alerts = told(|after| states(after, Tier::Shared).expired = 80);
        let alert = the_one(&alerts);
        assert_eq!(alert.reason, AlertReason::TtlTooShort);
        assert!(
            alert.says.contains("80 of 100") && alert.says.contains("24 h"),
            "{alert:?}"
        );
    }

    #[test]
    fn keys_that_expired_and_nobody_asked_for_are_not_the_reason() {
        let alerts = told(|after| {
            after.server = Some(ServerCounts {
                expired: 5_000,
                ..ServerCounts::default()
            });
            // The shared tier had those still.
            states(after, Tier::Near).expired = 5_000;
        });
        assert_eq!(the_one(&alerts).reason, AlertReason::FirstReads);
    }

    #[test]
    fn many_invalidations_are_a_storm_also_when_others_announce_them() {
        let own = told(|after| after.figures.user_state.invalidations = 60);
        assert_eq!(the_one(&own).reason, AlertReason::InvalidationStorm);
        let others = told(|after| after.heard[Collection::UserState as usize] = 70);
        assert_eq!(the_one(&others).reason, AlertReason::InvalidationStorm);
        assert!(others[0].says.contains("70 invalidations"), "{others:?}");
    }

    #[test]
    fn keys_that_found_no_room_are_eviction() {
        let alerts = told(|after| {
            states(after, Tier::Shared).expired = 20;
            after.server = Some(ServerCounts {
                evicted: 5_000,
                ..ServerCounts::default()
            });
        });
        assert_eq!(the_one(&alerts).reason, AlertReason::Eviction);
        assert!(alerts[0].to_do.contains("memory"), "{alerts:?}");
    }

    #[test]
    fn reads_past_the_cache_are_a_bypass_and_failures_are_told_apart() {
        let bypassed = told(|after| {
            after.figures.user_state.misses = 10;
            after.figures.user_state.bypasses = 90;
        });
        assert_eq!(the_one(&bypassed).reason, AlertReason::Bypass);
        let failed = told(|after| {
            states(after, Tier::Store).outcomes[Outcome::Error as usize] = 95;
        });
        assert_eq!(the_one(&failed).reason, AlertReason::Errors);
    }

    #[test]
    fn what_caused_little_is_not_the_reason() {
        let alerts = told(|after| {
            after.figures.user_state.invalidations = 20;
            states(after, Tier::Shared).expired = 30;
        });
        assert_eq!(the_one(&alerts).reason, AlertReason::FirstReads);
    }

    #[test]
    fn of_two_causes_the_greater_counts() {
        let alerts = told(|after| {
            after.figures.user_state.invalidations = 50;
            states(after, Tier::Shared).expired = 70;
        });
        assert_eq!(the_one(&alerts).reason, AlertReason::TtlTooShort);
    }

    #[test]
    fn that_invalidations_cannot_be_heard_is_told_whatever_the_rates_are() {
        let sample = nothing();
        let over = Between {
            before: &sample,
            after: &sample,
            millis: 1_000,
        };
        let alerts = alerts(&over, true, &CachePolicy::default());
        assert_eq!(alerts.len(), 1);
        assert_eq!(alerts[0].reason, AlertReason::Deaf);
        assert!(alerts[0].says.contains("Pub/Sub is down"));
    }
}
