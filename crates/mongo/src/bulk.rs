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

/// A write that did not go through for what it is: again it would not either.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    /// Its place among the writes.
    pub place: usize,
    /// Another document has the same unique key.
    pub is_duplicate: bool,
    /// That key is the document's id.
    pub has_same_id: bool,
    /// What the server said.
    pub why: MongoError,
}

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
    /// Writes all of these, those behind a failure too, and returns those that were refused
    /// for what they are.
    pub(crate) async fn bulk(
        &self,
        verb: Verb,
        collection: &str,
        writes: &[RawDocumentBuf],
    ) -> Result<Vec<Refused>> {
        let commands: Vec<_> = writes
            .chunks(MOST)
            .map(|some| self.one_bulk(verb, collection, some))
            .collect();
        let mut answers = stream::iter(commands).buffered(AT_ONCE);
        let mut all = Ok(Vec::new());
        let mut first = 0;
        while let Some(answer) = answers.next().await {
            match (&mut all, answer) {
                (Ok(all), Ok(refused)) => all.extend(refused.into_iter().map(|one| Refused {
                    place: first + one.place,
                    ..one
                })),
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
    ) -> Result<Vec<Refused>> {
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

/// What the answer says of the writes that did not go through. What passes, such as an
/// election in the middle of it, is an error of the whole.
fn outcome(answer: &Document) -> Result<Vec<Refused>> {
    if let Ok(error) = answer.get_document("writeConcernError") {
        return Err(said(error));
    }
    let Ok(errors) = answer.get_array("writeErrors") else {
        return Ok(Vec::new());
    };
    let mut refused = Vec::with_capacity(errors.len());
    for error in errors.iter().filter_map(|error| error.as_document()) {
        let why = said(error);
        let index = error
            .get_i32("index")
            .ok()
            .and_then(|n| usize::try_from(n).ok());
        let Some(place) = index.filter(|_| !why.trouble().is_transient()) else {
            return Err(why);
        };
        let is_duplicate = error
            .get_i32("code")
            .is_ok_and(|code| code == DUPLICATE_KEY);
        refused.push(Refused {
            place,
            is_duplicate,
            has_same_id: is_duplicate && is_of_id(error),
            why,
        });
    }
    Ok(refused)
}

/// Whether the key that another document has is the id. A server that does not name the
/// key is taken at that.
fn is_of_id(error: &Document) -> bool {
    match error.get_document("keyPattern") {
        Ok(pattern) => pattern.keys().eq(["_id"]),
        Err(_) => true,
    }
}

fn said(error: &Document) -> MongoError {
    MongoError::of_code(
        error.get_i32("code").unwrap_or_default(),
        error.get_str("codeName").unwrap_or_default(),
        error.get_str("errmsg").unwrap_or_default(),
    )
}
