//! Accepting connections, and stopping without losing what was accepted.

use crate::counters::ListenerCounters;
use crate::handle::Handler;
use crate::observer::Observer;
use crate::settings::{ListenerSettings, SettingsError};
use heliograph_engine::ports::{Clock, Queue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A connection's buffer for what it reads, in bytes. It also bounds a request's head,
/// of which Meta's is about a kilobyte.
const READ_BUFFER: usize = 32 * 1024;

/// How long to wait when the process has run out of file descriptors.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Starts listeners.
#[derive(Debug, Clone, Copy)]
pub struct Listener;

/// A listener that runs. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct RunningListener {
    address: SocketAddr,
    handler: Arc<Handler>,
    stop: oneshot::Sender<()>,
    accepting: JoinHandle<Stopped>,
}

/// How a listener stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that did not end in time and were cut off. None of their requests
    /// under way was answered with 200.
    pub cut_off: usize,
}

impl Listener {
    /// Serves on a bound socket until `shutdown` completes or the listener is stopped.
    ///
    /// # Errors
    /// [`SettingsError`] for settings that would make it unsafe or useless.
    pub fn start(
        tcp: TcpListener,
        queue: Arc<dyn Queue>,
        clock: Arc<dyn Clock>,
        settings: ListenerSettings,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<RunningListener, SettingsError> {
        Self::start_observed(tcp, queue, clock, settings, None, shutdown)
    }

    /// The same, with somebody who is told of each refused request and why.
    ///
    /// # Errors
    /// [`SettingsError`] for settings that would make it unsafe or useless.
    pub fn start_observed(
        tcp: TcpListener,
        queue: Arc<dyn Queue>,
        clock: Arc<dyn Clock>,
        settings: ListenerSettings,
        observer: Option<Arc<dyn Observer>>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<RunningListener, SettingsError> {
        settings.check()?;
        let address = tcp
            .local_addr()
            .map_err(|error| SettingsError::Socket(error.to_string()))?;
        let handler = Arc::new(Handler::new(settings, queue, clock, observer));
        tracing::info!(%address, path = handler.settings.path, "listening");
        let (stop, stopped) = oneshot::channel();
        let accepting = Accepting::new(tcp, Arc::clone(&handler));
        Ok(RunningListener {
            address,
            handler,
            stop,
            accepting: tokio::spawn(accepting.until(shutdown, stopped)),
        })
    }
}

impl RunningListener {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The webhook route as a URL on this machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.handler.settings.path)
    }

    /// What became of the requests so far.
    #[must_use]
    pub fn counters(&self) -> ListenerCounters {
        self.handler.counters.read()
    }

    /// Reads the same from elsewhere, also when the listener has stopped.
    pub fn counting(&self) -> impl Fn() -> ListenerCounters + Send + Sync + 'static {
        let handler = Arc::clone(&self.handler);
        move || handler.counters.read()
    }

    /// Accepts no more, finishes the requests under way, and returns when all
    /// connections are closed, at the latest after the drain timeout. What was answered
    /// with 200 is in the queue.
    pub async fn stop(self) -> Stopped {
        // Where nobody receives any more it has stopped already.
        let _ = self.stop.send(());
        ended(self.accepting).await
    }

    /// Returns when it has stopped, because of its shutdown future.
    pub async fn finished(self) -> Stopped {
        let Self {
            stop, accepting, ..
        } = self;
        let stopped = ended(accepting).await;
        // Held until here: dropping it is a stop.
        drop(stop);
        stopped
    }
}

async fn ended(accepting: JoinHandle<Stopped>) -> Stopped {
    accepting.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the listener ended unexpectedly");
        Stopped { cut_off: 0 }
    })
}

/// How HTTP is spoken. Answers to pipelined requests are not gathered (hyper's
/// `pipeline_flush`): an answer would wait for as long as the next request is incomplete,
/// and be lost where the next one is not HTTP.
fn http(settings: &ListenerSettings) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(settings.header_timeout)
        .max_buf_size(READ_BUFFER)
        // A sender that has said all may close its half and still wait for the answer;
        // a push under way is not broken off by it either.
        .half_close(true);
    http
}

/// How far a listener is, as its connections see it. When the sender of it is gone, what
/// is still open is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Accepting,
    Draining,
}

/// The task that accepts connections.
struct Accepting {
    tcp: TcpListener,
    http: http1::Builder,
    handler: Arc<Handler>,
    places: Arc<Semaphore>,
    phase: watch::Sender<Phase>,
}

impl Accepting {
    fn new(tcp: TcpListener, handler: Arc<Handler>) -> Self {
        let places = handler.settings.most_connections;
        Self {
            tcp,
            http: http(&handler.settings),
            handler,
            places: Arc::new(Semaphore::new(places)),
            phase: watch::Sender::new(Phase::Accepting),
        }
    }

    async fn until(
        self,
        shutdown: impl Future<Output = ()>,
        stop: oneshot::Receiver<()>,
    ) -> Stopped {
        tokio::select! {
            () = shutdown => {}
            // Also when the running listener was dropped.
            _ = stop => {}
            () = self.accept() => {}
        }
        self.drain().await
    }

    async fn accept(&self) {
        // The semaphore is never closed, so there is always a place in the end.
        while let Ok(place) = Arc::clone(&self.places).acquire_owned().await {
            let (stream, peer) = match self.tcp.accept().await {
                Ok(accepted) => accepted,
                Err(error) if is_of_one_connection(&error) => continue,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections just now");
                    tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
                    continue;
                }
            };
            self.handler.counters.connections.fetch_add(1, Relaxed);
            let connection = Connection {
                stream,
                peer,
                handler: Arc::clone(&self.handler),
                phase: self.phase.subscribe(),
                _place: place,
            };
            tokio::spawn(connection.serve(self.http.clone()));
        }
    }

    async fn drain(self) -> Stopped {
        drop(self.tcp);
        self.phase.send_replace(Phase::Draining);
        let all = self.handler.settings.most_connections;
        let most = u32::try_from(all).unwrap_or(u32::MAX);
        let drained = self.places.acquire_many(most);
        let in_time = timeout(self.handler.settings.drain_timeout, drained).await;
        let cut_off = match in_time {
            Ok(_) => 0,
            Err(_) => all - self.places.available_permits(),
        };
        if cut_off > 0 {
            tracing::warn!(cut_off, "connections did not end in time and are cut off");
        }
        Stopped { cut_off }
    }
}

/// Whether accepting failed because of the one who connected, who has gone again.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

/// One connection, with its place among those allowed.
struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    handler: Arc<Handler>,
    phase: watch::Receiver<Phase>,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(mut self, http: http1::Builder) {
        // An answer is one small packet; it must not wait for more.
        if let Err(error) = self.stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let (peer, handler) = (self.peer, &self.handler);
        let service = service_fn(|request| {
            let handler = Arc::clone(handler);
            async move { Ok::<_, Infallible>(handler.answer(request, peer).await) }
        });
        let connection = http.serve_connection(TokioIo::new(self.stream), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            biased;
            ended = connection.as_mut() => ended,
            () = draining(&mut self.phase) => {
                // An idle connection is closed now, a busy one after its answer.
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    biased;
                    ended = connection.as_mut() => ended,
                    _ = self.phase.changed() => Ok(()),
                }
            }
        };
        if let Err(error) = ended {
            if error.is_timeout() {
                handler.counters.head_too_slow.fetch_add(1, Relaxed);
            } else if error.is_parse() {
                handler.counters.not_http.fetch_add(1, Relaxed);
            }
            tracing::debug!(%error, %peer, "a connection ended early");
        }
    }
}

/// Returns when the listener drains, or is gone.
async fn draining(phase: &mut watch::Receiver<Phase>) {
    let _ = phase.wait_for(|phase| *phase == Phase::Draining).await;
}
