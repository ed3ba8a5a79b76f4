//! The commands of a terminal on real servers: a workspace goes in and comes out, the doctor
//! looks, and `serve` takes the webhooks of Meta.

use anyhow::{Context, Result};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_tests::production::{AnyRedis, Servers};
use heliograph_tests::rig::served::{APP_SECRET, Poster, Served, Site, VERIFY_TOKEN};
use heliograph_tests::rig::{shop, text_of, webhook};
use heliograph_tests::wait;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

/// Runs a command to its end.
fn ended(command: &mut Command) -> Result<Output> {
    command.output().context("heliograph does not start")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspace_goes_in_and_comes_out_and_the_doctor_finds_what_is_missing() -> Result<()> {
    let (servers, site) = (
        Servers::start()?,
        Site::shop(2, &shop::automations()).await?,
    );
    let place = servers.place();

    let mut import = site.on_servers("import", &place)?;
    let refused = ended(import.arg(site.workspace()))?;
    assert!(!refused.status.success(), "it rests at observe");
    let said = text(&refused.stderr);
    assert!(said.contains("observe") && said.contains("live"), "{said}");

    let mut import = site.on_servers("import", &place)?;
    let imported = ended(import.args(["--guard", "live"]).arg(site.workspace()))?;
    assert!(imported.status.success(), "{}", text(&imported.stderr));

    let exported = ended(site.on_servers("export", &place)?.arg("--json"))?;
    assert!(exported.status.success(), "{}", text(&exported.stderr));
    let exported: Value = serde_json::from_slice(&exported.stdout)?;
    let given: Value = serde_json::from_slice(&std::fs::read(site.workspace())?)?;
    let ids = |file: &Value| -> Vec<String> {
        let all = file["automations"].as_array().cloned().unwrap_or_default();
        let mut ids: Vec<_> = all.iter().map(|one| one["id"].to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&exported), ids(&given));
    assert_eq!(
        exported["accounts"].as_array().map(Vec::len),
        given["accounts"].as_array().map(Vec::len)
    );

    // No worker has been here, so nobody has made the indexes.
    let doctor = |more: &[&str]| -> Result<(Option<i32>, Value)> {
        let mut doctor = site.on_servers("doctor", &place)?;
        let looked = ended(doctor.arg("--json").args(more))?;
        let report =
            serde_json::from_slice(&looked.stdout).with_context(|| text(&looked.stderr))?;
        Ok((looked.status.code(), report))
    };
    let (_, before) = doctor(&[])?;
    assert!(
        before.to_string().contains("--create-indexes"),
        "{before:#}"
    );
    let (code, after) = doctor(&["--create-indexes", "--online"])?;
    assert_eq!(code, Some(0), "{after:#}");
    let (_, again) = doctor(&[])?;
    assert!(!again.to_string().contains("--create-indexes"), "{again:#}");
    // Both accounts' tokens were shown to the simulated Graph API.
    let checks = after["checks"].as_array().context("checks")?;
    let tokens: Vec<_> = checks
        .iter()
        .filter(|check| {
            check["name"]
                .as_str()
                .is_some_and(|name| name.contains("token"))
        })
        .collect();
    assert!(!tokens.is_empty(), "{after:#}");
    assert!(
        tokens.iter().all(|check| check["outcome"] == "ok"),
        "{after:#}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_takes_its_secrets_from_a_file_and_webhooks_from_meta() -> Result<()> {
    let parrot = [shop::parrot()];
    let (servers, site) = (Servers::start()?, Site::shop(1, &parrot).await?);
    let place = servers.place();
    let secrets = site.folder().join("secrets.json");
    let kept = json!({ "server": { "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN } });
    std::fs::write(&secrets, kept.to_string())?;
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600))?;

    let mut command = site.on_servers("serve", &place)?;
    command
        .args([
            "--json",
            "--quiet",
            "--listen",
            "127.0.0.1:0",
            "--guard",
            "live",
        ])
        .arg("--secrets")
        .arg(&secrets)
        .arg("--workspace")
        .arg(site.workspace());
    let mut served = Served::start(command)?;
    let poster = Poster::new()?;
    let asked = [
        ("hub.mode", "subscribe"),
        ("hub.verify_token", VERIFY_TOKEN),
        ("hub.challenge", "4711"),
    ];
    assert_eq!(poster.get(&served.url, &asked).await?, (200, "4711".into()));

    let (account, contact, now) = (
        shop::account(0),
        "900000000000011".into(),
        SystemClock.now(),
    );
    site.instagram.person_wrote(&account, &contact, None, now);
    let said = webhook::text(&account, &contact, "mid.cli.1", "hello there", now);
    let body = webhook::messaging(&account, &[said], now);
    let (status, _) = poster.post_signed(&served.url, &body, "sha256=00").await?;
    assert_eq!(status, 401);
    assert_eq!(poster.post(&served.url, &body).await?.0, 200);
    let sent = wait::until("the message at Instagram", async || {
        Ok(site.instagram.sent().first().cloned())
    })
    .await?;
    assert_eq!(text_of(&sent).as_deref(), Some("You wrote hello there"));
    let (status, said) = served.terminate().await?;
    assert!(status.success(), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_only_the_file_with_secrets_has_opens_redis_and_the_queue() -> Result<()> {
    let (servers, site) = (Servers::start()?, Site::shop(1, &[shop::parrot()]).await?);
    let place = servers.place();
    let AnyRedis::One(redis) = &servers.redis else {
        panic!("one Redis");
    };
    redis::cmd("CONFIG")
        .arg(&["SET", "requirepass", "only-in-the-file"])
        .query::<()>(&mut redis.connection()?)?;
    let secrets = site.folder().join("secrets.json");
    let kept = json!({ "server": { "redis_password": "only-in-the-file" } });
    std::fs::write(&secrets, kept.to_string())?;
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600))?;

    let doctor = |secrets: Option<&std::path::Path>| -> Result<(Value, Value)> {
        let mut doctor = site.on_servers("doctor", &place)?;
        doctor.arg("--json");
        if let Some(secrets) = secrets {
            doctor.arg("--secrets").arg(secrets);
        }
        let looked = ended(&mut doctor)?;
        assert!(!text(&looked.stdout).contains("only-in-the-file"));
        let report: Value =
            serde_json::from_slice(&looked.stdout).with_context(|| text(&looked.stderr))?;
        let outcome = |name: &str| {
            let checks = report["checks"].as_array();
            let found = checks.and_then(|checks| checks.iter().find(|one| one["name"] == name));
            found.map_or(Value::Null, |check| check["outcome"].clone())
        };
        Ok((outcome("redis.connection"), outcome("queue.connection")))
    };
    assert_eq!(doctor(None)?, ("failed".into(), "failed".into()));
    assert_eq!(doctor(Some(&secrets))?, ("ok".into(), "ok".into()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_warns_of_a_client_of_bullmq_5() -> Result<()> {
    let (servers, site) = (Servers::start()?, Site::shop(1, &[shop::parrot()]).await?);
    let place = servers.place();
    let AnyRedis::One(redis) = &servers.redis else {
        panic!("one Redis");
    };
    redis::cmd("HSET")
        .arg(format!("bull:{}:meta", place.queue.queue))
        .arg(&["version", "bullmq:5.81.5"])
        .query::<()>(&mut redis.connection()?)?;
    let mut worker = site.on_servers("worker", &place)?;
    worker
        .args(["--json", "--guard", "live"])
        .env("HELIOGRAPH_UNTIL_EMPTY", "true");
    let worked = ended(&mut worker)?;
    let said = text(&worked.stderr);
    assert!(worked.status.success(), "{said}");
    assert_eq!(said.matches("bullmq:5.81.5").count(), 1, "{said}");
    assert!(said.contains("Upgrade it to version 6"), "{said}");
    Ok(())
}
