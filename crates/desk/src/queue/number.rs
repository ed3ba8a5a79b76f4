//! Counts for a window.

/// A count as a window takes it.
pub(super) fn number(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
