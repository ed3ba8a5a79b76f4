//! Connections in the real window, against real servers: what the person on call does who
//! wants to look at production and break nothing.

use anyhow::{Context, Result, ensure};
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::Redis;
use heliograph_tests::production::places;
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, test_id};
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub(crate) const ACCOUNT: &str = "17841400000000001";
const DATABASE: &str = "bakery";

/// Servers as a Node application has them, with something of each kind in them.
pub(crate) struct Servers {
    redis: Redis,
    mongod: Mongod,
}

impl Servers {
    pub(crate) async fn start() -> Result<Self> {
        let servers = Self {
            redis: Redis::start()?,
            mongod: Mongod::start()?,
        };
        servers.fill().await?;
        Ok(servers)
    }

    async fn fill(&self) -> Result<()> {
        let client = mongodb::Client::with_uri_str(self.mongod.url()).await?;
        let database = client.database(DATABASE);
        let insert = async |name: &str, document: Document| -> Result<()> {
            database
                .collection::<Document>(name)
                .insert_one(document)
                .await?;
            Ok(())
        };
        insert("workspaces", doc! { "_id": "w1", "name": "Bakery" }).await?;
        insert(
            "accounts",
            doc! { "instagramUserId": ACCOUNT, "workspaceId": "w1", "username": "bakery",
            "isActive": true, "accessToken": "IGAAhunter2" },
        )
        .await?;
        insert(
            "contacts",
            doc! { "instagramUserId": ACCOUNT, "senderId": "p1", "username": "maya" },
        )
        .await?;
        let now = mongodb::bson::DateTime::now();
        let later = mongodb::bson::DateTime::from_millis(now.timestamp_millis() + 3_600_000);
        insert(
            "user_states",
            doc! { "accountId": ACCOUNT, "senderId": "p2", "automationId": "menu",
            "automationType": "dm_automation", "state": "awaiting_email",
            "updatedAt": now, "expiresAt": later },
        )
        .await?;
        let mut connection = self.redis.connection()?;
        redis::pipe()
            .cmd("SET")
            .arg(format!("user_state:{ACCOUNT}:p1"))
            .arg("null")
            .arg("EX")
            .arg(600)
            .cmd("SET")
            .arg("somebody:elses")
            .arg("untouched")
            .query::<()>(&mut connection)?;
        Ok(())
    }

    /// Every key with its value, and every document.
    pub(crate) async fn everything(&self) -> Result<BTreeMap<String, String>> {
        let mut all = BTreeMap::new();
        let mut connection = self.redis.connection()?;
        for (key, value) in places::keys(&mut connection)? {
            all.insert(key, format!("{value:?}"));
        }
        let client = mongodb::Client::with_uri_str(self.mongod.url()).await?;
        for database in client.list_database_names().await? {
            if ["admin", "config", "local"].contains(&database.as_str()) {
                continue;
            }
            let database = client.database(&database);
            for name in database.list_collection_names().await? {
                let mut found = database.collection::<Document>(&name).find(doc! {}).await?;
                let mut texts = Vec::new();
                while found.advance().await? {
                    texts.push(found.deserialize_current()?.to_string());
                }
                texts.sort();
                all.insert(format!("{}.{name}", database.name()), texts.join("\n"));
            }
        }
        Ok(all)
    }
}

/// Fills the form for a new profile, by hand.
async fn make(window: &Window, servers: &Servers, name: &str) -> Result<()> {
    window.click(&test_id("screen-connections")).await?;
    window.click(&test_id("connections-new")).await?;
    window.type_into(&test_id("profile-name"), name).await?;
    window
        .replace(&test_id("profile-redis"), &servers.redis.url())
        .await?;
    window
        .replace(&test_id("profile-mongo"), &servers.mongod.url())
        .await?;
    window
        .replace(&test_id("profile-database"), DATABASE)
        .await?;
    Ok(())
}

pub(crate) async fn connect(window: &Window, servers: &Servers, name: &str) -> Result<()> {
    make(window, servers, name).await?;
    window.click(&test_id("profile-save")).await?;
    window.click(&test_id(&format!("connect-{name}"))).await?;
    level(window, "observe").await
}

/// Pastes a text of several lines, as the driver's keys cannot.
async fn paste(window: &Window, id: &str, text: &str) -> Result<()> {
    window.find(&test_id(id)).await?;
    let text = serde_json::to_string(text)?;
    window
        .script(&format!(
            "const field = document.querySelector('[data-testid=\"{id}\"]'); \
             Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value') \
                 .set.call(field, {text}); \
             field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
        ))
        .await?;
    Ok(())
}

/// A webhook as Meta sends it.
pub(crate) fn message(id: &str) -> String {
    json!({ "object": "instagram", "entry": [{ "id": ACCOUNT, "time": 1, "messaging": [{
        "sender": { "id": "p1" }, "recipient": { "id": ACCOUNT },
        "timestamp": 1_790_000_000_000_i64, "message": { "mid": id, "text": "menu" } }] }] })
    .to_string()
}

/// Posts it to the window's listener, signed.
pub(crate) async fn post(window: &Window, body: &str) -> Result<reqwest::StatusCode> {
    let listener = window.invoke("listener_status").await?;
    let url = listener["address"].as_str().context("it runs")?;
    let secret = window.invoke("listener_app_secret").await?;
    let secret = secret.as_str().context("a text")?;
    let signature = heliograph_listener::signature::sign(&secret.into(), body.as_bytes());
    let request = reqwest::Client::new()
        .post(url)
        .header("X-Hub-Signature-256", signature)
        .body(body.to_owned());
    Ok(request.send().await?.status())
}

/// Waits until the strip has the colour of this level.
async fn level(window: &Window, level: &str) -> Result<()> {
    window
        .find(&Locator::css(format!(
            "[data-testid=strip][data-level={level}]"
        )))
        .await?;
    Ok(())
}

async fn status(window: &Window) -> Result<Value> {
    window.invoke("connection_status").await
}

#[tokio::test]
async fn desktop_connections_a_profile_is_made_tested_connected_and_left() -> Result<()> {
    let servers = Servers::start().await?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-connections")).await?;
    window.find(&test_id("connections-empty")).await?;
    window.picture("connections-empty-light").await?;

    make(&window, &servers, "Shop").await?;
    window.picture("connections-editor-light").await?;
    window.click(&test_id("profile-save-test")).await?;
    let card = test_id("profile-Shop");
    window.find(&card.clone().with_text("tested now")).await?;
    let text = window.text(&card).await?;
    assert!(
        text.contains("need a look"),
        "a bare Redis has faults: {text}"
    );
    assert!(text.contains("What to do:"), "{text}");
    window.picture("connections-tested-light").await?;

    window.click(&test_id("connect-Shop")).await?;
    level(&window, "observe").await?;
    assert!(window.text(&test_id("strip")).await?.contains("Shop"));
    window.picture("connections-observe-light").await?;
    let now = status(&window).await?;
    assert_eq!(now["profile"], "Shop");
    assert_eq!(now["worksHere"], false);

    // What is connected is neither removed nor renamed.
    let refused = window
        .invoke_with("connections_remove", json!({ "name": "Shop" }))
        .await
        .expect_err("it is connected");
    assert!(refused.to_string().contains("Disconnect it"), "{refused}");

    // On every screen.
    window.click(&test_id("screen-traffic")).await?;
    level(&window, "observe").await?;
    window.find(&test_id("traffic-elsewhere")).await?;
    window.picture("traffic-elsewhere-light").await?;
    window.click(&test_id("profile-menu")).await?;
    window.picture("connections-menu-light").await?;
    window.click(&test_id("choose-offline")).await?;
    level(&window, "offline").await?;

    window.click(&test_id("screen-connections")).await?;
    window.click(&test_id("more-Shop")).await?;
    window.click(&test_id("remove-Shop")).await?;
    window.find(&test_id("connections-empty")).await?;
    window.click(&test_id("notice-action")).await?;
    window.find(&card).await?;
    window.close().await
}

#[tokio::test]
async fn desktop_connections_live_is_armed_on_purpose_and_ends_by_itself() -> Result<()> {
    let servers = Servers::start().await?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    connect(&window, &servers, "Shop").await?;

    window.click(&test_id("profile-menu")).await?;
    window.click(&test_id("arm-open")).await?;
    let confirm = window.find(&test_id("arm-confirm")).await?;
    ensure!(!confirm.is_enabled().await?, "the name was not typed");
    window.click(&test_id("arm-5")).await?;
    window.type_into(&test_id("arm-name"), "Shop").await?;
    window.picture("connections-arm-light").await?;
    window.click(&test_id("arm-confirm")).await?;
    level(&window, "live").await?;
    let first = window.text(&test_id("live-left")).await?;
    wait::until("the time runs", || async {
        let now = window.text(&test_id("live-left")).await?;
        Ok((now != first).then_some(()))
    })
    .await?;
    window.picture("connections-live-light").await?;
    let now = status(&window).await?;
    assert_eq!(now["worksHere"], false, "live makes nobody a worker: {now}");
    let mut redis = servers.redis.connection()?;
    let workers: bool = redis::cmd("EXISTS")
        .arg("heliograph:workers")
        .query(&mut redis)?;
    assert!(!workers, "the other workers do not hear of this window");

    // What Meta delivers now is in the queue, and stays there for the servers.
    let webhook = message("m-live");
    ensure!(
        post(&window, &webhook).await?.is_success(),
        "it is accepted"
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    let waiting: u64 = redis::cmd("LLEN")
        .arg("bull:instagram-webhooks:wait")
        .query(&mut redis)?;
    assert_eq!(waiting, 1, "this window takes no job");
    // What a person changes counts, and is written down with what was there before.
    let key = format!("user_state:{ACCOUNT}:p1");
    window
        .invoke_with("cache_invalidate", json!({ "keys": [key] }))
        .await?;
    let is_there: bool = redis::cmd("EXISTS").arg(&key).query(&mut redis)?;
    assert!(!is_there, "the key is gone");
    let log = window
        .invoke_with("audit_search", json!({ "text": format!("removing {key}") }))
        .await?;
    let line = &log["entries"][0];
    assert_eq!(
        (&line["before"], &line["outcome"]),
        (&json!("null"), &json!("done"))
    );
    assert_eq!(
        (&line["profile"], &line["level"]),
        (&json!("Shop"), &json!("live"))
    );

    // By hand.
    window.click(&test_id("disarm")).await?;
    level(&window, "observe").await?;

    // By itself.
    let until = Instant::now() + Duration::from_secs(9);
    window
        .invoke_with("connection_arm", json!({ "name": "Shop", "minutes": 0.15 }))
        .await?;
    window
        .invoke_with("connection_let_work", json!({ "on": true }))
        .await?;
    level(&window, "live").await?;
    let wrong = window
        .invoke_with("connection_arm", json!({ "name": "Shoe", "minutes": 5 }))
        .await
        .expect_err("another name");
    assert!(
        wrong.to_string().contains("Type the profile's name"),
        "{wrong}"
    );
    tokio::time::sleep(until.saturating_duration_since(Instant::now())).await;
    level(&window, "observe").await?;
    let now = status(&window).await?;
    assert_eq!(
        (now["level"].as_str(), &now["worksHere"]),
        (Some("observe"), &json!(false))
    );

    let line = test_id("audit-line").with_text("Arming live");
    window.find(&line).await?;
    window
        .find(&test_id("audit-line").with_text("Deliveries were handled here"))
        .await?;
    window
        .script("document.querySelector('[data-testid=audit-line]').scrollIntoView({ block: 'center' })")
        .await?;
    window.picture("connections-audit-light").await?;
    window
        .type_into(&test_id("audit-search"), "disarming")
        .await?;
    window.gone(&line).await?;
    window.click(&test_id("audit-export")).await?;
    window
        .find(&test_id("notice").with_text("audit.csv"))
        .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_connections_a_profile_comes_from_the_env_file_of_a_node_project() -> Result<()> {
    let servers = Servers::start().await?;
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1024, 700).await?;
    window.click(&test_id("screen-connections")).await?;
    window.click(&test_id("connections-import")).await?;
    let text = format!(
        "NODE_ENV=production\nexport REDIS_URL=\"{}\"\nMONGODB_URI={}\nMONGODB_DB={DATABASE}\nQUEUE_NAME=hooks\nMETA_APP_SECRET=hunter2\nREDIS_PORT=many",
        servers.redis.url(),
        servers.mongod.url(),
    );
    paste(&window, "env-text", &text).await?;
    let read = test_id("env-reading").with_text("Queue: name");
    let shown = window.text(&read).await?;
    assert!(shown.contains("Listener: app secret"), "{shown}");
    assert!(!shown.contains("hunter2"), "no secret is shown: {shown}");
    assert!(shown.contains("REDIS_PORT is no port"), "{shown}");
    assert!(shown.contains("NODE_ENV"), "{shown}");
    let list = window.invoke("connections_list").await?;
    assert_eq!(list["profiles"], json!([]), "nothing is stored yet");
    window.type_into(&test_id("env-name"), "Node shop").await?;
    window.picture("connections-env-dark-small").await?;
    window.click(&test_id("env-import")).await?;
    window.click(&test_id("connect-Node shop")).await?;
    level(&window, "observe").await?;
    window.picture("connections-observe-dark-small").await?;
    window
        .is_accessible("connections with a profile, dark")
        .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_connections_what_stands_in_the_way_is_explained() -> Result<()> {
    let mut servers = Servers {
        redis: Redis::start()?,
        mongod: Mongod::start()?,
    };
    redis::cmd("CONFIG")
        .arg(&["SET", "requirepass", "right"])
        .query::<()>(&mut servers.redis.connection()?)?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    make(&window, &servers, "Shop").await?;
    window
        .type_into(&test_id("profile-redis-password"), "wrong")
        .await?;
    window.click(&test_id("profile-save")).await?;
    window.click(&test_id("connect-Shop")).await?;
    let failure = window.text(&test_id("connect-failure")).await?;
    assert!(failure.contains("password"), "{failure}");
    assert!(!failure.contains("wrong"), "no secret is shown: {failure}");
    level(&window, "offline").await?;
    window.picture("connections-wrong-password-light").await?;

    window.click(&test_id("edit-Shop")).await?;
    window
        .type_into(&test_id("profile-redis-password"), "right")
        .await?;
    window.click(&test_id("profile-save")).await?;
    servers.mongod.kill();
    window.click(&test_id("test-Shop")).await?;
    window
        .find(&test_id("profile-Shop").with_text("tested now"))
        .await?;
    let mongo = test_id("check-mongo.connection").with_text("MongoDB");
    let says = window.text(&mongo).await?;
    assert!(says.contains("What to do:"), "{says}");
    // Why it could not be connected before is said no longer: the test says what is.
    window.gone(&test_id("connect-failure")).await?;
    window.picture("connections-down-light").await?;
    window
        .is_accessible("a profile that cannot be reached")
        .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_connections_has_no_serious_fault_of_accessibility() -> Result<()> {
    let servers = Servers::start().await?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-connections")).await?;
    window.find(&test_id("connections-empty")).await?;
    window
        .is_accessible_in_both_themes("no connections")
        .await?;
    make(&window, &servers, "Shop").await?;
    window.is_accessible_in_both_themes("the editor").await?;
    window.click(&test_id("profile-save-test")).await?;
    window
        .find(&test_id("profile-Shop").with_text("tested now"))
        .await?;
    window.click(&test_id("connect-Shop")).await?;
    level(&window, "observe").await?;
    window.is_accessible_in_both_themes("observing").await?;
    window.picture_in_both_themes("doc-connections").await?;
    window.click(&test_id("profile-menu")).await?;
    window.is_accessible_in_both_themes("the menu").await?;
    window.click(&test_id("arm-open")).await?;
    window.type_into(&test_id("arm-name"), "Shop").await?;
    window.is_accessible_in_both_themes("arming").await?;
    window.click(&test_id("arm-confirm")).await?;
    level(&window, "live").await?;
    window.is_accessible_in_both_themes("live").await?;
    window.picture_in_both_themes("connections-armed").await?;
    window.close().await
}
