//! Telling the callers how their transaction ended.

use crate::error::Failure;
use crate::inbox::{After, Request};
use heliograph_engine::ports::PortResult;
use heliograph_model::DeliveryId;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// How a request went inside its transaction, before anybody is told.
pub(crate) enum Outcome {
    Pushed(i64),
    Applied(Option<i64>),
    Written,
    Task(After),
    Taken,
}

/// A transaction that has ended, with everybody who was in it.
pub(crate) struct Answers {
    pub(crate) batch: Vec<Request>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) result: Result<(), Failure>,
}

/// Where answers are told. Waking a thousand tasks and freeing what they had asked for
/// costs the runtime's own threads much less than the writer's, which everybody waits for.
pub(crate) struct Teller(Option<UnboundedSender<Answers>>);

impl Teller {
    /// Tells in the runtime that this is called in, or else on the writer's thread.
    pub(crate) fn new() -> Self {
        Self(tokio::runtime::Handle::try_current().ok().map(|runtime| {
            let (sender, mut receiver) = unbounded_channel::<Answers>();
            runtime.spawn(async move {
                while let Some(answers) = receiver.recv().await {
                    answers.tell();
                }
            });
            sender
        }))
    }

    pub(crate) fn tell(&self, answers: Answers) {
        match &self.0 {
            // The runtime has ended before the database; others may still wait.
            Some(sender) => sender
                .send(answers)
                .unwrap_or_else(|unsent| unsent.0.tell()),
            None => answers.tell(),
        }
    }
}

impl Answers {
    fn tell(self) {
        fn told<T>(result: Result<(), &Failure>, value: T) -> PortResult<T> {
            result.map(|()| value).map_err(Failure::to_port)
        }
        let result = self.result.as_ref().copied();
        let mut outcomes = self.outcomes.into_iter();
        for request in self.batch {
            let outcome = outcomes.next();
            // Whoever went away meanwhile needs no answer: what it asked for is done.
            match (request, outcome) {
                (Request::Push(_, reply), outcome) => {
                    let id = match outcome {
                        Some(Outcome::Pushed(id)) => id,
                        _ => 0,
                    };
                    let _ = reply.send(told(result, DeliveryId(id)));
                }
                (Request::Commit(_, reply), outcome) => {
                    let first = match outcome {
                        Some(Outcome::Applied(first)) => first,
                        _ => None,
                    };
                    let _ = reply.send(told(result, first));
                }
                (
                    Request::PutContact(_, reply)
                    | Request::BeginSends(_, reply)
                    | Request::EndSends(_, reply),
                    _,
                ) => {
                    let _ = reply.send(told(result, ()));
                }
                (Request::Task(_), Some(Outcome::Task(after))) => after(result),
                // A task that did not run drops its reply, and its caller is told that
                // nothing was written.
                (Request::Task(_), _) => {}
            }
        }
    }
}
