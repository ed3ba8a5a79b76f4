//! Nothing of a tunnel outlives the application, however that ends.

use crate::site::{is_gone, open, runs, until};
use heliograph_tunnel::{TunnelKind, TunnelSettings};
use std::fs;
use std::process::{Command, Stdio};

/// Where the application that is killed leaves the numbers of its processes.
const FOLDER: &str = "HELIOGRAPH_TEST_TUNNEL_FOLDER";

/// The application of the test below, in a process of its own.
#[tokio::test]
async fn holds_a_tunnel_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let site = open().await;
    site.install("cloudflared");
    site.tunnel
        .start(&TunnelSettings::default(), site.port())
        .await
        .unwrap();
    site.up().await;
    let helper = fs::read_to_string(site.folder.path().join("helper")).unwrap();
    let numbers = format!("{} {}", site.pid(), helper.trim());
    let folder = std::path::PathBuf::from(folder);
    fs::write(folder.join("fresh"), numbers).unwrap();
    fs::rename(folder.join("fresh"), folder.join("numbers")).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn the_program_ends_with_an_application_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut application = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "outliving::holds_a_tunnel_until_it_is_killed"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let numbers = until("the tunnel is up", || async {
        fs::read_to_string(folder.path().join("numbers")).map_err(|error| error.to_string())
    })
    .await;
    let pids: Vec<u32> = numbers
        .split(' ')
        .map(|number| number.parse().unwrap())
        .collect();
    assert!(runs(pids[0]));
    // As a crash would: nothing of it runs any more that could tidy up.
    application.kill().unwrap();
    application.wait().unwrap();
    is_gone(pids[0]).await;
    // Its helper is the program's own to end; the one here is a script and leaves it.
    let _ = Command::new("kill").arg(pids[1].to_string()).status();
}

#[tokio::test]
async fn the_program_and_its_helpers_end_with_a_tunnel_that_is_dropped() {
    let site = open().await;
    site.install("cloudflared");
    let settings = TunnelSettings {
        kind: TunnelKind::CloudflaredQuick,
        ..TunnelSettings::default()
    };
    site.tunnel.start(&settings, site.port()).await.unwrap();
    site.up().await;
    let helper = fs::read_to_string(site.folder.path().join("helper")).unwrap();
    let (pid, helper) = (site.pid(), helper.trim().parse().unwrap());
    drop(site);
    is_gone(pid).await;
    is_gone(helper).await;
}
