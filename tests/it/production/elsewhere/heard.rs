//! When something is told, and when it is heard.

use super::*;
use heliograph_engine::ports::Announcements;
use heliograph_redis::{Channels, Redis, RedisAnnouncements};
use heliograph_tests::production::{Servers, clock};
use heliograph_tests::rig::shop;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_published_while_nobody_watches_nor_by_a_worker_that_is_told_not_to()
-> Result<()> {
    const JOBS: usize = 60;
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &[shop::parrot()]).await?;
    let queue = site.queue().await?;
    let handled = async |name: &str| {
        for number in 0..JOBS {
            let who = format!("{name}-{number}");
            let (_, body) = site.written(&site.account(0), &who, "hi");
            queue.push(body).await?;
        }
        for number in 0..JOBS {
            site.is_sent(&format!("{name}-{number}"), "You wrote hi")
                .await?;
        }
        anyhow::Ok(())
    };
    let worker = Process::start(&site, "blue", &[])?;
    handled("warm").await?;
    let before = published(&site)?;
    handled("unwatched").await?;
    // It asks whether somebody watches in the meantime.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(published(&site)?, before, "nobody watches");

    let desk = Desk::open(&site).await?;
    desk.hears(1).await?;
    assert_eq!(
        desk.news()?.counts.deliveries,
        0,
        "what is past is not told"
    );
    handled("watched").await?;
    desk.shows("all of it is listed", |news| {
        (news.counts.sent == JOBS as u64).then_some(())
    })
    .await?;
    assert!(published(&site)? > before);
    worker.terminate().await?;

    // One that is told not to tell tells nobody who watches.
    let before = published(&site)?;
    let silent = Process::start(&site, "silent", &["--no-live"])?;
    handled("silent").await?;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(published(&site)?, before);
    assert_eq!(desk.news()?.counts.deliveries, JOBS as u64);
    // Among those that have obeyed an invalidation it has its name all the same.
    let redis = Redis::connect(&site.place.redis).await?;
    let asking = RedisAnnouncements::start(&redis, Channels::of(&redis));
    let asked = asking.ask().await?.context("workers can be asked")?;
    let names = || async {
        let names = asking.who_obeyed(&asked.ask).await?;
        Ok((!names.is_empty()).then_some(names))
    };
    let names = wait::until_within(PATIENCE, "the worker answers", names).await?;
    assert_eq!(names, ["silent"]);
    drop(silent);
    desk.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_cluster_it_is_the_same() -> Result<()> {
    let servers = Servers::with_cluster()?;
    let site = Site::open(&servers, 2, &[shop::parrot()]).await?;
    let desk = Desk::open(&site).await?;
    let _worker = Process::start(&site, "blue", &[])?;
    desk.hears(1).await?;
    let queue = site.queue().await?;
    for number in 0..20 {
        let who = format!("person-{number}");
        let (_, body) = site.written(&site.account(number), &who, "hi");
        queue.push(body).await?;
    }
    let news = desk
        .shows("all of it is listed", |news| {
            (news.counts.sent == 20).then(|| news.clone())
        })
        .await?;
    let by_blue = |row: &TrafficRow| row.worker.as_deref() == Some("blue");
    assert!(news.rows.iter().all(by_blue), "{news:#?}");
    assert_eq!((news.rows.len(), news.counts.left_out), (20, 0));
    desk.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_that_breaks_is_said_with_since_when_and_comes_back() -> Result<()> {
    let mut servers = Servers::start()?;
    let site = Site::open(&servers, 1, &[shop::parrot()]).await?;
    let desk = Desk::open(&site).await?;
    let _worker = Process::start(&site, "blue", &[])?;
    desk.hears(1).await?;
    let queue = site.queue().await?;
    let (_, body) = site.written(&site.account(0), "ana", "before");
    queue.push(body).await?;
    desk.row("before", "sent").await?;

    let broke = clock().now();
    servers.one_redis().kill();
    let since = desk
        .shows("it is said", |news| {
            let elsewhere = news.elsewhere.as_ref()?;
            assert!(elsewhere.state != WorkersHeard::Deaf || elsewhere.why.is_some());
            elsewhere.since
        })
        .await?;
    assert!(since >= broke && since < broke + 30_000, "{since:?}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let still = desk.news()?.elsewhere.and_then(|elsewhere| elsewhere.since);
    assert_eq!(
        still,
        Some(since),
        "since when it broke, not since the last try"
    );

    servers.one_redis().restart()?;
    desk.hears(1).await?;
    assert_eq!(desk.news()?.elsewhere.and_then(|it| it.since), None);
    // What is there stays, and what comes is listed again.
    let (_, body) = site.written(&site.account(0), "ana", "after");
    wait::until_within(PATIENCE, "the queue takes it", || async {
        Ok(queue.push(body.clone()).await.ok())
    })
    .await?;
    desk.row("after", "sent").await?;
    desk.row("before", "sent").await?;
    desk.close().await;
    Ok(())
}
