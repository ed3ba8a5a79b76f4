//! The system's packages: what is missing, and how to install it.

use crate::step::{output, run};
use anyhow::{Context, Result, bail};
use std::{fs, process::Command};

/// What a Debian or Ubuntu needs to build the desktop shell.
pub(crate) const TO_BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "libsoup-3.0-dev",
    "librsvg2-dev",
    "libayatana-appindicator3-dev",
];

/// What it needs besides, to drive the window in a test: a display without a screen, the
/// web view's driver, a graphics driver in software, and a typeface with more than Latin
/// letters; the servers that the engine runs on and that a tunnel leads through, what mongod
/// needs and comes with, curl for the lines that people copy, the bus over which a desktop is
/// told of notices, and a keyring.
pub(crate) const TO_TEST: &[&str] = &[
    "xvfb",
    "webkit2gtk-driver",
    "libgl1-mesa-dri",
    "fonts-dejavu-core",
    "redis-server",
    "openssh-server",
    "openssh-client",
    "python3-pip",
    "libcurl4",
    "curl",
    "dbus-daemon",
    "gnome-keyring",
];

/// Installs those of `wanted` that are missing. Where this is no Debian or Ubuntu, says
/// what to install and goes on: the names differ from system to system, and what is
/// really missing shows in the build.
pub(crate) fn install(wanted: &[&str]) -> Result<()> {
    if !is_debian() {
        if cfg!(target_os = "linux") {
            println!(
                "This is no Debian or Ubuntu. If the build fails, install what is called there: {}",
                wanted.join(" ")
            );
        }
        return Ok(());
    }
    let missing = missing(wanted);
    if missing.is_empty() {
        return Ok(());
    }
    println!(
        "Installing from the system's packages: {}",
        missing.join(" ")
    );
    let privileged = privileged()?;
    apt(privileged, &["update", "-q"]).or_else(|error| {
        // One repository that does not answer is no reason to stop: the lists that
        // are there may be good enough, and if not, installing says so.
        println!("apt-get update: {error:#}; going on with the lists that are there");
        anyhow::Ok(())
    })?;
    let mut args = vec!["install", "-q", "-y", "--no-install-recommends"];
    args.extend(missing.iter().copied());
    apt(privileged, &args).with_context(|| {
        format!(
            "install these yourself and call again: {}",
            missing.join(" ")
        )
    })
}

/// Those of `wanted` that dpkg does not have.
fn missing<'a>(wanted: &[&'a str]) -> Vec<&'a str> {
    let mut query = Command::new("dpkg-query");
    query
        .args(["-W", "-f=${Package} ${db:Status-Status}\n"])
        .args(wanted);
    // dpkg-query fails as soon as one package is unknown and still lists the others.
    let listed = query
        .stderr(std::process::Stdio::null())
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    wanted
        .iter()
        .copied()
        .filter(|name| {
            !listed
                .lines()
                .any(|line| line == format!("{name} installed"))
        })
        .collect()
}

/// How a command gets root's rights.
#[derive(Debug, Clone, Copy)]
enum Privileged {
    Already,
    Sudo { may_ask: bool },
}

fn privileged() -> Result<Privileged> {
    if output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0") {
        return Ok(Privileged::Already);
    }
    if output(Command::new("sudo").arg("--version")).is_none() {
        bail!("installing packages needs root, and there is no sudo here");
    }
    let in_ci = std::env::var_os("CI").is_some();
    Ok(Privileged::Sudo { may_ask: !in_ci })
}

fn apt(privileged: Privileged, args: &[&str]) -> Result<()> {
    let mut command = match privileged {
        Privileged::Already => Command::new("apt-get"),
        Privileged::Sudo { may_ask } => {
            let mut sudo = Command::new("sudo");
            if !may_ask {
                sudo.arg("--non-interactive");
            }
            // sudo asks for a password on the terminal itself, not on standard input.
            sudo.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
            sudo
        }
    };
    run(command.args(args).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_debian() -> bool {
    cfg!(target_os = "linux")
        && fs::read_to_string("/etc/os-release").is_ok_and(|release| {
            release.lines().any(|line| {
                let value = line
                    .strip_prefix("ID=")
                    .or_else(|| line.strip_prefix("ID_LIKE="));
                value.is_some_and(|value| {
                    value
                        .trim_matches('"')
                        .split(' ')
                        .any(|id| matches!(id, "debian" | "ubuntu"))
                })
            })
        })
}
