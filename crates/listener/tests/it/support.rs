//! A queue that keeps what it is given, a listener before it, and raw HTTP.

use async_trait::async_trait;
use bytes::Bytes;
use heliograph_engine::ports::{Finished, PortError, PortResult, Queue, QueueDepth, VirtualClock};
use heliograph_listener::{
    Accepted, AppSecret, Listener, ListenerSettings, Observer, Received, Refusal, RunningListener,
    signature,
};
use heliograph_model::{Delivery, DeliveryId, Millis, NewDelivery};
use parking_lot::Mutex;
use secrecy::SecretString;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

pub(crate) const TOKEN: &str = "a verify token & more";
pub(crate) const SECRET: &str = "the app secret";
pub(crate) const NOW: Millis = Millis(1_790_000_000_000);

/// A queue in memory whose pushes can be held up and made to fail.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) pushed: Mutex<Vec<NewDelivery>>,
    pub(crate) broken: AtomicBool,
    /// A push takes one permit, for good.
    pub(crate) gate: Semaphore,
    waiting: AtomicUsize,
}

impl Kept {
    pub(crate) fn open() -> Arc<Self> {
        Self::with_permits(Semaphore::MAX_PERMITS)
    }

    pub(crate) fn with_permits(permits: usize) -> Arc<Self> {
        Arc::new(Self {
            pushed: Mutex::default(),
            broken: AtomicBool::new(false),
            gate: Semaphore::new(permits),
            waiting: AtomicUsize::new(0),
        })
    }

    pub(crate) fn bodies(&self) -> Vec<Vec<u8>> {
        let pushed = self.pushed.lock();
        pushed.iter().map(|one| one.body.to_vec()).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.pushed.lock().len()
    }

    /// How many pushes are held up.
    pub(crate) fn waiters(&self) -> usize {
        self.waiting.load(SeqCst)
    }

    fn works(&self) -> PortResult<()> {
        if self.broken.load(SeqCst) {
            return Err(PortError::Unavailable("the disk is full".into()));
        }
        Ok(())
    }
}

#[async_trait]
impl Queue for Kept {
    async fn push(&self, delivery: NewDelivery) -> PortResult<DeliveryId> {
        self.waiting.fetch_add(1, SeqCst);
        self.gate.acquire().await.unwrap().forget();
        self.waiting.fetch_sub(1, SeqCst);
        self.works()?;
        let mut pushed = self.pushed.lock();
        pushed.push(delivery);
        Ok(DeliveryId(i64::try_from(pushed.len()).unwrap()))
    }

    async fn take(&self, _: usize) -> PortResult<Vec<Delivery>> {
        pending().await
    }

    async fn finish(&self, _: Vec<Finished>) -> PortResult<()> {
        Ok(())
    }

    async fn depth(&self) -> PortResult<QueueDepth> {
        self.works()?;
        Ok(QueueDepth::default())
    }
}

/// Remembers every refusal, and what was accepted.
#[derive(Debug, Default)]
pub(crate) struct Watching(
    pub(crate) Mutex<Vec<Refusal>>,
    pub(crate) Mutex<Vec<SeenRequest>>,
);

/// A request as an observer was shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenRequest {
    /// Its place in the journal, where it was accepted.
    pub(crate) id: Option<DeliveryId>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Bytes>,
}

impl Watching {
    fn saw(&self, id: Option<DeliveryId>, request: &Received<'_>) {
        self.1.lock().push(SeenRequest {
            id,
            headers: request
                .headers()
                .map(|(name, value)| (name.to_owned(), value.into_owned()))
                .collect(),
            body: request.body.cloned(),
        });
    }
}

impl Observer for Watching {
    fn refused(&self, refusal: &Refusal, request: &Received<'_>) {
        self.0.lock().push(refusal.clone());
        self.saw(None, request);
    }

    fn accepted(&self, accepted: &Accepted<'_>, request: &Received<'_>) {
        assert!(accepted.durable >= request.began);
        self.saw(Some(accepted.id), request);
    }
}

pub(crate) fn secret(name: &str, secret: &str, accounts: &[&str]) -> AppSecret {
    AppSecret {
        name: name.into(),
        secret: secret.into(),
        accounts: accounts.iter().map(|id| (*id).into()).collect(),
    }
}

pub(crate) fn settings() -> ListenerSettings {
    ListenerSettings {
        verify_token: Some(TOKEN.into()),
        secrets: vec![secret("app", SECRET, &[])],
        ..ListenerSettings::default()
    }
}

pub(crate) struct Up {
    pub(crate) listener: RunningListener,
    pub(crate) queue: Arc<Kept>,
    pub(crate) watching: Arc<Watching>,
}

pub(crate) async fn up() -> Up {
    up_with(settings(), Kept::open()).await
}

pub(crate) async fn up_with(settings: ListenerSettings, queue: Arc<Kept>) -> Up {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let watching = Arc::new(Watching::default());
    let listener = Listener::start_observed(
        tcp,
        queue.clone(),
        Arc::new(VirtualClock::new(NOW)),
        settings,
        Some(watching.clone()),
        pending(),
    )
    .unwrap();
    Up {
        listener,
        queue,
        watching,
    }
}

impl Up {
    pub(crate) fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    pub(crate) async fn post(&self, body: &[u8]) -> Answer {
        exchange(self.address(), &request(body, &[])).await
    }
}

pub(crate) fn signed(body: &[u8]) -> String {
    signature::sign(&SecretString::from(SECRET), body)
}

/// A delivery as Meta posts it; `headers` replace those of the same name, and one with an
/// empty value is left out.
pub(crate) fn request(body: &[u8], headers: &[(&str, &str)]) -> Vec<u8> {
    let mut all = vec![
        ("Host", "example.org".to_owned()),
        ("Content-Type", "application/json".into()),
        ("Content-Length", body.len().to_string()),
        ("X-Hub-Signature-256", signed(body)),
    ];
    for (name, value) in headers {
        all.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if !value.is_empty() {
            all.push((name, (*value).to_owned()));
        }
    }
    let mut raw = b"POST /api/webhooks/instagram HTTP/1.1\r\n".to_vec();
    for (name, value) in all {
        raw.extend(format!("{name}: {value}\r\n").bytes());
    }
    raw.extend(b"\r\n");
    raw.extend(body);
    raw
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn code(&self) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("the answer must be JSON: {self:?}"));
        assert!(json["message"].is_string(), "{json}");
        json["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn is(&self, status: u16, code: &str) {
        assert_eq!((self.status, &*self.code()), (status, code), "{self:?}");
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Sends raw bytes on a connection of their own and reads one answer.
pub(crate) async fn exchange(address: SocketAddr, raw: &[u8]) -> Answer {
    try_exchange(address, raw).await.expect("an answer")
}

/// The same, where the connection may also be closed without an answer.
pub(crate) async fn try_exchange(address: SocketAddr, raw: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The listener may answer and close before everything is sent.
    let _ = stream.write_all(raw).await;
    read_answer(&mut stream).await
}

/// Reads one answer; `None` when the connection closes without one.
pub(crate) async fn read_answer(stream: &mut TcpStream) -> Option<Answer> {
    let mut seen = Vec::new();
    let ends_at = |seen: &[u8]| seen.windows(4).position(|four| four == b"\r\n\r\n");
    while ends_at(&seen).is_none() {
        let byte = within(stream.read_u8()).await.ok()?;
        seen.push(byte);
    }
    let head = String::from_utf8(seen).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answer = Answer {
        status,
        head,
        body: Vec::new(),
    };
    let length = answer.header("content-length").unwrap_or("0");
    answer.body = vec![0; length.parse().unwrap()];
    within(stream.read_exact(&mut answer.body)).await.ok()?;
    Some(answer)
}

/// Nothing here may take longer than this.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("in time")
}

/// Looks again and again until it is so.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(20), "never: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// An ordinary HTTP client.
pub(crate) fn client() -> reqwest::Client {
    // Where another test of this process has installed it already, that is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
