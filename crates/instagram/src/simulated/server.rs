//! The HTTP server around the rules, with Meta's paths.

use super::{
    apps,
    core::SimulatedInstagram,
    input::Input,
    request::{Answer, Outcome, Request},
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{self, FromRequest, FromRequestParts, Path},
    http::{Method, Response, StatusCode, Uri, header, uri::PathAndQuery},
    response::IntoResponse,
    routing::{get, post},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tower::Service;

type Core = Arc<SimulatedInstagram>;

/// A running server. It stops when it is told to, when the shutdown it was given comes,
/// and when this is dropped.
#[derive(Debug)]
pub struct SimulatedServer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl SimulatedServer {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client takes as the address of the Graph API.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it: requests under way have a second to end, then connections are closed.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        while !self.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for SimulatedServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Serves `core` on a bound listener until `shutdown` comes.
///
/// # Errors
/// When the listener does not say its address.
pub fn serve(
    listener: TcpListener,
    core: Arc<SimulatedInstagram>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<SimulatedServer> {
    let address = listener.local_addr()?;
    let stop = watch::Sender::new(false);
    let mut stopped = stop.subscribe();
    let routes = routes(core);
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                // It also ends when the handle is gone.
                () = told_to_stop(&mut stopped) => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(converse(stream, routes.clone(), stopped.clone()));
                    }
                    // Out of file descriptors, or the peer went away again: neither is a
                    // reason to stop.
                    Err(error) => {
                        tracing::warn!(%error, "the simulated Instagram could not accept");
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                },
            }
        }
        drop(listener);
        let ended = async { while connections.join_next().await.is_some() {} };
        // What is still open after that, such as a request that is never answered, is
        // closed when the set is dropped.
        let _ = tokio::time::timeout(Duration::from_secs(1), ended).await;
    });
    Ok(SimulatedServer {
        address,
        stop,
        task,
    })
}

/// The paths, without a version: it is cut off before.
fn routes(core: Core) -> Router {
    Router::new()
        .route("/{id}", get(node))
        .route("/{id}/messages", post(messages))
        .route("/{id}/replies", post(replies))
        .route("/{id}/subscribed_apps", get(subscriptions).post(subscribe))
        .route("/{id}/subscriptions", get(of_app).post(subscribe_app))
        .fallback(unknown_path)
        .with_state(core)
}

/// One connection. axum always answers, so the answers that are none are made here: a
/// service that fails makes hyper close the connection without a word.
async fn converse(stream: TcpStream, routes: Router, mut stop: watch::Receiver<bool>) {
    // Without it a small answer waits for the peer's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut routes = routes.clone();
        async move {
            let mut request = request.map(Body::new);
            if let Some(uri) = without_version(request.uri()) {
                *request.uri_mut() = uri;
            }
            let response = match routes.call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            match response.extensions().get::<NoAnswer>() {
                None => Ok(response),
                Some(NoAnswer::Dropped) => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
                Some(NoAnswer::Silence) => std::future::pending().await,
            }
        }
    });
    let mut connection =
        pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A client that went away, or a connection that was dropped on purpose.
        _ = connection.as_mut() => {}
        () = told_to_stop(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Returns when the server is to stop; also when its handle is gone.
async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Marks a response that must not be sent.
#[derive(Debug, Clone, Copy)]
enum NoAnswer {
    Dropped,
    Silence,
}

/// The address without the version segment, where it has one.
fn without_version(uri: &Uri) -> Option<Uri> {
    let rest = uri.path().strip_prefix("/v")?;
    let (version, path) = rest.split_once('/')?;
    let is_version = version.starts_with(|first: char| first.is_ascii_digit())
        && version.chars().all(|it| it.is_ascii_digit() || it == '.');
    if !is_version {
        return None;
    }
    let path = match uri.query() {
        Some(query) => format!("/{path}?{query}"),
        None => format!("/{path}"),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

/// A request on a node, with all that is told with it.
struct Asked {
    core: Core,
    /// Which account, comment or app.
    node: String,
    input: Input,
}

impl FromRequest<Core> for Asked {
    type Rejection = Response<Body>;

    async fn from_request(request: extract::Request, core: &Core) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let node = Path::<String>::from_request_parts(&mut parts, core).await;
        let Path(node) = node.map_err(IntoResponse::into_response)?;
        // Who only looks sends none.
        let body = if parts.method == Method::GET {
            Bytes::new()
        } else {
            let request = extract::Request::from_parts(parts.clone(), body);
            let body = Bytes::from_request(request, core).await;
            body.map_err(IntoResponse::into_response)?
        };
        Ok(Self {
            core: Arc::clone(core),
            node,
            input: Input::read(&parts.uri, &parts.headers, &body),
        })
    }
}

async fn node(Asked { core, node, input }: Asked) -> Response<Body> {
    let fields = input.list("fields");
    answer(&core, input, |_| Request::Node { id: node, fields }).await
}

async fn messages(Asked { core, node, input }: Asked) -> Response<Body> {
    answer(&core, input, |body| Request::Messages { node, body }).await
}

async fn replies(Asked { core, node, input }: Asked) -> Response<Body> {
    let comment = node.into();
    answer(&core, input, |body| Request::Reply { comment, body }).await
}

async fn subscriptions(Asked { core, node, input }: Asked) -> Response<Body> {
    answer(&core, input, |_| Request::Subscriptions { node }).await
}

async fn subscribe(Asked { core, node, input }: Asked) -> Response<Body> {
    let fields = input.list("subscribed_fields");
    answer(&core, input, |_| Request::Subscribe { node, fields }).await
}

async fn of_app(Asked { core, node, input }: Asked) -> Response<Body> {
    let listed = core.state().apps.list(&node, input.token.as_deref());
    of_ruling(listed)
}

async fn subscribe_app(Asked { core, node, input }: Asked) -> Response<Body> {
    let token = input.token.as_deref();
    let wanted = match apps::read(&node, token, &input.parameters, input.list("fields")) {
        Ok(wanted) => wanted.verified().await,
        Err(error) => Err(error),
    };
    let kept = wanted.map(|wanted| {
        core.state().apps.keep(&node, wanted);
        serde_json::json!({ "success": true })
    });
    of_ruling(kept)
}

/// The answer to what is asked with an app's token, which has no account's limits.
fn of_ruling(ruling: Result<Value, super::GraphError>) -> Response<Body> {
    match ruling {
        Ok(body) => json(StatusCode::OK, &body),
        Err(error) => json(StatusCode::BAD_REQUEST, &error.to_json("ASim")),
    }
}

async fn unknown_path(method: Method, uri: Uri) -> Response<Body> {
    let path = format!("{method} {}", uri.path());
    let error = super::GraphError::unknown_path(&path);
    json(StatusCode::BAD_REQUEST, &error.to_json("ASim"))
}

async fn answer(
    core: &Core,
    input: Input,
    request: impl FnOnce(Value) -> Request,
) -> Response<Body> {
    let request = request(Value::Object(input.parameters));
    let Answer {
        outcome,
        delay_ms,
        usage,
    } = core.answer(input.token.as_deref(), request);
    if delay_ms > 0 {
        // A slow network takes real time, also where the rules run on a virtual clock.
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    let mut response = match outcome {
        Outcome::Success(body) => json(StatusCode::OK, &body),
        Outcome::Refused { error, trace } => {
            let status =
                StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = json(status, &error.to_json(&trace));
            if let Some(seconds) = error.retry_after_s {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
        Outcome::Broken { status, body } => {
            let mut response = Response::new(Body::from(body));
            *response.status_mut() =
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            response
        }
        Outcome::Silence => no_answer(NoAnswer::Silence),
        Outcome::Dropped => no_answer(NoAnswer::Dropped),
    };
    if let Some((account, usage)) = usage {
        let headers = response.headers_mut();
        for (name, text) in [
            ("x-app-usage", usage.app_header()),
            ("x-business-use-case-usage", usage.business_header(&account)),
        ] {
            if let Ok(value) = text.parse() {
                headers.insert(name, value);
            }
        }
    }
    response
}

fn no_answer(kind: NoAnswer) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(kind);
    response
}

fn json(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
