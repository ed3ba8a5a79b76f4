//! Where things are in this repository.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the repository, wherever in it `cargo xtask` was called.
pub(crate) fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .parent()
        .map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// The folder of the UI.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// The folder of the small Node programs that tests and benches run beside the engine.
pub(crate) fn node_peers() -> PathBuf {
    root().join("tests").join("node")
}

/// The folder of the Node system that the benchmark of production measures.
pub(crate) fn node_bench() -> PathBuf {
    root().join("bench").join("node")
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A binary of the workspace, as built in that profile (`debug`, `release`, `desk`).
pub(crate) fn binary(profile: &str, name: &str) -> PathBuf {
    target()
        .join(profile)
        .join(format!("{name}{}", env::consts::EXE_SUFFIX))
}
