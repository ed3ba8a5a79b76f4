//! A profile that a person opened at a window, with an audit log, and a server of its
//! developer's.

use crate::site::{SECRET, START, WINDOW};
use heliograph_desk::traffic::{KnownSecret, Traffic};
use heliograph_engine::ports::{Clock, VirtualClock};
use heliograph_instagram::simulated::NewAccount;
use heliograph_lab::read_workspace;
use heliograph_listener::{RunningListener, signature};
use heliograph_model::{GuardLevel, WorkspaceFile};
use heliograph_runtime::audit::{AuditEntry, AuditLog, AuditPart};
use heliograph_runtime::{
    DatabasePlace, Documents, EmbeddedPlace, InstagramPlace, Place, Profile, Runtime,
};
use parking_lot::Mutex;
use secrecy::SecretString;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// An account of the florist, whom the demo's Simulator does not know.
pub(crate) const FLORIST: &str = "17841400000000102";

pub(crate) struct Shop {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) traffic: Traffic,
    pub(crate) listener: RunningListener,
    log: Arc<AuditLog>,
    folder: TempDir,
}

/// The florist's profile, at *observe*.
pub(crate) async fn open() -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.sqlite");
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(START));
    let documents = Documents::open(&path, Arc::clone(&clock)).unwrap();
    documents.workspaces().import(&florist()).await.unwrap();
    documents.close();
    let log = Arc::new(AuditLog::at(folder.path().join("audit.jsonl")));
    let profile = Profile {
        name: "Shop".to_owned(),
        guard: GuardLevel::Observe,
        place: Place::Embedded(EmbeddedPlace::at(DatabasePlace::File(path))),
        instagram: InstagramPlace::Simulated { strict: false },
        ..Profile::default()
    };
    let runtime = Runtime::open_at_hand(profile, clock, Some(Arc::clone(&log))).await;
    let runtime = Arc::new(runtime.unwrap());
    let instagram = runtime.simulated().unwrap();
    instagram.add_account(NewAccount::new(FLORIST, "florist.workshops.example"));
    let traffic = Traffic::new();
    traffic.know(KnownSecret {
        name: "this window".to_owned(),
        secret: SECRET.into(),
        accepted: true,
    });
    traffic.follow(Arc::clone(&runtime));
    let listener = crate::site::listen(&runtime, runtime.intake(), &traffic).await;
    Shop {
        runtime,
        traffic,
        listener,
        log,
        folder,
    }
}

fn florist() -> WorkspaceFile {
    read_workspace(include_str!("../../../../fixtures/workspaces/florist.yaml")).unwrap()
}

/// What somebody says to the florist.
pub(crate) fn said(from: &str, id: &str, text: &str) -> String {
    crate::site::message(from, id, text).replace("17841400000000001", FLORIST)
}

impl Shop {
    /// What was written down of posts, the oldest first.
    pub(crate) fn posts(&self) -> Vec<AuditEntry> {
        let mut found = self.log.search("posting", 100).unwrap().entries;
        found.reverse();
        found
    }

    /// The lines of a part of the log that have every word, the newest first.
    pub(crate) fn audit(&self, part: AuditPart, text: &str) -> Vec<AuditEntry> {
        self.log.page(part, text, None, 100).unwrap().entries
    }

    /// Posts a body to the listener, signed.
    pub(crate) async fn post(&self, body: &str) {
        let signature = signature::sign(&SecretString::from(SECRET), body.as_bytes());
        let request = reqwest::Client::new()
            .post(self.listener.url())
            .header("X-Hub-Signature-256", signature)
            .body(body.to_owned());
        assert_eq!(request.send().await.unwrap().status(), 200);
    }

    /// What is on the disk of the log of changes.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap_or_default()
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Arms live; the window handles no deliveries by that.
    pub(crate) fn arm(&self) {
        self.runtime.guard().arm(60_000).unwrap();
    }

    /// What came in so far, once it is so many events.
    pub(crate) async fn decided(&self, events: u64) {
        crate::site::until("what came in is decided", || async {
            let news = self.traffic.news(WINDOW);
            (news.counts.events >= events).then_some(())
        })
        .await;
    }
}

/// A server that takes everything and answers as it is told.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) bodies: Arc<Mutex<Vec<String>>>,
}

/// Answers with this status line and body, until the test ends.
pub(crate) async fn server(status: &'static str, says: &'static str) -> Server {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", tcp.local_addr().unwrap());
    let bodies = Arc::<Mutex<Vec<String>>>::default();
    let taken = Arc::clone(&bodies);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = tcp.accept().await.unwrap();
            let mut bytes = Vec::new();
            let body = loop {
                let mut some = [0; 4_096];
                let read = stream.read(&mut some).await.unwrap();
                bytes.extend_from_slice(&some[..read]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let head = head.to_lowercase();
                let length = head.split("content-length: ").nth(1).unwrap();
                let length: usize = length.lines().next().unwrap().parse().unwrap();
                if body.len() >= length {
                    break body.to_owned();
                }
            };
            taken.lock().push(body);
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{says}",
                says.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    Server { url, bodies }
}
