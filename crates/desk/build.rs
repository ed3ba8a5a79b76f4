//! Puts the fixtures' webhooks into the crate, with their titles; and finds out whether the
//! tests that run a command line can, so that they are told as ignored where not.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a build script: a panic is how it fails, and it speaks to cargo by printing"
)]

use serde::Deserialize;
use std::fmt::Write as _;
use std::{env, fs, path::Path, process::Command};

#[derive(Deserialize)]
struct Entry {
    file: String,
    title: String,
    about: String,
}

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("../../fixtures/instagram")
        .canonicalize()
        .expect("fixtures/instagram stands beside crates/");
    println!("cargo::rerun-if-changed={}", folder.display());
    let index = fs::read_to_string(folder.join("index.json")).expect("the fixtures have an index");
    let index: Vec<Entry> = serde_json::from_str(&index).expect("the index is JSON");
    let mut code = String::from("static TEMPLATES: &[(&str, &str, &str, &str)] = &[\n");
    for Entry { file, title, about } in index {
        let name = file.trim_end_matches(".json");
        let path = folder.join(&file).display().to_string();
        writeln!(
            code,
            "({name:?}, {title:?}, {about:?}, include_str!({path:?})),"
        )
        .unwrap();
    }
    code.push_str("];\n");
    let out = Path::new(&env::var("OUT_DIR").unwrap()).join("templates.rs");
    fs::write(out, code).unwrap();

    println!("cargo::rustc-check-cfg=cfg(shell_with_curl)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PATH");
    let asked = Command::new("sh").args(["-c", "command -v curl"]).output();
    if asked.is_ok_and(|answer| answer.status.success()) {
        println!("cargo::rustc-cfg=shell_with_curl");
    }
}
