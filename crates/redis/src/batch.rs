//! Many requests in one command.
//!
//! A request that finds nobody under way goes at once. Those that come while others are
//! under way wait for each other and go together, so that a busy worker asks Redis
//! once for dozens of conversations, and an idle one waits for nothing.

use futures::future::BoxFuture;
use heliograph_engine::ports::{PortError, PortResult};
use tokio::sync::{mpsc, oneshot};

/// Requests that go together at the most.
const MOST: usize = 64;
/// What each request of one command is answered.
pub(crate) type Answers<A> = Vec<PortResult<A>>;
type Waiting<Q, A> = (Q, oneshot::Sender<PortResult<A>>);

/// One kind of request.
#[derive(Debug)]
pub(crate) struct Batch<Q, A> {
    sender: mpsc::UnboundedSender<Waiting<Q, A>>,
}

impl<Q: Send + 'static, A: Send + 'static> Batch<Q, A> {
    /// `run` answers many requests, in their order. An error of its own is that of all of
    /// them, as when nobody answers; what is wrong with one of them is that one's answer.
    /// Ends when this is dropped.
    pub(crate) fn new(
        run: impl Fn(Vec<Q>) -> BoxFuture<'static, PortResult<Answers<A>>> + Send + Sync + 'static,
    ) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(work(receiver, run));
        Self { sender }
    }

    /// The answer to one request.
    pub(crate) async fn ask(&self, request: Q) -> PortResult<A> {
        let (reply, answer) = oneshot::channel();
        // Both ends live as long as `self`, but for a runtime that is ending.
        let gone = || PortError::Unavailable("the process is ending".to_owned());
        self.sender.send((request, reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

async fn work<Q: Send + 'static, A: Send + 'static>(
    mut receiver: mpsc::UnboundedReceiver<Waiting<Q, A>>,
    run: impl Fn(Vec<Q>) -> BoxFuture<'static, PortResult<Answers<A>>> + Send + Sync + 'static,
) {
    loop {
        let mut waiting = Vec::with_capacity(MOST);
        if receiver.recv_many(&mut waiting, MOST).await == 0 {
            return;
        }
        let (requests, replies): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        match run(requests).await {
            Ok(answers) => {
                for (answer, reply) in answers.into_iter().zip(replies) {
                    // Who asked may have stopped waiting.
                    let _ = reply.send(answer);
                }
            }
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(again(&error)));
                }
            }
        }
    }
}

/// The same error for another one who asked.
fn again(error: &PortError) -> PortError {
    if error.is_transient() {
        PortError::Unavailable(error.to_string())
    } else {
        PortError::other(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn each_gets_its_own_answer_and_many_go_together() {
        let runs = Arc::new(AtomicUsize::new(0));
        let batch = Batch::new({
            let runs = Arc::clone(&runs);
            move |numbers: Vec<u64>| {
                runs.fetch_add(1, Ordering::SeqCst);
                Box::pin(async move {
                    tokio::task::yield_now().await;
                    Ok(numbers.into_iter().map(|n| Ok(n * 2)).collect())
                })
            }
        });
        let all = (0..640).map(|n| batch.ask(n));
        let answers = futures::future::join_all(all).await;
        for (n, answer) in (0..).zip(answers) {
            assert_eq!(answer.expect("an answer"), n * 2);
        }
        assert!(runs.load(Ordering::SeqCst) <= 20, "they went together");
    }

    #[tokio::test]
    async fn what_is_wrong_with_one_is_told_to_that_one_alone() {
        let batch = Batch::new(|numbers: Vec<u8>| {
            Box::pin(async move {
                let odd = |n: u8| match n % 2 {
                    0 => Ok(n),
                    _ => Err(PortError::other("it is odd")),
                };
                Ok(numbers.into_iter().map(odd).collect())
            })
        });
        let all = futures::future::join_all((0..64).map(|n| batch.ask(n))).await;
        let failed = all.iter().enumerate().filter(|(_, answer)| answer.is_err());
        assert!(failed.map(|(n, _)| n).eq((0..64).filter(|n| n % 2 == 1)));
    }

    #[tokio::test]
    async fn an_error_reaches_everybody() {
        let batch: Batch<u8, u8> = Batch::new(|_| {
            Box::pin(async { Err(PortError::Unavailable("it is away".to_owned())) })
        });
        let (one, two) = tokio::join!(batch.ask(1), batch.ask(2));
        assert!(one.is_err_and(|error| error.is_transient()));
        assert!(two.is_err_and(|error| error.is_transient()));
    }
}
