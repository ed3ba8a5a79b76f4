//! Servers that go away, freeze, fill up or forget, and an Instagram at fault, while
//! webhooks stream in. `docs/outages.md` says for people what is proven here.

use anyhow::Result;
use heliograph_engine::process::RetrySchedule;
use heliograph_instagram::simulated::{Failure, Fault, Requests};
use heliograph_model::{AutomationType, OutboxState, Target};
use heliograph_servers::replica_set::ReplicaSet;
use heliograph_tests::production::site::{Pushing, Site, Worker};
use heliograph_tests::production::slow::Slow;
use heliograph_tests::production::stream::{Books, Order, Stream};
use heliograph_tests::production::{PATIENCE, Servers, is_long, places};
use heliograph_tests::rig::shop;
use heliograph_tests::wait;
use mongodb::bson::{Document, doc};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Enough that the pace of an account does not hold anything up.
const ACCOUNTS: usize = 6;
/// How many write during an outage, and how long each waits between two messages.
const CONTACTS: usize = 24;
const PAUSE: Duration = Duration::from_millis(250);

fn automations() -> Vec<Value> {
    let mut automations = shop::automations();
    automations.push(shop::parrot());
    automations
}

async fn site(servers: &Servers) -> Result<Site> {
    Site::open(servers, ACCOUNTS, &automations()).await
}

/// A site for outages of Redis: its workers lose the jobs that they cannot finish after
/// seconds, as they do after half a minute without being told otherwise. Conversations they
/// hold for as long as always: none is to wait for that.
async fn hasty_site(servers: &Servers) -> Result<Site> {
    let mut site = site(servers).await?;
    site.place.queue.lock_duration = Duration::from_secs(5);
    Ok(site)
}

/// Two workers and a stream of webhooks; something happens in the middle. In the end
/// everything that was accepted has taken effect, once, and the workers go on by
/// themselves.
///
/// Without Redis nobody keeps what a worker could not finish in its order.
async fn survives(
    servers: &mut Servers,
    site: Site,
    order: Order,
    outage: impl AsyncFnOnce(&mut Servers, &Site) -> Result<()>,
) -> Result<(Arc<Site>, [Worker; 2], Books)> {
    let site = Arc::new(site);
    let workers = [site.worker().await?, site.worker().await?];
    // What every event needs is at hand before it begins: while a worker still loads it for a
    // first message, the other one may handle the second.
    for worker in &workers {
        let cached = worker.runtime.engine().cached();
        for number in 0..ACCOUNTS {
            cached.account(&site.account(number)).await?;
        }
        let workspace = shop::WORKSPACE.into();
        let kind = AutomationType::DmAutomation;
        cached.automations(&workspace, kind, &Target::All).await?;
    }
    let stream = Stream::start(&site, CONTACTS, PAUSE).await?;
    stream.goes_on(100).await?;
    outage(servers, &site).await?;
    stream.goes_on(100).await?;
    let mut books = stream.end().await?;
    books.order = order;
    let [one, two] = &workers;
    books.balance(&site, &[one, two]).await?;
    books.ask_for_the_price(&site).await?;
    books.balance(&site, &[one, two]).await?;
    answers_again(&site).await?;
    println!(
        "{} webhooks were accepted; the queue did not take one, or did not say so, {} times; {} messages were sent",
        books.mids.len(),
        books.refused,
        site.instagram.counters().all_sent()
    );
    Ok((site, workers, books))
}

/// A new webhook is answered.
async fn answers_again(site: &Site) -> Result<()> {
    let queue = site.queue().await?;
    say(site, &queue, "somebody new", "are you there?").await?;
    site.is_sent("somebody new", "You wrote are you there?")
        .await
}

async fn say(site: &Site, queue: &Pushing, who: &str, text: &str) -> Result<String> {
    let (mid, body) = site.written(&site.account(0), who, text);
    queue.push(body).await?;
    Ok(mid)
}

async fn stop(workers: impl IntoIterator<Item = Worker>) {
    for worker in workers {
        worker.stop().await;
    }
}

/// How often messages were sent more than once, all of which were marked.
fn repeats(site: &Site, books: &Books) -> usize {
    let sent = usize::try_from(site.instagram.counters().all_sent()).unwrap();
    // The one in the end is not in the books.
    (sent - 1).saturating_sub(books.mids.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_killed_and_started_again_loses_nothing() -> Result<()> {
    let mut servers = Servers::start()?;
    let site = hasty_site(&servers).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Lost, async |servers, _| {
        servers.one_redis().kill();
        tokio::time::sleep(Duration::from_secs(2)).await;
        tokio::task::block_in_place(|| servers.one_redis().restart())
    })
    .await?;
    assert!(books.refused > 0, "the queue was away");
    assert_eq!(repeats(&site, &books), 0);
    stop(workers).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_frozen_for_seconds_loses_nothing() -> Result<()> {
    let mut servers = Servers::start()?;
    let site = hasty_site(&servers).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Lost, async |servers, _| {
        servers.one_redis().process().signal("STOP")?;
        tokio::time::sleep(Duration::from_secs(5)).await;
        servers.one_redis().process().signal("CONT")
    })
    .await?;
    assert_eq!(repeats(&site, &books), 0);
    stop(workers).await;
    Ok(())
}

/// For so long that each worker counts as ended for the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_frozen_for_longer_than_a_worker_may_be_silent_repeats_only_what_is_marked()
-> Result<()> {
    let mut servers = Servers::start()?;
    let mut site = hasty_site(&servers).await?;
    let frozen = if is_long() { 25 } else { 6 };
    if !is_long() {
        site.place.behind.silence_ms = 2_000;
    }
    let (site, workers, books) = survives(&mut servers, site, Order::Lost, async |servers, _| {
        servers.one_redis().process().signal("STOP")?;
        tokio::time::sleep(Duration::from_secs(frozen)).await;
        servers.one_redis().process().signal("CONT")
    })
    .await?;
    println!(
        "{} messages were sent twice and marked",
        repeats(&site, &books)
    );
    stop(workers).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_full_loses_nothing() -> Result<()> {
    let mut servers = Servers::start()?;
    let site = hasty_site(&servers).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Lost, async |_, site| {
        let mut redis = site.redis()?;
        let mut limit = |bytes: u64| {
            let mut set = redis::cmd("CONFIG");
            set.arg("SET").arg("maxmemory").arg(bytes);
            set.query::<()>(&mut redis)
        };
        // It is full already, and again and again on the edge of it.
        limit(1_000_000)?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        for _ in 0..20 {
            limit(0)?;
            tokio::time::sleep(Duration::from_millis(20)).await;
            limit(1_000_000)?;
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        limit(0)?;
        Ok(())
    })
    .await?;
    assert!(books.refused > 0, "the queue took nothing");
    assert_eq!(repeats(&site, &books), 0);
    // What is counted of messages on their way must not stay counted: conversations that
    // are at rest go by themselves.
    let mut redis = site.redis()?;
    let pattern = format!("{}:*conversation:*", site.place.redis.prefix);
    wait::until_within(PATIENCE, "every conversation comes to rest", || {
        let held = conversations_that_stay(&mut redis, &pattern);
        async move { Ok(held?.is_empty().then_some(())) }
    })
    .await?;
    stop(workers).await;
    Ok(())
}

/// Conversations without an expiry.
fn conversations_that_stay(redis: &mut redis::Connection, pattern: &str) -> Result<Vec<String>> {
    let names: Vec<String> = redis::cmd("KEYS").arg(pattern).query(redis)?;
    let mut stay = Vec::new();
    for name in names {
        let left: i64 = redis::cmd("PTTL").arg(&name).query(redis)?;
        if left == -1 {
            stay.push(name);
        }
    }
    Ok(stay)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_flushed_loses_what_only_redis_held_and_nothing_else() -> Result<()> {
    let servers = Servers::start()?;
    let site = Arc::new(hasty_site(&servers).await?);
    let worker = site.worker().await?;
    let queue = site.queue().await?;

    // What is in MongoDB: a conversation that waits for a click, and events with their
    // marks.
    let mut settled = Vec::new();
    for number in 0..10 {
        let who = format!("settled-{number}");
        let (mid, body) = site.written(&site.account(0), &who, "price");
        queue.push(body.clone()).await?;
        settled.push((who, mid, body));
    }
    for (who, ..) in &settled {
        site.is_sent(who, "Would you like to know the price?")
            .await?;
    }
    worker.runtime.flush().await?;
    // What only Redis has: messages that wait for Instagram, and webhooks in a queue.
    let limit = site
        .instagram
        .fail(Fault::always(Failure::limited(613, 3)).on(Requests::Sends));
    let refused = site.instagram.counters().faulted;
    let decided = worker.runtime.engine().work().decisions;
    let mut unsent = Vec::new();
    for number in 0..5 {
        let who = format!("unsent-{number}");
        unsent.push((say(&site, &queue, &who, "hi").await?, who));
    }
    wait::until_within(PATIENCE, "Instagram has refused", || async {
        let all = worker.runtime.engine().work().decisions >= decided + 5;
        Ok((all && site.instagram.counters().faulted > refused).then_some(()))
    })
    .await?;
    worker.runtime.flush().await?;
    let idle = site.with_own_queue("idle");
    let idle = site.queue_of(&idle).await?;
    say(&site, &idle, "queued", "hi").await?;

    let mut redis = site.redis()?;
    redis::cmd("FLUSHALL").query::<()>(&mut redis)?;
    site.instagram.lift(limit);

    // It goes on by itself, and with what MongoDB has.
    answers_again(&site).await?;
    for (who, mid, body) in &settled {
        // Meta delivers it once more.
        queue.push(body.clone()).await?;
        let (_, click) = site.tapped(&site.account(0), who)?;
        queue.push(click).await?;
        site.is_sent(who, "It is 10 euros.").await?;
        assert_eq!(site.texts(who).len(), 2, "{mid} has taken effect once");
    }
    // A state is found where only a typed title can find it.
    // What only Redis had is gone, and nothing of it comes back: the messages that had
    // not been sent, though their events are marked as handled, and what was queued.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let marks = places::of(&site.database, "processed_events").await?;
    let marks: Vec<_> = marks
        .iter()
        .map(|mark| mark.get_str("_id").unwrap())
        .collect();
    for (mid, who) in &unsent {
        assert!(marks.contains(&mid.as_str()), "{mid} was handled");
        assert!(site.texts(who).is_empty(), "{who} was not answered");
    }
    let depth = worker.runtime.engine().depth().await?;
    assert_eq!((depth.waiting, depth.active), (0, 0), "{depth:?}");
    assert!(site.texts("queued").is_empty());
    // Those people are answered when they write again.
    for (_, who) in &unsent {
        say(&site, &queue, who, "hello?").await?;
        site.is_sent(who, "Hello!").await?;
    }
    worker.stop().await;
    Ok(())
}

/// In the middle of everything: nothing is sent twice, what MongoDB had stays, and the
/// workers go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_flushed_under_load_repeats_nothing_and_goes_on() -> Result<()> {
    let servers = Servers::start()?;
    let site = Arc::new(hasty_site(&servers).await?);
    let workers = [site.worker().await?, site.worker().await?];
    let stream = Stream::start(&site, CONTACTS, Duration::from_millis(50)).await?;
    stream.goes_on(200).await?;
    let mut redis = site.redis()?;
    redis::cmd("FLUSHALL").query::<()>(&mut redis)?;
    stream.goes_on(200).await?;
    let mut books = stream.end().await?;
    answers_again(&site).await?;
    books.ask_for_the_price(&site).await?;
    // Whoever asked last is answered: that was after the flush.
    for who in &books.awaiting {
        site.is_sent(who.as_str(), "Would you like to know the price?")
            .await?;
    }
    let mut lost = 0;
    let all = site.all_texts();
    for (who, answers) in &books.answers {
        let mut sent = all.get(who).cloned().unwrap_or_default();
        lost += answers.len() - sent.len();
        sent.sort();
        let all = sent.len();
        sent.dedup();
        assert_eq!(sent.len(), all, "{who} was sent something twice: {sent:?}");
    }
    println!(
        "{lost} of {} webhooks were lost with Redis",
        books.mids.len()
    );
    assert!(lost < 200, "only what was under way at that moment");
    stop(workers).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mongodb_that_steps_down_loses_nothing() -> Result<()> {
    let mut servers = Servers::own()?;
    let site = site(&servers).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Kept, async |servers, _| {
        tokio::task::block_in_place(|| servers.mongod.step_down())
    })
    .await?;
    assert_eq!(repeats(&site, &books), 0);
    stop(workers).await;
    Ok(())
}

/// As machines die: the others elect a primary, and what a majority has is not rolled back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_of_mongodb_that_dies_loses_nothing() -> Result<()> {
    let mut servers = Servers::start()?;
    let mut set = tokio::task::block_in_place(ReplicaSet::start)?;
    let name = format!("failover_{}", std::process::id());
    let place = places::named(&servers.redis_url(), &set.url(), &name);
    let site = Site::at(place, ACCOUNTS, &automations()).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Kept, async |_, _| {
        tokio::task::block_in_place(|| set.kill_primary())
    })
    .await?;
    assert_eq!(books.refused, 0, "the queue goes on taking webhooks");
    assert_eq!(repeats(&site, &books), 0);
    tokio::task::block_in_place(|| set.restart())?;
    answers_again(&site).await?;
    stop(workers).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mongodb_killed_and_started_again_loses_nothing() -> Result<()> {
    let mut servers = Servers::own()?;
    let site = site(&servers).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Kept, async |servers, _| {
        servers.own_mongod().kill();
        tokio::time::sleep(Duration::from_secs(2)).await;
        tokio::task::block_in_place(|| servers.own_mongod().restart())
    })
    .await?;
    assert_eq!(books.refused, 0, "the queue goes on taking webhooks");
    assert_eq!(repeats(&site, &books), 0);
    // Edits that are made behind our back are seen again too.
    let queue = site.queue().await?;
    let automations = site.database.collection::<Document>("automations");
    let set = doc! { "$set": { "steps.main.messages.0.text": "Good day!" } };
    automations.update_one(doc! { "_id": "hello" }, set).await?;
    let asked = std::sync::atomic::AtomicUsize::new(0);
    wait::until_within(PATIENCE, "an edit in MongoDB is seen", || async {
        let number = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let who = format!("after-{number}");
        say(&site, &queue, &who, "hello").await?;
        wait::until("there is an answer", || async {
            Ok((!site.texts(&who).is_empty()).then_some(()))
        })
        .await?;
        Ok((site.texts(&who) == ["Good day!"]).then_some(()))
    })
    .await?;
    stop(workers).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mongodb_frozen_for_seconds_loses_nothing() -> Result<()> {
    let mut servers = Servers::own()?;
    let site = site(&servers).await?;
    // In the long run more webhooks come than two workers hold at a time. Of those that
    // wait in the queue each may take one of the same contact at the same moment.
    let (seconds, order) = if is_long() {
        (30, Order::Lost)
    } else {
        (5, Order::Kept)
    };
    let (site, workers, books) = survives(&mut servers, site, order, async |servers, _| {
        servers.mongod.process().signal("STOP")?;
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        servers.mongod.process().signal("CONT")
    })
    .await?;
    assert_eq!(books.refused, 0, "the queue goes on taking webhooks");
    assert_eq!(repeats(&site, &books), 0);
    stop(workers).await;
    Ok(())
}

/// First a little, then later than anybody waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mongodb_that_answers_late_loses_nothing() -> Result<()> {
    let mut servers = Servers::start()?;
    let slow = Slow::before(servers.mongod.port()).await?;
    let url = format!("mongodb://127.0.0.1:{}/?directConnection=true", slow.port);
    let name = format!("late_{}", std::process::id());
    let place = places::named(&servers.redis_url(), &url, &name);
    let site = Site::at(place, ACCOUNTS, &automations()).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Kept, async |_, _| {
        slow.by(Duration::from_millis(300));
        tokio::time::sleep(Duration::from_secs(2)).await;
        let before = slow.held_up();
        assert!(before > 0, "it answers late");
        slow.by(Duration::from_secs(12));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(slow.held_up() > before, "later than anybody waits");
        slow.by(Duration::ZERO);
        Ok(())
    })
    .await?;
    assert_eq!(books.refused, 0, "the queue goes on taking webhooks");
    assert_eq!(repeats(&site, &books), 0);
    stop(workers).await;
    Ok(())
}

/// Waits until a fault has happened so many times.
async fn happens(site: &Site, times: u64) -> Result<()> {
    let before = site.instagram.counters().faulted;
    wait::until_within(PATIENCE, "Instagram fails", || async {
        Ok((site.instagram.counters().faulted >= before + times).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instagram_that_answers_500_gets_everything_later_and_nothing_twice() -> Result<()> {
    let mut servers = Servers::start()?;
    let site = site(&servers).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Kept, async |_, site| {
        let fault = site.instagram.fail(Fault::always(Failure::Status(500)));
        // In the long run the breaker opens: fewer and fewer requests are made.
        happens(site, if is_long() { 60 } else { 30 }).await?;
        site.instagram.lift(fault);
        Ok(())
    })
    .await?;
    assert_eq!(repeats(&site, &books), 0);
    stop(workers).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instagram_that_limits_is_left_alone_for_as_long_as_it_says() -> Result<()> {
    let mut servers = Servers::start()?;
    let site = site(&servers).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Kept, async |_, site| {
        let fault = site.instagram.fail(Fault::always(Failure::limited(613, 3)));
        happens(site, 6).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let asked = site.instagram.counters().faulted;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        // Each of two workers learns of it once for each account, with a few requests
        // that were out at that moment.
        let more = site.instagram.counters().faulted - asked;
        assert!(more <= 2, "{more} requests during the pause");
        site.instagram.lift(fault);
        Ok(())
    })
    .await?;
    assert_eq!(repeats(&site, &books), 0);
    stop(workers).await;
    Ok(())
}

/// A message whose outcome nobody knows is not repeated: some of those arrived, the others
/// did not, and each is in the list of what failed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instagram_that_does_not_answer_is_not_sent_the_same_twice() -> Result<()> {
    let mut servers = Servers::start()?;
    let site = site(&servers).await?;
    let (site, workers, books) = survives(&mut servers, site, Order::Kept, async |_, site| {
        let sends = |times, failure| Fault::next(times, failure).on(Requests::Sends);
        for _ in 0..4 {
            site.instagram.fail(sends(3, Failure::DropAfter));
            site.instagram.fail(sends(3, Failure::GarbledAfter));
            site.instagram.fail(sends(3, Failure::DropBefore));
        }
        if is_long() {
            // Until the client gives it up, after 20 seconds.
            site.instagram.fail(sends(5, Failure::NeverAnswers));
        }
        wait::until_within(PATIENCE, "all faults have happened", || async {
            Ok(site.instagram.faults().is_empty().then_some(()))
        })
        .await
    })
    .await?;
    let sends = workers.iter().flat_map(Worker::sends);
    let unknown: Vec<_> = sends
        .filter(|record| record.state == OutboxState::Unknown)
        .collect();
    let expected = if is_long() { 41 } else { 36 };
    assert_eq!(unknown.len(), expected);
    let mut redis = site.redis()?;
    let pattern = format!("{}:*:failed", site.place.redis.prefix);
    let lists: Vec<String> = redis::cmd("KEYS").arg(pattern).query(&mut redis)?;
    let mut listed = 0;
    for list in lists {
        listed += redis::cmd("LLEN").arg(list).query::<usize>(&mut redis)?;
    }
    assert_eq!(listed, unknown.len(), "each is there to be looked at");
    let sent = usize::try_from(site.instagram.counters().all_sent())?;
    let lost = books.mids.len() + 1 - sent;
    assert_eq!(
        lost,
        if is_long() { 17 } else { 12 },
        "those that had not arrived"
    );
    stop(workers).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_expires_stops_its_account_until_it_is_renewed() -> Result<()> {
    let mut servers = Servers::start()?;
    let mut site = site(&servers).await?;
    // As often as usual by the minute.
    site.settings.retry_token = RetrySchedule::new(vec![1_000]);
    let (site, workers, books) = survives(&mut servers, site, Order::Kept, async |_, site| {
        let account = site.account(0);
        let is_of = |sent: &heliograph_instagram::simulated::Sent| sent.account_id == account;
        site.instagram.set_token_expired(&account, true);
        let count = || {
            let all = site.instagram.sent();
            let own = all.iter().filter(|sent| is_of(sent)).count();
            (own, all.len() - own)
        };
        let (own, others) = count();
        wait::until_within(PATIENCE, "the other accounts go on", || async {
            Ok((count().1 > others + 60).then_some(()))
        })
        .await?;
        assert_eq!(count().0, own, "the account has stopped");
        // Somebody connects the account again, in the other application.
        site.instagram.set_token(&account, "a renewed token");
        site.give_token(&account, "a renewed token").await?;
        wait::until_within(PATIENCE, "the account goes on", || async {
            Ok((count().0 > own).then_some(()))
        })
        .await
    })
    .await?;
    assert_eq!(repeats(&site, &books), 0);
    stop(workers).await;
    Ok(())
}
