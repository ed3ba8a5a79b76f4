//! A proxy in front of a server that makes its answers come late.

use anyhow::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// A server, some time away. Dropping it ends its connections.
#[derive(Debug)]
pub struct Slow {
    /// Where it is, on this machine.
    pub port: u16,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    delay_ms: AtomicU64,
    /// Pieces of answers that were held up.
    held_up: AtomicU64,
}

impl Slow {
    /// In front of what listens at `port` of this machine; for now nothing is late.
    ///
    /// # Errors
    /// When there is no port for it.
    pub async fn before(port: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let own = listener.local_addr()?.port();
        let shared: Arc<Shared> = Arc::default();
        let accepting = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                let mut connections = tokio::task::JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    // A connection ends when one of its ends does, which is no error.
                    connections.spawn(pass(stream, port, Arc::clone(&shared)));
                }
            }
        });
        Ok(Self {
            port: own,
            shared,
            accepting,
        })
    }

    /// From now on every answer comes so much later, each in its order.
    pub fn by(&self, delay: Duration) {
        let delay = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.shared.delay_ms.store(delay, Ordering::SeqCst);
    }

    /// How many pieces of answers were held up so far.
    #[must_use]
    pub fn held_up(&self) -> u64 {
        self.shared.held_up.load(Ordering::SeqCst)
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(client: TcpStream, port: u16, shared: Arc<Shared>) -> Result<()> {
    client.set_nodelay(true)?;
    let server = TcpStream::connect(("127.0.0.1", port)).await?;
    server.set_nodelay(true)?;
    let (mut asks, mut hears) = client.into_split();
    let (mut answers, mut asked) = server.into_split();
    let (sender, mut late) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let asking = async {
        tokio::io::copy(&mut asks, &mut asked).await?;
        anyhow::Ok(())
    };
    let reading = async {
        loop {
            let mut piece = vec![0; 64 * 1024];
            let length = answers.read(&mut piece).await?;
            anyhow::ensure!(length > 0, "the server ended the connection");
            piece.truncate(length);
            let delay = shared.delay_ms.load(Ordering::SeqCst);
            shared
                .held_up
                .fetch_add(u64::from(delay > 0), Ordering::SeqCst);
            sender.send((Instant::now() + Duration::from_millis(delay), piece))?;
        }
    };
    let answering = async {
        while let Some((at, piece)) = late.recv().await {
            sleep_until(at).await;
            hears.write_all(&piece).await?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        ended = asking => ended,
        ended = reading => ended,
        ended = answering => ended,
    }
}
