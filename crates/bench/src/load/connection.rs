//! One keep-alive connection.

use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One keep-alive connection that writes requests and reads the status of each answer.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    seen: Vec<u8>,
    /// How much of `seen` has been read already.
    used: usize,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            seen: Vec::with_capacity(16 * 1024),
            used: 0,
        })
    }

    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(request).await?)
    }

    /// The status of the next answer.
    pub(crate) async fn answer(&mut self) -> Result<u16> {
        loop {
            if let Some((status, length)) = parse(&self.seen[self.used..])? {
                self.used += length;
                if self.used == self.seen.len() {
                    self.seen.clear();
                    self.used = 0;
                }
                return Ok(status);
            }
            self.seen.drain(..self.used);
            self.used = 0;
            if self.stream.read_buf(&mut self.seen).await? == 0 {
                bail!("the connection was closed instead of an answer");
            }
        }
    }
}

/// The status and the length of an answer, once it is there as a whole.
fn parse(seen: &[u8]) -> Result<Option<(u16, usize)>> {
    let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&seen[..end])?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|status| status.parse().ok())
        .context("the answer is not HTTP")?;
    let length: usize = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .context("the answer has no length")?;
    let whole = end + 4 + length;
    Ok((seen.len() >= whole).then_some((status, whole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_only_when_it_is_whole() {
        let one = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        for cut in 0..one.len() {
            assert_eq!(parse(&one[..cut]).expect("HTTP"), None);
        }
        let two = [&one[..], b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n"].concat();
        assert_eq!(parse(&two).expect("HTTP"), Some((200, one.len())));
        let rest = &two[one.len()..];
        assert_eq!(parse(rest).expect("HTTP"), Some((503, rest.len())));
        assert!(parse(b"nonsense\r\n\r\n").is_err());
    }
}
