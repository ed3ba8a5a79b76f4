//! The listener in the real window: its port, and the secrets that it checks with.

use anyhow::{Context, Result};
use heliograph_tests::wait;
use heliograph_tests::window::{Window, test_id};
use serde_json::json;

const ACCOUNT: &str = "17841400000000001";

#[tokio::test]
async fn desktop_listener_a_port_that_another_program_has_is_explained_and_secrets_are_kept()
-> Result<()> {
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port();
    let window = Window::open_with(|settings| settings["listenerPort"] = port.into()).await?;
    window.resize(1024, 700).await?;
    window.click(&test_id("screen-connections")).await?;
    let says = window.text(&test_id("listener-error")).await?;
    let who = format!("process {}", std::process::id());
    assert!(says.contains(&who), "it names the program: {says}");
    window.picture("connections-port-light-small").await?;
    // Another port may be offered, and what is above may come, a moment later.
    window.stands_still(&test_id("listener-try")).await?;
    window.click(&test_id("listener-try")).await?;
    window
        .find(&test_id("listener-state").with_text("running"))
        .await?;

    // A secret of Meta's dashboard, for one account.
    window
        .type_into(&test_id("secret-name"), "instagram")
        .await?;
    window
        .type_into(&test_id("secret-value"), "0123abcd")
        .await?;
    window
        .type_into(&test_id("secret-accounts"), ACCOUNT)
        .await?;
    window.click(&test_id("secret-add")).await?;
    window
        .find(&test_id("app-secret-instagram").with_text(ACCOUNT))
        .await?;
    let listener = window.invoke("listener_status").await?;
    let url = listener["address"].as_str().context("it runs")?.to_owned();
    let body = json!({ "object": "instagram", "entry": [{ "id": ACCOUNT, "time": 1, "messaging": [{
        "sender": { "id": "900000000000077" }, "recipient": { "id": ACCOUNT },
        "timestamp": 1_790_000_000_000_i64, "message": { "mid": "m-secret", "text": "menu" } }] }] })
    .to_string();
    let post = async |secret: &str| -> Result<u16> {
        let signature = heliograph_listener::signature::sign(&secret.into(), body.as_bytes());
        let answer = reqwest::Client::new()
            .post(&url)
            .header("X-Hub-Signature-256", signature)
            .body(body.clone())
            .send()
            .await?;
        Ok(answer.status().as_u16())
    };
    assert_eq!(post("another").await?, 401);
    assert_eq!(
        post("0123abcd").await?,
        200,
        "what was added counts at once"
    );
    let before = listener["verifyToken"].clone();
    window.click(&test_id("listener-new-token")).await?;
    wait::until("there is another verify token", || async {
        let now = window.invoke("listener_status").await?;
        Ok((now["verifyToken"] != before).then_some(()))
    })
    .await?;

    // Or the one that Meta's dashboard has already.
    window.click(&test_id("listener-own-token")).await?;
    window
        .type_into(&test_id("listener-token"), "two words")
        .await?;
    window.click(&test_id("listener-token-keep")).await?;
    window
        .find(&test_id("listener-token-problem").with_text("one word"))
        .await?;
    window
        .replace(&test_id("listener-token"), "as-in-the-dashboard")
        .await?;
    window.click(&test_id("listener-token-keep")).await?;
    wait::until("the dashboard's token counts", || async {
        let now = window.invoke("listener_status").await?;
        Ok((now["verifyToken"] == "as-in-the-dashboard").then_some(()))
    })
    .await?;
    window.close().await
}
