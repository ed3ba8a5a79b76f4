//! What the guard promises in the real window, on real servers: a dry run sends nothing and
//! shows what it would have sent, and indexes are created while live only.

use anyhow::{Context, Result, ensure};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_runtime::ProductionPlace;
use heliograph_tests::production::{Servers, places};
use heliograph_tests::rig::served::Site;
use heliograph_tests::rig::{shop, webhook};
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, test_id};
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thirtyfour::{Key, TypingData};

/// The shop's documents in MongoDB, as another application has put them there.
async fn import(site: &Site, place: &ProductionPlace) -> Result<()> {
    let mut import = site.on_servers("import", place)?;
    let ended = import
        .args(["--guard", "live"])
        .arg(site.workspace())
        .output()?;
    ensure!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    Ok(())
}

/// Every key and document of a place that is not of a dry run.
async fn real(place: &ProductionPlace) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for (key, value) in places::keys(&mut places::redis(place)?)? {
        if !key.contains("dry") {
            all.insert(key, format!("{value:?}"));
        }
    }
    let database = places::database(place).await?;
    for name in database.list_collection_names().await? {
        for (at, text) in documents(&database, &name).await?.into_iter().enumerate() {
            all.insert(format!("{name} {at}"), text);
        }
    }
    Ok(all)
}

async fn documents(database: &mongodb::Database, name: &str) -> Result<Vec<String>> {
    let collection = database.collection::<Document>(name);
    let mut found = collection.find(doc! {}).sort(doc! { "_id": 1 }).await?;
    let mut texts = Vec::new();
    while found.advance().await? {
        texts.push(found.deserialize_current()?.to_string());
    }
    Ok(texts)
}

/// Posts a message of a person to the window's listener, signed with its own secret.
async fn post(window: &Window, contact: &str, mid: &str, text: &str) -> Result<u16> {
    let account = shop::account(1);
    let now = SystemClock.now();
    let item = webhook::text(&account, &contact.into(), mid, text, now);
    let body = webhook::messaging(&account, &[item], now);
    let listener = wait::until("the listener runs", || async {
        let status = window.invoke("listener_status").await?;
        Ok(status["address"].as_str().map(str::to_owned))
    })
    .await?;
    let secret = window.invoke("listener_app_secret").await?;
    let secret = secret.as_str().context("a text")?;
    let answer = reqwest::Client::new()
        .post(listener)
        .header("X-Hub-Signature-256", webhook::signature(secret, &body))
        .body(body)
        .send()
        .await?;
    Ok(answer.status().as_u16())
}

#[tokio::test]
async fn desktop_guard_a_dry_run_handles_everything_and_sends_nothing() -> Result<()> {
    let question = shop::automation(
        "question",
        "dm_automation",
        1,
        &["menu"],
        &json!({
            "email": { "text": "Where may we send it?" },
            "main": { "messages": [{ "type": "text", "text": "Here it is" }] },
        }),
    );
    let (servers, site) = (Servers::start()?, Site::shop(2, &[question]).await?);
    let place = servers.place();
    import(&site, &place).await?;
    let before = real(&place).await?;
    ensure!(!before.is_empty(), "there is something to be changed");
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    let graph = site.graph().to_owned();
    window
        .save_profile("Shop", &place, |draft| {
            draft["level"] = "dry_run".into();
            draft["instagram"] = json!({
                "kind": "graph", "baseUrl": graph, "version": "",
                "hasToken": false, "token": null,
            });
        })
        .await?;
    window.connect("Shop", "dry_run").await?;
    let strip = window.text(&test_id("strip")).await?;
    ensure!(
        strip.contains("Shop") && strip.contains("dry run"),
        "{strip}"
    );
    window
        .find(&test_id("dry-run").with_text("nothing is sent"))
        .await?;

    // A webhook arrives, and its person is asked for an address: only not for real.
    window.click(&test_id("screen-traffic")).await?;
    ensure!(post(&window, "900000000000011", "m_1", "menu").await? == 200);
    let row = test_id("traffic-row").with_text("Not sent (dry run)");
    window.find(&row).await?;
    let counted = window.text(&test_id("traffic-sent")).await?;
    assert_eq!(counted, "1 not sent (dry run)");
    window.picture("traffic-dry-run-light").await?;
    window.click(&row).await?;
    window
        .find(&test_id("traffic-story").with_text("was not sent: a dry run sends nothing"))
        .await?;
    window.click(&test_id("traffic-tab-sends")).await?;
    let send = test_id("traffic-send").with_text("Not sent: dry run");
    let shown = window.text(&send).await?;
    ensure!(
        shown.contains("Where may we send it?"),
        "what it would have been: {shown}"
    );
    window.picture("traffic-dry-run-sends-light").await?;
    window
        .is_accessible("what a dry run would have sent")
        .await?;
    window
        .find(&test_id("status-whose").with_text("Shop · this window"))
        .await?;
    window
        .find(&test_id("status-sent").with_text("1 not sent (dry run)"))
        .await?;

    // The answer is understood, so the state was kept, in a place of its own.
    let own = places::database(&place)
        .await?
        .client()
        .database(&format!("{}_dryrun", place.mongo.database));
    wait::until("the state is in the dry run's own database", || async {
        let states = documents(&own, "user_states").await?;
        let waits = states.iter().any(|state| state.contains("awaiting_email"));
        Ok(waits.then_some(()))
    })
    .await?;
    ensure!(post(&window, "900000000000011", "m_2", "maya@example.com").await? == 200);
    window
        .find(&test_id("status-sent").with_text("2 not sent (dry run)"))
        .await?;

    // Nothing reached Instagram, and nothing that is real was changed.
    ensure!(site.instagram.sent().is_empty(), "nothing was sent");
    assert_eq!(before, real(&place).await?);
    let refused = window
        .invoke_with("connection_create_indexes", json!({ "name": "Shop" }))
        .await;
    let refused = format!("{:?}", refused.expect_err("it is a dry run"));
    ensure!(refused.contains("dry run"), "{refused}");
    let log = window
        .invoke_with("audit_search", json!({ "text": "Sending" }))
        .await?;
    assert_eq!(log["found"], 0, "{log}");
    window.resize(1024, 700).await?;
    window.picture("traffic-dry-run-1024x700-light").await?;
    window.close().await
}

/// The names of the fields of every index of a collection.
async fn indexes(place: &ProductionPlace, name: &str) -> Result<Vec<String>> {
    let database = places::database(place).await?;
    let mut found = database.collection::<Document>(name).list_indexes().await?;
    let mut all = Vec::new();
    while found.advance().await? {
        let keys = found.deserialize_current()?.keys;
        all.push(keys.keys().cloned().collect::<Vec<_>>().join(", "));
    }
    all.sort();
    Ok(all)
}

#[tokio::test]
async fn desktop_guard_missing_indexes_are_created_while_live_and_written_down() -> Result<()> {
    let (servers, site) = (Servers::start()?, Site::shop(2, &[shop::parrot()]).await?);
    let place = servers.place();
    import(&site, &place).await?;
    let before = indexes(&place, "automations").await?;
    assert_eq!(before, ["_id"], "nobody has made the index");
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.save_profile("Shop", &place, |_| ()).await?;
    window.click(&test_id("screen-connections")).await?;
    window.click(&test_id("test-Shop")).await?;
    let check = test_id("check-mongo.indexes");
    window
        .find(&check.clone().with_text("needed indexes are missing"))
        .await?;
    window
        .find(&check.clone().with_text("Connect it and arm live"))
        .await?;
    let create = test_id("create-indexes-Shop");
    ensure!(!window.find(&create).await?.is_enabled().await?);

    // At observe the button says why not, and the port refuses whoever asks past it.
    window.connect("Shop", "observe").await?;
    window
        .find(&check.clone().with_text("At observe nothing is changed"))
        .await?;
    ensure!(!window.find(&create).await?.is_enabled().await?);
    window.picture("connections-indexes-observe-light").await?;
    let ask = || window.invoke_with("connection_create_indexes", json!({ "name": "Shop" }));
    let refused = format!("{:?}", ask().await.expect_err("it only observes"));
    ensure!(
        refused.contains("Creating indexes was refused"),
        "{refused}"
    );
    ensure!(refused.contains("observe"), "{refused}");
    let other = window
        .invoke_with("connection_create_indexes", json!({ "name": "Shoe" }))
        .await;
    let other = format!("{:?}", other.expect_err("another profile"));
    ensure!(other.contains("is not connected"), "{other}");
    assert_eq!(indexes(&place, "automations").await?, before);
    let audit = async |text: &str| -> Result<Value> {
        let asked = json!({ "text": text });
        window.invoke_with("audit_search", asked).await
    };
    assert_eq!(audit("indexes").await?["found"], 0, "nothing was changed");

    // Live, it asks, creates them, tests again and writes it down.
    window
        .invoke_with("connection_arm", json!({ "name": "Shop", "minutes": 5 }))
        .await?;
    wait::until("they may be created", || async {
        let button = window.find(&create).await?;
        Ok(button.is_enabled().await?.then_some(()))
    })
    .await?;
    window.click(&create).await?;
    let asks = window.text(&test_id("indexes-ask")).await?;
    ensure!(
        asks.contains("Create the missing indexes of Shop?"),
        "{asks}"
    );
    ensure!(asks.contains("automations"), "it names them: {asks}");
    window.picture("connections-indexes-ask-light").await?;
    window.resize(1024, 700).await?;
    window
        .picture("connections-indexes-ask-light-1024x700")
        .await?;
    window.is_accessible("the question about indexes").await?;
    assert_eq!(indexes(&place, "automations").await?, before, "not yet");
    window.click(&test_id("indexes-ask-do")).await?;
    window
        .find(&test_id("notice").with_text("indexes created"))
        .await?;
    window.gone(&create).await?;
    assert_eq!(
        indexes(&place, "automations").await?,
        ["_id", "workspaceId, type, isActive, priority"]
    );
    let states = indexes(&place, "user_states").await?;
    ensure!(
        states.contains(&"senderId, accountId".to_owned()),
        "{states:?}"
    );
    let log = audit("indexes").await?;
    let line = &log["entries"][0];
    assert_eq!(
        (&line["what"], &line["outcome"], &line["level"]),
        (&json!("Creating indexes"), &json!("done"), &json!("live"))
    );
    let subject = line["subject"].as_str().context("what")?;
    ensure!(subject.contains("automations (workspaceId"), "{subject}");
    let again = ask().await?;
    assert_eq!(again, json!({ "created": [], "refused": [] }));
    let shown = Locator::css("[data-testid=checks-Shop]");
    ensure!(!window.text(&shown).await?.contains("indexes are missing"));

    // While this window handles deliveries, each message that it sends is a line by itself,
    // apart from what was changed.
    let on = json!({ "on": true });
    window.invoke_with("connection_let_work", on).await?;
    let person = "900000000000012";
    ensure!(post(&window, person, "m_live", "hello").await? == 200);
    window.click(&test_id("audit-part-messages")).await?;
    let line = test_id("audit-line").with_text(person);
    let shown = window.text(&line).await?;
    ensure!(
        shown.contains("Sending a message") && shown.contains("done"),
        "{shown}"
    );
    window.click(&test_id("audit-line").inside("td")).await?;
    window.press(Key::Enter + "").await?;
    let whole = window.text(&test_id("audit-whole")).await?;
    ensure!(
        whole.contains("parrot") && whole.contains("messageId"),
        "{whole}"
    );
    window.is_accessible("the lines about messages").await?;
    window.picture("connections-audit-messages-light").await?;
    window
        .press(TypingData::from(Key::Shift) + Key::F10)
        .await?;
    window.find(&test_id("audit-copy-menu")).await?;
    window.press(Key::Escape + "").await?;
    let export = json!({ "part": "messages", "text": person });
    let path = window.invoke_with("audit_export", export).await?;
    let table = std::fs::read_to_string(path.as_str().context("a path")?)?;
    assert_eq!(table.lines().count(), 2, "{table}");
    ensure!(table.contains("Sending a message"), "{table}");
    window.click(&test_id("audit-part-changes")).await?;
    window
        .find(&test_id("audit-line").with_text("Beginning to handle deliveries here"))
        .await?;
    window.gone(&line).await?;
    window.close().await
}
