//! Cache in the real window: how often it answers, what is in it beside the documents, and
//! invalidating.

use anyhow::{Context, Result, ensure};
use heliograph_listener::signature::sign;
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::Redis;
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, test_id};
use mongodb::bson::{Document, doc};
use serde_json::json;
use std::process::Command;

const ACCOUNT: &str = "17841400000000001";

fn key(text: &str) -> Locator {
    test_id("cache-key").with_text(text)
}

/// Posts direct messages to the window's listener, as Meta does.
async fn write(window: &Window, messages: &[(String, String, &str)]) -> Result<()> {
    let url = wait::until("the listener runs", || async {
        let status = window.invoke("listener_status").await?;
        Ok(status["address"].as_str().map(str::to_owned))
    })
    .await?;
    let secret = window.invoke("listener_app_secret").await?;
    let secret = secret.as_str().context("the secret is a text")?.into();
    let client = reqwest::Client::new();
    for (from, id, text) in messages {
        let body = json!({ "object": "instagram", "entry": [{
            "id": ACCOUNT, "time": 1_790_000_000_500_i64,
            "messaging": [{
                "sender": { "id": from }, "recipient": { "id": ACCOUNT },
                "timestamp": 1_790_000_000_123_i64,
                "message": { "mid": id, "text": text },
            }],
        }]})
        .to_string();
        let answer = client
            .post(&url)
            .header("X-Hub-Signature-256", sign(&secret, body.as_bytes()))
            .body(body)
            .send()
            .await?;
        anyhow::ensure!(answer.status() == 200, "the listener answered {answer:?}");
    }
    Ok(())
}

async fn row_says(window: &Window, collection: &str, what: &str) -> Result<String> {
    let row = test_id(&format!("cache-row-{collection}"));
    wait::until(&format!("{collection} says {what}"), || async {
        let text = window.text(&row).await?;
        Ok(text.contains(what).then_some(text))
    })
    .await
}

async fn is_not_cut_off(window: &Window) -> Result<()> {
    let wide = "const over = [...document.querySelectorAll('main *')].filter((each) => \
        each.getBoundingClientRect().right > window.innerWidth + 1 && \
        getComputedStyle(each).position !== 'absolute'); \
        return over.map((each) => each.outerHTML.slice(0, 120));";
    let over = window.script(wide).await?;
    assert_eq!(over, json!([]), "nothing is cut off");
    Ok(())
}

#[tokio::test]
async fn desktop_cache_shows_rates_keys_a_scan_and_invalidates() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-cache")).await?;
    window.find(&test_id("cache-empty")).await?;
    window.picture("cache-empty-light").await?;
    window.is_accessible("the cache, empty").await?;

    let messages: Vec<_> = (0..360)
        .map(|number| {
            let from = format!("90000000000{:04}", number % 60);
            let text = if number % 3 == 0 { "menu" } else { "hello" };
            (from, format!("m{number}"), text)
        })
        .collect();
    write(&window, &messages).await?;
    row_says(&window, "automations", "near").await?;
    let state = row_says(&window, "user_state", "shared").await?;
    assert!(state.contains('%') && state.contains("1 d"), "{state}");
    assert!(
        window
            .text(&test_id("cache-alerts"))
            .await?
            .contains("likely first reads"),
        "sixty people wrote for the first time"
    );
    window.click(&test_id("cache-refresh")).await?;
    window.find(&key("user_state:")).await?;
    window.picture("cache-light").await?;
    window.is_accessible("the cache").await?;

    // A key beside its document, found by a part of its name.
    window
        .type_into(&test_id("cache-filter"), "00000003")
        .await?;
    window
        .find(&test_id("cache-found").with_text("1 key"))
        .await?;
    window.click(&key("user_state:")).await?;
    let same = test_id("cache-agreement").with_text("As in the store");
    window.find(&same).await?;
    let value = window.text(&test_id("cache-value")).await?;
    assert!(value.contains("accountId"), "{value}");
    window.picture("cache-key-light").await?;
    window.is_accessible("a cached key opened").await?;

    // Nothing is wrong, and that is said.
    window.click(&test_id("cache-panel-scan")).await?;
    window.click(&test_id("cache-scan-begin")).await?;
    let done = test_id("cache-scan-state").with_text("looked through");
    window.find(&done).await?;
    window
        .find(&test_id("cache-scan-clean").with_text("Every key expires"))
        .await?;
    window.picture("cache-scan-light").await?;

    // What is invalidated is asked about, and is gone.
    window.click(&test_id("cache-panel-keys")).await?;
    window
        .click(&Locator::css("[aria-label=\"Clear the text\"]"))
        .await?;
    window
        .click(&test_id("cache-collection-automations"))
        .await?;
    window.find(&key("automation:")).await?;
    window.click(&test_id("cache-invalidate-all")).await?;
    let question = window.text(&test_id("cache-ask")).await?;
    assert!(
        question.contains("Invalidate all cached sets of automations?"),
        "{question}"
    );
    window.picture("cache-ask-light").await?;
    window.click(&test_id("cache-ask-do")).await?;
    window.find(&test_id("notice").with_text("removed")).await?;
    window.find(&test_id("cache-empty")).await?;
    window.close().await
}

#[tokio::test]
async fn desktop_cache_has_room_on_small_windows_and_in_the_dark() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1440, 900).await?;
    let messages: Vec<_> = (0..240)
        .map(|number| {
            let from = format!("90000000000{:04}", number % 12);
            (from, format!("m{number}"), "menu")
        })
        .collect();
    write(&window, &messages).await?;
    window.click(&test_id("screen-cache")).await?;
    row_says(&window, "user_state", "shared").await?;
    window.click(&test_id("cache-refresh")).await?;
    window.click(&key("user_state:")).await?;
    window.find(&test_id("cache-agreement")).await?;
    window.click(&test_id("cache-chart-time")).await?;
    window.click(&test_id("cache-chart-lookups")).await?;
    window.picture("cache-dark").await?;
    window.is_accessible("the cache, dark").await?;
    window.resize(1024, 700).await?;
    window.picture("cache-1024x700-dark").await?;
    is_not_cut_off(&window).await?;
    window.click(&test_id("cache-open-close")).await?;
    window.click(&test_id("cache-chart-rate")).await?;
    window.picture("cache-list-1024x700-dark").await?;
    is_not_cut_off(&window).await?;
    window.click(&test_id("cache-span-day")).await?;
    row_says(&window, "user_state", "shared").await?;

    // A day later everything cached has expired, and the same people write again.
    let expired = |collection: &str, number: &str| {
        let cell = test_id(&format!("cache-row-{collection}")).inside("[data-column=expired]");
        cell.with_text(number)
    };
    window.find(&expired("user_state", "0")).await?;
    window.click(&test_id("screen-simulator")).await?;
    window.click(&test_id("advance-24h")).await?;
    let messages: Vec<_> = (0..12)
        .map(|number| {
            let from = format!("90000000000{number:04}");
            (from, format!("a day later {number}"), "menu")
        })
        .collect();
    write(&window, &messages).await?;
    window.click(&test_id("screen-cache")).await?;
    window.find(&expired("user_state", "12")).await?;
    window.picture("cache-expired-1024x700-dark").await?;
    is_not_cut_off(&window).await?;
    window.close().await
}

/// Servers as a Node application has them, with somebody who is waited for.
pub(crate) async fn servers() -> Result<(Redis, Mongod, String)> {
    let (redis, mongod) = (Redis::start()?, Mongod::start()?);
    let client = mongodb::Client::with_uri_str(mongod.url()).await?;
    let database = client.database("bakery");
    let now = mongodb::bson::DateTime::now().timestamp_millis();
    let at = |millis: i64| mongodb::bson::DateTime::from_millis(now + millis);
    let (updated, expires) = (-5_400_000, 81_000_000);
    for (name, document) in [
        ("workspaces", doc! { "_id": "w1", "name": "Bakery" }),
        (
            "accounts",
            doc! { "instagramUserId": ACCOUNT, "workspaceId": "w1", "username": "bakery",
            "isActive": true },
        ),
        (
            "user_states",
            doc! { "accountId": ACCOUNT, "senderId": "p1", "automationId": "menu",
            "automationType": "dm_automation", "state": "awaiting_email",
            "updatedAt": at(updated), "expiresAt": at(expires) },
        ),
    ] {
        let collection = database.collection::<Document>(name);
        collection.insert_one(document).await?;
    }
    let cached = json!({
        "accountId": ACCOUNT, "senderId": "p1", "automationId": "menu",
        "automationType": "dm_automation", "state": "awaiting_email",
        "eventAt": now + updated, "updatedAt": now + updated, "expiresAt": now + expires,
    })
    .to_string();
    redis::pipe()
        .cmd("SET")
        .arg(format!("user_state:{ACCOUNT}:p1"))
        .arg(&cached)
        .arg("EX")
        .arg(80_000)
        .cmd("SET")
        .arg("workspace:99")
        .arg("null")
        .cmd("SET")
        .arg("somebody:elses")
        .arg("untouched")
        .query::<()>(&mut redis.connection()?)?;
    Ok((redis, mongod, cached))
}

/// Edits the cached state, as somebody does by hand.
fn edit(redis: &Redis, value: &str) -> Result<()> {
    let edited = Command::new("redis-cli")
        .args(["-u", &redis.url(), "SET"])
        .args([&format!("user_state:{ACCOUNT}:p1"), value, "KEEPTTL"])
        .output()?;
    ensure!(edited.stdout == b"OK\n", "{edited:?}");
    Ok(())
}

pub(crate) async fn connect(window: &Window, redis: &Redis, mongod: &Mongod) -> Result<()> {
    window.click(&test_id("screen-connections")).await?;
    window.click(&test_id("connections-new")).await?;
    window.type_into(&test_id("profile-name"), "Shop").await?;
    for (field, text) in [
        ("redis", redis.url()),
        ("mongo", mongod.url()),
        ("database", "bakery".to_owned()),
    ] {
        window
            .replace(&test_id(&format!("profile-{field}")), &text)
            .await?;
    }
    window.click(&test_id("profile-save")).await?;
    window.click(&test_id("connect-Shop")).await?;
    window
        .find(&Locator::css("[data-testid=strip][data-level=observe]"))
        .await?;
    Ok(())
}

#[tokio::test]
async fn desktop_cache_of_production_shows_what_others_edited_and_is_invalidated_only_while_live()
-> Result<()> {
    let (redis, mongod, cached) = servers().await?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    connect(&window, &redis, &mongod).await?;
    window.click(&test_id("screen-cache")).await?;
    window
        .find(&test_id("cache-servers").with_text("Redis 7"))
        .await?;
    window
        .find(&test_id("cache-idle").with_text("handles no events"))
        .await?;
    window.click(&key(":p1")).await?;
    let again = test_id("cache-open-again");
    let same = test_id("cache-agreement").with_text("As in the store");
    window.find(&same).await?;

    // Somebody edits the key with redis-cli.
    edit(
        &redis,
        &cached.replace("awaiting_email", "awaiting_opening_response"),
    )?;
    window.click(&again).await?;
    let differs = test_id("cache-agreement").with_text("Differs from the store · 1 difference");
    window.find(&differs).await?;
    let marked = Locator::css("[data-testid=cache-value] mark");
    let marked = window.text(&marked).await?;
    assert!(marked.contains("awaiting_opening_response"), "{marked}");
    let marked = Locator::css("[data-testid=cache-document] mark");
    let marked = window.text(&marked).await?;
    assert!(marked.contains("awaiting_email"), "{marked}");
    window.picture("cache-production-differs-light").await?;
    window.is_accessible("a key that differs").await?;

    // The key is as it was, and another client edits the document.
    edit(&redis, &cached)?;
    window.click(&again).await?;
    window.find(&same).await?;
    let client = mongodb::Client::with_uri_str(mongod.url()).await?;
    let states = client
        .database("bakery")
        .collection::<Document>("user_states");
    let change = doc! { "$set": { "state": "awaiting_follow_confirmation" } };
    states.update_one(doc! { "senderId": "p1" }, change).await?;
    window.click(&again).await?;
    window.find(&differs).await?;
    let marked = Locator::css("[data-testid=cache-document] mark");
    let marked = window.text(&marked).await?;
    assert!(marked.contains("awaiting_follow_confirmation"), "{marked}");

    // A scan finds it, and what never expires.
    window.click(&test_id("cache-panel-scan")).await?;
    window.click(&test_id("cache-scan-begin")).await?;
    window.find(&key(":p1").with_text("differs")).await?;
    window
        .find(&key("workspace:99").with_text("never expires"))
        .await?;
    window.picture("cache-production-scan-light").await?;

    // At observe nothing is invalidated, in the window or past it.
    let invalidate = window.find(&test_id("cache-invalidate")).await?;
    assert!(!invalidate.is_enabled().await?);
    let name = format!("user_state:{ACCOUNT}:p1");
    for (command, arguments) in [
        ("cache_invalidate", json!({ "keys": [name] })),
        (
            "cache_invalidate_all",
            json!({ "collection": "user_state" }),
        ),
    ] {
        let refused = window.invoke_with(command, arguments).await;
        let refused = format!("{:?}", refused.expect_err("it only observes"));
        assert!(refused.contains("observe"), "{refused}");
    }
    let still: Option<String> = redis::cmd("GET")
        .arg(&name)
        .query(&mut redis.connection()?)?;
    assert_eq!(still.as_deref(), Some(cached.as_str()));

    // Armed, one key is invalidated, and every worker hears of it.
    let mut listening = redis.connection()?;
    let mut heard = listening.as_pubsub();
    heard.subscribe("heliograph:invalidations")?;
    window
        .invoke_with("connection_arm", json!({ "name": "Shop", "minutes": 5 }))
        .await?;
    wait::until("it may be invalidated", || async {
        let button = window.find(&test_id("cache-invalidate")).await?;
        Ok(button.is_enabled().await?.then_some(()))
    })
    .await?;
    window.click(&test_id("cache-invalidate")).await?;
    window
        .find(&test_id("cache-ask").with_text("Invalidate 1 cached user state?"))
        .await?;
    window.click(&test_id("cache-ask-do")).await?;
    window
        .find(&test_id("notice").with_text("1 other worker heard it"))
        .await?;
    heard.set_read_timeout(Some(std::time::Duration::from_secs(10)))?;
    let told: String = heard.get_message()?.get_payload()?;
    assert!(told.contains(&name), "{told}");
    let gone: Option<String> = redis::cmd("GET")
        .arg(&name)
        .query(&mut redis.connection()?)?;
    assert_eq!(gone, None);
    window.gone(&key(":p1")).await?;
    let others: String = redis::cmd("GET")
        .arg("somebody:elses")
        .query(&mut redis.connection()?)?;
    assert_eq!(others, "untouched");

    // The window handles what comes in, while another application deletes states all the
    // time and says so: that is named as the reason.
    let on = json!({ "on": true });
    window.invoke_with("connection_let_work", on).await?;
    for round in 0..5 {
        let messages: Vec<_> = (0..60)
            .map(|number| {
                let id = format!("storm-{round}-{number}");
                (format!("90000000001{number:04}"), id, "hello")
            })
            .collect();
        write(&window, &messages).await?;
        edit_everybody(&redis, messages.len()).await?;
    }
    let storm = test_id("cache-alerts").with_text("likely invalidation storm");
    let said = window.text(&storm).await?;
    assert!(said.contains("Find out who edits so often"), "{said}");
    window.picture("cache-production-storm-light").await?;
    window.is_accessible("a rate under its target").await?;
    window.close().await
}

/// Waits until the states of so many people are cached, deletes them and announces it, as
/// an application does that writes them anew.
async fn edit_everybody(redis: &Redis, people: usize) -> Result<()> {
    let mut redis = redis.connection()?;
    let cached = wait::until("everybody's state is cached", || {
        let pattern = format!("user_state:{ACCOUNT}:9*");
        let names = redis::cmd("KEYS").arg(pattern).query(&mut redis);
        async move {
            let names: Vec<String> = names?;
            Ok((names.len() == people).then_some(names))
        }
    })
    .await?;
    for name in cached {
        let mut both = redis::pipe();
        both.cmd("DEL").arg(&name);
        both.cmd("PUBLISH")
            .arg("heliograph:invalidations")
            .arg(&name);
        both.query::<()>(&mut redis)?;
    }
    Ok(())
}
