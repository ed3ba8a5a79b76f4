//! redis-server, alone and as a cluster of three.

use crate::process::{Server, accepts, data_folder, free_port};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How often a port that was free is taken by somebody else before we give up.
const TRIES: usize = 5;

/// One redis-server with an append-only file, so that it may be killed and started again.
#[derive(Debug)]
pub struct Redis {
    server: Option<Server>,
    port: u16,
    options: Vec<String>,
    folder: tempfile::TempDir,
}

impl Redis {
    /// Starts one.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> Result<Self> {
        Self::with(&[])
    }

    /// Starts one with more options, such as `["--maxmemory", "10mb"]`.
    ///
    /// # Errors
    /// When it does not start.
    pub fn with(options: &[&str]) -> Result<Self> {
        let folder = data_folder("redis")?;
        let options: Vec<_> = options.iter().map(ToString::to_string).collect();
        let mut last = None;
        for _ in 0..TRIES {
            let port = free_port()?;
            match run(folder.path(), port, &options) {
                Ok(server) => {
                    return Ok(Self {
                        server: Some(server),
                        port,
                        options,
                        folder,
                    });
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("it was tried"))
    }

    /// Where it is, such as `redis://127.0.0.1:7000`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The running process.
    ///
    /// # Panics
    /// While it is stopped.
    #[must_use]
    pub fn process(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// Starts it again on the same port with the same data.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&mut self) -> Result<()> {
        self.kill();
        self.server = Some(run(self.folder.path(), self.port, &self.options)?);
        Ok(())
    }

    /// A connection of the test's own, beside what is tested.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn connection(&self) -> Result<redis::Connection> {
        Ok(redis::Client::open(self.url())?.get_connection()?)
    }
}

fn run(folder: &Path, port: u16, options: &[String]) -> Result<Server> {
    let mut command = Command::new("redis-server");
    command
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args([
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
        ])
        .args(["--dir", &folder.display().to_string()])
        .args(options);
    let mut server = Server::start(&mut command, folder, &format!("redis-{port}"))?;
    server.wait_until("redis-server", || is_ready(port))?;
    Ok(server)
}

/// Whether it has loaded its data and answers.
fn is_ready(port: u16) -> bool {
    accepts(port)
        && redis::Client::open(format!("redis://127.0.0.1:{port}"))
            .and_then(|client| client.get_connection_with_timeout(Duration::from_secs(1)))
            .and_then(|mut connection| redis::cmd("PING").query::<String>(&mut connection))
            .is_ok()
}

/// Three redis-servers that share the slots.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<Redis>,
}

impl RedisCluster {
    /// Starts one.
    ///
    /// # Errors
    /// When it does not come together.
    pub fn start() -> Result<Self> {
        let options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
        let nodes: Vec<_> = (0..3)
            .map(|_| Redis::with(&options))
            .collect::<Result<_>>()?;
        let addresses = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port));
        let output = Command::new("redis-cli")
            .args(["--cluster", "create"])
            .args(addresses)
            .args(["--cluster-replicas", "0", "--cluster-yes"])
            .output()
            .context("redis-cli does not start; `cargo xtask setup` installs it")?;
        anyhow::ensure!(
            output.status.success(),
            "the cluster did not come together: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        let mut cluster = Self { nodes };
        cluster.wait_until_ok()?;
        Ok(cluster)
    }

    fn wait_until_ok(&mut self) -> Result<()> {
        for node in &mut self.nodes {
            let port = node.port;
            let server = node.server.as_mut().expect("it runs");
            server.wait_until("the cluster", || {
                redis::Client::open(format!("redis://127.0.0.1:{port}"))
                    .and_then(|client| client.get_connection())
                    .and_then(|mut connection| {
                        redis::cmd("CLUSTER")
                            .arg("INFO")
                            .query::<String>(&mut connection)
                    })
                    .is_ok_and(|info| info.contains("cluster_state:ok"))
            })?;
        }
        Ok(())
    }

    /// Its nodes.
    #[must_use]
    pub fn nodes(&mut self) -> &mut [Redis] {
        &mut self.nodes
    }

    /// Where its nodes are.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Redis::url).collect()
    }
}
