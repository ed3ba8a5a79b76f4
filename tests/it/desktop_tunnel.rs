//! The tunnel in the real window: what the developer of a webhook system does who wants to
//! receive Meta's webhooks on a laptop. `ssh -R` is real, to an sshd of the test's own.

use anyhow::{Context, Result, ensure};
use heliograph_listener::signature::sign;
use heliograph_servers::process::free_port;
use heliograph_servers::sshd::Sshd;
use heliograph_tests::window::{Locator, Window, test_id};
use heliograph_tests::{repo, wait};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const PATH: &str = "/api/webhooks/instagram";
const META: &str = "facebookplatform/1.0 (+http://developers.facebook.com)";

async fn open(width: u32, height: u32) -> Result<Window> {
    let window = Window::open().await?;
    window.resize(width, height).await?;
    window.click(&test_id("screen-connections")).await?;
    window.find(&test_id("tunnel-kind")).await?;
    Ok(window)
}

/// WebDriver cannot click into a list of options.
async fn choose(window: &Window, kind: &str) -> Result<()> {
    let script = format!(
        "const list = document.querySelector('[data-testid=tunnel-kind]'); \
         const set = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set; \
         set.call(list, '{kind}'); \
         list.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    window.script(&script).await?;
    Ok(())
}

async fn is(window: &Window, state: &str) -> Result<()> {
    window
        .find(&test_id("tunnel-state").with_text(state))
        .await?;
    Ok(())
}

/// Brings a part of the screen into sight, for a picture of it.
async fn in_sight(window: &Window, id: &str) -> Result<()> {
    let script = format!(
        "document.querySelector('[data-testid={id}]').scrollIntoView({{ block: 'center' }});"
    );
    window.script(&script).await?;
    Ok(())
}

fn client() -> Result<reqwest::Client> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().no_proxy().build()?)
}

/// Asks for a verification as Meta does; answers with the status and the body.
async fn verify(url: &str, token: &str) -> Result<(u16, String)> {
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", "1158201444"),
        ("hub.verify_token", token),
    ];
    let answer = client()?
        .get(format!("{url}{PATH}"))
        .query(&query)
        .header("user-agent", META)
        .send()
        .await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// Posts a signed direct message as Meta does.
async fn post(window: &Window, url: &str, id: &str) -> Result<u16> {
    let secret = window.invoke("listener_app_secret").await?;
    let secret = secret.as_str().context("the secret is a text")?.to_owned();
    let body = json!({ "object": "instagram", "entry": [{
        "id": "17841400000000001", "time": 1_790_000_000_500_i64,
        "messaging": [{
            "sender": { "id": "900000000000011" },
            "recipient": { "id": "17841400000000001" },
            "timestamp": 1_790_000_000_123_i64,
            "message": { "mid": id, "text": "through the tunnel" },
        }],
    }]})
    .to_string();
    let answer = client()?
        .post(format!("{url}{PATH}"))
        .header("content-type", "application/json")
        .header("user-agent", META)
        .header("X-Hub-Signature-256", sign(&secret.into(), body.as_bytes()))
        .body(body)
        .send()
        .await?;
    Ok(answer.status().as_u16())
}

async fn listener(window: &Window) -> Result<Value> {
    wait::until("the listener runs", || async {
        let status = window.invoke("listener_status").await?;
        Ok((status["state"] == "running").then_some(status))
    })
    .await
}

/// The numbers of the processes that run with this in their command line.
fn processes(wanted: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(wanted)
        })
        .collect()
}

#[tokio::test]
async fn desktop_tunnel_by_ssh_brings_metas_challenge_and_webhooks_and_comes_back() -> Result<()> {
    let sshd = Sshd::start()?;
    let window = open(1440, 900).await?;
    let port = listener(&window).await?["port"].clone();
    in_sight(&window, "tunnel-kind").await?;
    window.picture("tunnel-stopped-light").await?;

    let there = free_port()?;
    let url = format!("http://127.0.0.1:{there}");
    choose(&window, "ssh").await?;
    window
        .type_into(
            &test_id("tunnel-ssh-host"),
            &format!("{}@127.0.0.1", Sshd::user()?),
        )
        .await?;
    // A host that was never seen is not trusted unasked, and Enter starts the tunnel.
    window.click(&test_id("tunnel-ssh-more")).await?;
    for (field, text) in [
        ("tunnel-ssh-remote-port", there.to_string()),
        ("tunnel-ssh-url", url.clone()),
        ("tunnel-ssh-port", sshd.port().to_string()),
        ("tunnel-ssh-identity", sshd.key().display().to_string()),
        (
            "tunnel-ssh-options",
            format!(
                "UserKnownHostsFile={} GlobalKnownHostsFile=/dev/null IdentitiesOnly=yes",
                sshd.known_hosts().display()
            ),
        ),
    ] {
        window.replace(&test_id(field), &text).await?;
    }
    window.click(&test_id("tunnel-start")).await?;
    is(&window, "failed").await?;
    let says = window.text(&test_id("tunnel-says")).await?;
    ensure!(says.contains("in a terminal"), "what to do is said: {says}");
    in_sight(&window, "tunnel-says").await?;
    window.picture("tunnel-failed-light").await?;

    window.click(&test_id("tunnel-ssh-accept")).await?;
    window.click(&test_id("tunnel-start")).await?;
    is(&window, "up").await?;
    assert_eq!(window.text(&test_id("tunnel-url")).await?, url);
    window
        .find(&test_id("tunnel-health").with_text("The listener answers"))
        .await?;

    // Meta asks with the right token and with another.
    let token = listener(&window).await?["verifyToken"]
        .as_str()
        .context("a token")?
        .to_owned();
    assert_eq!(verify(&url, "of yesterday").await?.0, 403);
    assert_eq!(verify(&url, &token).await?, (200, "1158201444".to_owned()));
    window
        .find(&test_id("tunnel-challenge").with_text("Meta asked: token right, answered"))
        .await?;
    window
        .find(&test_id("tunnel-challenge").with_text("another token"))
        .await?;
    window.click(&test_id("tunnel-check")).await?;
    let checked = window.text(&test_id("tunnel-checked")).await?;
    ensure!(checked.contains("byte for byte"), "{checked}");
    ensure!(
        checked.contains("https://"),
        "Meta takes no other: {checked}"
    );
    assert_eq!(post(&window, &url, "m1").await?, 200);
    in_sight(&window, "tunnel-callback").await?;
    window.picture("tunnel-up-light").await?;
    window.is_accessible("Connections").await?;
    window.click(&test_id("theme")).await?;
    window.picture("tunnel-up-dark").await?;
    window.click(&test_id("tunnel-output")).await?;
    window.resize(1024, 700).await?;
    in_sight(&window, "tunnel-output").await?;
    window.picture("tunnel-up-dark-1024x700").await?;

    let wanted = format!(":127.0.0.1:{port}");
    let [ssh] = processes(&wanted)[..] else {
        anyhow::bail!("one ssh leads here: {:?}", processes(&wanted));
    };
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &ssh.to_string()])
        .status()?;
    ensure!(killed.success());
    window
        .find(&test_id("tunnel-output").with_text("It is started again"))
        .await?;
    is(&window, "up").await?;
    assert_eq!(post(&window, &url, "m2").await?, 200);

    window.click(&test_id("screen-traffic")).await?;
    window
        .find(&test_id("traffic-deliveries").with_text("2 deliveries"))
        .await?;
    window.click(&test_id("screen-connections")).await?;
    is(&window, "up").await?;
    window.close().await?;
    wait::until("ssh ends with the window", || async {
        Ok(processes(&wanted).is_empty().then_some(()))
    })
    .await
}

#[tokio::test]
async fn desktop_tunnel_says_that_its_address_changed_and_what_is_missing() -> Result<()> {
    let window = open(1024, 700).await?;
    listener(&window).await?;
    // A program of the tests' that prints what cloudflared prints.
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("cloudflared");
    let ours = repo::root().join("crates/tunnel/tests/programs/cloudflared");
    fs::copy(ours, &program)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;

    choose(&window, "command").await?;
    window
        .type_into(&test_id("tunnel-command"), "a-program-that-is-nowhere 8787")
        .await?;
    window.click(&test_id("tunnel-start")).await?;
    let problem = window.text(&test_id("tunnel-problem")).await?;
    ensure!(problem.contains("{port}"), "{problem}");
    window
        .replace(
            &test_id("tunnel-command"),
            "a-program-that-is-nowhere {port}",
        )
        .await?;
    window.click(&test_id("tunnel-start")).await?;
    window
        .find(&test_id("tunnel-problem").with_text("not installed"))
        .await?;
    in_sight(&window, "tunnel-problem").await?;
    window.picture("tunnel-problem-light-1024x700").await?;

    let line = format!(
        "{} tunnel --url http://127.0.0.1:{{port}}",
        program.display()
    );
    window.replace(&test_id("tunnel-command"), &line).await?;
    window.click(&test_id("tunnel-start")).await?;
    is(&window, "up").await?;
    window
        .find(&test_id("tunnel-url").with_text("stand-in-number-1"))
        .await?;
    // Nobody knows its name, and that is said.
    window
        .find(&Locator::css(
            "[data-testid=tunnel-health][data-tone=failed]",
        ))
        .await?;
    // Whoever looks at something else meanwhile is told.
    window.click(&test_id("screen-traffic")).await?;
    tell(folder.path(), "die")?;
    window
        .find(&test_id("notice").with_text("address changed"))
        .await?;
    window.picture("tunnel-notice-light-1024x700").await?;
    window.click(&test_id("notice-action")).await?;
    window
        .find(&test_id("tunnel-url").with_text("stand-in-number-2"))
        .await?;
    let changed = window.text(&test_id("tunnel-changed")).await?;
    ensure!(changed.contains("paste it into Meta"), "{changed}");
    in_sight(&window, "tunnel-changed").await?;
    window.picture("tunnel-changed-light-1024x700").await?;
    window.is_accessible("Connections").await?;

    // The settings are there when the window opens the next time.
    let kept = window.invoke("tunnel_settings").await?;
    assert_eq!(kept["command"], line);
    window.click(&test_id("tunnel-stop")).await?;
    is(&window, "stopped").await?;
    wait::until("the program has ended", || async {
        let line = program.display().to_string();
        Ok(processes(&line).is_empty().then_some(()))
    })
    .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_tunnel_subscribes_an_account_and_an_app_whose_challenge_is_seen() -> Result<()> {
    let window = open(1440, 900).await?;
    let port = listener(&window).await?["port"].clone();
    choose(&window, "own_url").await?;
    let url = format!("http://127.0.0.1:{port}");
    window.type_into(&test_id("tunnel-own-url"), &url).await?;
    window.click(&test_id("tunnel-start")).await?;
    is(&window, "up").await?;

    window
        .click(&Locator::css("[data-testid=tunnel-subscribing] summary"))
        .await?;
    window
        .find(&test_id("tunnel-account").with_text("told nothing"))
        .await?;
    window.click(&test_id("tunnel-subscribe-account")).await?;
    window
        .find(&test_id("tunnel-account").with_text("messaging_postbacks"))
        .await?;
    window
        .type_into(&test_id("tunnel-app-id"), "100000000000061")
        .await?;
    window
        .type_into(&test_id("tunnel-app-secret"), "0123456789abcdef")
        .await?;
    window.click(&test_id("tunnel-subscribe-app")).await?;
    let asks = window.text(&test_id("tunnel-confirm")).await?;
    ensure!(asks.contains(&format!("{url}{PATH}")), "{asks}");
    window.picture("tunnel-confirm-light").await?;
    window.click(&test_id("tunnel-confirm-subscribe")).await?;
    window
        .find(&test_id("tunnel-app").with_text(&format!("{url}{PATH}")))
        .await?;
    // The simulated Instagram asked as Meta does, and the listener answered.
    window
        .find(&test_id("tunnel-challenge").with_text("Meta asked: token right, answered"))
        .await?;
    in_sight(&window, "tunnel-kind").await?;
    window.picture("tunnel-own-light").await?;
    window.click(&test_id("theme")).await?;
    window.picture("tunnel-own-dark").await?;
    window.click(&test_id("theme")).await?;
    in_sight(&window, "tunnel-app").await?;
    window.picture("tunnel-subscribed-light").await?;
    window.is_accessible("Connections").await?;
    window.close().await
}

/// Tells the stand-in what to do.
fn tell(folder: &Path, what: &str) -> Result<()> {
    let fresh = folder.join("tell.new");
    fs::write(&fresh, what)?;
    fs::rename(fresh, folder.join("tell"))?;
    Ok(())
}
