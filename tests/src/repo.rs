//! Where the repository's files and binaries are.

use anyhow::{Context, Result, bail};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The root of the repository.
///
/// # Panics
/// When this package does not stand in a folder of the repository, which it does.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ stands in the repository")
        .to_path_buf()
}

/// The folder `fixtures/`.
#[must_use]
pub fn fixtures() -> PathBuf {
    root().join("fixtures")
}

/// The folder that cargo builds into; it belongs to the running test, so files that a
/// test leaves for people (screenshots, logs) go below it.
///
/// # Errors
/// When the test binary does not stand where cargo puts it.
pub fn target() -> Result<PathBuf> {
    Ok(profile_folder()?
        .parent()
        .context("the profile's folder stands in the target folder")?
        .to_path_buf())
}

/// The binary `heliograph`: `HELIOGRAPH_BIN`, or the one beside this test.
///
/// # Errors
/// When it is not built; says how to build it.
pub fn heliograph() -> Result<PathBuf> {
    binary(
        "HELIOGRAPH_BIN",
        "heliograph",
        "cargo build -p heliograph-cli",
    )
}

/// The desktop shell with the UI inside: `HELIOGRAPH_DESKTOP_BIN`, or the one beside
/// this test.
///
/// # Errors
/// When it is not built; says how to build it.
pub fn desktop() -> Result<PathBuf> {
    binary(
        "HELIOGRAPH_DESKTOP_BIN",
        "heliograph-desktop",
        "npm --prefix ui run build && \
         cargo build -p heliograph-desktop --features custom-protocol",
    )
}

/// The files that git tracks, relative to the root.
///
/// # Errors
/// When git is missing or this is no clone.
pub fn tracked_files() -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .context("git does not start")?;
    if !output.status.success() {
        bail!("git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        // A file that was deleted and not committed yet is still listed.
        .filter(|path| root().join(path).is_file())
        .collect())
}

fn binary(variable: &str, name: &str, build: &str) -> Result<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        let path = PathBuf::from(path);
        if !path.is_file() {
            bail!("{variable} names {}, which is not there", path.display());
        }
        return Ok(path);
    }
    let path = profile_folder()?.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if !path.is_file() {
        bail!("{} is not built; build it with `{build}`", path.display());
    }
    Ok(path)
}

/// `target/debug` for a test at `target/debug/deps/it-…`.
fn profile_folder() -> Result<PathBuf> {
    let test = env::current_exe().context("this test's own path")?;
    Ok(test
        .parent()
        .and_then(Path::parent)
        .context("cargo puts tests into target/<profile>/deps")?
        .to_path_buf())
}
