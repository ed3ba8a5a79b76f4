//! How much is told at the most.

use super::*;
use bytes::Bytes;
use heliograph_engine::bulletins::Bound;
use heliograph_engine::ports::{Bulletins, HeardBulletin};
use heliograph_redis::{Redis, RedisBulletins};
use heliograph_tests::production::Servers;
use heliograph_tests::rig::shop;
use serde_json::Value;
use std::time::{Duration, Instant};

/// A webhook that says more than anybody wants to know.
fn padded(body: &Bytes) -> Result<Bytes> {
    let mut webhook: Value = serde_json::from_slice(body)?;
    webhook["entry"][0]["padding"] = "x".repeat(60_000).into();
    Ok(serde_json::to_vec(&webhook)?.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_tells_no_more_than_it_may_and_the_window_says_how_much_it_left_out() -> Result<()>
{
    const JOBS: u64 = 300;
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &[shop::parrot()]).await?;
    let desk = Desk::open(&site).await?;
    // What goes over the wire, beside what the window makes of it.
    let mut heard = RedisBulletins::new(&Redis::connect(&site.place.redis).await?).listen();
    let worker = Process::start(&site, "blue", &[])?;
    desk.hears(1).await?;
    let queue = site.queue().await?;
    // All of them at once.
    queue.bull().pause().await?;
    for number in 0..JOBS {
        let (_, body) = site.written(&site.account(0), &format!("person-{number}"), "hi");
        queue.push(padded(&body)?).await?;
    }
    let began = Instant::now();
    queue.bull().resume().await?;
    for number in 0..JOBS {
        site.is_sent(&format!("person-{number}"), "You wrote hi")
            .await?;
    }
    let news = desk
        .shows("every delivery is listed or counted", |news| {
            let known = news.counts.deliveries + news.counts.left_out;
            (known >= JOBS).then(|| news.clone())
        })
        .await?;
    let counts = news.counts;
    assert!(counts.left_out > 0, "{counts:?}");
    assert_eq!(counts.deliveries + counts.left_out, JOBS, "{counts:?}");
    // One that is listed is listed whole.
    desk.shows("what is listed has ended", |news| {
        let mut rows = news.rows.iter();
        rows.all(|row| row.result.as_str() == "sent").then_some(())
    })
    .await?;
    for row in desk.news()?.rows.iter().take(20) {
        let opened = desk.opened(row).await?;
        assert!(opened.body.is_some_and(|body| body.len() > 60_000));
        assert_eq!((opened.decisions.len(), opened.sends.len()), (1, 1));
    }
    // A second's worth is there at once.
    let seconds = began.elapsed().as_secs() + 2;
    worker.terminate().await?;
    let mut bytes = 0;
    let silence = Duration::from_millis(300);
    while let Ok(Some(heard)) = tokio::time::timeout(silence, heard.recv()).await {
        match heard {
            HeardBulletin::Told(_, size) => bytes += u64::from(size),
            HeardBulletin::Listening => {}
            HeardBulletin::Deaf(why) => panic!("{why}"),
        }
    }
    let most = u64::from(Bound::default().bytes) * seconds;
    assert!(
        bytes > 100_000 && bytes < most,
        "{bytes} bytes in {seconds} s"
    );
    desk.close().await;
    Ok(())
}
