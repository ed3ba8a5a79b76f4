//! Rewrites of documents that other applications write too.
//!
//! A document is never replaced. What becomes of it is the difference between what we read
//! out of it and what it is to be, so that everything in it that we do not know survives,
//! also deep inside, and what another application changes elsewhere in it meanwhile too.

use mongodb::bson::{Bson, Document, doc};

/// The update that makes of `stored` what `new` is to `old`; `None` when that is nothing.
/// `old` is what we read out of `stored`, written as we write.
pub(crate) fn update(stored: &Document, old: &Document, new: &Document) -> Option<Document> {
    let mut change = Change::default();
    change.between("", stored, old, new);
    let mut update = Document::new();
    if !change.set.is_empty() {
        update.insert("$set", change.set);
    }
    if !change.unset.is_empty() {
        update.insert("$unset", change.unset);
    }
    (!update.is_empty()).then_some(update)
}

#[derive(Default)]
struct Change {
    set: Document,
    unset: Document,
}

impl Change {
    fn between(&mut self, path: &str, stored: &Document, old: &Document, new: &Document) {
        for key in old.keys() {
            if !new.contains_key(key) && stored.contains_key(key) {
                self.unset.insert(join(path, key), "");
            }
        }
        for (key, value) in new {
            let (stored, old) = (stored.get(key), old.get(key));
            if old == Some(value) {
                continue;
            }
            match (stored, old, value) {
                (Some(Bson::Document(stored)), Some(Bson::Document(old)), Bson::Document(new)) => {
                    self.between(&join(path, key), stored, old, new);
                }
                // We read nothing out of it, and it stays what it is.
                (Some(Bson::Document(stored)), None, Bson::Document(new)) => {
                    self.between(&join(path, key), stored, &Document::new(), new);
                }
                (stored, old, new) => {
                    self.set.insert(join(path, key), merged(stored, old, new));
                }
            }
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// `new` with what `stored` holds beside `old`.
fn merged(stored: Option<&Bson>, old: Option<&Bson>, new: &Bson) -> Bson {
    match (stored, old, new) {
        (Some(stored), Some(old), new) if old == new => stored.clone(),
        (Some(Bson::Document(stored)), Some(Bson::Document(old)), Bson::Document(new)) => {
            Bson::Document(merged_document(stored, old, new))
        }
        (Some(Bson::Array(stored)), Some(Bson::Array(old)), Bson::Array(new))
            if stored.len() == old.len() =>
        {
            Bson::Array(merged_array(stored, old, new))
        }
        _ => new.clone(),
    }
}

fn merged_document(stored: &Document, old: &Document, new: &Document) -> Document {
    let mut merge = stored.clone();
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        merge.remove(key);
    }
    for (key, value) in new {
        merge.insert(key, merged(stored.get(key), old.get(key), value));
    }
    merge
}

/// An element that is the same as before takes what was stored for it along to its new
/// place; one that is new at a place whose element is gone is an edit of that one.
fn merged_array(stored: &[Bson], old: &[Bson], new: &[Bson]) -> Vec<Bson> {
    let mut is_taken = vec![false; old.len()];
    let kept: Vec<Option<usize>> = new
        .iter()
        .map(|value| {
            let place = (0..old.len()).find(|&place| !is_taken[place] && old[place] == *value)?;
            is_taken[place] = true;
            Some(place)
        })
        .collect();
    new.iter()
        .zip(kept)
        .enumerate()
        .map(|(place, (value, kept))| match kept {
            Some(before) => stored[before].clone(),
            None if is_taken.get(place) == Some(&false) => {
                merged(Some(&stored[place]), Some(&old[place]), value)
            }
            None => value.clone(),
        })
        .collect()
}

/// What a document must still hold for an update that was made from it to be right:
/// nobody edited it meanwhile, us or others.
pub(crate) fn unchanged(stored: &Document) -> Document {
    let mut filter = doc! { "_id": stored.get("_id").cloned().unwrap_or(Bson::Null) };
    for key in ["version", "updatedAt"] {
        // `null` also finds a document without the field.
        filter.insert(key, stored.get(key).cloned().unwrap_or(Bson::Null));
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_written_and_the_rest_survives() {
        let stored = doc! {
            "a": 1, "theirs": true, "gone": 1, "same": "x",
            "in": { "b": 2, "theirs": [1], "c": { "d": 1, "theirs": 1 } },
        };
        let old = doc! { "a": 1, "gone": 1, "same": "y", "in": { "b": 2, "c": { "d": 1 } } };
        let new = doc! { "a": 5, "same": "y", "in": { "b": 2, "c": { "d": 2 } }, "more": 9 };
        assert_eq!(
            update(&stored, &old, &new),
            Some(doc! {
                "$set": { "a": 5, "in.c.d": 2, "more": 9 },
                "$unset": { "gone": "" },
            })
        );
        assert_eq!(update(&stored, &old, &old), None);
    }

    #[test]
    fn a_field_that_is_null_is_set_as_a_whole() {
        let stored = doc! { "in": Bson::Null };
        let (old, new) = (doc! { "in": {} }, doc! { "in": { "b": 1 } });
        assert_eq!(
            update(&stored, &old, &new),
            Some(doc! { "$set": { "in": { "b": 1 } } })
        );
    }

    #[test]
    fn elements_of_lists_keep_what_is_theirs() {
        let stored = doc! { "list": [
            { "t": "one", "theirs": 1 }, { "t": "two", "theirs": 2 }, "three",
        ] };
        let old = doc! { "list": [{ "t": "one" }, { "t": "two" }, { "t": "three" }] };
        let new = doc! { "list": [
            { "t": "three" }, { "t": "TWO" }, { "t": "one" }, { "t": "four" },
        ] };
        assert_eq!(
            update(&stored, &old, &new),
            Some(doc! { "$set": { "list": [
                "three", { "t": "TWO", "theirs": 2 }, { "t": "one", "theirs": 1 }, { "t": "four" },
            ] } })
        );
    }
}
