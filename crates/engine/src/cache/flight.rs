//! A crowd of misses loads once.

use ahash::AHashMap;
use parking_lot::Mutex;
use std::sync::{Arc, Weak};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Who loads what at the moment. The first who misses a key gets its guard and loads;
/// the others wait for the guard and then find the key filled.
#[derive(Debug, Default)]
pub(crate) struct Flights {
    /// Held for a look-up only.
    by_key: Mutex<AHashMap<String, Weak<AsyncMutex<()>>>>,
}

impl Flights {
    /// Waits until nobody else loads `key`.
    pub(crate) async fn board(&self, key: &str) -> OwnedMutexGuard<()> {
        let flight = {
            let mut by_key = self.by_key.lock();
            match by_key.get(key).and_then(Weak::upgrade) {
                Some(flight) => flight,
                None => {
                    // Landed flights are cleared out here, so the map stays as small as
                    // the number of loads that are under way.
                    by_key.retain(|_, flight| flight.strong_count() > 0);
                    let flight = Arc::new(AsyncMutex::new(()));
                    by_key.insert(key.to_owned(), Arc::downgrade(&flight));
                    flight
                }
            }
        };
        flight.lock_owned().await
    }
}
