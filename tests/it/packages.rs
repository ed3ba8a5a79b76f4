//! The packages on a bare machine: installed, started, used, and removed without a trace;
//! and the one for systems with rpm, opened.
//!
//! It takes minutes and root's rights, and needs what `cargo xtask package` makes, so it
//! runs in the long mode alone.

use anyhow::{Context, Result, bail};
use heliograph_tests::production::is_long;
use heliograph_tests::repo;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What stands around both packages on the bare machine: a display, and something to ask
/// the listener with.
const BESIDE: &str = "xvfb x11-utils curl ca-certificates procps desktop-file-utils";

/// Lists every file but those of the system's own bookkeeping and of people.
const FILES: &str = "find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /tmp \
    -o -path /run -o -path /srv -o -path /var/log -o -path /var/cache \
    -o -path /var/lib/apt -o -path /var/lib/dpkg \\) -prune -o -print | sort";

/// Starts the window, waits until its listener answers and its page is drawn, and ends it.
/// What the display shows takes 14 KB as long as the window is blank, and 160 KB with the
/// first screen in it.
const WINDOW: &str = "export XDG_RUNTIME_DIR=/tmp/run DISPLAY=:7 \
        LIBGL_ALWAYS_SOFTWARE=1 NO_AT_BRIDGE=1
    mkdir -p $XDG_RUNTIME_DIR
    Xvfb :7 -screen 0 1600x1100x24 -nolisten tcp -fbdir $XDG_RUNTIME_DIR >/dev/null 2>&1 &
    display=$!
    sleep 1
    heliograph-desktop >/tmp/window.log 2>&1 & window=$!
    for try in $(seq 90); do
        sleep 0.5
        if xwininfo -root -tree | grep -q 'Heliograph' \
            && curl -sf http://127.0.0.1:8787/healthz >/dev/null \
            && [ $(gzip -c $XDG_RUNTIME_DIR/Xvfb_screen0 | wc -c) -gt 80000 ]; then
            echo it is open; break
        fi
    done
    kill $window; wait $window
    kill $display
    cat /tmp/window.log";

#[test]
fn packages_are_installed_on_a_bare_machine_used_and_removed_without_a_trace() -> Result<()> {
    if !is_long() {
        return Ok(());
    }
    let window = made("release/bundle/deb", "Heliograph_", ".deb")?;
    let line = made("package", "heliograph-cli_", ".deb")?;
    let bare = Bare::new()?;
    let mut wanted = BESIDE.replace(' ', ",");
    for package in [&window, &line] {
        wanted = format!("{wanted},{}", depends(package)?);
        let name = package.file_name().context("a package has a name")?;
        fs::copy(package, bare.root.join("tmp").join(name))?;
    }
    bare.run(&format!(
        "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
         --no-install-recommends {}",
        bare_names(&wanted)
    ))?;

    bare.run("useradd --create-home --home-dir /srv/person person")?;
    let before = bare.run(FILES)?;
    bare.run("dpkg -i /tmp/Heliograph_*.deb /tmp/heliograph-cli_*.deb")?;
    let sizes =
        bare.run("dpkg-query -W -f '${Package}: ${Installed-Size} KiB\\n' 'heliograph*'")?;
    println!("installed:\n{sizes}");
    bare.run("desktop-file-validate /usr/share/applications/Heliograph.desktop")?;
    let linked = bare.run("ldd /usr/bin/heliograph")?;
    assert!(!linked.contains("gtk"), "no window library: {linked}");

    let opened = bare.run_as_person(WINDOW)?;
    assert!(opened.contains("it is open"), "{opened}");
    // Installed over itself, as an upgrade is, it opens what the person made.
    bare.run("dpkg -i /tmp/Heliograph_*.deb")?;
    let opened = bare.run_as_person(WINDOW)?;
    assert!(opened.contains("it is open"), "{opened}");
    let demo = bare.run_as_person("heliograph demo")?;
    assert!(demo.contains("hit rate"), "{demo}");
    for file in [
        "/usr/share/man/man1/heliograph.1.gz",
        "/usr/share/man/man1/heliograph-worker.1.gz",
        "/usr/share/bash-completion/completions/heliograph",
        "/usr/share/icons/hicolor/scalable/apps/heliograph-desktop.svg",
        "/usr/share/doc/heliograph/copyright",
        "/usr/share/doc/heliograph-cli/copyright",
    ] {
        assert!(bare.root.join(&file[1..]).exists(), "{file} is missing");
    }
    bare.run("dpkg --purge heliograph heliograph-cli")?;
    let after = bare.run(FILES)?;
    let before: HashSet<&str> = before.lines().collect();
    let left: Vec<&str> = after
        .lines()
        .filter(|file| !before.contains(file))
        .collect();
    assert!(left.is_empty(), "left behind: {left:#?}");
    let kept = bare
        .root
        .join("srv/person/.local/share/app.heliograph.desktop");
    assert!(kept.exists(), "what the person made was removed with it");
    Ok(())
}

/// Runs a program to its end, in this folder, and gives what it printed.
fn said(folder: &Path, program: &str, arguments: &[&str]) -> Result<String> {
    let said = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .with_context(|| format!("{program} does not start; install the package of that name"))?;
    if !said.status.success() {
        bail!(
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&said.stderr)
        );
    }
    Ok(String::from_utf8(said.stdout)?)
}

#[test]
fn packages_for_systems_with_rpm_hold_the_same_and_say_what_they_need() -> Result<()> {
    if !is_long() {
        return Ok(());
    }
    let package = made("release/bundle/rpm", "Heliograph-", ".rpm")?;
    let file = package.to_str().context("its path is a text")?;
    let folder = tempfile::tempdir()?;
    let ask = |options: &[&str]| {
        let arguments = [&["-q", "--nosignature", "-p"][..], options, &[file]].concat();
        said(folder.path(), "rpm", &arguments)
    };

    // Whole, by its own sums, and what a catalogue shows of it.
    said(folder.path(), "rpm", &["-K", "--nosignature", file])?;
    let about = ask(&[
        "--qf",
        "%{NAME} %{VERSION} %{ARCH} | %{LICENSE} | %{SUMMARY}",
    ])?;
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        about.starts_with(&format!("heliograph {version} {}", env::consts::ARCH)),
        "{about}"
    );
    assert!(
        about.contains("| MIT OR Apache-2.0 | Build Insta"),
        "{about}"
    );

    // What dnf looks for: the web view, and the C library that it was built with.
    let needs = ask(&["--requires"])?;
    for library in [
        "libwebkit2gtk-4.1.so.0()(64bit)",
        "libgtk-3.so.0()(64bit)",
        "libc.so.6(GLIBC_2.",
    ] {
        assert!(needs.contains(library), "{library} is not among\n{needs}");
    }
    assert_eq!(ask(&["--scripts"])?.trim(), "", "nothing runs");

    // Everything is root's, below /usr, and nobody else may write it.
    let files = ask(&[
        "--qf",
        "[%{FILEMODES:perms} %{FILEUSERNAME} %{FILENAMES}\\n]",
    ])?;
    for line in files.lines() {
        let [mode, owner, name] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            bail!("mode, owner and name: {line}");
        };
        let others_write = [5, 8].map(|at| mode.as_bytes().get(at) == Some(&b'w'));
        assert!(others_write == [false; 2] && owner == "root", "{line}");
        assert!(name.starts_with("/usr/"), "{line}");
    }
    said(
        folder.path(),
        "sh",
        &["-c", "rpm2cpio \"$0\" | cpio --quiet -idm", file],
    )?;
    let unpacked = |name: &str| folder.path().join(&name[1..]);

    // The entry in the menu starts a program that is there, under a picture that is there.
    let entry = fs::read_to_string(unpacked("/usr/share/applications/Heliograph.desktop"))?;
    let of = |key: &str| entry.lines().find_map(|line| line.strip_prefix(key));
    assert_eq!(of("Type="), Some("Application"), "{entry}");
    assert_eq!(of("Name="), Some("Heliograph"), "{entry}");
    let program = of("Exec=").context("it starts something")?;
    let icon = of("Icon=").context("it has a picture")?;
    for size in ["32x32", "128x128", "256x256@2"] {
        let icon = format!("/usr/share/icons/hicolor/{size}/apps/{icon}.png");
        assert!(unpacked(&icon).exists(), "{icon}");
    }
    for file in [
        &*format!("/usr/share/icons/hicolor/scalable/apps/{icon}.svg"),
        "/usr/share/licenses/heliograph/copyright",
    ] {
        assert!(fs::metadata(unpacked(file))?.len() > 0, "{file}");
    }

    // It is the program of the .deb, which is installed and started on a bare machine.
    let program = format!("/usr/bin/{program}");
    let here = fs::read(unpacked(&program))?;
    assert!(
        files.contains(&format!("-rwxr-xr-x root {program}")),
        "{files}"
    );
    let other = made("release/bundle/deb", "Heliograph_", ".deb")?;
    let from = folder.path().join("deb");
    let into = from.to_str().context("its path is a text")?;
    let other = other.to_str().context("its path is a text")?;
    said(folder.path(), "dpkg-deb", &["--extract", other, into])?;
    let there = fs::read(from.join(&program[1..]))?;
    // Tauri writes into each which kind of package it came in.
    let differ = here.iter().zip(&there).filter(|(one, other)| one != other);
    assert!(
        here.len() == there.len() && differ.count() <= "deb".len(),
        "both packages hold the same program"
    );
    Ok(())
}

/// A package that was made.
fn made(folder: &str, begins: &str, ends: &str) -> Result<PathBuf> {
    let folder = repo::target()?.join(folder);
    let found = fs::read_dir(&folder).ok().and_then(|entries| {
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with(begins) && name.ends_with(ends)
            })
    });
    found.with_context(|| {
        format!(
            "there is no {begins}*{ends} in {}; `cargo xtask package` makes it",
            folder.display()
        )
    })
}

/// What dpkg says that a package needs.
fn depends(package: &Path) -> Result<String> {
    let said = Command::new("dpkg-deb")
        .arg("--field")
        .arg(package)
        .arg("Depends")
        .output()?;
    Ok(String::from_utf8(said.stdout)?.trim().to_owned())
}

/// `libc6 (>= 2.34), curl` as names alone.
fn bare_names(depends: &str) -> String {
    let names = depends
        .split(',')
        .filter_map(|one| one.split_whitespace().next());
    names.collect::<Vec<_>>().join(" ")
}

/// The smallest Debian, in a folder, on the network of this machine.
struct Bare {
    root: PathBuf,
    // Removed with it.
    _folder: tempfile::TempDir,
}

impl Bare {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir_in(repo::target()?)?;
        let root = folder.path().join("root");
        let made = Command::new("debootstrap")
            .args(["--variant=minbase", "bookworm"])
            .arg(&root)
            .output()
            .context("debootstrap does not start; install the package debootstrap")?;
        if !made.status.success() {
            bail!(
                "debootstrap makes no bare machine (it needs root's rights): {}",
                String::from_utf8_lossy(&made.stdout)
            );
        }
        // How this machine reaches the packages, the bare one does.
        for file in [
            "resolv.conf",
            "hosts",
            "apt/sources.list.d",
            "apt/apt.conf.d",
        ] {
            let from = Path::new("/etc").join(file);
            if from.exists() {
                let into = root.join("etc").join(file);
                let into = into.parent().context("it is below etc")?;
                Command::new("cp").arg("-r").args([&from, into]).status()?;
            }
        }
        Ok(Self {
            root,
            _folder: folder,
        })
    }

    /// Runs a script on it as somebody without root's rights, whose home is `/srv/person`.
    fn run_as_person(&self, script: &str) -> Result<String> {
        let quoted = script.replace('\'', "'\\''");
        self.run(&format!("runuser --login person --command '{quoted}'"))
    }

    /// Runs a script on it as root, with processes of its own, which end with it.
    fn run(&self, script: &str) -> Result<String> {
        let root = self.root.display();
        let inside = format!(
            "mount -t proc proc {root}/proc && mount --bind /dev {root}/dev \
             && exec chroot {root} /bin/sh -c \"$SCRIPT\""
        );
        let said = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c"])
            .arg(inside)
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("SCRIPT", script)
            .output()
            .context("unshare does not start")?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        if !said.status.success() {
            let error = String::from_utf8_lossy(&said.stderr);
            bail!(
                "on the bare machine `{script}` ended with {}:\n{text}\n{error}",
                said.status
            );
        }
        Ok(text)
    }
}
