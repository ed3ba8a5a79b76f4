//! Many writes in one command, each on its own: what one of them meets does not stop the
//! others.
//!
//! The driver's own bulk write needs MongoDB 8, so these are the `update`, `delete` and
//! `insert` commands of every version.

use crate::connection::Connection;
use crate::error::{MongoError, Result};
use futures::stream::{self, StreamExt};
use mongodb::bson::raw::{CStr, cstr};
use mongodb::bson::{Document, RawArrayBuf, RawDocumentBuf};

/// How many writes go into one command: enough that a command's own cost vanishes, and
/// few enough that others get their turn.
const MOST: usize = 1_000;

/// How many commands of one write may be out at a time: MongoDB handles each on one core.
const AT_ONCE: usize = 2;

/// What another document with the same unique key answers.
const DUPLICATE_KEY: i32 = 11000;

/// A kind of command.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Verb {
    Update,
    Delete,
    Insert,
}

impl Verb {
    /// The command's name, and that of its list.
    fn names(self) -> (&'static CStr, &'static CStr) {
        match self {
            Self::Update => (cstr!("update"), cstr!("updates")),
            Self::Delete => (cstr!("delete"), cstr!("deletes")),
            Self::Insert => (cstr!("insert"), cstr!("documents")),
        }
    }
}

impl Connection {
    /// Writes all of these, those behind a failure too, and returns the places of those
    /// that met another document with the same unique key.
    pub(crate) async fn bulk(
        &self,
        verb: Verb,
        collection: &str,
        writes: &[RawDocumentBuf],
    ) -> Result<Vec<usize>> {
        let commands: Vec<_> = writes
            .chunks(MOST)
            .map(|some| self.one_bulk(verb, collection, some))
            .collect();
        let mut answers = stream::iter(commands).buffered(AT_ONCE);
        let mut all = Ok(Vec::new());
        let mut first = 0;
        while let Some(answer) = answers.next().await {
            match (&mut all, answer) {
                (Ok(all), Ok(places)) => all.extend(places.into_iter().map(|n| first + n)),
                (Ok(_), Err(error)) => all = Err(error),
                (Err(_), _) => {}
            }
            first += MOST;
        }
        all
    }

    async fn one_bulk(
        &self,
        verb: Verb,
        collection: &str,
        writes: &[RawDocumentBuf],
    ) -> Result<Vec<usize>> {
        let (command, list) = verb.names();
        let mut array = RawArrayBuf::new();
        for write in writes {
            array.push(write);
        }
        let mut bulk = RawDocumentBuf::new();
        bulk.append(command, collection);
        bulk.append(cstr!("ordered"), false);
        bulk.append(cstr!("writeConcern"), self.write_concern());
        bulk.append(list, array);
        outcome(&self.command(bulk).await?)
    }
}

/// What the answer says of the writes that did not go through.
fn outcome(answer: &Document) -> Result<Vec<usize>> {
    if let Ok(error) = answer.get_document("writeConcernError") {
        return Err(said(error));
    }
    let Ok(errors) = answer.get_array("writeErrors") else {
        return Ok(Vec::new());
    };
    let mut duplicates = Vec::with_capacity(errors.len());
    for error in errors.iter().filter_map(|error| error.as_document()) {
        let index = error
            .get_i32("index")
            .ok()
            .and_then(|n| usize::try_from(n).ok());
        match (error.get_i32("code"), index) {
            (Ok(DUPLICATE_KEY), Some(index)) => duplicates.push(index),
            _ => return Err(said(error)),
        }
    }
    Ok(duplicates)
}

fn said(error: &Document) -> MongoError {
    MongoError::of_code(
        error.get_i32("code").unwrap_or_default(),
        error.get_str("codeName").unwrap_or_default(),
        error.get_str("errmsg").unwrap_or_default(),
    )
}
