//! What workers elsewhere cannot send, as a window notices it that only observes.

use super::Desk;
use anyhow::{Result, bail, ensure};
use heliograph_desk::cache::{CacheDesk, CacheSpan};
use heliograph_desk::notices::{NoticeKind, ProfileEye, ProfileLook, Sighting, Trouble};
use heliograph_engine::ports::SystemClock;
use heliograph_instagram::simulated::{Failure, Fault, Requests};
use heliograph_tests::production::PATIENCE;
use heliograph_tests::production::site::Site;
use heliograph_tests::wait;
use parking_lot::Mutex;
use std::future::ready;
use std::sync::Arc;

/// One message is refused for good, and then the account's token is: both are told to
/// somebody who has nothing but the list in Redis and the metrics of one worker.
pub(super) async fn what_fails_is_told(site: &Site, desk: &Desk, metrics: &str) -> Result<()> {
    let cache = CacheDesk::new(Arc::new(SystemClock));
    cache.follow_beside(Arc::clone(&desk.runtime), &[metrics.to_owned()], None);
    // Somebody looks, so that the worker is asked every few seconds.
    let looking = cache.watch(CacheSpan::FiveMinutes, None, |_| ready(true));
    tokio::select! {
        () = looking => bail!("nobody looks any more"),
        told = both_are_told(site, desk, &cache) => told,
    }
}

async fn both_are_told(site: &Site, desk: &Desk, cache: &CacheDesk) -> Result<()> {
    wait::until_within(PATIENCE, "the worker tells", || async {
        let figures = cache.workers_figures();
        Ok(figures.filter(|figures| figures.answering == 1).map(drop))
    })
    .await?;
    let eye = Mutex::new(ProfileEye::on(Some("Shop".to_owned())));
    let see = || async {
        let look = ProfileLook::at(&desk.runtime, cache).await;
        let seen = eye.lock().see(&look);
        Ok::<Vec<Trouble>, anyhow::Error>(seen.into_iter().filter_map(trouble).collect())
    };
    let seen = see().await?;
    ensure!(seen.is_empty(), "nothing is wrong yet: {seen:?}");
    let told = |kind: NoticeKind| {
        let see = &see;
        let one = move || async move {
            let seen = see().await?;
            Ok(seen.into_iter().find(|trouble| trouble.kind == kind))
        };
        wait::until_within(PATIENCE, "it is told", one)
    };

    let (queue, account) = (site.queue().await?, site.account(0));
    let refused = Failure::error(10, 2_534_022);
    let fault = Fault::always(refused).on(Requests::Sends);
    site.instagram.fail(fault.for_person("ben".into()));
    queue.push(site.written(&account, "ben", "hello").1).await?;
    let failed = told(NoticeKind::Refused).await?;
    ensure!(
        failed.text.starts_with("A message of “Shop” failed"),
        "{failed:?}"
    );

    site.instagram.set_token_expired(&account, true);
    queue
        .push(site.written(&account, "cleo", "hello").1)
        .await?;
    let refused = told(NoticeKind::Token).await?;
    ensure!(refused.text.contains("workers of “Shop”"), "{refused:?}");
    Ok(())
}

fn trouble(sighting: Sighting) -> Option<Trouble> {
    match sighting {
        Sighting::Wrong(trouble) | Sighting::Happened(trouble) => Some(trouble),
        Sighting::Fine(..) | Sighting::Left => None,
    }
}
