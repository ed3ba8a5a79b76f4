//! Accounts in the real window: from the first webhook of an account that nobody knows to
//! its first answer.

use crate::desktop_traffic::{ACCOUNT, Meta};
use anyhow::{Context, Result, ensure};
use heliograph_tests::window::{Locator, Window, person, said_by_the_account, test_id};
use serde_json::json;

fn to(account: &str, from: &str, id: &str, text: &str) -> String {
    json!({ "object": "instagram", "entry": [{
        "id": account, "time": 1_790_000_000_500_i64,
        "messaging": [{
            "sender": { "id": from }, "recipient": { "id": account },
            "timestamp": 1_790_000_000_123_i64,
            "message": { "mid": id, "text": text },
        }],
    }]})
    .to_string()
}

fn row(text: &str) -> Locator {
    test_id("traffic-row").with_text(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn desktop_accounts_a_webhook_of_an_unknown_account_leads_to_its_answer() -> Result<()> {
    const MINE: &str = "17841499999999999";
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    let meta = Meta::of(&window).await?;
    window.click(&test_id("screen-traffic")).await?;
    meta.signed(to(MINE, "9001", "m-unknown", "menu")).await?;

    // Nobody is answered, and the way out is beside the reason.
    window.click(&row("unknown account")).await?;
    window.click(&test_id("answer-for")).await?;
    window.find(&test_id("account-dialog")).await?;
    window.picture("account-add-light").await?;
    let id = window.find(&test_id("account-id")).await?;
    ensure!(id.prop("value").await?.as_deref() == Some(MINE));
    let owner = format!("[data-testid=account-owner] option[value=\"{ACCOUNT}\"]");
    window.find(&Locator::css(owner)).await?.click().await?;
    window.click(&test_id("account-save")).await?;
    window.gone(&test_id("account-dialog")).await?;
    let known = test_id(&format!("account-{ACCOUNT}"));
    window
        .find(&known.clone().with_text("and 1 other id"))
        .await?;
    window
        .script(
            "document.querySelector('[data-testid=accounts]').scrollIntoView({ block: 'center' })",
        )
        .await?;
    window.picture("accounts-light").await?;

    // The next webhook is answered, and who wrote it stands in the Simulator.
    meta.signed(to(MINE, "9001", "m-known", "menu")).await?;
    window.click(&test_id("screen-simulator")).await?;
    window.click(&person("visitor.9001")).await?;
    window
        .find(&said_by_the_account("We bake every morning"))
        .await?;

    // What is typed wrong is said, and nothing of it is kept.
    window.click(&test_id("screen-connections")).await?;
    window.click(&test_id("account-add")).await?;
    window.replace(&test_id("account-id"), MINE).await?;
    window.replace(&test_id("account-username"), "mine").await?;
    window.click(&test_id("account-save")).await?;
    let refused = test_id("account-problem").with_text("is an id of @bakery.example already");
    window.find(&refused).await?;
    window
        .replace(&test_id("account-id"), "17841488888888888")
        .await?;
    window
        .replace(&test_id("account-unsubscribe"), "stop")
        .await?;
    window.click(&test_id("account-save")).await?;
    let added = test_id("account-17841488888888888");
    window
        .find(&added.clone().with_text("“stop” unsubscribes"))
        .await?;

    // After a restart they are there, and the Simulator plays who it played.
    let window = window.restart().await?;
    let view = window.invoke("simulator_view").await?;
    ensure!(view["account"]["id"] == ACCOUNT, "{}", view["account"]);
    let accounts = window.invoke("accounts_list").await?;
    let ids: Vec<_> = accounts["accounts"]
        .as_array()
        .context("a list")?
        .iter()
        .filter_map(|account| account["id"].as_str())
        .collect();
    ensure!(ids == [ACCOUNT, "17841488888888888"], "{ids:?}");
    window.close().await
}
