//! Telling the simulated Instagram to fail.

use super::errors::GraphError;
use heliograph_model::{AccountId, ContactId};

/// How requests fail, which, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What happens instead of an answer.
    pub failure: Failure,
    /// Which requests it happens to.
    pub requests: Requests,
    /// Only those of this account.
    pub account: Option<AccountId>,
    /// Only those that concern this person. A private reply concerns whoever wrote the
    /// comment.
    pub person: Option<ContactId>,
    /// So many times; `None` until it is lifted.
    pub times: Option<u32>,
}

impl Fault {
    /// Every request fails so, until the fault is lifted.
    #[must_use]
    pub fn always(failure: Failure) -> Self {
        Self {
            failure,
            requests: Requests::All,
            account: None,
            person: None,
            times: None,
        }
    }

    /// The next `times` requests fail so.
    #[must_use]
    pub fn next(times: u32, failure: Failure) -> Self {
        Self {
            times: Some(times),
            ..Self::always(failure)
        }
    }

    /// Only requests of this account.
    #[must_use]
    pub fn of_account(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }

    /// Only requests that concern this person.
    #[must_use]
    pub fn for_person(mut self, person: ContactId) -> Self {
        self.person = Some(person);
        self
    }

    /// Only such requests.
    #[must_use]
    pub fn on(mut self, requests: Requests) -> Self {
        self.requests = requests;
        self
    }
}

/// Which requests a fault is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Requests {
    /// Any.
    All,
    /// Messages, reactions, private and public replies.
    Sends,
    /// Profiles of people.
    Profiles,
}

/// What happens instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A status with an empty body, before anything took effect: HTTP 500, 502, 503, 429.
    Status(u16),
    /// One of Meta's errors, with any code, status and `Retry-After`.
    Error(GraphError),
    /// 190/463, as if the token had just expired.
    TokenExpired,
    /// There is never an answer, and nothing took effect.
    NeverAnswers,
    /// The connection is dropped before anything took effect.
    DropBefore,
    /// It takes effect, and the connection is dropped before the answer.
    DropAfter,
    /// It takes effect, and the answer is an unknown error (code 1) all the same.
    UnknownErrorAfter,
    /// It takes effect, and the answer is not JSON.
    GarbledAfter,
    /// It takes effect, and the answer comes so many milliseconds later.
    Slow(u64),
}

impl Failure {
    /// 613 or another limit's code with `Retry-After`, as HTTP 429.
    #[must_use]
    pub fn limited(code: i32, retry_after_s: u32) -> Self {
        Self::Error(GraphError {
            status: 429,
            retry_after_s: Some(retry_after_s),
            ..GraphError::new(code, None, format!("(#{code}) Too many calls"))
        })
    }

    /// An error with this code and subcode.
    #[must_use]
    pub fn error(code: i32, subcode: impl Into<Option<i32>>) -> Self {
        Self::Error(GraphError::new(
            code,
            subcode,
            format!("(#{code}) As it was told"),
        ))
    }
}

/// Names a fault that was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FaultId(u64);

/// The faults that are set; the oldest that fits a request is the one that happens.
#[derive(Debug, Default)]
pub(super) struct Faults {
    set: Vec<(FaultId, Fault)>,
    counted: u64,
}

impl Faults {
    pub(super) fn set(&mut self, fault: Fault) -> FaultId {
        self.counted += 1;
        let id = FaultId(self.counted);
        if fault.times != Some(0) {
            self.set.push((id, fault));
        }
        id
    }

    /// Takes a fault away; whether it was still set.
    pub(super) fn lift(&mut self, id: FaultId) -> bool {
        let before = self.set.len();
        self.set.retain(|(other, _)| *other != id);
        self.set.len() < before
    }

    pub(super) fn lift_all(&mut self) {
        self.set.clear();
    }

    pub(super) fn list(&self) -> Vec<(FaultId, Fault)> {
        self.set.clone()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// The failure of a request, counted down.
    pub(super) fn happen(
        &mut self,
        requests: Requests,
        account: &AccountId,
        person: Option<&ContactId>,
    ) -> Option<Failure> {
        let place = self.set.iter().position(|(_, fault)| {
            (fault.requests == Requests::All || fault.requests == requests)
                && fault.account.as_ref().is_none_or(|only| only == account)
                && fault
                    .person
                    .as_ref()
                    .is_none_or(|only| Some(only) == person)
        })?;
        let fault = &mut self.set[place].1;
        let failure = fault.failure.clone();
        if let Some(times) = &mut fault.times {
            *times -= 1;
            if *times == 0 {
                self.set.remove(place);
            }
        }
        Some(failure)
    }
}
