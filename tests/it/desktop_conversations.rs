//! Conversations in the real window: who stands where, one contact's history, and what is
//! set by hand.

use anyhow::{Context, Result};
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::Redis;
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, person, said_by_the_account, test_id};
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use std::fs;
use thirtyfour::Key;

pub(crate) fn row(text: &str) -> Locator {
    test_id("people-row").with_text(text)
}

/// Two people of the simulator who are waited for: Maya for the button, Leo for an address.
pub(crate) async fn two_who_are_waited_for(window: &Window) -> Result<()> {
    for name in ["Maya Lindqvist", "Leo Okafor"] {
        window.click(&person(name)).await?;
        window.say("What is on the menu?").await?;
        let answer = said_by_the_account("We bake every morning");
        window.find(&answer).await?;
    }
    let yes = said_by_the_account("We bake every morning").inside("button");
    window.click(&yes.with_text("Yes")).await?;
    window
        .find(&said_by_the_account("Where may we send"))
        .await?;
    Ok(())
}

async fn funnel(window: &Window, state: &str, is: u32) -> Result<()> {
    let stage = test_id(&format!("funnel-{state}"));
    wait::until(&format!("{is} wait for {state}"), || async {
        let text = window.text(&stage).await?;
        Ok(text
            .split_whitespace()
            .any(|word| word == is.to_string())
            .then_some(()))
    })
    .await
}

#[tokio::test]
async fn desktop_conversations_are_listed_opened_released_and_moved() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "light".into()).await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-conversations")).await?;
    window
        .find(&test_id("people-empty").with_text("Nobody is waited for"))
        .await?;
    window.picture("conversations-empty-light").await?;
    window.click(&test_id("screen-simulator")).await?;
    two_who_are_waited_for(&window).await?;

    window.click(&test_id("screen-conversations")).await?;
    funnel(&window, "opening", 1).await?;
    funnel(&window, "email", 1).await?;
    let maya = window.text(&row("Maya")).await?;
    assert!(maya.contains("Menu"), "in which automation: {maya}");
    assert!(
        maya.contains("What is on the menu?"),
        "and what began it: {maya}"
    );
    window.picture("conversations-list-light").await?;
    window.is_accessible("Conversations").await?;

    // Only those who are waited for an address.
    window.click(&test_id("funnel-email")).await?;
    window.gone(&row("Maya")).await?;
    window.find(&row("Leo")).await?;
    window.click(&test_id("funnel-email")).await?;
    window.find(&row("Maya")).await?;
    window.type_into(&test_id("people-search"), "LINDQ").await?;
    window.gone(&row("Leo")).await?;
    window.replace(&test_id("people-search"), "nobody").await?;
    window.click(&test_id("people-clear")).await?;
    window.find(&row("Leo")).await?;

    window.click(&row("Maya")).await?;
    let history = window.text(&test_id("history")).await?;
    assert!(
        history.contains("What is on the menu?") && history.contains("We bake every morning"),
        "{history}"
    );
    let state = window.text(&test_id("history-state")).await?;
    assert!(state.contains("waiting for the button"), "{state}");
    window.picture("conversations-open-light").await?;
    window.is_accessible("a contact opened").await?;
    window.click(&test_id("person-tab-held")).await?;
    let held = window.text(&test_id("held-user_state")).await?;
    assert!(
        held.contains("Both say the same") && held.contains("user_state:"),
        "{held}"
    );
    window.picture("conversations-held-light").await?;
    window.is_accessible("what is held of a contact").await?;
    window.click(&test_id("person-tab-history")).await?;

    // Released: the question says what it does, and the list follows.
    window.click(&test_id("person-release")).await?;
    let question = window.text(&test_id("confirm-release")).await?;
    assert!(question.contains("nothing is awaited"), "{question}");
    window.picture("conversations-release-light").await?;
    window
        .is_accessible("the question before a release")
        .await?;
    window.click(&test_id("confirm")).await?;
    window.gone(&row("Maya")).await?;
    funnel(&window, "opening", 0).await?;
    let history = test_id("history-state").with_text("by hand");
    window.find(&history).await?;
    window
        .find(&test_id("person-stands").with_text("nothing awaited"))
        .await?;

    // Moved, with the keyboard from the list on.
    window.click(&row("Leo")).await?;
    window
        .find(&test_id("person-name").with_text("Leo"))
        .await?;
    window.click(&test_id("person-move")).await?;
    window
        .script(
            "const list = document.querySelector('[data-testid=move-state]'); \
             list.value = 'awaiting_opening_response'; \
             list.dispatchEvent(new Event('change', { bubbles: true }));",
        )
        .await?;
    window
        .find(&test_id("move-what").with_text("opening message's button"))
        .await?;
    window.picture("conversations-move-light").await?;
    window.is_accessible("the question before a move").await?;
    window.click(&test_id("confirm")).await?;
    funnel(&window, "opening", 1).await?;
    funnel(&window, "email", 0).await?;
    window.press(Key::Escape + "").await?;
    window.gone(&test_id("person")).await?;

    // The simulator has it too, and goes on from there.
    window.click(&test_id("screen-simulator")).await?;
    window.click(&person("Leo Okafor")).await?;
    assert_eq!(window.awaited().await?, "awaiting_opening_response");
    window.close().await
}

#[tokio::test]
async fn desktop_conversations_contacts_are_unsubscribed_and_exported() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1440, 900).await?;
    two_who_are_waited_for(&window).await?;
    window.say("leo@example.com").await?;
    window.find(&said_by_the_account("Here it is, Leo")).await?;
    window.click(&test_id("screen-conversations")).await?;
    window.click(&test_id("people-contacts")).await?;
    window
        .find(&test_id("people-shown").with_text("2 contacts"))
        .await?;
    let leo = window.text(&row("Leo")).await?;
    assert!(leo.contains("leo@example.com"), "{leo}");
    window.picture("conversations-contacts-dark").await?;
    window.is_accessible("contacts, dark").await?;

    window.click(&row("Maya")).await?;
    window.click(&test_id("person-unsubscribe")).await?;
    window.click(&test_id("confirm")).await?;
    window.find(&row("unsubscribed")).await?;
    window.find(&test_id("person-subscribe")).await?;
    window.picture("conversations-contact-open-dark").await?;
    window.click(&test_id("person-close")).await?;

    window.click(&test_id("people-export")).await?;
    let notice = window
        .text(&test_id("notice").with_text("exported"))
        .await?;
    let path = notice.split(": ").nth(1).context("it says where")?.trim();
    let table = fs::read_to_string(path)?;
    assert!(
        table.starts_with('\u{feff}'),
        "spreadsheets know it is UTF-8"
    );
    let lines: Vec<&str> = table.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[0].starts_with("accountId,contactId,username,name,email"));
    assert!(
        lines
            .iter()
            .any(|line| line.contains("leo@example.com") && line.contains(",no,")),
        "{table}"
    );

    window.resize(1024, 700).await?;
    window.click(&test_id("people-standing")).await?;
    window.click(&row("Maya")).await?;
    window.find(&test_id("history")).await?;
    window.picture("conversations-open-1024x700-dark").await?;
    let overflow = window
        .script("return document.documentElement.scrollWidth > window.innerWidth;")
        .await?;
    assert_eq!(overflow, Value::Bool(false), "nothing is cut off");

    // From any screen: a contact by the address, a delivery by the id of its message.
    window.click(&test_id("screen-simulator")).await?;
    window.click(&test_id("palette")).await?;
    window
        .type_into(&test_id("palette-input"), "leo@example")
        .await?;
    window
        .click(&Locator::css("[data-testid^=command-contact-]"))
        .await?;
    window
        .find(&test_id("person-name").with_text("Leo"))
        .await?;
    let view = window.invoke("simulator_view").await?;
    let people = view["people"].as_array().context("people")?;
    let bubbles = people.iter().flat_map(|one| one["conversation"].as_array());
    let id = bubbles
        .flatten()
        .find(|bubble| bubble["from"] == "person")
        .and_then(|bubble| bubble["id"].as_str())
        .context("somebody wrote")?
        .to_owned();
    window.click(&test_id("palette")).await?;
    window.type_into(&test_id("palette-input"), &id).await?;
    window
        .click(&Locator::css("[data-testid^=command-delivery-]"))
        .await?;
    window
        .find(&test_id("traffic-story").with_text("menu"))
        .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_conversations_answer_the_same_to_whoever_asks_past_the_window() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "light".into()).await?;
    window.resize(1440, 900).await?;
    two_who_are_waited_for(&window).await?;
    let look = json!({
        "list": "standing", "text": "Leo", "accountId": null, "automationId": null,
        "state": null, "order": "oldest", "kind": null, "at": 0, "count": 10,
    });
    let news = window
        .invoke_with("conversations_look", json!({ "look": look }))
        .await?;
    let leo = &news["rows"][0];
    assert_eq!(leo["stands"]["state"], "awaiting_email", "{news}");
    let opened = window
        .invoke_with(
            "conversations_open",
            json!({ "accountId": leo["accountId"], "contactId": leo["contactId"] }),
        )
        .await?;
    assert_eq!(opened["holdings"][0]["verdict"], "same", "{opened}");
    assert_eq!(opened["toldBy"]["told"], "journal");
    let said = opened["history"]
        .as_array()
        .context("a history")?
        .iter()
        .filter(|entry| entry["entry"] == "said")
        .count();
    assert_eq!(said, 2, "what was written and what was clicked: {opened}");
    window.close().await
}

pub(crate) const ACCOUNT: &str = "17841400000000001";

/// Servers as a Node application has them, with somebody who is waited for, of whom the
/// cache says something else than the document.
pub(crate) async fn somebody_is_stuck() -> Result<(Redis, Mongod)> {
    let (redis, mongod) = (Redis::start()?, Mongod::start()?);
    let client = mongodb::Client::with_uri_str(mongod.url()).await?;
    let database = client.database("bakery");
    let now = mongodb::bson::DateTime::now().timestamp_millis();
    let at = |minutes: i64| mongodb::bson::DateTime::from_millis(now + minutes * 60_000);
    let documents = [
        ("workspaces", doc! { "_id": "w1", "name": "Bakery" }),
        (
            "accounts",
            doc! { "instagramUserId": ACCOUNT, "workspaceId": "w1", "username": "bakery",
            "isActive": true },
        ),
        (
            "automations",
            doc! { "_id": "menu", "workspaceId": "w1", "type": "dm_automation", "name": "Menu",
            "isActive": true, "priority": 0, "version": 1,
            "trigger": { "mode": "specific_keywords", "keywords": [{ "text": "menu" }] },
            "steps": { "email": { "text": "Where to?" },
                "main": { "messages": [{ "type": "text", "text": "Here it is." }] } },
            "createdAt": at(-9_000), "updatedAt": at(-9_000) },
        ),
        (
            "contacts",
            doc! { "instagramUserId": ACCOUNT, "senderId": "p1", "username": "maya",
            "name": "Maya Lindqvist", "phone": "theirs", "lastMessageAt": at(-90),
            "createdAt": at(-900), "updatedAt": at(-90) },
        ),
        (
            "user_states",
            doc! { "accountId": ACCOUNT, "senderId": "p1", "automationId": "menu",
            "automationType": "dm_automation", "state": "awaiting_email",
            "updatedAt": at(-90), "expiresAt": at(1_350) },
        ),
    ];
    for (name, document) in documents {
        let collection = database.collection::<Document>(name);
        collection.insert_one(document).await?;
    }
    let cached = json!({
        "accountId": ACCOUNT, "senderId": "p1", "automationId": "menu",
        "automationType": "dm_automation", "state": "awaiting_opening_response",
        "eventAt": now - 5_400_000, "updatedAt": now - 5_400_000, "expiresAt": now + 81_000_000,
    });
    redis::cmd("SET")
        .arg(format!("user_state:{ACCOUNT}:p1"))
        .arg(cached.to_string())
        .arg("EX")
        .arg(80_000)
        .query::<()>(&mut redis.connection()?)?;
    Ok((redis, mongod))
}

async fn state_in(mongod: &Mongod) -> Result<Option<String>> {
    let client = mongodb::Client::with_uri_str(mongod.url()).await?;
    let states = client
        .database("bakery")
        .collection::<Document>("user_states");
    let found = states.find_one(doc! { "senderId": "p1" }).await?;
    Ok(found.and_then(|state| state.get_str("state").ok().map(str::to_owned)))
}

#[tokio::test]
async fn desktop_conversations_of_production_are_looked_at_and_changed_only_while_live()
-> Result<()> {
    let (redis, mongod) = somebody_is_stuck().await?;
    let window = Window::open_with(|settings| settings["theme"] = "light".into()).await?;
    window.resize(1440, 900).await?;
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
    let observes = Locator::css("[data-testid=strip][data-level=observe]");
    window.find(&observes).await?;

    window.click(&test_id("screen-conversations")).await?;
    let maya = window.text(&row("Maya")).await?;
    assert!(
        maya.contains("Menu") && maya.contains("1 h 30 min"),
        "{maya}"
    );
    window.click(&row("Maya")).await?;
    window
        .find(&test_id("person-panel").with_text("keeps no journal"))
        .await?;
    let why = window.text(&test_id("person-observes")).await?;
    assert!(why.contains("“Shop” only observes"), "{why}");
    window.picture("conversations-observe-light").await?;
    for action in ["release", "clear", "move", "unsubscribe"] {
        let button = window.find(&test_id(&format!("person-{action}"))).await?;
        assert!(!button.is_enabled().await?, "{action}");
    }
    window.click(&test_id("person-tab-held")).await?;
    let held = window.text(&test_id("held-user_state")).await?;
    assert!(
        held.contains("They differ") && held.contains("awaiting_opening_response"),
        "{held}"
    );
    assert!(held.contains("Redis") && held.contains("MongoDB"), "{held}");
    window.picture("conversations-differs-light").await?;
    window.is_accessible("what production holds").await?;

    // Past the window it is refused as well, in a sentence that says what to do.
    for change in [
        json!({ "change": "release" }),
        json!({ "change": "clear" }),
        json!({ "change": "move", "automationId": "menu", "state": "awaiting_email" }),
        json!({ "change": "unsubscribe" }),
    ] {
        let asked = json!({ "asked": {
            "accountId": ACCOUNT, "contactId": "p1", "change": change, "seen": null,
        }});
        let refused = window.invoke_with("conversations_set", asked).await;
        let refused = refused.expect_err("it only observes").to_string();
        assert!(
            refused.contains("observe") && refused.contains("Arm live"),
            "{refused}"
        );
    }
    assert_eq!(state_in(&mongod).await?.as_deref(), Some("awaiting_email"));

    // Live, on purpose: what is released is released in Redis and in MongoDB.
    window
        .invoke_with("connection_arm", json!({ "name": "Shop", "minutes": 5 }))
        .await?;
    window.gone(&test_id("person-observes")).await?;
    window.click(&test_id("person-release")).await?;
    let question = window.text(&test_id("confirm-release")).await?;
    assert!(question.contains("the profile “Shop”"), "{question}");
    window.click(&test_id("confirm")).await?;
    window.gone(&row("Maya")).await?;
    assert_eq!(state_in(&mongod).await?, None);
    let cached: Option<String> = redis::cmd("GET")
        .arg(format!("user_state:{ACCOUNT}:p1"))
        .query(&mut redis.connection()?)?;
    assert_eq!(cached.as_deref(), Some("null"));
    window.close().await
}
