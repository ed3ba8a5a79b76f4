//! A gate in front of the simulated Instagram that sees what is under way at the same
//! time.

use anyhow::{Context, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Passes requests on, and holds every look at a profile up for a while.
#[derive(Debug)]
pub struct Gate {
    /// Where requests go in.
    pub url: String,
    seen: Arc<Mutex<Seen>>,
    passing: JoinHandle<()>,
}

/// What went through.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    /// Looks at profiles.
    pub looks: usize,
    /// Looks at a profile while another look at the same one was under way.
    pub overlaps: Vec<String>,
    /// The most looks that were under way together, whoever they were for.
    pub most_together: usize,
    open: HashMap<String, usize>,
}

impl Gate {
    /// In front of the server at `url`; looks take `look` longer.
    ///
    /// # Errors
    /// When there is no port for it.
    pub async fn before(url: &str, look: Duration) -> Result<Self> {
        let to = url
            .strip_prefix("http://")
            .context("an address without TLS")?
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let passing = tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (to, seen) = (to.clone(), Arc::clone(&seen));
                    // A connection ends when one of its ends does, which is no error.
                    tokio::spawn(async move { pass(stream, &to, look, &seen).await });
                }
            }
        });
        Ok(Self { url, seen, passing })
    }

    /// What went through so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.seen.lock().clone()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

async fn pass(stream: TcpStream, to: &str, look: Duration, seen: &Mutex<Seen>) -> Result<()> {
    let (read, mut answer) = stream.into_split();
    let mut requests = BufReader::new(read);
    let (read, mut forward) = TcpStream::connect(to).await?.into_split();
    let mut answers = BufReader::new(read);
    loop {
        let request = message(&mut requests).await?;
        let whose = profile(&request);
        if let Some(whose) = &whose {
            seen.lock().enters(whose);
            tokio::time::sleep(look).await;
        }
        forward.write_all(&request).await?;
        let answered = message(&mut answers).await;
        if let Some(whose) = &whose {
            seen.lock().leaves(whose);
        }
        answer.write_all(&answered?).await?;
    }
}

impl Seen {
    fn enters(&mut self, whose: &str) {
        self.looks += 1;
        let open = self.open.entry(whose.to_owned()).or_default();
        *open += 1;
        if *open > 1 {
            self.overlaps.push(whose.to_owned());
        }
        let together = self.open.values().sum();
        self.most_together = self.most_together.max(together);
    }

    fn leaves(&mut self, whose: &str) {
        if let Some(open) = self.open.get_mut(whose) {
            *open -= 1;
        }
    }
}

/// Whose profile a request asks for: `GET /v25.0/{contact}?fields=…`.
fn profile(request: &[u8]) -> Option<String> {
    let line = String::from_utf8_lossy(request.split(|byte| *byte == b'\r').next()?).into_owned();
    let path = line.strip_prefix("GET ")?.split([' ', '?']).next()?;
    path.rsplit('/').next().map(str::to_owned)
}

/// One request or answer: its head, and as much of a body as the head says.
async fn message(from: &mut (impl AsyncBufReadExt + Unpin)) -> Result<Vec<u8>> {
    let mut whole = Vec::new();
    let mut length = 0;
    loop {
        let start = whole.len();
        let read = from.read_until(b'\n', &mut whole).await?;
        anyhow::ensure!(read > 0, "the connection has ended");
        let line = String::from_utf8_lossy(&whole[start..]).to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let start = whole.len();
    whole.resize(start + length, 0);
    from.read_exact(&mut whole[start..]).await?;
    Ok(whole)
}
