//! What the system that came before promised, on real servers and with several workers.

use anyhow::Result;
use futures::future::{join_all, try_join_all};
use heliograph_instagram::simulated::{Failure, Fault, Requests};
use heliograph_model::GuardLevel;
use heliograph_tests::production::gate::Gate;
use heliograph_tests::production::process::{WorkerProcess, be_a_worker, hasten};
use heliograph_tests::production::site::{Site, Worker};
use heliograph_tests::production::stream::{Order, Stream};
use heliograph_tests::production::{PATIENCE, Servers, places};
use heliograph_tests::rig::shop;
use heliograph_tests::wait;
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The shop, with an automation that repeats what is written to it.
pub(super) fn with_parrot() -> Vec<Value> {
    let mut automations = shop::automations();
    automations.push(shop::parrot());
    automations
}

/// Waits until everything that was committed is in MongoDB.
async fn is_written(worker: &Worker) -> Result<()> {
    worker.runtime.flush().await?;
    Ok(())
}

/// The one document that a filter finds.
async fn one(site: &Site, collection: &str, filter: Document) -> Result<Option<Document>> {
    let collection = site.database.collection::<Document>(collection);
    Ok(collection.find_one(filter).await?)
}

/// Waits until an event was handled, whatever came of it.
pub(super) async fn is_handled(site: &Site, mid: &str) -> Result<()> {
    wait::until_within(PATIENCE, "the event is handled", || async {
        one(site, "processed_events", doc! { "_id": mid }).await
    })
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_works_after_the_state_is_gone_everywhere() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &shop::automations()).await?;
    let worker = site.worker().await?;
    let (queue, account) = (site.queue().await?, site.account(0));
    site.asks_for_the_price("ana").await?;
    is_written(&worker).await?;

    // More than eleven minutes pass: of the state nothing is left, in Redis, in what is
    // shared of the conversation, and in MongoDB.
    let mut redis = site.redis()?;
    let names: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut redis)?;
    let gone: Vec<_> = names.iter().filter(|name| name.ends_with(":ana")).collect();
    assert_eq!(
        gone.len(),
        2,
        "its cached state and its conversation: {gone:?}"
    );
    redis::cmd("DEL").arg(&gone).query::<()>(&mut redis)?;
    let states = site.database.collection::<Document>("user_states");
    let deleted = states.delete_many(doc! {}).await?;
    assert_eq!(deleted.deleted_count, 1, "it was in MongoDB");

    let (_, body) = site.tapped(&account, "ana")?;
    queue.push(body).await?;
    site.is_sent("ana", "It is 10 euros.").await?;
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_on_one_queue_handle_a_contact_one_at_a_time_and_in_order() -> Result<()> {
    const CONTACTS: usize = 30;
    const MESSAGES: usize = 6;
    // Each message asks for the profile, which takes longer than the next message.
    let steps = json!({
        "follow": {
            "text": "You wrote {{event.text|nothing}}. Do you follow us?", "button": "I do",
            "verify": true, "skipWhenFollowing": true,
        },
        "main": { "messages": [{ "type": "text", "text": "Thank you." }] },
    });
    let vip = shop::automation("vip", "dm_automation", 10, &["vip"], &steps);
    let servers = Servers::start()?;
    let mut site = Site::open(&servers, 6, &[vip]).await?;
    let gate = Gate::before(&site.graph, Duration::from_millis(250)).await?;
    site.graph.clone_from(&gate.url);
    // Few jobs at a time each, so that both get some of everybody's.
    site.place.queue.concurrency = 24;
    let workers = [site.worker().await?, site.worker().await?];
    let queue = site.queue().await?;
    // Both have the accounts and the automations at hand before it begins.
    let decisions = |worker: &Worker| worker.runtime.engine().work().decisions;
    wait::until_within(PATIENCE, "both have handled something", || async {
        for number in 0..12 {
            let (_, body) = site.written(&site.account(number), &site.mid(), "nothing");
            queue.push(body).await?;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(workers
            .iter()
            .all(|worker| decisions(worker) > 12)
            .then_some(()))
    })
    .await?;
    let writing = (0..CONTACTS).map(|number| {
        let (site, queue) = (&site, &queue);
        async move {
            let who = format!("person-{number}");
            for message in 0..MESSAGES {
                let text = format!("vip {message}");
                let (_, body) = site.written(&site.account(number), &who, &text);
                queue.push(body).await?;
                tokio::time::sleep(Duration::from_millis(150)).await;
            }
            anyhow::Ok(())
        }
    });
    try_join_all(writing).await?;
    let expected: Vec<_> = (0..MESSAGES)
        .map(|message| format!("You wrote vip {message}. Do you follow us?"))
        .collect();
    let answered = wait::until_within(PATIENCE, "everything is answered", || async {
        let all = site.all_texts();
        let answered: usize = all.values().map(Vec::len).sum();
        Ok((answered >= CONTACTS * MESSAGES).then_some(()))
    })
    .await;
    if let Err(error) = answered {
        anyhow::bail!("{error}: {:#?}", site.all_texts());
    }
    let seen = gate.seen();
    let by: Vec<_> = workers.iter().map(|worker| worker.sends().len()).collect();
    println!(
        "{by:?} sends, at most {} looks at a time",
        seen.most_together
    );
    assert_eq!(
        seen.overlaps,
        Vec::<String>::new(),
        "one at a time for each contact"
    );
    assert!(
        seen.looks >= CONTACTS * MESSAGES,
        "each asked for the profile"
    );
    assert!(by.iter().all(|sends| *sends > 0), "both have worked");
    assert!(
        seen.most_together > 4,
        "different contacts at the same time"
    );
    let out_of_order: Vec<_> = site
        .all_texts()
        .into_iter()
        .filter(|(_, texts)| *texts != expected)
        .collect();
    assert!(out_of_order.is_empty(), "{out_of_order:#?}");
    for worker in workers {
        worker.stop().await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicates_that_reach_two_workers_at_once_take_effect_once() -> Result<()> {
    const EVENTS: usize = 60;
    let servers = Servers::start()?;
    let site = Site::open(&servers, 4, &with_parrot()).await?;
    let mut places = [site.with_own_queue("one"), site.with_own_queue("two")];
    // So few at a time that neither is through before the other has begun.
    for place in &mut places {
        place.queue.concurrency = 4;
    }
    let mut workers = Vec::new();
    let mut queues = Vec::new();
    for place in &places {
        workers.push(site.worker_at(place.clone(), GuardLevel::Live).await?);
        queues.push(site.queue_of(place).await?);
    }
    let bodies: Vec<_> = (0..EVENTS)
        .map(|number| {
            let who = format!("person-{number}");
            site.written(&site.account(number), &who, "hi").1
        })
        .collect();
    // Each worker has another one of two first, and each of them twice.
    for number in 0..EVENTS {
        let first = [number, number ^ 1];
        let pushes = queues
            .iter()
            .zip(first)
            .flat_map(|(queue, of)| [&bodies[of]; 2].map(|body| queue.push(body.clone())));
        try_join_all(pushes).await?;
    }
    let done = |worker: &Worker| {
        let work = worker.runtime.engine().work();
        (work.decisions, work.duplicates)
    };
    wait::until_within(PATIENCE, "all of them are handled", || async {
        let handled: u64 = workers.iter().map(done).map(|(new, old)| new + old).sum();
        Ok((handled == 4 * EVENTS as u64).then_some(()))
    })
    .await?;
    let counts: Vec<_> = workers.iter().map(done).collect();
    println!("decided and duplicates by worker: {counts:?}");
    let decided: u64 = counts.iter().map(|(decided, _)| decided).sum();
    assert_eq!(decided, EVENTS as u64, "each event once: {counts:?}");
    assert!(counts.iter().all(|(decided, _)| *decided > 0), "{counts:?}");
    for number in 0..EVENTS {
        let who = format!("person-{number}");
        site.is_sent(&who, "You wrote hi").await?;
    }
    for worker in workers {
        worker.stop().await;
    }
    let all = site.all_texts();
    assert!(all.values().all(|texts| texts.len() == 1), "{all:?}");
    Ok(())
}

/// Not a test of its own: the process of a worker that others kill.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process of a worker that another test starts and kills"]
async fn a_worker_in_a_process_of_its_own() -> Result<()> {
    be_a_worker().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_worker_loses_nothing() -> Result<()> {
    let servers = Servers::start()?;
    let mut site = Site::open(&servers, 6, &with_parrot()).await?;
    hasten(&mut site.place);
    let site = Arc::new(site);
    // Some messages of the worker that will be killed are out at that moment, and others
    // wait for these.
    let slow = site
        .instagram
        .fail(Fault::always(Failure::Slow(700)).on(Requests::Sends));
    let process = "production::promises::a_worker_in_a_process_of_its_own";
    let mut killed = WorkerProcess::start(&site, process).await?;
    let worker = site.worker().await?;
    let stream = Stream::start(&site, 24, Duration::from_millis(120)).await?;
    stream.goes_on(120).await?;
    wait::until("something is sent", || async {
        Ok((site.instagram.counters().all_sent() > 20).then_some(()))
    })
    .await?;
    killed.kill()?;
    let sent_before = site.instagram.counters().all_sent();
    site.instagram.lift(slow);
    stream.goes_on(60).await?;
    let mut books = stream.end().await?;
    // What the killed worker had taken comes back later.
    books.order = Order::Lost;
    books.balance(&site, &[&worker]).await?;
    books.ask_for_the_price(&site).await?;
    books.balance(&site, &[&worker]).await?;
    let sends = worker.sends();
    let uncertain = sends.iter().filter(|record| record.uncertain).count();
    let twice = usize::try_from(site.instagram.counters().all_sent())? - books.mids.len();
    println!(
        "{sent_before} sent before the kill, {} webhooks in all, {uncertain} marked as uncertain, {twice} of them sent twice",
        books.mids.len()
    );
    assert!(uncertain > 0, "some were under way at the kill");
    assert!(twice <= uncertain);
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_is_where_the_other_worker_finds_it_before_mongodb_has_it() -> Result<()> {
    const CONTACTS: usize = 40;
    let servers = Servers::start()?;
    let mut site = Site::open(&servers, 4, &shop::automations()).await?;
    // MongoDB hears of nothing while this goes on.
    site.place.behind.pause = Duration::from_secs(3_600);
    let places = [site.with_own_queue("one"), site.with_own_queue("two")];
    let mut workers = Vec::new();
    let mut queues = Vec::new();
    for place in &places {
        workers.push(site.worker_at(place.clone(), GuardLevel::Live).await?);
        queues.push(site.queue_of(place).await?);
    }
    let talks = (0..CONTACTS).map(|number| {
        let (site, queues) = (&site, &queues);
        async move {
            let (who, account) = (format!("person-{number}"), site.account(number));
            let (_, body) = site.written(&account, &who, "price");
            queues[number % 2].push(body).await?;
            site.is_sent(&who, "Would you like to know the price?")
                .await?;
            // The button's title, typed: only who knows the state knows what it means.
            let (_, body) = site.written(&account, &who, "Yes, please");
            queues[(number + 1) % 2].push(body).await?;
            site.is_sent(&who, "It is 10 euros.").await
        }
    });
    for talk in join_all(talks).await {
        talk?;
    }
    let states = places::of(&site.database, "user_states").await?;
    assert!(
        states.is_empty(),
        "MongoDB has heard of nothing: {states:?}"
    );
    for worker in workers {
        worker.stop().await;
    }
    Ok(())
}
