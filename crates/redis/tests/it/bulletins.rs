//! Bulletins of workers on real servers: what is told is heard, also in a cluster and
//! after the connection was lost, and nothing is told while nobody listens.

use heliograph_engine::bulletins::{Bound, Teller, Telling};
use heliograph_engine::happenings::Happenings;
use heliograph_engine::ports::{Bulletins, HeardBulletin};
use heliograph_model::{Bulletin, DeliveryId, Happening};
use heliograph_redis::{Redis, RedisBulletins, RedisConfig};
use heliograph_servers::redis::{Redis as Server, RedisCluster};
use redis::cmd;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Receiver;

const PATIENCE: Duration = Duration::from_secs(30);

async fn bulletins(url: &str) -> Arc<RedisBulletins> {
    let redis = Redis::connect(&RedisConfig::new(url)).await.unwrap();
    Arc::new(RedisBulletins::new(&redis))
}

async fn hear(heard: &mut Receiver<HeardBulletin>) -> HeardBulletin {
    let next = tokio::time::timeout(PATIENCE, heard.recv()).await;
    next.expect("something is heard")
        .expect("it goes on listening")
}

/// The next bulletin that tells of something.
async fn told(heard: &mut Receiver<HeardBulletin>) -> Bulletin {
    loop {
        match hear(heard).await {
            HeardBulletin::Told(bulletin, bytes) if !bulletin.told.is_empty() => {
                assert!(bytes > 0);
                return *bulletin;
            }
            HeardBulletin::Told(..) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The next that is said of the subscription.
async fn state(heard: &mut Receiver<HeardBulletin>) -> HeardBulletin {
    loop {
        match hear(heard).await {
            HeardBulletin::Told(..) => {}
            other => return other,
        }
    }
}

/// A worker that tells what these happenings are.
fn worker(port: &Arc<RedisBulletins>, name: &str) -> (Happenings, Telling) {
    let happenings = Happenings::default();
    let teller = Teller {
        worker: name.to_owned(),
        run: format!("run of {name}"),
    };
    let port = Arc::clone(port) as Arc<dyn Bulletins>;
    let telling = Telling::start(happenings.clone(), port, teller, Bound::default());
    (happenings, telling)
}

/// Waits until this is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How often a server was asked to publish since its figures were reset.
async fn published(url: &str) -> u64 {
    let redis = Redis::connect(&RedisConfig::new(url)).await.unwrap();
    let mut ask = cmd("INFO");
    ask.arg("commandstats");
    let info: String = redis.commands().run(&ask).await.unwrap();
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("cmdstat_publish:calls="));
    line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
}

fn removed(bulletin: &Bulletin) -> Vec<DeliveryId> {
    let mut all = Vec::new();
    for told in &bulletin.told {
        match &told.happening {
            Happening::Removed { ids } => all.extend(ids),
            other => panic!("{other:?}"),
        }
    }
    all
}

#[tokio::test]
async fn it_is_known_whether_anybody_listens_and_what_is_told_is_heard_at_once() {
    let server = Server::start().unwrap();
    let (here, there) = (
        bulletins(&server.url()).await,
        bulletins(&server.url()).await,
    );
    assert!(!here.is_watched().await.unwrap(), "nobody does");
    let mut heard = there.listen();
    assert_eq!(hear(&mut heard).await, HeardBulletin::Listening);
    assert!(here.is_watched().await.unwrap());
    let mut fastest = Duration::MAX;
    for before in 0..20 {
        let bulletin = Bulletin {
            worker: "one".to_owned(),
            run: "r".to_owned(),
            at: 5,
            before,
            left_out: 1,
            told: Vec::new(),
        };
        let began = Instant::now();
        here.publish(&bulletin).await.unwrap();
        let HeardBulletin::Told(told, _) = hear(&mut heard).await else {
            panic!("a bulletin is heard");
        };
        fastest = fastest.min(began.elapsed());
        assert_eq!(*told, bulletin);
    }
    assert!(fastest < Duration::from_millis(100), "{fastest:?}");
    // What another version tells is passed over.
    let redis = Redis::connect(&RedisConfig::new(server.url()))
        .await
        .unwrap();
    for payload in ["{\"v2\":{\"told\":7}}", "nonsense"] {
        let mut publish = cmd("PUBLISH");
        publish.arg(redis.own("handled")).arg(payload);
        let listened: u64 = redis.commands().run(&publish).await.unwrap();
        assert_eq!(listened, 1);
    }
    drop(heard);
    until("it is noticed that nobody listens any more", async || {
        !here.is_watched().await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn nothing_is_published_while_nobody_listens() {
    let server = Server::start().unwrap();
    let port = bulletins(&server.url()).await;
    let (happenings, telling) = worker(&port, "one");
    let tell = |from: i64| happenings.removed(vec![DeliveryId(from)]);
    for id in 0..1_000 {
        tell(id);
    }
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(published(&server.url()).await, 0, "nobody listens");

    let mut heard = bulletins(&server.url()).await.listen();
    assert_eq!(hear(&mut heard).await, HeardBulletin::Listening);
    // It says that it is there, and from then on what happens.
    assert!(
        matches!(hear(&mut heard).await, HeardBulletin::Told(bulletin, _)
        if bulletin.worker == "one" && bulletin.told.is_empty())
    );
    tell(2_000);
    assert_eq!(removed(&told(&mut heard).await), [DeliveryId(2_000)]);
    assert!(published(&server.url()).await >= 2);

    drop(heard);
    until("the worker stops", async || {
        let before = published(&server.url()).await;
        tell(3_000);
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        published(&server.url()).await == before
    })
    .await;
    telling.end().await;
}

#[tokio::test]
async fn what_is_gathered_when_a_worker_ends_is_told() {
    let server = Server::start().unwrap();
    let port = bulletins(&server.url()).await;
    let mut heard = port.listen();
    assert_eq!(hear(&mut heard).await, HeardBulletin::Listening);
    let (happenings, telling) = worker(&port, "one");
    assert!(matches!(hear(&mut heard).await, HeardBulletin::Told(..)));
    happenings.removed(vec![DeliveryId(7)]);
    telling.end().await;
    assert_eq!(removed(&told(&mut heard).await), [DeliveryId(7)]);
}

#[tokio::test]
async fn a_subscription_that_breaks_is_said_and_comes_back() {
    let mut server = Server::start().unwrap();
    let port = bulletins(&server.url()).await;
    let (happenings, _telling) = worker(&port, "one");
    let mut heard = bulletins(&server.url()).await.listen();
    assert_eq!(hear(&mut heard).await, HeardBulletin::Listening);
    server.restart().unwrap();
    let HeardBulletin::Deaf(why) = state(&mut heard).await else {
        panic!("it is said");
    };
    assert!(!why.is_empty());
    while state(&mut heard).await != HeardBulletin::Listening {}
    // The worker finds out by itself that it is watched again.
    let mut next = 0;
    let deadline = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < deadline, "it is told again");
        happenings.removed(vec![DeliveryId(next)]);
        next += 1;
        let again = tokio::time::timeout(Duration::from_millis(300), heard.recv()).await;
        if let Ok(Some(HeardBulletin::Told(bulletin, _))) = again
            && !bulletin.told.is_empty()
        {
            break;
        }
    }
}

#[tokio::test]
async fn in_a_cluster_a_worker_finds_out_whichever_node_is_listened_to() {
    let cluster = RedisCluster::start().unwrap();
    let urls = cluster.urls();
    for (from, to) in [(0, 1), (1, 2), (2, 0), (0, 0)] {
        let (here, there) = (bulletins(&urls[from]).await, bulletins(&urls[to]).await);
        until("nobody listens", async || !here.is_watched().await.unwrap()).await;
        let mut heard = there.listen();
        assert_eq!(hear(&mut heard).await, HeardBulletin::Listening);
        assert!(here.is_watched().await.unwrap(), "{from} asks, {to} hears");
        let (happenings, telling) = worker(&here, "one");
        assert!(matches!(hear(&mut heard).await, HeardBulletin::Told(..)));
        happenings.removed(vec![DeliveryId(7)]);
        assert_eq!(removed(&told(&mut heard).await), [DeliveryId(7)]);
        telling.end().await;
    }
}

#[tokio::test]
async fn that_nothing_can_be_heard_is_told_also_to_one_who_is_far_behind() {
    let server = Server::start().unwrap();
    let port = bulletins(&server.url()).await;
    let mut heard = bulletins(&server.url()).await.listen();
    assert_eq!(hear(&mut heard).await, HeardBulletin::Listening);
    // More than is kept for one who receives nothing.
    for before in 0..2_000 {
        let bulletin = Bulletin {
            worker: "one".to_owned(),
            run: "r".to_owned(),
            at: before,
            before,
            left_out: 1,
            told: Vec::new(),
        };
        port.publish(&bulletin).await.unwrap();
    }
    let mut kill = cmd("CLIENT");
    kill.arg(&["KILL", "TYPE", "pubsub"]);
    let killed: u64 = kill.query(&mut server.connection().unwrap()).unwrap();
    assert_eq!(killed, 1);
    until("it listens again", async || {
        port.is_watched().await.unwrap()
    })
    .await;
    assert!(matches!(state(&mut heard).await, HeardBulletin::Deaf(_)));
    assert_eq!(state(&mut heard).await, HeardBulletin::Listening);
}

/// A replica of the first node, as every node knows it.
async fn replica(cluster: &mut RedisCluster) -> Server {
    let options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
    let replica = Server::with(&options).unwrap();
    let first = format!("127.0.0.1:{}", cluster.nodes()[0].port());
    let own = format!("127.0.0.1:{}", replica.port());
    let added = std::process::Command::new("redis-cli")
        .args(["--cluster", "add-node", &own, &first, "--cluster-slave"])
        .output()
        .unwrap();
    assert!(added.status.success(), "{added:?}");
    for node in cluster.nodes() {
        let mut connection = node.connection().unwrap();
        until("the replica is known", async || {
            let mut ask = cmd("CLUSTER");
            let slots: redis::Value = ask.arg("SLOTS").query(&mut connection).unwrap();
            format!("{slots:?}").contains(&format!("int({})", replica.port()))
        })
        .await;
    }
    replica
}

#[tokio::test]
async fn a_replica_that_does_not_answer_keeps_nobody_from_being_heard() {
    let mut cluster = RedisCluster::start().unwrap();
    let replica = replica(&mut cluster).await;
    let urls = cluster.urls();
    let (here, there) = (bulletins(&urls[0]).await, bulletins(&urls[1]).await);
    let mut heard = there.listen();
    assert_eq!(hear(&mut heard).await, HeardBulletin::Listening);
    assert!(here.is_watched().await.unwrap());
    replica.process().signal("STOP").unwrap();
    let began = Instant::now();
    assert!(here.is_watched().await.unwrap(), "who answers says so");
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "nobody waits for it: {:?}",
        began.elapsed()
    );
    drop(heard);
    until("nobody listens", async || !here.is_watched().await.unwrap()).await;
    replica.process().signal("CONT").unwrap();
}
