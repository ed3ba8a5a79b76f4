//! The metrics' own port: `GET /metrics` and `GET /healthz`, and nothing else. It is for
//! the inner network; what Meta reaches is the webhook's port, which has neither.

use crate::exposition::{CONTENT_TYPE, text};
use crate::sample::Sample;
use crate::source::Source;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CACHE_CONTROL, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

/// More than a few scrapers means that somebody got the wrong port.
const CONNECTIONS: usize = 64;
/// How long a request's head may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long answers under way may take at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(3);
/// The wait when a connection cannot be accepted: the process has run out of file
/// descriptors, and some will be free again.
const PAUSE: Duration = Duration::from_millis(50);

/// The metrics' port, open. Dropping it closes it.
#[derive(Debug)]
pub struct RunningMetrics {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl RunningMetrics {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The metrics as a URL on this machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/metrics", self.address)
    }

    /// Accepts no more, and returns when the answers under way are given, or after a
    /// few seconds.
    pub async fn stop(self) {
        // Where nobody receives any more it has ended already.
        let _ = self.stop.send(());
        if let Err(error) = self.serving.await {
            tracing::error!(%error, "the metrics' port ended unexpectedly");
        }
    }
}

/// Serves the metrics on a bound socket until `shutdown` completes, or it is stopped or
/// dropped.
///
/// # Errors
/// When the socket does not know its own address.
pub fn serve(
    tcp: TcpListener,
    source: Source,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<RunningMetrics> {
    let address = tcp.local_addr()?;
    tracing::info!(%address, "metrics");
    let (stop, stopped) = oneshot::channel();
    let ended = async {
        tokio::select! {
            () = shutdown => {}
            // Also when the sender is dropped.
            _ = stopped => {}
        }
    };
    let serving = tokio::spawn(accept(tcp, Arc::new(source), ended));
    Ok(RunningMetrics {
        address,
        stop,
        serving,
    })
}

async fn accept(tcp: TcpListener, source: Arc<Source>, ended: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let open = GracefulShutdown::new();
    let mut ended = pin!(ended);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, tcp.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut ended => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection to the metrics cannot be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let source = Arc::clone(&source);
        let service = service_fn(move |request| {
            let source = Arc::clone(&source);
            async move { Ok::<_, Infallible>(answer(&request, &source).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to the metrics broke off");
            }
            drop(place);
        });
    }
    drop(tcp);
    if tokio::time::timeout(LAST_ANSWERS, open.shutdown())
        .await
        .is_err()
    {
        tracing::debug!("the metrics' port is closed with an answer under way");
    }
}

async fn answer(request: &Request<Incoming>, source: &Source) -> Response<Full<Bytes>> {
    let is_get = request.method() == Method::GET || request.method() == Method::HEAD;
    match request.uri().path() {
        "/metrics" | "/healthz" if !is_get => {
            let allow = (ALLOW, HeaderValue::from_static("GET, HEAD"));
            let status = StatusCode::METHOD_NOT_ALLOWED;
            reply(status, "This path takes GET.\n".into(), Some(allow))
        }
        "/metrics" => match text(Sample::of(source).await) {
            Ok(text) => {
                let kind = (header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
                reply(StatusCode::OK, text, Some(kind))
            }
            Err(error) => {
                tracing::error!(%error, "the metrics cannot be written");
                reply(StatusCode::INTERNAL_SERVER_ERROR, String::new(), None)
            }
        },
        "/healthz" => reply(StatusCode::OK, "The process is running.\n".into(), None),
        _ => reply(
            StatusCode::NOT_FOUND,
            "There are /metrics and /healthz here.\n".into(),
            None,
        ),
    }
}

fn reply(
    status: StatusCode,
    text: String,
    header: Option<(HeaderName, HeaderValue)>,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some((name, value)) = header {
        headers.insert(name, value);
    }
    response
}
