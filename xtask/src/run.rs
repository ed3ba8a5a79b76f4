//! `cargo xtask run`: the window; without a display, the demo in the terminal.

use crate::{
    display, repo,
    setup::{For, setup},
    step::{cargo, npm, run as to_the_end},
};
use anyhow::{Context, Result, bail};
use std::{
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The profile in which the window is built: what runs hot is optimised, the rest is
/// not, so that the first build is bearable. Cargo.toml says which is which.
const PROFILE: &str = "dev";
const PROFILE_FOLDER: &str = "debug";
const WINDOW: &str = "heliograph-desktop";
/// As in tauri.conf.json and the UI's Vite configuration.
const DEVELOPMENT_SERVER: &str = "127.0.0.1:5173";

pub(crate) fn run(mut args: Vec<String>) -> Result<()> {
    let dev = take_flag(&mut args, "--dev");
    if !display::is_there() {
        println!(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so the demo \
             runs in the terminal. Building it takes about two minutes the first time."
        );
        let mut demo = cargo([
            "run",
            "--quiet",
            "--package",
            "heliograph-cli",
            "--bin",
            "heliograph",
        ]);
        return to_the_end(demo.args(["--", "demo"]).args(args));
    }
    setup(For::Window)?;
    if dev {
        return with_development_server(&args);
    }
    println!("Building the UI (some seconds)");
    to_the_end(&mut npm(["run", "--silent", "build"]))?;
    println!("Building the window (about four minutes the first time, seconds after that)");
    to_the_end(&mut cargo([
        "build",
        "--profile",
        PROFILE,
        "--package",
        WINDOW,
        "--features",
        "custom-protocol",
    ]))?;
    println!("Opening the window");
    let binary = repo::binary(PROFILE_FOLDER, WINDOW);
    to_the_end(Command::new(&binary).args(args))
        .with_context(|| format!("{} did not end well", binary.display()))
}

/// The window on the UI's development server, which shows an edit of the UI at once.
fn with_development_server(args: &[String]) -> Result<()> {
    println!("Building the window (about four minutes the first time, seconds after that)");
    to_the_end(&mut cargo(["build", "--package", "heliograph-desktop"]))?;
    println!("Starting the UI's development server");
    let mut server = npm(["run", "--silent", "dev"])
        .stdin(Stdio::null())
        .spawn()
        .context("the development server does not start")?;
    let opened = wait_for_server(&mut server)
        .and_then(|()| to_the_end(Command::new(repo::binary(PROFILE_FOLDER, WINDOW)).args(args)));
    // It may have ended by itself, with the interrupt that ended the window.
    let _ = server.kill();
    let _ = server.wait();
    opened
}

fn wait_for_server(server: &mut Child) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(DEVELOPMENT_SERVER).is_err() {
        if let Some(status) = server.try_wait()? {
            bail!("the development server ended with {status}");
        }
        if Instant::now() > deadline {
            bail!("the development server does not answer on {DEVELOPMENT_SERVER}");
        }
        #[allow(
            clippy::disallowed_methods,
            reason = "a tool with one thread that waits"
        )]
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn take_flag(args: &mut Vec<String>, flag: &str) -> bool {
    let before = args.len();
    args.retain(|arg| arg != flag);
    args.len() != before
}
