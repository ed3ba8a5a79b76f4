//! Reading a body within its bounds.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::timeout;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is longer than the limit.
    TooLarge,
    /// It took too long.
    TooSlow,
    /// It ended early or is not framed as it says.
    Broken,
    /// All connections together hold as much as they may.
    Busy,
}

/// How many bytes of long bodies all connections hold together.
#[derive(Debug)]
pub(crate) struct Budget {
    held: AtomicUsize,
    most: usize,
}

impl Budget {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            held: AtomicUsize::new(0),
            most,
        }
    }
}

/// A share of the budget, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share<'a> {
    budget: &'a Budget,
    bytes: usize,
}

impl<'a> Share<'a> {
    fn none(budget: &'a Budget) -> Self {
        Self { budget, bytes: 0 }
    }

    fn grow(&mut self, by: usize) -> Result<(), Unread> {
        let held = self.budget.held.fetch_add(by, Relaxed) + by;
        self.bytes += by;
        if held > self.budget.most {
            return Err(Unread::Busy);
        }
        Ok(())
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.budget.held.fetch_sub(self.bytes, Relaxed);
        }
    }
}

/// Reads a body of at most `most` bytes. One that came in one piece, as nearly all do, is
/// copied out of the connection's buffer: a few hundred bytes that wait in a queue would
/// otherwise hold on to all of that buffer, and the connection could not use it again. A
/// longer one is put together and counts against the budget as long as the share lives.
pub(crate) async fn read<'a>(
    body: &mut Incoming,
    most: usize,
    budget: &'a Budget,
    within: Duration,
) -> Result<(Bytes, Share<'a>), Unread> {
    timeout(within, pieces(body, most, budget))
        .await
        .unwrap_or(Err(Unread::TooSlow))
}

async fn pieces<'a>(
    body: &mut Incoming,
    most: usize,
    budget: &'a Budget,
) -> Result<(Bytes, Share<'a>), Unread> {
    let mut share = Share::none(budget);
    let first = piece(body).await?.unwrap_or_default();
    if first.len() > most {
        return Err(Unread::TooLarge);
    }
    if body.is_end_stream() {
        return Ok((Bytes::copy_from_slice(&first), share));
    }
    let Some(second) = piece(body).await? else {
        return Ok((Bytes::copy_from_slice(&first), share));
    };
    let mut whole = BytesMut::new();
    let mut next = Some(second);
    share.grow(first.len())?;
    whole.extend_from_slice(&first);
    drop(first);
    while let Some(piece_of_it) = next {
        if whole.len() + piece_of_it.len() > most {
            return Err(Unread::TooLarge);
        }
        share.grow(piece_of_it.len())?;
        whole.extend_from_slice(&piece_of_it);
        next = piece(body).await?;
    }
    Ok((whole.freeze(), share))
}

async fn piece(body: &mut Incoming) -> Result<Option<Bytes>, Unread> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        // Trailers say nothing that is needed here.
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// Reads on without keeping anything, so that somebody who is still sending gets to see
/// the refusal instead of a reset connection. Returns whether the end was reached within
/// `most` bytes and the time.
pub(crate) async fn discard(body: &mut Incoming, most: usize, within: Duration) -> bool {
    let to_the_end = async {
        let mut seen = 0;
        while let Ok(Some(data)) = piece(body).await {
            seen += data.len();
            if seen > most {
                return false;
            }
        }
        body.is_end_stream()
    };
    timeout(within, to_the_end).await.unwrap_or(false)
}
