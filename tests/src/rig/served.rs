//! The real binary `heliograph serve`, and a simulated Instagram of the test's own that it
//! sends to.

use super::{shop, webhook};
use crate::repo;
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use heliograph_engine::ports::SystemClock;
use heliograph_instagram::simulated::{
    self, SimulatedInstagram, SimulatedServer, SimulatedSettings, simulated_token,
};
use heliograph_model::WorkspaceFile;
use heliograph_runtime::ProductionPlace;
use rusqlite::{Connection, OpenFlags};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The app secret that signs webhooks.
pub const APP_SECRET: &str = "an-app-secret-of-the-tests";
/// What Meta's dashboard would be given.
pub const VERIFY_TOKEN: &str = "a-verify-token-of-the-tests";

/// How long a start or an end of the process may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A place for the process: a folder with its database, and the Instagram it sends to.
#[derive(Debug)]
pub struct Site {
    /// Who receives what is sent.
    pub instagram: Arc<SimulatedInstagram>,
    graph: String,
    tokens: String,
    workspace: PathBuf,
    folder: TempDir,
    _server: SimulatedServer,
}

impl Site {
    /// A place with this workspace, on the machine's clock.
    ///
    /// # Errors
    /// When the simulated Instagram does not start or the folder cannot be written.
    pub async fn new(file: &WorkspaceFile) -> Result<Self> {
        let settings = SimulatedSettings {
            strict: false,
            keep_sent: 1_000_000,
            ..SimulatedSettings::strict_and_unpaced()
        };
        let instagram = Arc::new(SimulatedInstagram::new(Arc::new(SystemClock), settings));
        let tcp = TcpListener::bind("127.0.0.1:0").await?;
        let server = simulated::serve(tcp, Arc::clone(&instagram), std::future::pending())?;
        let folder = tempfile::tempdir()?;
        let workspace = folder.path().join("workspace.json");
        std::fs::write(&workspace, serde_json::to_vec(file)?)?;
        let tokens: Vec<_> = file
            .accounts
            .iter()
            .map(|account| format!("{}={}", account.id, simulated_token(&account.id)))
            .collect();
        Ok(Self {
            instagram,
            graph: server.base_url(),
            tokens: tokens.join(","),
            workspace,
            folder,
            _server: server,
        })
    }

    /// The shop with so many accounts and these automations.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub async fn shop(accounts: usize, automations: &[Value]) -> Result<Self> {
        Self::new(&shop::file(accounts, automations)).await
    }

    /// The database's file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("heliograph.sqlite")
    }

    /// The folder that the database is in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file that the workspace is in.
    #[must_use]
    pub fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// Where requests to its Instagram go.
    #[must_use]
    pub fn graph(&self) -> &str {
        &self.graph
    }

    /// A command of heliograph on servers, sending to this place's Instagram.
    ///
    /// # Errors
    /// When the binary is not built; says how to build it.
    pub fn on_servers(&self, name: &str, place: &ProductionPlace) -> Result<Command> {
        let redis = &place.redis.url;
        let mut command = Command::new(repo::heliograph()?);
        command
            .args([name, "--redis", redis.expose_secret()])
            .args(["--mongo", place.mongo.url.expose_secret()])
            .args(["--database", &place.mongo.database])
            .args(["--queue", &place.queue.queue])
            .args(["--key-prefix", &place.redis.prefix])
            .args(["--cache-namespace", &place.redis.namespace])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.send_here(&mut command);
        Ok(command)
    }

    /// A read-only look into the database.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn look(&self) -> Result<Connection> {
        let connection = Connection::open_with_flags(
            self.database(),
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(PATIENCE)?;
        Ok(connection)
    }

    /// How many rows a query counts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count(&self, sql: &str) -> Result<i64> {
        Ok(self.look()?.query_row(sql, (), |row| row.get(0))?)
    }

    /// The command `heliograph serve` on this place's database, on a port of the loopback
    /// address; 0 takes a free one.
    ///
    /// # Errors
    /// When the binary is not built; says how to build it.
    pub fn command(&self, port: u16) -> Result<Command> {
        let mut command = Command::new(repo::heliograph()?);
        command
            .args(["serve", "--json", "--quiet", "--listen"])
            .arg(format!("127.0.0.1:{port}"))
            .arg("--database")
            .arg(self.database())
            .env("HELIOGRAPH_VERIFY_TOKEN", VERIFY_TOKEN)
            .env("HELIOGRAPH_APP_SECRET", APP_SECRET)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Ok(command)
    }

    /// Starts `heliograph serve` for the first time: with the workspace, sending to this
    /// place's Instagram.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn serve(&self) -> Result<Served> {
        self.serve_with(&[])
    }

    /// The same with more options.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn serve_with(&self, options: &[&str]) -> Result<Served> {
        let mut command = self.command(0)?;
        command.args(options);
        command.arg("--workspace").arg(&self.workspace);
        self.send_here(&mut command);
        Served::start(command)
    }

    /// Starts it again on the same database and a given port.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn serve_again(&self, port: u16) -> Result<Served> {
        let mut command = self.command(port)?;
        self.send_here(&mut command);
        Served::start(command)
    }

    /// Starts it with its own simulated Instagram inside.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn serve_alone(&self) -> Result<Served> {
        let mut command = self.command(0)?;
        command.arg("--workspace").arg(&self.workspace);
        Served::start(command)
    }

    fn send_here(&self, command: &mut Command) {
        command
            .args(["--graph", &self.graph])
            .env("HELIOGRAPH_ACCESS_TOKEN", &self.tokens);
    }
}

/// A running `heliograph serve`. Dropping it kills it.
#[derive(Debug)]
pub struct Served {
    child: Child,
    /// The webhook's address.
    pub url: String,
    /// The metrics' address, where it serves them.
    pub metrics: Option<String>,
    lines: Receiver<String>,
    errors: Option<JoinHandle<String>>,
}

impl Served {
    /// Starts it, and waits until it says where it listens.
    ///
    /// # Errors
    /// When it ends instead; what it said is in the error.
    pub fn start(mut command: Command) -> Result<Self> {
        let mut child = command.spawn().context("heliograph does not start")?;
        let output = child.stdout.take().context("its output")?;
        let mut errors = child.stderr.take().context("its errors")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // Nobody listens any more once the handle is gone; the pipe is still
                // emptied, so that the process never waits for it.
                let _ = sender.send(line);
            }
        });
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            text
        });
        let mut served = Self {
            child,
            url: String::new(),
            metrics: None,
            lines,
            errors: Some(errors),
        };
        let Ok(first) = served.lines.recv_timeout(PATIENCE) else {
            let said = served.kill()?;
            bail!("heliograph serve did not come up: {said}");
        };
        let started: Value = serde_json::from_str(&first).context(first)?;
        let url = started["listening"].as_str();
        served.url = url.context("it says where it listens")?.to_owned();
        served.metrics = started["metrics"].as_str().map(str::to_owned);
        Ok(served)
    }

    /// The port.
    ///
    /// # Errors
    /// When the address has none.
    pub fn port(&self) -> Result<u16> {
        let url: reqwest::Url = self.url.parse()?;
        url.port().context("an address with a port")
    }

    /// The process' id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it at once (SIGKILL); returns what it had said on standard error.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(&mut self) -> Result<String> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(self.said())
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn terminate(&mut self) -> Result<(ExitStatus, String)> {
        let id = self.child.id();
        let told = Command::new("sh")
            .args(["-c", &format!("kill -TERM {id}")])
            .status()?;
        anyhow::ensure!(told.success(), "SIGTERM could not be sent");
        let status = self.ended().await?;
        Ok((status, self.said()))
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            anyhow::ensure!(Instant::now() < deadline, "heliograph does not end");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The figures that it prints at its end.
    ///
    /// # Errors
    /// When there are none.
    pub fn report(&self) -> Result<Value> {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let mut document: Value = serde_json::from_str(&line.context("no figures")?)?;
            if document["report"].is_object() {
                return Ok(document["report"].take());
            }
        }
    }

    fn said(&mut self) -> String {
        self.errors
            .take()
            .and_then(|thread| thread.join().ok())
            .unwrap_or_default()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Posts webhooks.
#[derive(Debug, Clone)]
pub struct Poster {
    http: reqwest::Client,
}

impl Poster {
    /// Over connections that are kept.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new() -> Result<Self> {
        // The client wants a TLS to be chosen, also where it speaks plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build()?;
        Ok(Self { http })
    }

    /// Posts a body with its signature; returns the status and the answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(&self, url: &str, body: &Bytes) -> Result<(u16, String)> {
        let signature = webhook::signature(APP_SECRET, body);
        self.post_signed(url, body, &signature).await
    }

    /// Posts a body with any signature.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post_signed(
        &self,
        url: &str,
        body: &Bytes,
        signature: &str,
    ) -> Result<(u16, String)> {
        let answer = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signature)
            .body(body.clone())
            .send()
            .await?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await?))
    }

    /// Gets an address with these parameters; returns the status and the answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, url: &str, query: &[(&str, &str)]) -> Result<(u16, String)> {
        let answer = self.http.get(url).query(query).send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await?))
    }
}
