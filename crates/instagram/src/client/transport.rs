//! A request that got no answer: whether it was on its way decides what that means.

use super::answer;
use crate::wire::Again;
use heliograph_model::{ErrorClass, SendError};
use std::error::Error;

/// No answer at all. Before the request was written nothing can have happened, so it is
/// tried again; after that nobody knows.
pub(super) fn failed(error: &reqwest::Error, again: Again) -> SendError {
    if error.is_connect() || error.is_builder() || never_left(error) {
        return answer::no_answer(
            ErrorClass::Retry,
            format!(
                "Instagram cannot be reached: {}. Check the network; it is tried again by itself.",
                cause(error)
            ),
        );
    }
    answer::cut_off(again, &cause(error))
}

/// The answer began and broke off.
pub(super) fn cut_short(error: &reqwest::Error, again: Again) -> SendError {
    answer::cut_off(again, &cause(error))
}

/// Whether hyper gave the request back before it wrote any of it, as when a kept
/// connection turned out to be closed.
fn never_left(error: &reqwest::Error) -> bool {
    sources(error)
        .filter_map(|source| source.downcast_ref::<hyper::Error>())
        .any(hyper::Error::is_canceled)
}

/// The innermost cause, which says what happened. It never holds the address or a
/// header; the outer layers hold the address.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the time allowed has passed".into();
    }
    sources(error)
        .last()
        .map_or_else(|| "the request failed".into(), ToString::to_string)
}

fn sources<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |source: &&'a (dyn Error + 'static)| {
        (*source).source()
    })
}
