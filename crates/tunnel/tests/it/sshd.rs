//! `ssh -R` to an sshd of the test's own.

use crate::site::{Site, open, until};
use heliograph_servers::process::free_port;
use heliograph_servers::sshd::Sshd;
use heliograph_tunnel::{HealthProblem, SshSettings, TunnelKind, TunnelSettings, TunnelState};
use std::fs;

/// A port of the far end that leads to the listener, and its address.
fn settings(sshd: &Sshd, remote_port: u16) -> TunnelSettings {
    TunnelSettings {
        kind: TunnelKind::Ssh,
        ssh: SshSettings {
            host: format!("{}@127.0.0.1", Sshd::user().unwrap()),
            port: sshd.port(),
            remote_port,
            url: format!("http://127.0.0.1:{remote_port}"),
            identity: sshd.key().display().to_string(),
            accept_new_host: true,
            options: format!(
                "UserKnownHostsFile={} IdentitiesOnly=yes GlobalKnownHostsFile=/dev/null",
                sshd.known_hosts().display()
            ),
        },
        ..TunnelSettings::default()
    }
}

/// The numbers of the ssh clients that lead to this port of this machine.
fn clients(site: &Site) -> Vec<u32> {
    let wanted = format!(":127.0.0.1:{}", site.port());
    let numbers = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let name = entry.ok()?.file_name();
        name.to_str()?.parse::<u32>().ok()
    });
    numbers
        .filter(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            line.starts_with("ssh") | line.contains("/ssh") && line.contains(&wanted)
        })
        .filter(|pid| crate::site::runs(*pid))
        .collect()
}

#[tokio::test]
async fn a_webhook_arrives_through_ssh_and_arrives_again_after_the_client_was_killed() {
    let site = open().await;
    let sshd = Sshd::start().unwrap();
    let settings = settings(&sshd, free_port().unwrap());
    site.tunnel.start(&settings, site.port()).await.unwrap();
    let url = site.up().await;
    assert_eq!(url, settings.ssh.url);
    assert_eq!(site.post(&url).await, 200);
    assert_eq!(site.delivered().await, 1);
    site.when("the listener answers there", |status| {
        status
            .health
            .as_ref()
            .is_some_and(|health| health.problem.is_none())
    })
    .await;

    let before = clients(&site);
    assert_eq!(before.len(), 1, "one client");
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &before[0].to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let status = site
        .when("it says that it was lost", |status| {
            matches!(status.state, TunnelState::Reconnecting { .. })
        })
        .await;
    let TunnelState::Reconnecting {
        attempt, reason, ..
    } = status.state
    else {
        unreachable!("it was waited for");
    };
    assert_eq!(attempt, 1);
    assert!(reason.contains("ssh ended"), "{reason}");
    let url = site.up().await;
    assert_eq!(site.post(&url).await, 200);
    assert_eq!(site.delivered().await, 2);

    site.tunnel.stop().await;
    assert_eq!(site.tunnel.status().state, TunnelState::Stopped);
    assert_eq!(clients(&site), Vec::<u32>::new());
}

#[tokio::test]
async fn a_far_end_that_is_gone_for_a_while_is_tried_again() {
    let site = open().await;
    let mut sshd = Sshd::start().unwrap();
    let settings = settings(&sshd, free_port().unwrap());
    site.tunnel.start(&settings, site.port()).await.unwrap();
    site.up().await;
    sshd.kill();
    let client = clients(&site)[0];
    std::process::Command::new("kill")
        .args(["-KILL", &client.to_string()])
        .status()
        .unwrap();
    site.when("nobody is there", |status| {
        matches!(&status.state, TunnelState::Reconnecting { reason, .. }
            if reason.contains("Connection refused"))
    })
    .await;
    sshd.start_again().unwrap();
    let url = site.up().await;
    assert_eq!(site.post(&url).await, 200);
}

#[tokio::test]
async fn what_will_not_heal_is_given_up_with_advice() {
    let site = open().await;
    let sshd = Sshd::start().unwrap();
    let good = settings(&sshd, free_port().unwrap());

    let mut strange = good.clone();
    strange.ssh.identity = sshd.strange_key().display().to_string();
    site.tunnel.start(&strange, site.port()).await.unwrap();
    let (reason, advice) = site.failed().await;
    assert!(reason.contains("Permission denied (publickey"), "{reason}");
    assert!(advice.contains("authorized_keys"), "{advice}");

    let mut unknown = good.clone();
    unknown.ssh.accept_new_host = false;
    unknown.ssh.options = "UserKnownHostsFile=/dev/null".to_owned();
    site.tunnel.start(&unknown, site.port()).await.unwrap();
    let (reason, advice) = site.failed().await;
    assert!(
        reason.contains("Host key verification failed") || reason.contains("host key is known"),
        "{reason}"
    );
    assert!(advice.contains("in a terminal"), "{advice}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut busy = good.clone();
    busy.ssh.remote_port = taken.local_addr().unwrap().port();
    site.tunnel.start(&busy, site.port()).await.unwrap();
    let (reason, advice) = site.failed().await;
    assert!(reason.contains("remote port forwarding failed"), "{reason}");
    assert!(advice.contains("in use at the other end"), "{advice}");

    let mut nowhere = good;
    nowhere.ssh.host = "nowhere.invalid".to_owned();
    site.tunnel.start(&nowhere, site.port()).await.unwrap();
    let (reason, _) = site.failed().await;
    assert!(reason.contains("Could not resolve hostname"), "{reason}");
    assert_eq!(clients(&site), Vec::<u32>::new());
}

#[tokio::test]
async fn a_listener_that_stopped_is_noticed_through_the_public_address() {
    let site = open().await;
    let sshd = Sshd::start().unwrap();
    let settings = settings(&sshd, free_port().unwrap());
    site.tunnel.start(&settings, site.port()).await.unwrap();
    let url = site.up().await;
    let Site {
        listener, tunnel, ..
    } = site;
    listener.stop().await;
    let status = until("it is noticed", || async {
        tunnel.look().await;
        let status = tunnel.status();
        let ill = status
            .health
            .as_ref()
            .is_some_and(|health| health.problem.is_some());
        ill.then_some(status)
            .ok_or_else(|| format!("{:?}", tunnel.status()))
    })
    .await;
    let health = status.health.unwrap();
    assert_eq!(health.problem, Some(HealthProblem::Connection));
    assert!(health.says.contains(&url), "{}", health.says);
    assert!(!health.advice.is_empty());
    assert!(status.state.url().is_some(), "the tunnel itself stands");
}
