//! Announcements between workers on real servers.

use heliograph_engine::ports::{Announcements, Heard, Stale};
use heliograph_redis::{Channels, Redis, RedisAnnouncements, RedisConfig};
use heliograph_servers::redis::{Redis as Server, RedisCluster};
use redis::cmd;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

async fn worker(url: &str) -> RedisAnnouncements {
    let redis = Redis::connect(&RedisConfig::new(url)).await.unwrap();
    let mut channels = Channels::of(&redis);
    channels.others.push("app:invalidate".to_owned());
    let worker = RedisAnnouncements::start(&redis, channels);
    assert_eq!(hear(&worker).await, Heard::Listening, "the first word");
    worker
}

async fn hear(worker: &RedisAnnouncements) -> Heard {
    tokio::time::timeout(PATIENCE, worker.hear())
        .await
        .expect("something is heard")
}

fn key(name: &str) -> Stale {
    Stale::Key(name.to_owned())
}

async fn publish(url: &str, channel: &str, payload: &str) {
    let redis = Redis::connect(&RedisConfig::new(url)).await.unwrap();
    let mut publish = cmd("PUBLISH");
    publish.arg(channel).arg(payload);
    redis.commands().run::<()>(&publish).await.unwrap();
}

/// The fastest of a few: the machine may be busy, the way of an announcement may not be
/// slow.
async fn quickest(from: &RedisAnnouncements, to: &RedisAnnouncements) -> Duration {
    let mut fastest = Duration::MAX;
    for n in 0..20 {
        let stale = key(&format!("automation:{n}:dm:all"));
        let began = Instant::now();
        from.announce(&stale).await.unwrap();
        assert_eq!(hear(to).await, Heard::Stale(stale));
        fastest = fastest.min(began.elapsed());
    }
    fastest
}

#[tokio::test]
async fn another_worker_hears_within_100_ms_and_so_does_this_one() {
    let server = Server::start().unwrap();
    let (one, two) = (worker(&server.url()).await, worker(&server.url()).await);
    let took = quickest(&one, &two).await;
    assert!(took < Duration::from_millis(100), "{took:?}");
    for n in 0..20 {
        let stale = key(&format!("automation:{n}:dm:all"));
        assert_eq!(hear(&one).await, Heard::Stale(stale), "nothing is lost");
    }
    let matching = Stale::Matching("automation:ws-1:*".into());
    two.announce(&matching).await.unwrap();
    assert_eq!(hear(&one).await, Heard::Stale(matching));
}

#[tokio::test]
async fn in_a_cluster_every_worker_hears_whichever_node_it_listens_to() {
    let mut cluster = RedisCluster::start().unwrap();
    let urls = cluster.urls();
    let (one, two) = (worker(&urls[0]).await, worker(&urls[2]).await);
    let took = quickest(&one, &two).await;
    assert!(took < Duration::from_millis(100), "{took:?}");

    // The node that a worker listens to goes: it listens to another one.
    cluster.nodes()[2].kill();
    assert_eq!(hear(&two).await, Heard::Deaf);
    assert_eq!(hear(&two).await, Heard::Listening);
}

#[tokio::test]
async fn a_node_application_is_understood() {
    let server = Server::start().unwrap();
    let worker = worker(&server.url()).await;
    for (channel, payload, heard) in [
        (
            "heliograph:invalidations",
            "automation:1:dm:all",
            key("automation:1:dm:all"),
        ),
        (
            "app:invalidate",
            r#"{"key":"workspace:1"}"#,
            key("workspace:1"),
        ),
        ("app:invalidate", "{{nonsense", key("after it")),
        (
            "app:invalidate",
            r#"{"pattern":"automation:1:*"}"#,
            Stale::Matching("automation:1:*".into()),
        ),
    ] {
        publish(&server.url(), channel, payload).await;
        if payload.contains("nonsense") {
            publish(&server.url(), channel, "after it").await;
        }
        assert_eq!(hear(&worker).await, Heard::Stale(heard), "{payload}");
    }
}

#[tokio::test]
async fn a_lost_subscription_is_told_at_once_and_comes_back() {
    let server = Server::start().unwrap();
    let worker = worker(&server.url()).await;
    let mut admin = server.connection().unwrap();
    for round in 0..3 {
        let killed: u64 = cmd("CLIENT")
            .arg(&["KILL", "TYPE", "pubsub"])
            .query(&mut admin)
            .unwrap();
        assert_eq!(killed, 1);
        assert_eq!(hear(&worker).await, Heard::Deaf);
        assert_eq!(hear(&worker).await, Heard::Listening);
        let stale = key(&format!("after {round}"));
        worker.announce(&stale).await.unwrap();
        assert_eq!(hear(&worker).await, Heard::Stale(stale));
    }
}

#[tokio::test]
async fn a_server_that_only_seems_to_be_there_is_noticed() {
    let mut server = Server::start().unwrap();
    let worker = worker(&server.url()).await;
    server.process().signal("STOP").unwrap();
    let began = Instant::now();
    assert_eq!(hear(&worker).await, Heard::Deaf);
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
    let error = worker.announce(&key("k")).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    server.process().signal("CONT").unwrap();
    assert_eq!(hear(&worker).await, Heard::Listening);

    server.kill();
    assert_eq!(hear(&worker).await, Heard::Deaf);
    server.restart().unwrap();
    assert_eq!(
        hear(&worker).await,
        Heard::Listening,
        "being deaf is said once"
    );
}

#[tokio::test]
async fn whoever_invalidates_learns_who_has_obeyed() {
    let server = Server::start().unwrap();
    let url = server.url();
    let (one, two, three) = (worker(&url).await, worker(&url).await, worker(&url).await);
    two.call("worker two");
    let stale = key("automation:1:dm:all");
    one.announce(&stale).await.unwrap();
    let asked = one.ask().await.unwrap().unwrap();
    assert_eq!(asked.others, Some(2), "of three, this one asks");
    for listener in [&one, &two, &three] {
        // In this order: whoever answers has heard what was told before.
        assert_eq!(hear(listener).await, Heard::Stale(stale.clone()));
        assert_eq!(hear(listener).await, Heard::Asked(asked.ask.clone()));
    }
    assert!(one.who_obeyed(&asked.ask).await.unwrap().is_empty());
    two.obeyed(&asked.ask).await.unwrap();
    assert_eq!(one.who_obeyed(&asked.ask).await.unwrap(), ["worker two"]);
    // Its own answer tells nobody anything.
    one.obeyed(&asked.ask).await.unwrap();
    three.obeyed(&asked.ask).await.unwrap();
    assert_eq!(one.who_obeyed(&asked.ask).await.unwrap().len(), 2);
    let redis = Redis::connect(&RedisConfig::new(url.as_str()))
        .await
        .unwrap();
    let mut ttl = cmd("TTL");
    ttl.arg(redis.own(&format!("obeyed:{}", asked.ask)));
    let left: i64 = redis.commands().run(&ttl).await.unwrap();
    assert!(
        (1..=60).contains(&left),
        "the answers go by themselves: {left}"
    );
}

/// The channels of our own that somebody listens to at a server.
fn channels(server: &Server) -> Vec<String> {
    let mut ask = cmd("PUBSUB");
    ask.arg("CHANNELS").arg("heliograph:*");
    ask.query(&mut server.connection().unwrap()).unwrap()
}

#[tokio::test]
async fn in_a_cluster_the_question_comes_behind_what_was_told() {
    let mut cluster = RedisCluster::start().unwrap();
    let urls = cluster.urls();
    let (one, two) = (worker(&urls[0]).await, worker(&urls[1]).await);
    two.call("worker two");
    // From a node to another things come in their order; by another node they may overtake.
    let node = &cluster.nodes()[1];
    let slots = channels(node).into_iter().map(|channel| {
        let mut ask = cmd("CLUSTER");
        ask.arg("KEYSLOT").arg(channel);
        ask.query::<u16>(&mut node.connection().unwrap()).unwrap()
    });
    let slots: Vec<_> = slots.collect();
    assert_eq!(slots.len(), 2, "one to tell, one to ask");
    assert_eq!(slots[0], slots[1], "both go the same way");

    for n in 0..200 {
        let stale = key(&format!("automation:{n}:dm:all"));
        one.announce(&stale).await.unwrap();
        let asked = one.ask().await.unwrap().unwrap();
        assert_eq!(asked.others, None, "each node counts its own");
        assert_eq!(hear(&two).await, Heard::Stale(stale));
        assert_eq!(hear(&two).await, Heard::Asked(asked.ask.clone()));
        if n == 0 {
            two.obeyed(&asked.ask).await.unwrap();
            assert_eq!(one.who_obeyed(&asked.ask).await.unwrap(), ["worker two"]);
        }
    }
}

#[tokio::test]
async fn whoever_hears_nothing_does_not_say_how_many_listen() {
    let server = Server::start().unwrap();
    let two = worker(&server.url()).await;
    let mut user = cmd("ACL");
    user.arg(&["SETUSER", "mute", "on", ">secret", "~*", "&*", "+@all"]);
    user.arg("-subscribe");
    user.query::<()>(&mut server.connection().unwrap()).unwrap();
    let url = format!("redis://mute:secret@127.0.0.1:{}", server.port());
    let redis = Redis::connect(&RedisConfig::new(url.as_str()))
        .await
        .unwrap();
    let deaf = RedisAnnouncements::start(&redis, Channels::of(&redis));
    assert_eq!(hear(&deaf).await, Heard::Deaf);

    let stale = key("automation:1:dm:all");
    assert_eq!(deaf.announce(&stale).await.unwrap(), None);
    let asked = deaf.ask().await.unwrap().unwrap();
    assert_eq!(asked.others, None, "it is not among those who listen");
    // They hear it, and answer.
    assert_eq!(hear(&two).await, Heard::Stale(stale));
    assert_eq!(hear(&two).await, Heard::Asked(asked.ask.clone()));
    two.obeyed(&asked.ask).await.unwrap();
    assert_eq!(deaf.who_obeyed(&asked.ask).await.unwrap().len(), 1);
}
