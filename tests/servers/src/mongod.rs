//! mongod: as a replica set of one, and alone.

use crate::process::{Server, accepts, data_folder, free_port, repository};
use anyhow::{Context, Result};
use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::options::ClientOptions;
use parking_lot::Mutex;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often a port that was free is taken by somebody else before we give up.
const TRIES: usize = 5;
/// The name of the replica set.
pub(crate) const SET: &str = "rs0";
/// How long one question may take.
const QUESTION: Duration = Duration::from_secs(2);

/// One mongod, which may be killed and started again with its data.
#[derive(Debug)]
pub struct Mongod {
    server: Option<Server>,
    port: u16,
    form: Form,
    options: Vec<String>,
    folder: tempfile::TempDir,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    ReplicaSet,
    /// One of several, which somebody else brings together.
    Member,
    Alone,
}

impl Mongod {
    /// Starts one as a replica set of one member, and waits until it takes writes.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> Result<Self> {
        Self::with(&[])
    }

    /// Starts a replica set with more options, such as `["--auth"]`.
    ///
    /// # Errors
    /// When it does not start.
    pub fn with(options: &[&str]) -> Result<Self> {
        Self::of(Form::ReplicaSet, options)
    }

    /// Starts one without a replica set: no transactions and no change streams.
    ///
    /// # Errors
    /// When it does not start.
    pub fn alone() -> Result<Self> {
        Self::of(Form::Alone, &[])
    }

    /// Starts a member of a replica set that is still to be made.
    pub(crate) fn member() -> Result<Self> {
        Self::of(Form::Member, &[])
    }

    /// A replica set that all tests of this process share, each with a database of its
    /// own. It ends with the last of them.
    ///
    /// # Errors
    /// When it does not start.
    pub fn shared() -> Result<Arc<Self>> {
        static SHARED: Mutex<Weak<Mongod>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock();
        if let Some(running) = shared.upgrade() {
            return Ok(running);
        }
        let started = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&started);
        Ok(started)
    }

    fn of(form: Form, options: &[&str]) -> Result<Self> {
        let folder = data_folder("mongod")?;
        let options: Vec<_> = options.iter().map(ToString::to_string).collect();
        let mut last = None;
        for _ in 0..TRIES {
            let port = free_port()?;
            match run(folder.path(), port, form, &options) {
                Ok(server) => {
                    let mut mongod = Self {
                        server: Some(server),
                        port,
                        form,
                        options,
                        folder,
                    };
                    mongod.initiate()?;
                    return Ok(mongod);
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("it was tried"))
    }

    /// Where it is, such as `mongodb://127.0.0.1:7000/?replicaSet=rs0`.
    #[must_use]
    pub fn url(&self) -> String {
        match self.form {
            Form::ReplicaSet => format!("mongodb://127.0.0.1:{}/?replicaSet={SET}", self.port),
            Form::Member | Form::Alone => self.direct_url(),
        }
    }

    /// The same without looking for other members.
    #[must_use]
    pub fn direct_url(&self) -> String {
        format!("mongodb://127.0.0.1:{}/?directConnection=true", self.port)
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

    /// Starts it again on the same port with the same data, and waits until it takes
    /// writes, or answers where it is one of several.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&mut self) -> Result<()> {
        self.kill();
        self.server = Some(run(
            self.folder.path(),
            self.port,
            self.form,
            &self.options,
        )?);
        match self.form {
            Form::Member => Ok(()),
            Form::ReplicaSet | Form::Alone => self.wait_until_writable(),
        }
    }

    /// Makes the primary step down. As it is alone, it is elected again a few seconds
    /// later; until then nothing can be written.
    ///
    /// # Errors
    /// When it does not, or is not part of a replica set.
    pub fn step_down(&self) -> Result<()> {
        self.admin(doc! { "replSetStepDown": 2, "force": true })?;
        Ok(())
    }

    /// Runs a command on the database `admin`, from a thread of its own, so that a test
    /// may call it from wherever it is.
    ///
    /// # Errors
    /// When the server refuses it or cannot be reached.
    pub fn admin(&self, command: Document) -> Result<Document> {
        ask(self.port, command)
    }

    /// Tells a new member that it is the whole replica set.
    fn initiate(&mut self) -> Result<()> {
        if self.form != Form::ReplicaSet {
            return Ok(());
        }
        let host = format!("127.0.0.1:{}", self.port);
        self.admin(doc! { "replSetInitiate": {
            "_id": SET,
            "members": [{ "_id": 0, "host": host }],
            // It has nobody to wait for.
            "settings": { "electionTimeoutMillis": 500 },
        } })?;
        self.wait_until_writable()
    }

    fn wait_until_writable(&mut self) -> Result<()> {
        let port = self.port;
        let server = self.server.as_mut().expect("it runs");
        server.wait_until("mongod", || {
            ask(port, doc! { "hello": 1 })
                .is_ok_and(|hello| hello.get_bool("isWritablePrimary").unwrap_or(false))
        })
    }
}

/// The server that `MONGODB_URI` names, for tests that need no server of their own: they
/// neither stop it nor look outside a database with a name of their own.
#[must_use]
pub fn given() -> Option<String> {
    std::env::var("MONGODB_URI")
        .ok()
        .filter(|url| !url.is_empty())
}

/// How much memory it keeps documents in.
const CACHE: &str = "--wiredTigerCacheSizeGB";

fn run(folder: &Path, port: u16, form: Form, options: &[String]) -> Result<Server> {
    let mut command = Command::new(program());
    command
        .args(["--port", &port.to_string(), "--bind_ip", "127.0.0.1"])
        .args(["--nounixsocket", "--dbpath", &folder.display().to_string()])
        .args(["--setParameter", "diagnosticDataCollectionEnabled=false"])
        // It removes what has expired by the machine's clock, and tests have one of their own.
        .args(["--setParameter", "ttlMonitorEnabled=false"]);
    if form != Form::Alone {
        command.args(["--replSet", SET, "--oplogSize", "256"]);
    }
    if !options.iter().any(|option| option == CACHE) {
        // Tests have little in it, and many servers.
        command.args([CACHE, "0.25"]);
    }
    command.args(options);
    let mut server = Server::start(&mut command, folder, &format!("mongod-{port}"))?;
    server.wait_until("mongod", || {
        accepts(port) && ask(port, doc! { "ping": 1 }).is_ok()
    })?;
    Ok(server)
}

/// mongod from the `PATH`, or else the one that `cargo xtask setup` brought.
fn program() -> OsString {
    let on_path = std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join("mongod").is_file())
    });
    if on_path {
        return "mongod".into();
    }
    repository().join("target/tools/mongod").into()
}

/// One command on a connection of its own.
fn ask(port: u16, command: Document) -> Result<Document> {
    let asking = async move {
        let url = format!("mongodb://127.0.0.1:{port}/?directConnection=true");
        let mut options = ClientOptions::parse(url).await?;
        options.server_selection_timeout = Some(QUESTION);
        options.connect_timeout = Some(QUESTION);
        let client = Client::with_options(options)?;
        let answer = client.database("admin").run_command(command).await;
        client.shutdown().immediate(true).await;
        Ok(answer?)
    };
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(asking)
    })
    .join()
    .ok()
    .context("the thread that asks mongod panicked")?
}
