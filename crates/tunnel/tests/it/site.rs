//! A listener on an embedded queue, and a tunnel to it.

use heliograph_embedded::Database;
use heliograph_engine::ports::{Clock, Queue, SystemClock};
use heliograph_listener::{AppSecret, Listener, ListenerSettings, RunningListener, signature};
use heliograph_tunnel::{Challenges, Programs, Tunnel, TunnelFile, TunnelState, TunnelStatus};
use secrecy::SecretString;
use std::fs;
use std::future::Future;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

pub(crate) const TOKEN: &str = "the verify token";
pub(crate) const SECRET: &str = "the app secret";
pub(crate) const BODY: &str = r#"{"object":"instagram","entry":[]}"#;

pub(crate) struct Site {
    pub(crate) queue: Arc<Database>,
    pub(crate) listener: RunningListener,
    pub(crate) challenges: Challenges,
    pub(crate) tunnel: Tunnel,
    /// Where stand-ins for programs are found before any other.
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) async fn open() -> Site {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    open_with(clock).await
}

pub(crate) async fn open_with(clock: Arc<dyn Clock>) -> Site {
    let queue = Database::temporary(Arc::new(SystemClock)).unwrap();
    let queue = Arc::new(queue);
    let challenges = Challenges::new(Arc::new(SystemClock));
    let listener = Listener::start_observed(
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        Arc::clone(&queue) as Arc<dyn Queue>,
        Arc::new(SystemClock),
        ListenerSettings {
            verify_token: Some(TOKEN.into()),
            secrets: vec![AppSecret {
                name: "app".to_owned(),
                secret: SECRET.into(),
                accounts: Vec::new(),
            }],
            ..ListenerSettings::default()
        },
        Some(Arc::new(challenges.clone())),
        std::future::pending(),
    )
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut folders = vec![folder.path().to_owned()];
    folders.extend(["/usr/bin", "/bin"].map(PathBuf::from));
    let file = TunnelFile::at(folder.path().join("tunnel.json"));
    let tunnel = Tunnel::new(clock, Programs::within(folders), file);
    Site {
        queue,
        listener,
        challenges,
        tunnel,
        folder,
    }
}

impl Site {
    pub(crate) fn port(&self) -> u16 {
        self.listener.address().port()
    }

    /// Puts a program of the tests' where the tunnel looks for it.
    pub(crate) fn install(&self, program: &str) -> PathBuf {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
        let to = self.folder.path().join(program);
        fs::copy(from.join(program), &to).unwrap();
        fs::set_permissions(&to, fs::Permissions::from_mode(0o755)).unwrap();
        to
    }

    /// Tells a stand-in what to do from now on.
    pub(crate) fn tell(&self, what: &str) {
        // Whoever reads it never sees half of it.
        let fresh = self.folder.path().join("tell.new");
        fs::write(&fresh, what).unwrap();
        fs::rename(fresh, self.folder.path().join("tell")).unwrap();
    }

    /// The number of the stand-in's process that runs now.
    pub(crate) fn pid(&self) -> u32 {
        let pid = fs::read_to_string(self.folder.path().join("pid")).unwrap();
        pid.trim().parse().unwrap()
    }

    /// How the tunnel is, as soon as it is so.
    pub(crate) async fn when(
        &self,
        what: &str,
        is_so: impl Fn(&TunnelStatus) -> bool,
    ) -> TunnelStatus {
        until(what, || async {
            let status = self.tunnel.status();
            is_so(&status)
                .then_some(status)
                .ok_or_else(|| format!("{:?}", self.tunnel.status()))
        })
        .await
    }

    pub(crate) async fn up(&self) -> String {
        let status = self
            .when("it is up", |status| status.state.url().is_some())
            .await;
        status.state.url().unwrap().to_owned()
    }

    pub(crate) async fn failed(&self) -> (String, String) {
        let status = self
            .when("it has failed", |status| {
                matches!(status.state, TunnelState::Failed { .. })
            })
            .await;
        let TunnelState::Failed { reason, advice } = status.state else {
            unreachable!("it was waited for");
        };
        (reason, advice)
    }

    /// Posts a signed webhook to a public address; answers with the status.
    pub(crate) async fn post(&self, url: &str) -> u16 {
        let signed = signature::sign(&SecretString::from(SECRET), BODY.as_bytes());
        client()
            .post(format!("{url}{}", ListenerSettings::PATH))
            .header("content-type", "application/json")
            .header("X-Hub-Signature-256", signed)
            .body(BODY)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    }

    /// Deliveries that the queue has.
    pub(crate) async fn delivered(&self) -> u64 {
        self.queue.depth().await.unwrap().waiting
    }
}

pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Asks until there is an answer, for thirty seconds at the most.
pub(crate) async fn until<T, F>(what: &str, ask: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, String>>,
{
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(instead) if Instant::now() > deadline => {
                panic!("it did not come to this: {what}; instead: {instead}")
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Whether a process runs.
pub(crate) fn runs(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // A process that ended and was not waited for is a `Z`.
    stat.rsplit(") ")
        .next()
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

pub(crate) async fn is_gone(pid: u32) {
    until(&format!("process {pid} is gone"), || async {
        if runs(pid) {
            Err("it runs".to_owned())
        } else {
            Ok(())
        }
    })
    .await;
}
