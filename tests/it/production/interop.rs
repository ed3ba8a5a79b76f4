//! Beside a Node application on the same Redis: it reads and writes what is cached, adds
//! jobs to the queue and takes some, while the engine runs.

use anyhow::Result;
use heliograph_engine::ports::Queue;
use heliograph_model::GuardLevel;
use heliograph_servers::mongod::Mongod;
use heliograph_servers::node::{self, Peer};
use heliograph_tests::production::site::Site;
use heliograph_tests::production::{AnyRedis, PATIENCE, Servers, places};
use heliograph_tests::rig::{shop, webhook};
use heliograph_tests::wait;
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A site whose cached keys are called as the Node application calls them.
async fn shared(servers: &Servers, automations: &[Value]) -> Result<Site> {
    let mut place = servers.place();
    place.redis.namespace.clear();
    Site::at(place, 2, automations).await
}

/// Runs the program that uses the cache.
async fn cache(site: &Servers, what: &Value) -> Result<Vec<Value>> {
    let mut arguments = json!({ "redis": site.redis_url() });
    for (key, value) in what.as_object().into_iter().flatten() {
        arguments[key] = value.clone();
    }
    node::run("cache", &arguments).await
}

fn with_email() -> Vec<Value> {
    let mut automations = shop::automations();
    let steps = json!({
        "opening": { "text": "Shall we write to you?", "button": "Please do" },
        "email": { "text": "Where to?", "retryText": "That is no address.", "mostAsks": 5 },
        "main": { "messages": [{ "type": "text", "text": "You will hear from us." }] },
    });
    automations.push(shop::automation(
        "letter",
        "dm_automation",
        50,
        &["letter"],
        &steps,
    ));
    automations
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_reads_what_the_engine_has_cached() -> Result<()> {
    let servers = Servers::start()?;
    let site = shared(&servers, &with_email()).await?;
    let (worker, queue, account) = (site.worker().await?, site.queue().await?, site.account(0));
    let (mid, body) = site.written(&account, "ana", "price");
    queue.push(body).await?;
    site.is_sent("ana", "Would you like to know the price?")
        .await?;
    let keys = [
        format!("user_state:{account}:ana"),
        format!("workspace:{account}"),
        format!("automation:{}:dm_automation:all", shop::WORKSPACE),
    ];
    let lines = cache(&servers, &json!({ "read": keys })).await?;
    let [state, workspace, automations, _] = &lines[..] else {
        panic!("one line for each key and one in the end: {lines:?}");
    };
    let value = &state["value"];
    assert_eq!(value["accountId"], account.as_str());
    assert_eq!(value["senderId"], "ana");
    assert_eq!(value["automationId"], "price");
    assert_eq!(value["state"], "awaiting_opening_response");
    assert_eq!(value["startedBy"], mid.as_str());
    assert!(
        value["updatedAt"].is_i64() && value["expiresAt"].is_i64(),
        "{value}"
    );
    assert!(
        (1..=86_400).contains(&state["ttl"].as_i64().unwrap()),
        "{state}"
    );
    let value = &workspace["value"];
    assert_eq!(value["workspaceId"], shop::WORKSPACE);
    assert_eq!(value["username"], "shop.0");
    assert!(
        !value.to_string().contains("IGSIMULATED"),
        "no token is cached"
    );
    assert!((1..=3_600).contains(&workspace["ttl"].as_i64().unwrap()));
    let list = automations["value"].as_array().unwrap();
    let ids: Vec<_> = list.iter().map(|automation| &automation["id"]).collect();
    assert_eq!(ids, ["price", "hello", "later", "twice", "letter"]);
    assert_eq!(list[0]["steps"]["opening"]["button"], "Yes, please");
    assert!((1..=3_600).contains(&automations["ttl"].as_i64().unwrap()));
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_node_writes_is_used_and_its_own_fields_stay() -> Result<()> {
    let servers = Servers::start()?;
    let site = shared(&servers, &with_email()).await?;
    let (worker, queue, account) = (site.worker().await?, site.queue().await?, site.account(0));
    let (_, body) = site.written(&account, "ana", "letter");
    queue.push(body).await?;
    site.is_sent("ana", "Shall we write to you?").await?;
    worker.runtime.flush().await?;

    // The Node application leads the contact on to the next step, and notes something of
    // its own.
    let key = format!("user_state:{account}:ana");
    let lines = cache(&servers, &json!({ "read": [key] })).await?;
    let mut state = lines[0]["value"].clone();
    state["state"] = "awaiting_email".into();
    state["updatedAt"] = (state["updatedAt"].as_i64().unwrap() + 1).into();
    state["crm"] = json!({ "stage": "warm", "score": 7 });
    let write = json!({ "write": [{ "key": key, "value": state, "ttl": 86_400 }] });
    cache(&servers, &write).await?;

    let (_, body) = site.written(&account, "ana", "no address at all");
    queue.push(body).await?;
    site.is_sent("ana", "That is no address.").await?;
    let lines = cache(&servers, &json!({ "read": [key] })).await?;
    let value = &lines[0]["value"];
    assert_eq!(value["state"], "awaiting_email", "{value}");
    assert_eq!(
        value["asked"], 2,
        "the engine has written it again: {value}"
    );
    assert_eq!(value["crm"], json!({ "stage": "warm", "score": 7 }));

    // Again, while Redis still has what the engine committed before.
    let asked_again = async |texts: usize, asked: i64| {
        let (_, body) = site.written(&account, "ana", "none either");
        queue.push(body).await?;
        wait::until_within(PATIENCE, "it is asked again", || async {
            Ok((site.texts("ana").len() >= texts).then_some(()))
        })
        .await?;
        let lines = cache(&servers, &json!({ "read": [key] })).await?;
        let value = lines[0]["value"].clone();
        assert_eq!(value["asked"], asked, "it has been written again: {value}");
        anyhow::Ok(value)
    };
    let mut state = asked_again(3, 3).await?;
    assert_eq!(state["crm"], json!({ "stage": "warm", "score": 7 }));

    // A note that changes nothing of ours, and so no time.
    state["note"] = "calls back".into();
    let write = json!({ "write": [{ "key": key, "value": state, "ttl": 86_400 }] });
    cache(&servers, &write).await?;
    let state = asked_again(4, 4).await?;
    assert_eq!(state["note"], "calls back", "{state}");
    assert_eq!(state["crm"], json!({ "stage": "warm", "score": 7 }));

    let (_, body) = site.written(&account, "ana", "it is ana@example.com");
    queue.push(body).await?;
    site.is_sent("ana", "You will hear from us.").await?;
    worker.stop().await;
    let contacts = places::of(&site.database, "contacts").await?;
    assert_eq!(contacts[0].get_str("email")?, "ana@example.com");
    assert!(places::of(&site.database, "user_states").await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_node_deletes_and_announces_is_loaded_again() -> Result<()> {
    let mut servers = Servers::start()?;
    // Without a replica set MongoDB tells nobody of an edit.
    servers.mongod = Arc::new(Mongod::alone()?);
    let site = shared(&servers, &shop::automations()).await?;
    let (worker, queue, account) = (site.worker().await?, site.queue().await?, site.account(0));
    let say = async |who: &str| {
        let (_, body) = site.written(&account, who, "hello");
        queue.push(body).await?;
        wait::until_within(PATIENCE, "there is an answer", || async {
            Ok(site.texts(who).first().cloned())
        })
        .await
    };
    assert_eq!(say("ana").await?, "Hello!");
    let key = format!("automation:{}:dm_automation:all", shop::WORKSPACE);
    let channel = format!("{}:invalidations", site.place.redis.prefix);
    let announcements = [
        json!(key),
        json!({ "key": key }),
        json!(format!("automation:{}:*", shop::WORKSPACE)),
    ];
    for (number, message) in announcements.iter().enumerate() {
        let before = say(&format!("before-{number}")).await?;
        let text = format!("Greeting number {number}.");
        let automations = site.database.collection::<Document>("automations");
        let set = doc! { "$set": { "steps.main.messages.0.text": &text } };
        automations.update_one(doc! { "_id": "hello" }, set).await?;
        assert_eq!(
            say(&format!("between-{number}")).await?,
            before,
            "nobody has told"
        );
        // A bare key, as text, is what a Node application would publish.
        let message = message
            .as_str()
            .map_or_else(|| message.to_string(), str::to_owned);
        let lines = cache(
            &servers,
            &json!({ "remove": [key], "publish": [{ "channel": channel, "message": message }] }),
        )
        .await?;
        let end = lines.last().unwrap();
        assert_eq!(
            (&end["removed"], &end["heard"]),
            (&json!(1), &json!(1)),
            "{end}"
        );
        assert_eq!(say(&format!("after-{number}")).await?, text, "{message}");
    }
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_node_enqueues_is_answered() -> Result<()> {
    const JOBS: usize = 120;
    let servers = Servers::start()?;
    let site = shared(&servers, &[shop::parrot()]).await?;
    let worker = site.worker().await?;
    let now = worker.runtime.clock().now();
    for number in 0..JOBS {
        let who = format!("person-{number}");
        site.instagram
            .person_wrote(&site.account(0), &who.as_str().into(), None, now);
    }
    let account = site.account(0);
    let item = webhook::text(&account, &"person-{n}".into(), "mid-{n}", "number {n}", now);
    let webhook = json!({
        "object": "instagram",
        "entry": [{ "id": account, "time": now, "messaging": [item] }],
    });
    let AnyRedis::One(redis) = &servers.redis else {
        panic!("one Redis");
    };
    let add = json!({
        "redis": redis.url(),
        "queue": site.place.queue.queue,
        "name": "process-webhook",
        "data": { "webhook": webhook, "receivedAt": now },
        "opts": { "attempts": 3, "removeOnComplete": true },
        "count": JOBS,
    });
    let lines = node::run("add", &add).await?;
    assert_eq!(lines[0]["added"], JOBS);
    for number in 0..JOBS {
        let text = format!("You wrote number {number}");
        site.is_sent(&format!("person-{number}"), &text).await?;
    }
    worker.runtime.flush().await?;
    let inspect = json!({ "redis": redis.url(), "queue": site.place.queue.queue });
    wait::until_within(PATIENCE, "Node sees an empty queue", || async {
        let lines = node::run("inspect", &inspect).await?;
        let counts = &lines[0]["counts"];
        let left = ["waiting", "active", "delayed", "failed"]
            .iter()
            .filter_map(|state| counts[*state].as_i64())
            .sum::<i64>();
        Ok((left == 0).then_some(()))
    })
    .await?;
    let marks = places::of(&site.database, "processed_events").await?;
    assert_eq!(marks.len(), JOBS);
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_worker_and_ours_share_a_queue() -> Result<()> {
    const JOBS: usize = 200;
    let servers = Servers::start()?;
    let mut site = shared(&servers, &[shop::parrot()]).await?;
    site.place.queue.concurrency = 4;
    let mut peer = Peer::start(
        "work",
        &json!({ "redis": servers.redis_url(), "queue": site.place.queue.queue, "concurrency": 4 }),
    )?;
    peer.says("ready").await?;
    let worker = site.worker_at(site.place.clone(), GuardLevel::Live).await?;
    let queue = site.queue().await?;
    let mut mids = BTreeSet::new();
    for number in 0..JOBS {
        let (mid, body) = site.written(&site.account(number), &format!("person-{number}"), "hi");
        queue.push(body).await?;
        mids.insert(mid);
    }
    wait::until_within(PATIENCE, "every job is done", || async {
        let marks = places::of(&site.database, "processed_events").await?;
        let done = queue.bull().depth().await?;
        Ok((done.waiting + done.active == 0 && !marks.is_empty()).then_some(()))
    })
    .await?;
    worker.runtime.flush().await?;
    let ours: BTreeSet<_> = places::of(&site.database, "processed_events")
        .await?
        .iter()
        .map(|mark| mark.get_str("_id").unwrap().to_owned())
        .collect();
    let mut theirs = BTreeSet::new();
    while theirs.len() + ours.len() < JOBS {
        let took = peer.says("took").await?;
        let webhook = &took["data"]["webhook"];
        let mid = &webhook["entry"][0]["messaging"][0]["message"]["mid"];
        assert!(
            theirs.insert(mid.as_str().unwrap().to_owned()),
            "{mid} came to Node twice"
        );
    }
    println!(
        "{} jobs came to Node and {} to us",
        theirs.len(),
        ours.len()
    );
    assert!(!ours.is_empty() && !theirs.is_empty());
    assert!(ours.is_disjoint(&theirs), "no job came to both");
    assert_eq!(ours.union(&theirs).cloned().collect::<BTreeSet<_>>(), mids);
    worker.stop().await;
    peer.kill().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_node_has_marked_as_handled_is_left_where_marks_are_shared() -> Result<()> {
    let servers = Servers::start()?;
    let mut site = shared(&servers, &[shop::parrot()]).await?;
    site.place.behind.shared_marks = true;
    let worker = site.worker_at(site.place.clone(), GuardLevel::Live).await?;
    let (queue, account) = (site.queue().await?, site.account(0));
    let (mid, body) = site.written(&account, "theirs", "hi");
    let marks = site.database.collection::<Document>("processed_events");
    let now = mongodb::bson::DateTime::now();
    marks.insert_one(doc! { "_id": &mid, "at": now }).await?;
    queue.push(body).await?;
    let (_, body) = site.written(&account, "ours", "hi");
    queue.push(body).await?;
    site.is_sent("ours", "You wrote hi").await?;
    wait::until_within(PATIENCE, "both are handled", || async {
        let left = queue.bull().depth().await?;
        Ok((left.waiting + left.active == 0).then_some(()))
    })
    .await?;
    assert_eq!(site.texts("theirs"), Vec::<String>::new());
    worker.stop().await;
    Ok(())
}
