//! What other workers tell is obeyed in its turn, and waits for no answer.

use anyhow::Result;
use async_trait::async_trait;
use heliograph_embedded::{Database, MemoryCache};
use heliograph_engine::cache::{CachePolicy, Cached};
use heliograph_engine::ports::{Announcements, Heard, PortResult, Stale, VirtualClock};
use heliograph_tests::rig::START;
use heliograph_tests::wait;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};

/// What is told, by a server that has stopped taking answers.
#[derive(Debug)]
struct Stuck {
    told: Mutex<mpsc::UnboundedReceiver<Heard>>,
    answers: AtomicU64,
}

#[async_trait]
impl Announcements for Stuck {
    async fn announce(&self, _: &Stale) -> PortResult<Option<u64>> {
        Ok(None)
    }

    async fn obeyed(&self, _: &str) -> PortResult<()> {
        self.answers.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }

    async fn hear(&self) -> Heard {
        match self.told.lock().await.recv().await {
            Some(heard) => heard,
            None => std::future::pending().await,
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_taken_keeps_no_invalidation_from_being_obeyed() -> Result<()> {
    let clock = Arc::new(VirtualClock::new(START));
    let (tell, told) = mpsc::unbounded_channel();
    let stuck = Arc::new(Stuck {
        told: Mutex::new(told),
        answers: AtomicU64::new(0),
    });
    let cached = Cached::new(
        Arc::new(Database::temporary(Arc::clone(&clock) as _)?),
        Arc::new(MemoryCache::new(1 << 20, Arc::clone(&clock) as _)),
        clock,
        CachePolicy::default(),
    );
    let cached = Arc::new(cached.announced(Arc::clone(&stuck) as _));
    let obeying = tokio::spawn({
        let cached = Arc::clone(&cached);
        async move { cached.obey().await }
    });
    let stale = || Heard::Stale(Stale::Key("automation:w:dm_automation:all".to_owned()));
    for heard in [
        Heard::Listening,
        stale(),
        Heard::Asked("who?".to_owned()),
        stale(),
    ] {
        tell.send(heard)?;
    }
    wait::until_within(Duration::from_secs(10), "both are obeyed", || async {
        let heard: u64 = cached.heard().iter().sum();
        let asked = stuck.answers.load(Ordering::SeqCst);
        Ok((heard == 2 && asked == 1).then_some(()))
    })
    .await?;
    obeying.abort();
    Ok(())
}
