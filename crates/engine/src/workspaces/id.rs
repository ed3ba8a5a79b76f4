//! Ids for new automations.

use heliograph_model::{AutomationId, Millis};

/// A new id of 24 hexadecimal digits: the time in seconds, then chance. That is the
/// shape of a MongoDB object id, so that other applications on the same database can
/// read it as one.
#[must_use]
pub fn new_automation_id(now: Millis) -> AutomationId {
    let seconds = u32::try_from(now.0 / Millis::SECOND).unwrap_or(u32::MAX);
    format!("{seconds:08x}{:016x}", fastrand::u64(..)).into()
}
