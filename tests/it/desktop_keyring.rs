//! Secrets in a real keyring: they are there after the next start, and in no file.

use anyhow::{Context, Result, ensure};
use heliograph_servers::keyring::Keyring;
use heliograph_servers::redis::Redis;
use heliograph_tests::session::Session;
use heliograph_tests::wait;
use heliograph_tests::window::{Window, test_id};
use serde_json::json;
use std::path::Path;

const APP_SECRET: &str = "0123abcd4567ef89";
const PASSWORD: &str = "right-and-long";

/// Refuses a file below the folder that has one of the secrets in it.
fn none_in(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            none_in(&path)?;
            continue;
        }
        let held = std::fs::read(&path).with_context(|| format!("{}", path.display()))?;
        for secret in [APP_SECRET, PASSWORD] {
            let mut places = held.windows(secret.len());
            let is_there = places.any(|place| place == secret.as_bytes());
            ensure!(!is_there, "{} has {secret}", path.display());
        }
    }
    Ok(())
}

/// Connections says where secrets are, of the profiles that are there.
async fn says_where(window: &Window, place: &str) -> Result<()> {
    window.click(&test_id("screen-connections")).await?;
    window
        .find(&test_id("secrets-place").with_text(place))
        .await?;
    Ok(())
}

#[tokio::test]
async fn desktop_keyring_has_secrets_at_the_next_start_and_no_file_has_them() -> Result<()> {
    let redis = Redis::start()?;
    redis::cmd("CONFIG")
        .arg(&["SET", "requirepass", PASSWORD])
        .query::<()>(&mut redis.connection()?)?;
    let desktop = Session::start().await?;
    let mut keyring = Keyring::start(desktop.bus())?;
    let window = Window::open_at(&desktop, |_settings| ()).await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-connections")).await?;
    for (field, text) in [("secret-name", "instagram"), ("secret-value", APP_SECRET)] {
        window.type_into(&test_id(field), text).await?;
    }
    window.click(&test_id("secret-add")).await?;
    window.find(&test_id("app-secret-instagram")).await?;
    let env = format!(
        "REDIS_URL=redis://:{PASSWORD}@127.0.0.1:{}\nMONGODB_URI=mongodb://127.0.0.1:1/bakery",
        redis.port()
    );
    window
        .invoke_with(
            "connections_import_env",
            json!({ "text": env, "name": "Shop" }),
        )
        .await?;

    let window = window.restart().await?;
    says_where(&window, "the system's keyring").await?;
    window.find(&test_id("app-secret-instagram")).await?;
    wait::until("the listener runs again", || async {
        let listener = window.invoke("listener_status").await?;
        Ok((listener["state"] == "running").then_some(()))
    })
    .await?;
    // Redis lets it in by the password that was kept; MongoDB is not there.
    window.click(&test_id("test-Shop")).await?;
    let report = test_id("profile-Shop");
    window
        .find(&test_id("profile-Shop").with_text("tested now"))
        .await?;
    let said = window.text(&report).await?;
    ensure!(!said.contains("password"), "{said}");
    window.picture("connections-keyring-light").await?;
    none_in(&window.data_folder())?;

    // Nobody unlocks it at the next start.
    let window = window
        .restart_with(|| keyring.restart(false).map_err(std::io::Error::other))
        .await?;
    says_where(&window, "this run's memory").await?;
    window.close().await
}
