//! `cargo xtask package`: the packages that people install: the window as .deb and .rpm,
//! and the command line by itself, for servers.

use crate::{
    packages, repo,
    setup::{For, setup},
    step::{Steps, cargo, output, run},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What is made of the window. An AppImage would need tools from outside the package
/// registries.
const BUNDLES: &str = "deb,rpm";
const WINDOW: &str = "heliograph-desktop";
const COMMAND_LINE: &str = "heliograph";
/// The command line's package; the window's is called `heliograph`.
const COMMAND_LINE_PACKAGE: &str = "heliograph-cli";

/// Builds them all, and says where they are.
pub(crate) fn package(args: &[String]) -> Result<()> {
    if let Some(arg) = args.iter().find(|arg| *arg != "--cli") {
        bail!("package knows --cli, not `{arg}`");
    }
    let mut steps = Steps::default();
    let mut made = Vec::new();
    let cli_alone = !args.is_empty();
    if cli_alone {
        let build = ["build", "--release", "--bins", "--package"];
        steps.step("Command line", || {
            run(cargo(build).arg(COMMAND_LINE_PACKAGE))
        })?;
    } else {
        steps.step("Set-up", || setup(For::Window))?;
        steps.step("Window", window)?;
        made.extend(bundles()?);
    }
    steps.step("Command line's package", || {
        made.push(command_line()?);
        Ok(())
    })?;
    steps.summary();
    println!();
    for file in made {
        let bytes = fs::metadata(&file)?.len();
        let shown = file.strip_prefix(repo::root()).unwrap_or(&file);
        println!(
            "{:>6.1} MB  {}",
            f64::from(u32::try_from(bytes / 1_000).unwrap_or(u32::MAX)) / 1_000.0,
            shown.display()
        );
    }
    Ok(())
}

/// Builds the window and wraps it up. Its line tables are for whoever works on it.
///
/// Tauri builds every binary of the workspace at once, the command line too: both share what
/// they stand on, and compiling that is most of the work.
fn window() -> Result<()> {
    packages::install(&["binutils"])?;
    let tauri = |args: &[&str]| {
        let program = repo::ui().join("node_modules/.bin/tauri");
        run(Command::new(program).args(args).current_dir(repo::root()))
    };
    tauri(&["build", "--no-bundle", "--ci"])?;
    let binary = repo::binary("release", WINDOW);
    strip(&binary)?;
    for stale in bundles().unwrap_or_default() {
        fs::remove_file(stale)?;
    }
    // Tauri adds the web view and what it stands on.
    let version = c_library(&binary)?;
    let more = format!(
        r#"{{"bundle":{{"linux":{{
            "deb":{{"depends":["libc6 (>= {version})"]}},
            "rpm":{{"depends":["libc.so.6(GLIBC_{version})(64bit)"]}}}}}}}}"#
    );
    tauri(&["bundle", "--bundles", BUNDLES, "--ci", "--config", &more])
}

/// The window's packages that were made.
fn bundles() -> Result<Vec<PathBuf>> {
    let folder = repo::target().join("release/bundle");
    let mut found = Vec::new();
    for kind in BUNDLES.split(',') {
        let entries = fs::read_dir(folder.join(kind))
            .with_context(|| format!("no {kind} was made below {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == kind) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// Wraps the command line up, with its manual and what shells complete.
fn command_line() -> Result<PathBuf> {
    packages::install(&["binutils", "gzip", "dpkg"])?;
    let program = repo::binary("release", COMMAND_LINE);
    let folder = repo::target().join("package");
    let stage = folder.join(COMMAND_LINE_PACKAGE);
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    let binary = put(&stage, "usr/bin/heliograph", &fs::read(&program)?)?;
    strip(&binary)?;
    run(Command::new("chmod").arg("755").arg(&binary))?;

    let manual = stage.join("usr/share/man/man1");
    run(Command::new(&binary).arg("man").arg("--into").arg(&manual))?;
    for page in fs::read_dir(&manual)? {
        run(Command::new("gzip").args(["-9", "-n"]).arg(page?.path()))?;
    }
    for (shell, file) in [
        ("bash", "usr/share/bash-completion/completions/heliograph"),
        ("zsh", "usr/share/zsh/vendor-completions/_heliograph"),
        (
            "fish",
            "usr/share/fish/vendor_completions.d/heliograph.fish",
        ),
    ] {
        let completed = output(Command::new(&binary).args(["completions", shell]))
            .with_context(|| format!("nothing is completed for {shell}"))?;
        put(&stage, file, completed.as_bytes())?;
    }
    let documents = format!("usr/share/doc/{COMMAND_LINE_PACKAGE}");
    let copyright = fs::read(repo::root().join("src-tauri/package/copyright"))?;
    put(&stage, &format!("{documents}/copyright"), &copyright)?;
    let changes = fs::read(repo::root().join("CHANGELOG.md"))?;
    let changes = put(&stage, &format!("{documents}/changelog"), &changes)?;
    run(Command::new("gzip").args(["-9", "-n"]).arg(changes))?;

    let architecture = output(Command::new("dpkg").arg("--print-architecture"))
        .context("dpkg does not say for which architecture it installs")?;
    let version = version()?;
    let architecture = architecture.trim();
    put(
        &stage,
        "DEBIAN/control",
        control(
            &version,
            architecture,
            &c_library(&binary)?,
            kibibytes(&stage)?,
        )
        .as_bytes(),
    )?;
    let package = folder.join(format!(
        "{COMMAND_LINE_PACKAGE}_{version}_{architecture}.deb"
    ));
    run(Command::new("dpkg-deb")
        .args(["--root-owner-group", "--build"])
        .args([&stage, &package]))?;
    Ok(package)
}

/// What dpkg is told. The binary links nothing but the C library.
fn control(version: &str, architecture: &str, c_library: &str, kibibytes: u64) -> String {
    format!(
        "Package: {COMMAND_LINE_PACKAGE}\n\
         Version: {version}\n\
         Architecture: {architecture}\n\
         Maintainer: The Heliograph developers\n\
         Section: net\n\
         Priority: optional\n\
         Installed-Size: {kibibytes}\n\
         Depends: libc6 (>= {c_library}), libgcc-s1, ca-certificates\n\
         Description: Instagram automations for terminals, servers and CI\n \
         The engine of Heliograph without a window: receives webhooks, works on a queue,\n \
         plays scenarios, finds what is wrong with automations, and tells how the servers\n \
         of a profile stand.\n"
    )
}

/// The version of the C library that a binary needs at least, such as `2.34`: the newest
/// that its symbols ask for.
fn c_library(binary: &Path) -> Result<String> {
    let symbols = output(Command::new("objdump").arg("-T").arg(binary))
        .with_context(|| format!("objdump does not read {}", binary.display()))?;
    let asked_for = symbols.split("GLIBC_").skip(1).filter_map(|rest| {
        let version = rest.split(|letter: char| letter != '.' && !letter.is_ascii_digit());
        let numbers = version.take(1).flat_map(|version| version.split('.'));
        let numbers: Result<Vec<u32>, _> = numbers.map(str::parse).collect();
        numbers.ok()
    });
    let newest = asked_for
        .max()
        .context("it asks for no version of the C library")?;
    let newest: Vec<String> = newest.iter().map(u32::to_string).collect();
    Ok(newest.join("."))
}

/// How much is installed, as dpkg counts it.
fn kibibytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        sum += if entry.file_type()?.is_dir() {
            1 + kibibytes(&entry.path())?
        } else {
            entry.metadata()?.len().div_ceil(1_024)
        };
    }
    Ok(sum)
}

/// The version of everything here.
fn version() -> Result<String> {
    let manifest = fs::read_to_string(repo::root().join("Cargo.toml"))?;
    manifest
        .lines()
        .find_map(|line| line.strip_prefix("version = \""))
        .map(|rest| rest.trim_end_matches('"').to_owned())
        .context("Cargo.toml names no version")
}

fn put(stage: &Path, file: &str, content: &[u8]) -> Result<PathBuf> {
    let path = stage.join(file);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&path, content).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

fn strip(binary: &Path) -> Result<()> {
    run(Command::new("strip").arg(binary))
}
