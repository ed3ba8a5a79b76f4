//! How often an event asks Redis before it is answered.

use anyhow::{Context, Result};
use heliograph_tests::production::site::Site;
use heliograph_tests::production::{PATIENCE, Servers};
use heliograph_tests::rig::shop;
use heliograph_tests::wait;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::JoinHandle;

/// What a Redis is asked by anybody, until it is dropped.
struct Monitor {
    stream: TcpStream,
    reading: JoinHandle<Vec<String>>,
}

impl Monitor {
    fn of(url: &str) -> Result<Self> {
        let address = url.trim_start_matches("redis://").trim_end_matches('/');
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"MONITOR\r\n")?;
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let begun = lines.next().context("Redis ended the connection")??;
        assert_eq!(begun, "+OK", "it is watched");
        let reading = std::thread::spawn(move || lines.map_while(Result::ok).collect());
        Ok(Self { stream, reading })
    }

    /// Everything since it began, in order.
    fn end(self) -> Result<Vec<String>> {
        self.stream.shutdown(Shutdown::Both)?;
        let lines = self.reading.join();
        lines.map_err(|_| anyhow::anyhow!("reading went wrong"))
    }
}

/// One round trip for what is read, and one for what is written: the cached state too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_moves_a_conversation_asks_redis_twice_before_its_answer() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &shop::automations()).await?;
    let worker = site.worker().await?;
    let (queue, account) = (site.queue().await?, site.account(0));
    site.asks_for_the_price("ana").await?;
    worker.runtime.flush().await?;
    let cached = format!("{}user_state:{account}:ana", site.place.redis.namespace);
    let mut redis = site.redis()?;
    let before: String = redis::cmd("GET").arg(&cached).query(&mut redis)?;

    let monitor = Monitor::of(&servers.redis_url())?;
    let (_, body) = site.tapped(&account, "ana")?;
    queue.push(body).await?;
    wait::until_within(PATIENCE, "the tap is answered", || async {
        Ok((site.sent_to("ana").len() > 1).then_some(()))
    })
    .await?;
    let after: String = redis::cmd("GET").arg(&cached).query(&mut redis)?;
    assert_ne!(after, before, "the conversation moved");
    worker.stop().await;
    let lines = monitor.end()?;

    let conversation = format!("conversation:{account}:ana\"");
    let prefix = format!("\"{}", site.place.redis.prefix);
    let about_ana = |line: &&String| {
        let cached = line.contains(&format!("\"{cached}\""));
        cached || (line.contains(&prefix) && line.contains(&conversation))
    };
    let asked: Vec<_> = lines
        .iter()
        .filter(about_ana)
        // What a script does stands there too, and costs no way.
        .filter(|line| !line.contains(" lua] "))
        .filter(|line| !line.contains("\"GET\""))
        // Nor does what is written behind, later and for everybody together.
        .filter(|line| !line.contains(":writer\""))
        .map(|line| {
            let caches = line.contains(&format!("\"{cached}\""));
            let command = line.split('"').nth(1).unwrap_or_default();
            (command.to_uppercase(), caches)
        })
        .collect();
    let told = |command: &str, caches| (command.to_owned(), caches);
    // The conversation is taken while the state is read; then all is written; then, when
    // the message is out, its end.
    let (mut reads, rest) = (
        asked[..2.min(asked.len())].to_vec(),
        &asked[2.min(asked.len())..],
    );
    reads.sort();
    assert_eq!(
        reads,
        [told("EVALSHA", false), told("MGET", true)],
        "{lines:#?}"
    );
    assert_eq!(
        rest,
        [told("EVALSHA", true), told("EVALSHA", false)],
        "{lines:#?}"
    );
    Ok(())
}
