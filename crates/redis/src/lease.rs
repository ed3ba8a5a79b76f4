//! The right to fill a cached key, kept beside it on the server.

use heliograph_engine::ports::Lease;

/// How long a value may take to be loaded after a miss, in milliseconds. Afterwards its
/// fill is refused, and the next miss begins again.
pub(crate) const LEASE_MS: i64 = 10_000;

/// What the names of leases end with.
const SUFFIX: &str = ":lease";

/// A lease that was never given: nobody can fill with it.
pub(crate) const NONE: Lease = Lease(0);

/// A new one.
pub(crate) fn draw() -> Lease {
    Lease(fastrand::u64(1..))
}

/// Where the lease for a key is: `{key}:lease`, in the same slot of a cluster because the
/// braces make the key its hash tag. A key with a hash tag of its own keeps that one.
/// `None` where a brace in the key leaves no name in the same slot; ids do not hold any.
pub(crate) fn lease_key(key: &str) -> Option<String> {
    if has_tag(key.as_bytes()) {
        Some(format!("{key}{SUFFIX}"))
    } else if key.is_empty() || key.contains('}') {
        None
    } else {
        Some(format!("{{{key}}}{SUFFIX}"))
    }
}

/// Where it is noted when what is cached was committed: beside the lease, and called like
/// one, so that nobody takes it for something cached. `None` as for [`lease_key`].
pub(crate) fn fence_key(key: &str) -> Option<String> {
    let lease = lease_key(key)?;
    let tagged = lease.strip_suffix(SUFFIX)?;
    Some(format!("{tagged}:at{SUFFIX}"))
}

/// The key that a lease is for, where the name is that of a lease.
pub(crate) fn leased_key(name: &[u8]) -> Option<&[u8]> {
    let rest = name.strip_suffix(SUFFIX.as_bytes())?;
    let inner = rest
        .strip_prefix(b"{")
        .and_then(|inner| inner.strip_suffix(b"}"))
        .filter(|inner| !inner.contains(&b'}'));
    match inner {
        Some(key) => Some(key),
        None => has_tag(rest).then_some(rest),
    }
}

/// Whether part of the key alone says its slot: what is between its first `{` and the
/// first `}` after that, where there is anything (the cluster specification, "Hash tags").
fn has_tag(key: &[u8]) -> bool {
    let Some(open) = key.iter().position(|byte| *byte == b'{') else {
        return false;
    };
    let after = &key[open + 1..];
    after
        .iter()
        .position(|byte| *byte == b'}')
        .is_some_and(|close| close > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use redis::cluster_routing::Slot;

    #[test]
    fn a_lease_is_in_the_slot_of_its_key() {
        for key in [
            "automation:ws-1:dm:all",
            "user_state:1784:99",
            "user_state:{1784}:99",
            "{a}b",
            "a{b",
            "a{}b{c",
        ] {
            let Some(lease) = lease_key(key) else {
                assert!(key.contains('}'), "{key}");
                continue;
            };
            assert_eq!(Slot::for_key(&lease), Slot::for_key(key), "{key}: {lease}");
            assert_eq!(leased_key(lease.as_bytes()), Some(key.as_bytes()), "{key}");
            let fence = fence_key(key).unwrap();
            assert_eq!(Slot::for_key(&fence), Slot::for_key(key), "{key}: {fence}");
            assert!(leased_key(fence.as_bytes()).is_some(), "{fence}");
        }
    }

    #[test]
    fn a_key_that_is_called_like_a_lease_is_none() {
        assert_eq!(leased_key(b"automation:1:dm:lease"), None);
        assert_eq!(leased_key(b"user_state:1:2"), None);
        assert_eq!(lease_key("odd}key"), None);
    }
}
