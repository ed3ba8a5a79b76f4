//! The two systems, and how their programs are started.

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The name of the queue.
pub(crate) const QUEUE: &str = "webhooks";
/// The name of the database.
pub(crate) const DATABASE: &str = "bench";
/// The app secret that signs deliveries.
pub(crate) const SECRET: &str = "the secret of the benchmark";

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum System {
    /// BullMQ, ioredis and the MongoDB driver, written as such systems are.
    Node,
    /// `heliograph worker` and `heliograph serve`.
    #[value(alias = "rust")]
    Heliograph,
}

impl System {
    /// Those to measure, in their turn.
    pub(crate) fn chosen(only: Option<Self>) -> Vec<Self> {
        only.map_or_else(|| vec![Self::Node, Self::Heliograph], |one| vec![one])
    }

    /// The name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Node => "Node",
            Self::Heliograph => "Heliograph",
        }
    }
}

/// What answers Meta.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Route {
    /// A route of Express, as such systems have.
    Node,
    /// The same without a framework.
    BareNode,
    /// `heliograph serve`.
    Heliograph,
}

impl Route {
    /// Those of these systems.
    pub(crate) fn of(systems: &[System]) -> Vec<Self> {
        let routes = systems.iter().flat_map(|system| match system {
            System::Node => &[Self::Node, Self::BareNode][..],
            System::Heliograph => &[Self::Heliograph],
        });
        routes.copied().collect()
    }

    /// The name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Node => "Node, Express",
            Self::BareNode => "Node, bare",
            Self::Heliograph => "Heliograph",
        }
    }
}

/// Where the servers are.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    pub(crate) redis: String,
    pub(crate) mongo: String,
    pub(crate) graph: String,
}

/// The programs of both systems.
#[derive(Debug)]
pub(crate) struct Programs {
    node_folder: PathBuf,
    heliograph: PathBuf,
}

impl Programs {
    /// Finds them, and says what to do where one is missing.
    pub(crate) fn find(heliograph: Option<&Path>, systems: &[System]) -> Result<Self> {
        let node_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("node");
        ensure!(
            node_folder.join("node_modules/bullmq").is_dir(),
            "the packages of {} are missing; run `npm ci` there, or call this with `cargo xtask \
             bench production`",
            node_folder.display()
        );
        let heliograph = match heliograph {
            Some(chosen) => chosen.to_owned(),
            None => std::env::current_exe()?
                .with_file_name(format!("heliograph{}", std::env::consts::EXE_SUFFIX)),
        };
        ensure!(
            !systems.contains(&System::Heliograph) || heliograph.is_file(),
            "there is no {}; build it with `cargo build --release -p heliograph-cli`, or name \
             another with --heliograph",
            heliograph.display()
        );
        Ok(Self {
            node_folder,
            heliograph,
        })
    }

    /// A worker that ends when the queue is empty and everything is flushed.
    pub(crate) fn worker(&self, system: System, at: &Addresses, tokens: &str) -> Command {
        let mut command = match system {
            System::Node => {
                let mut command = self.node("worker.mjs", at);
                command.args(["--mongo", &at.mongo, "--database", DATABASE]);
                command
            }
            System::Heliograph => {
                let mut command = Command::new(&self.heliograph);
                command.arg("worker");
                production(&mut command, at, tokens);
                // Node has no pacing either, and the stand-in has no limits.
                command.args(["--sends-per-second", "0"]);
                command
            }
        };
        command.args(["--until-empty", "--graph", &at.graph]);
        command
    }

    /// A worker that does nothing with its jobs and ends when the queue is empty.
    pub(crate) fn no_op_worker(&self, system: System, at: &Addresses) -> Result<Command> {
        Ok(match system {
            System::Node => {
                let mut command = self.node("worker.mjs", at);
                command.args(["--no-op", "--until-empty"]);
                command
            }
            System::Heliograph => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args(["--no-op-worker", QUEUE, "--redis", &at.redis]);
                command
            }
        })
    }

    /// Adds the webhooks on its standard input to the queue, one a line.
    pub(crate) fn enqueue(&self, at: &Addresses) -> Command {
        self.node("enqueue.mjs", at)
    }

    /// What answers Meta. It says where it listens as JSON, in the field `listening`.
    pub(crate) fn accepting(&self, route: Route, at: &Addresses, tokens: &str) -> Command {
        match route {
            Route::Node | Route::BareNode => {
                let mut command = self.node("route.mjs", at);
                command.args(["--secret", SECRET]);
                if route == Route::BareNode {
                    command.arg("--bare");
                }
                command
            }
            Route::Heliograph => {
                let mut command = Command::new(&self.heliograph);
                command.args(["serve", "--quiet", "--listen", "127.0.0.1:0"]);
                production(&mut command, at, tokens);
                command
                    .args(["--graph", &at.graph])
                    .env("HELIOGRAPH_APP_SECRET", SECRET);
                command
            }
        }
    }

    fn node(&self, program: &str, at: &Addresses) -> Command {
        let mut command = Command::new("node");
        command
            .arg(program)
            .args(["--redis", &at.redis, "--queue", QUEUE])
            .env("NODE_ENV", "production")
            .current_dir(&self.node_folder);
        command
    }
}

fn production(command: &mut Command, at: &Addresses, tokens: &str) {
    command
        .args(["--json", "--redis", &at.redis, "--mongo", &at.mongo])
        .args(["--database", DATABASE, "--queue", QUEUE])
        .args(["--guard", "live"])
        .env("HELIOGRAPH_ACCESS_TOKEN", tokens);
}

/// What a program of Node or ours prints at its end: one JSON object in the last line.
pub(crate) fn last_object(said: &str) -> Result<serde_json::Value> {
    // Ours may be printed over several lines.
    serde_json::from_str(said.trim())
        .or_else(|_| serde_json::from_str(said.trim().lines().next_back().unwrap_or_default()))
        .with_context(|| format!("not the figures that were expected: {said}"))
}
