//! Who may depend on whom.

use heliograph_tests::repo;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// The resolved graph of normal and build dependencies: tests may use what they like.
struct Graph {
    /// Package id to name.
    names: BTreeMap<String, String>,
    /// Package id to the ids it depends on.
    edges: BTreeMap<String, Vec<String>>,
    /// Members of the workspace: name to the manifest's place below the root.
    members: BTreeMap<String, String>,
}

impl Graph {
    fn read() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--locked", "--offline"])
            // Only what this machine builds was downloaded, and only that is needed.
            .args(["--all-features", "--filter-platform", &host()])
            .current_dir(repo::root())
            .output()
            .expect("cargo starts");
        assert!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
        let root = repo::root();
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        let list = |value: &Value| value.as_array().expect("a list").clone();

        let mut graph = Self {
            names: BTreeMap::new(),
            edges: BTreeMap::new(),
            members: BTreeMap::new(),
        };
        let members: BTreeSet<String> = list(&metadata["workspace_members"])
            .iter()
            .map(text)
            .collect();
        for package in list(&metadata["packages"]) {
            let (id, name) = (text(&package["id"]), text(&package["name"]));
            if members.contains(&id) {
                let manifest = text(&package["manifest_path"]);
                let place = std::path::Path::new(&manifest)
                    .strip_prefix(&root)
                    .expect("a member stands in the repository");
                graph
                    .members
                    .insert(name.clone(), place.display().to_string());
            }
            graph.names.insert(id, name);
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let to = list(&node["deps"])
                .iter()
                .filter(|dep| {
                    list(&dep["dep_kinds"])
                        .iter()
                        .any(|kind| kind["kind"] != "dev")
                })
                .map(|dep| text(&dep["pkg"]))
                .collect();
            graph.edges.insert(text(&node["id"]), to);
        }
        graph
    }

    /// The way from the member `from` to a package called `to`, where there is one.
    fn way(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let start = self
            .names
            .iter()
            .find(|(id, name)| *name == from && self.edges.contains_key(*id))
            .unwrap_or_else(|| panic!("{from} is a package of the workspace"))
            .0;
        let mut came_from: BTreeMap<&String, &String> = BTreeMap::new();
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if self.names[at] == to && at != start {
                let mut way = vec![self.names[at].clone()];
                let mut back = at;
                while back != start {
                    back = came_from[back];
                    way.push(self.names[back].clone());
                }
                way.reverse();
                return Some(way);
            }
            for next in &self.edges[at] {
                if next != start && !came_from.contains_key(next) {
                    came_from.insert(next, at);
                    open.push(next);
                }
            }
        }
        None
    }
}

/// The target triple of this machine, as `rustc` names it.
fn host() -> String {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc starts");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc says what its host is")
        .to_owned()
}

#[test]
fn model_and_engine_know_no_host_and_no_backend() {
    let graph = Graph::read();
    for member in ["heliograph-model", "heliograph-engine"] {
        for forbidden in [
            "tauri", "axum", "redis", "mongodb", "rusqlite", "reqwest", "hyper",
        ] {
            if let Some(way) = graph.way(member, forbidden) {
                panic!("{member} depends on {forbidden}: {}", way.join(" → "));
            }
        }
    }
}

#[test]
fn no_crate_under_crates_knows_tauri() {
    let graph = Graph::read();
    let crates: Vec<_> = graph
        .members
        .iter()
        .filter(|(_, place)| place.starts_with("crates"))
        .map(|(name, _)| name)
        .collect();
    assert!(crates.len() >= 8, "the crates are found: {crates:?}");
    for member in crates {
        for forbidden in ["tauri", "wry", "webkit2gtk", "tauri-specta"] {
            if let Some(way) = graph.way(member, forbidden) {
                panic!("{member} depends on {forbidden}: {}", way.join(" → "));
            }
        }
    }
}

#[test]
fn the_integration_tests_need_no_web_view_to_build() {
    assert!(Graph::read().way("heliograph-tests", "tauri").is_none());
}

/// If this finds nothing, the three tests above prove nothing.
#[test]
fn the_desktop_is_found_to_know_tauri() {
    let graph = Graph::read();
    assert!(graph.way("heliograph-desktop", "tauri").is_some());
    assert!(
        graph
            .way("heliograph-desktop", "heliograph-engine")
            .is_some()
    );
}
