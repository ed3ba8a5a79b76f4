//! `cargo xtask run`: the window; without a display, the demo in the terminal.

use crate::{
    display, repo,
    setup::{For, setup},
    step::{cargo, npm, run as to_the_end},
};
use anyhow::{Context, Result};
use std::process::{Command, Stdio};

/// The profile in which the window is built: what runs hot is optimised, the rest is
/// not, so that the first build is bearable. Cargo.toml says which is which.
const PROFILE: &str = "dev";
const PROFILE_FOLDER: &str = "debug";

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
        "heliograph-desktop",
        "--features",
        "custom-protocol",
    ]))?;
    println!("Opening the window");
    let binary = repo::binary(PROFILE_FOLDER, "heliograph-desktop");
    to_the_end(Command::new(&binary).args(args))
        .with_context(|| format!("{} did not end well", binary.display()))
}

/// `tauri dev`: the window on the development server, rebuilt on every change.
fn with_development_server(args: &[String]) -> Result<()> {
    // Not through `npm run`, which changes the folder: the Tauri command looks for
    // tauri.conf.json from where it stands.
    let tauri = repo::ui().join("node_modules/.bin/tauri");
    let status = Command::new(&tauri)
        .arg("dev")
        .args(args)
        .current_dir(repo::root())
        .stdin(Stdio::inherit())
        .status()
        .with_context(|| format!("{} does not start", tauri.display()))?;
    anyhow::ensure!(status.success(), "`tauri dev` ended with {status}");
    Ok(())
}

fn take_flag(args: &mut Vec<String>, flag: &str) -> bool {
    let before = args.len();
    args.retain(|arg| arg != flag);
    args.len() != before
}
