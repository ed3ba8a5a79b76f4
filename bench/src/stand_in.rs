//! The Graph API's stand-in: answers at once, and keeps what it was sent.
//!
//! The simulated Instagram of `heliograph-instagram` keeps Meta's rules and costs
//! accordingly. This one must cost little, because it runs on the cores of what is
//! measured.

use anyhow::{Context, Result};
use bytes::Bytes;
use heliograph_bench::workload::username;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::net::TcpListener;

/// A request that sent something.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// The path behind the version, such as `17841/messages`.
    pub(crate) path: String,
    pub(crate) body: Bytes,
}

/// The running stand-in.
#[derive(Debug)]
pub(crate) struct StandIn {
    address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    sent: Mutex<Vec<Sent>>,
    profiles: AtomicU64,
    refused: AtomicU64,
    number: AtomicU64,
}

impl StandIn {
    /// Starts it on a thread of its own.
    pub(crate) fn start() -> Result<Self> {
        let seen = Arc::new(Seen::default());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let kept = Arc::clone(&seen);
        std::thread::Builder::new()
            .name("graph".into())
            .spawn(move || runtime.block_on(accept(listener, kept)))
            .context("the stand-in does not start")?;
        Ok(Self { address, seen })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was sent since the last time, in the order of its arrival.
    pub(crate) fn take(&self) -> Vec<Sent> {
        self.seen.profiles.store(0, Relaxed);
        std::mem::take(&mut *self.seen.sent.lock())
    }

    /// How many requests there were since then, by what they wanted.
    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::from([
            ("profiles", self.seen.profiles.load(Relaxed)),
            ("refused", self.seen.refused.load(Relaxed)),
        ]);
        for sent in &*self.seen.sent.lock() {
            let kind = match sent.path.ends_with("/replies") {
                true => "publicReplies",
                false => "messages",
            };
            *counts.entry(kind).or_default() += 1;
        }
        counts
    }
}

async fn accept(listener: TcpListener, seen: Arc<Seen>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        // Without it an answer could wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let seen = Arc::clone(&seen);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, Arc::clone(&seen)));
            // A connection that breaks is its client's affair.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    seen: Arc<Seen>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let is_authorised = request.headers().contains_key(header::AUTHORIZATION);
    let is_post = request.method() == Method::POST;
    let path = request.uri().path().trim_start_matches('/');
    // Behind the version.
    let path = path.split_once('/').map_or("", |(_, rest)| rest).to_owned();
    let body = match request.into_body().collect().await {
        Ok(body) if is_authorised => body.to_bytes(),
        _ => {
            seen.refused.fetch_add(1, Relaxed);
            return Ok(json(
                StatusCode::UNAUTHORIZED,
                r#"{"error":{"message":"no token","code":190}}"#.into(),
            ));
        }
    };
    if !is_post {
        seen.profiles.fetch_add(1, Relaxed);
        return Ok(json(StatusCode::OK, profile(&path)));
    }
    let number = seen.number.fetch_add(1, Relaxed);
    let said = if path.ends_with("/replies") {
        format!(r#"{{"id":"1{number:016}"}}"#)
    } else {
        format!(
            r#"{{"recipient_id":"1{number:016}","message_id":"aWdfZAG1faXRlbToxOk{number:024}"}}"#
        )
    };
    seen.sent.lock().push(Sent { path, body });
    Ok(json(StatusCode::OK, said))
}

/// A profile that follows from the person's id.
fn profile(id: &str) -> String {
    let username = username(id);
    format!(
        r#"{{"id":"{id}","name":"Ana {id}","username":"{username}","is_user_follow_business":true}}"#
    )
}

fn json(status: StatusCode, said: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(said.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    response
}
