//! `cloudflared`, `ngrok` and other programs, of which stand-ins print what those print.

use crate::site::{is_gone, open, open_with, runs, until};
use heliograph_engine::ports::VirtualClock;
use heliograph_model::Millis;
use heliograph_tunnel::{HealthProblem, TunnelKind, TunnelSettings, TunnelState};
use std::fs;
use std::sync::Arc;

const FIRST: &str = "https://stand-in-number-1.trycloudflare.com";
const SECOND: &str = "https://stand-in-number-2.trycloudflare.com";

fn of(kind: TunnelKind) -> TunnelSettings {
    TunnelSettings {
        kind,
        ..TunnelSettings::default()
    }
}

fn command(line: &str) -> TunnelSettings {
    TunnelSettings {
        command: line.to_owned(),
        ..of(TunnelKind::Command)
    }
}

#[tokio::test]
async fn a_quick_tunnel_that_dies_comes_back_with_another_address_and_says_so() {
    let site = open().await;
    site.install("cloudflared");
    let settings = of(TunnelKind::CloudflaredQuick);
    site.tunnel.start(&settings, site.port()).await.unwrap();
    assert_eq!(site.up().await, FIRST);
    let status = site.tunnel.status();
    assert_eq!(status.earlier_url, None);
    let shown = status.command.unwrap();
    assert!(
        shown.ends_with(&format!("--url http://127.0.0.1:{}", site.port())),
        "{shown}"
    );
    assert!(
        status
            .output
            .iter()
            .any(|line| line.text.contains("quick Tunnel has been"))
    );

    site.tell("die");
    let lost = site
        .when("it is lost", |status| {
            matches!(status.state, TunnelState::Reconnecting { .. })
        })
        .await;
    assert_eq!(lost.health, None);
    assert_eq!(site.up().await, SECOND);
    assert_eq!(site.tunnel.status().earlier_url.as_deref(), Some(FIRST));

    let pid = site.pid();
    let helper = fs::read_to_string(site.folder.path().join("helper")).unwrap();
    let helper: u32 = helper.trim().parse().unwrap();
    assert!(runs(pid) && runs(helper));
    site.tunnel.stop().await;
    is_gone(pid).await;
    is_gone(helper).await;
}

#[tokio::test]
async fn a_lost_connection_is_waited_for_and_a_tunnel_that_is_over_is_made_anew() {
    let site = open().await;
    site.install("cloudflared");
    let settings = of(TunnelKind::CloudflaredQuick);
    site.tunnel.start(&settings, site.port()).await.unwrap();
    site.up().await;
    let pid = site.pid();
    site.tell("lose");
    let status = site
        .when("it is lost", |status| {
            matches!(status.state, TunnelState::Reconnecting { .. })
        })
        .await;
    let TunnelState::Reconnecting { reason, .. } = status.state else {
        unreachable!("it was waited for");
    };
    assert!(
        reason.contains("lost its connection to Cloudflare"),
        "{reason}"
    );
    site.tell("back");
    assert_eq!(site.up().await, FIRST);
    assert_eq!(site.pid(), pid, "the same process");

    site.tell("end");
    until("another one is made", || async {
        let url = site.tunnel.status().state.url().map(ToOwned::to_owned);
        (url.as_deref() == Some(SECOND))
            .then_some(())
            .ok_or(format!("{url:?}"))
    })
    .await;
    is_gone(pid).await;
}

#[tokio::test]
async fn an_address_whose_name_nobody_knows_is_noticed() {
    let site = open().await;
    site.install("cloudflared");
    let settings = of(TunnelKind::CloudflaredQuick);
    site.tunnel.start(&settings, site.port()).await.unwrap();
    let status = site
        .when("it was asked", |status| status.health.is_some())
        .await;
    let health = status.health.unwrap();
    // Behind a proxy it is the proxy that cannot reach it.
    assert!(
        matches!(
            health.problem,
            Some(HealthProblem::Name | HealthProblem::Connection | HealthProblem::TunnelGone)
        ),
        "{health:?}"
    );
    assert!(!health.advice.is_empty());
}

#[tokio::test]
async fn a_named_tunnel_keeps_its_hostname_when_it_dies_and_comes_back() {
    let site = open().await;
    site.install("cloudflared");
    let settings = TunnelSettings {
        cloudflared_name: "shop".to_owned(),
        cloudflared_hostname: "hooks.example.com".to_owned(),
        ..of(TunnelKind::CloudflaredNamed)
    };
    site.tunnel.start(&settings, site.port()).await.unwrap();
    assert_eq!(site.up().await, "https://hooks.example.com");
    let shown = site.tunnel.status().command.unwrap();
    assert!(
        shown.ends_with("cloudflared tunnel --no-autoupdate run shop"),
        "{shown}"
    );
    site.tell("die");
    site.when("it is lost", |status| {
        matches!(status.state, TunnelState::Reconnecting { .. })
    })
    .await;
    assert_eq!(site.up().await, "https://hooks.example.com");
    assert_eq!(site.tunnel.status().earlier_url, None);
    let pid = site.pid();
    site.tunnel.stop().await;
    is_gone(pid).await;
}

#[tokio::test]
async fn cloudflared_without_a_login_is_given_up_with_what_to_do() {
    let site = open().await;
    site.install("cloudflared");
    fs::write(
        site.folder.path().join("refuse"),
        "2026-11-20T09:00:00Z ERR Cannot determine default origin certificate path. No file \
         cert.pem in [~/.cloudflared]. You need to specify the origin certificate path \
         originCertPath=\nerror parsing tunnel ID: Error locating origin cert: client didn't \
         specify origincert path\n",
    )
    .unwrap();
    let settings = TunnelSettings {
        cloudflared_name: "shop".to_owned(),
        cloudflared_hostname: "hooks.example.com".to_owned(),
        ..of(TunnelKind::CloudflaredNamed)
    };
    site.tunnel.start(&settings, site.port()).await.unwrap();
    let (reason, advice) = site.failed().await;
    assert!(reason.contains("not logged in"), "{reason}");
    assert!(advice.contains("cloudflared tunnel login"), "{advice}");
}

#[tokio::test]
async fn ngrok_is_up_and_a_missing_token_is_said_without_repeating_it() {
    let site = open().await;
    site.install("ngrok");
    let settings = of(TunnelKind::Ngrok);
    site.tunnel.start(&settings, site.port()).await.unwrap();
    assert_eq!(site.up().await, "https://stand-in.ngrok-free.app");
    let pid = site.pid();
    fs::write(
        site.folder.path().join("refuse"),
        r#"{"err":"authentication failed: The authtoken you specified is properly formed, but it is invalid.\nYour authtoken: 2abcSECRET\n\r\n\r\nERR_NGROK_107\r\n","lvl":"eror","msg":"failed to auth","obj":"tunnels.session","t":"x"}
"#,
    )
    .unwrap();
    site.tunnel.start(&settings, site.port()).await.unwrap();
    is_gone(pid).await;
    let (reason, advice) = site.failed().await;
    assert!(reason.contains("ERR_NGROK_107"), "{reason}");
    assert!(advice.contains("add-authtoken"), "{advice}");
    let told = format!("{:?}", site.tunnel.status());
    assert!(!told.contains("2abcSECRET"), "{told}");
}

#[tokio::test]
async fn any_program_that_prints_an_address_will_do() {
    let site = open().await;
    let settings = command("sh -c 'echo your url is: https://shop.loca.lt; sleep 1000' {port}");
    site.tunnel.start(&settings, site.port()).await.unwrap();
    assert_eq!(site.up().await, "https://shop.loca.lt");
    site.tunnel.stop().await;
}

#[tokio::test]
async fn one_that_never_prints_an_address_is_given_up_after_a_minute() {
    let clock = Arc::new(VirtualClock::new(Millis(1_790_000_000_000)));
    let site = open_with(clock.clone()).await;
    let settings = command("sh -c 'echo working on it; sleep 1000' {port}");
    site.tunnel.start(&settings, site.port()).await.unwrap();
    site.when("it has said something", |status| {
        status
            .output
            .iter()
            .any(|line| line.text == "working on it")
    })
    .await;
    until("it is waited for", || async {
        clock.next_due().ok_or_else(String::new)
    })
    .await;
    clock.advance(60_000);
    let (reason, advice) = site.failed().await;
    assert_eq!(reason, "sh printed no https address within a minute");
    assert!(advice.contains("Own address"), "{advice}");
}

#[tokio::test]
async fn one_that_ends_without_a_word_is_tried_twice_and_one_that_is_not_there_never() {
    let site = open().await;
    let settings = command("false {port}");
    site.tunnel.start(&settings, site.port()).await.unwrap();
    let (reason, _) = site.failed().await;
    assert_eq!(reason, "false ended (exit status 1)");
    let missing = command("a-program-that-is-nowhere {port}");
    let refused = site.tunnel.start(&missing, site.port()).await.unwrap_err();
    assert!(refused.to_string().contains("not installed"), "{refused}");
    assert!(
        matches!(site.tunnel.status().state, TunnelState::Failed { .. }),
        "what was before stays"
    );
    let refused = site
        .tunnel
        .start(&of(TunnelKind::Ngrok), site.port())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("add-authtoken"), "{refused}");
}

#[tokio::test]
async fn programs_are_found_with_their_versions() {
    let site = open().await;
    site.install("cloudflared");
    let found = site.tunnel.programs().await;
    let version = |name: &str| {
        let program = found.iter().find(|program| program.name == name).unwrap();
        program.version.clone()
    };
    assert_eq!(version("cloudflared").as_deref(), Some("2025.11.1"));
    assert!(version("ssh").is_some(), "OpenSSH says its version");
    assert_eq!(version("ngrok"), None);
}
