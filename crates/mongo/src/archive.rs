//! The changes of many conversations in one write for each collection.
//!
//! Every part may be written again: a state that is older than the stored one changes
//! nothing, fields of a contact are set to what they are already, and a mark that is there
//! stays.
//!
//! What is not there yet is inserted and not upserted: that costs MongoDB a quarter. Without
//! a unique index a second insert would be a second document, so there it is upserted.

use crate::bulk::{Refused, Verb};
use crate::connection::Connection;
use crate::documents::mark;
use crate::error::Result;
use crate::store::MongoStore;
use crate::values::{date, id_bson, millis};
use async_trait::async_trait;
use heliograph_engine::ports::{Archive, ConversationChange, Mark, PortResult, Refusal, Refusals};
use heliograph_model::{AccountId, ContactChange, ContactId, Millis, StateChange, UserState};
use mongodb::bson::raw::cstr;
use mongodb::bson::{Bson, RawDocumentBuf, doc, rawdoc};
use std::collections::{BTreeMap, HashMap, HashSet};

#[async_trait]
impl Archive for MongoStore {
    async fn write(&self, changes: &[ConversationChange], marks: &[Mark]) -> PortResult<Refusals> {
        let to = &*self.connection;
        let states = latest(changes);
        let (set, cleared, contacts, marks) = tokio::join!(
            write_states(to, &states),
            clear_states(to, &states),
            write_contacts(to, changes),
            write_marks(to, marks),
        );
        // All have ended, so that what is given again meets nothing under way.
        let (set, cleared, contacts, marks) = (set?, cleared?, contacts?, marks?);
        let changes = set.into_iter().chain(cleared).chain(contacts);
        Ok(Refusals {
            changes: by_place(changes),
            marks: by_place(marks),
        })
    }

    async fn remove_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        entered: Millis,
    ) -> PortResult<()> {
        let to = &*self.connection;
        let delete = rawdoc! {
            "q": {
                "accountId": account.as_str(),
                "senderId": contact.as_str(),
                "updatedAt": date(entered),
            },
            "limit": 0,
        };
        let name = &to.names.user_states;
        match to.bulk(Verb::Delete, name, &[delete]).await?.pop() {
            Some(refused) => Err(refused.why.into()),
            None => Ok(()),
        }
    }

    async fn are_processed(&self, marks: &[String]) -> PortResult<Vec<bool>> {
        let ids = marks.iter().map(|one| mark::id(one).into_owned()).collect();
        let found = self.marks.all(ids).await?;
        Ok(found.into_iter().map(|mark| mark.is_some()).collect())
    }

    async fn newest_mark(&self) -> PortResult<Option<Millis>> {
        let name = &self.connection.names.processed_events;
        let collection = self.connection.collection(name);
        let find = collection
            .find_one(doc! {})
            .sort(doc! { "at": -1 })
            .projection(doc! { "at": 1 });
        let newest = self.connection.answer(find).await?;
        let at = newest
            .as_ref()
            .and_then(|mark| mark.get("at").ok().flatten());
        Ok(at.and_then(millis).map(Millis))
    }
}

/// A contact on an account.
type Who<'a> = (&'a AccountId, &'a ContactId);
/// Who changes, and the last change of their state.
type States<'a> = HashMap<Who<'a>, Last<'a>>;

#[derive(Clone, Copy)]
struct Last<'a> {
    /// Its place among all changes.
    place: usize,
    change: &'a StateChange,
    at: Millis,
    is_new: bool,
}

/// The last change of each state. Setting and clearing are different commands, so one
/// contact must not be in both.
fn latest(changes: &[ConversationChange]) -> States<'_> {
    let mut states = States::with_capacity(changes.len());
    for (place, change) in changes.iter().enumerate() {
        let at = match &change.state {
            StateChange::Keep => continue,
            StateChange::Set(state) => state.updated_at,
            StateChange::Clear => change.at,
        };
        let this = Last {
            place,
            change: &change.state,
            at,
            is_new: change.state_is_new,
        };
        let last = states
            .entry((&change.account_id, &change.contact_id))
            .or_insert(this);
        if last.at <= at {
            *last = this;
        }
    }
    states
}

/// Who refused what of all the changes, by its place.
type Refusing = Vec<(usize, Refused)>;

/// Those of what was written together, by their places among all the changes.
fn placed(refused: Vec<Refused>, place: impl Fn(usize) -> Option<usize>) -> Refusing {
    let all = refused.into_iter();
    all.filter_map(|one| Some((place(one.place)?, one)))
        .collect()
}

/// Each place once.
fn by_place(refused: impl IntoIterator<Item = (usize, Refused)>) -> Vec<Refusal> {
    let whys: BTreeMap<_, _> = refused
        .into_iter()
        .map(|(place, refused)| (place, refused.why.to_string()))
        .collect();
    whys.into_iter()
        .map(|(place, why)| Refusal { place, why })
        .collect()
}

async fn write_states(to: &Connection, states: &States<'_>) -> Result<Refusing> {
    let name = &to.names.user_states;
    let set = states.iter().filter_map(|(who, last)| match last.change {
        StateChange::Set(state) => Some((*who, state, last)),
        StateChange::Keep | StateChange::Clear => None,
    });
    let refuses = to.people(name, "accountId").await?.are_unique;
    let (new, known): (Vec<_>, Vec<_>) = set.partition(|(_, _, last)| last.is_new && refuses);

    let documents: Vec<_> = new
        .iter()
        .map(|(who, state, _)| {
            let (mut document, _) = state_fields(state);
            document.append(cstr!("accountId"), who.0.as_str());
            document.append(cstr!("senderId"), who.1.as_str());
            document
        })
        .collect();
    let refused = to.bulk(Verb::Insert, name, &documents).await?;
    // Created by somebody else at the same moment, by an earlier try of this, or left
    // there when it had expired.
    let (met, refused): (Vec<_>, Vec<_>) = refused.into_iter().partition(|it| it.is_duplicate);
    let mut all = placed(refused, |place| Some(new.get(place)?.2.place));
    let met = met.iter().filter_map(|refused| new.get(refused.place));
    let set: Vec<_> = known.iter().chain(met).collect();

    let updates: Vec<_> = set
        .iter()
        .map(|(who, state, _)| set_state(*who, state, true))
        .collect();
    let refused = to.bulk(Verb::Update, name, &updates).await?;
    // What is stored is newer, and then nothing happens, or it was gone and somebody
    // created it at the same moment, and then the later one counts.
    let (met, refused): (Vec<_>, Vec<_>) = refused.into_iter().partition(|it| it.is_duplicate);
    all.extend(placed(refused, |place| Some(set.get(place)?.2.place)));
    let again: Vec<_> = met
        .iter()
        .filter_map(|refused| set.get(refused.place))
        .collect();
    let updates: Vec<_> = again
        .iter()
        .map(|(who, state, _)| set_state(*who, state, false))
        .collect();
    let refused = to.bulk(Verb::Update, name, &updates).await?;
    all.extend(placed(refused, |place| Some(again.get(place)?.2.place)));
    Ok(all)
}

/// The fields of a state beside whose it is, and the names of those that it does not have.
fn state_fields(state: &UserState) -> (RawDocumentBuf, RawDocumentBuf) {
    let mut set = RawDocumentBuf::new();
    match id_bson(state.automation_id.as_str()) {
        Bson::ObjectId(id) => set.append(cstr!("automationId"), id),
        _ => set.append(cstr!("automationId"), state.automation_id.as_str()),
    }
    set.append(cstr!("automationType"), state.automation_type.as_str());
    set.append(cstr!("state"), state.state.as_str());
    set.append(cstr!("asked"), i64::from(state.asked));
    set.append(cstr!("eventAt"), date(state.event_at));
    set.append(cstr!("updatedAt"), date(state.updated_at));
    set.append(cstr!("expiresAt"), date(state.expires_at));
    let mut unset = RawDocumentBuf::new();
    match state.target.media() {
        Some(media) => set.append(cstr!("target"), rawdoc! { "media": media.as_str() }),
        None => unset.append(cstr!("target"), ""),
    }
    match &state.started_by {
        Some(event) => set.append(cstr!("startedBy"), event.as_str()),
        None => unset.append(cstr!("startedBy"), ""),
    }
    (set, unset)
}

/// Sets a state unless the stored one is newer. A document without a time counts as old.
fn set_state(who: Who<'_>, state: &UserState, upsert: bool) -> RawDocumentBuf {
    let (set, unset) = state_fields(state);
    let mut update = RawDocumentBuf::new();
    update.append(cstr!("$set"), set);
    if !unset.is_empty() {
        update.append(cstr!("$unset"), unset);
    }
    rawdoc! {
        "q": not_newer(who, state.updated_at),
        "u": update,
        "upsert": upsert,
    }
}

fn not_newer((account, contact): Who<'_>, at: Millis) -> RawDocumentBuf {
    rawdoc! {
        "accountId": account.as_str(),
        "senderId": contact.as_str(),
        "updatedAt": { "$not": { "$gt": date(at) } },
    }
}

async fn clear_states(to: &Connection, states: &States<'_>) -> Result<Refusing> {
    let cleared: Vec<_> = states
        .iter()
        .filter(|(_, last)| matches!(last.change, StateChange::Clear))
        .collect();
    let deletes: Vec<_> = cleared
        .iter()
        .map(|(who, last)| rawdoc! { "q": not_newer(**who, last.at), "limit": 0 })
        .collect();
    let refused = to
        .bulk(Verb::Delete, &to.names.user_states, &deletes)
        .await?;
    Ok(placed(refused, |place| Some(cleared.get(place)?.1.place)))
}

async fn write_contacts(to: &Connection, changes: &[ConversationChange]) -> Result<Refusing> {
    let name = &to.names.contacts;
    let changes: Vec<_> = changes
        .iter()
        .enumerate()
        .filter_map(|(place, change)| Some((place, change, change.contact.as_ref()?)))
        .collect();
    // Of several changes of a new contact the first creates it.
    let refuses = to.people(name, "instagramUserId").await?.are_unique;
    let mut seen = HashSet::new();
    let (new, known): (Vec<_>, Vec<_>) = changes.into_iter().partition(|(_, change, _)| {
        refuses && change.is_new && seen.insert((&change.account_id, &change.contact_id))
    });

    let documents: Vec<_> = new
        .iter()
        .map(|(_, change, contact)| new_contact(change, contact))
        .collect();
    let refused = to.bulk(Verb::Insert, name, &documents).await?;
    // Created by somebody else at the same moment, or by an earlier try of this. Where it is
    // another unique key that is taken, the same comes out below.
    let (met, refused): (Vec<_>, Vec<_>) = refused.into_iter().partition(|it| it.is_duplicate);
    let mut all = placed(refused, |place| Some(new.get(place)?.0));
    let met = met.iter().filter_map(|refused| new.get(refused.place));
    let (places, updates): (Vec<_>, Vec<_>) = met
        .chain(&known)
        .map(|(place, change, contact)| (*place, upsert_contact(change, contact)))
        .unzip();
    let refused = to.bulk(Verb::Update, name, &updates).await?;
    // Gone and created by somebody else at the same moment; now it is there.
    let (met, refused): (Vec<_>, Vec<_>) = refused.into_iter().partition(|it| it.is_duplicate);
    all.extend(placed(refused, |place| places.get(place).copied()));
    let (places, again): (Vec<_>, Vec<_>) = met
        .iter()
        .filter_map(|refused| {
            let update = updates.get(refused.place)?.clone();
            Some((*places.get(refused.place)?, update))
        })
        .unzip();
    let refused = to.bulk(Verb::Update, name, &again).await?;
    all.extend(placed(refused, |place| places.get(place).copied()));
    Ok(all)
}

/// What a change sets. The time at which the person wrote is not in it: it only moves
/// forward.
fn contact_fields(contact: &ContactChange) -> RawDocumentBuf {
    let mut set = RawDocumentBuf::new();
    for (key, value) in [
        (cstr!("username"), &contact.username),
        (cstr!("name"), &contact.name),
        (cstr!("email"), &contact.email),
    ] {
        if let Some(value) = value {
            set.append(key, value.as_str());
        }
    }
    if let Some(follows) = contact.follows {
        set.append(cstr!("follows"), follows);
    }
    if let Some(until) = contact.silenced_until {
        set.append(cstr!("silencedUntil"), date(until));
    }
    if let Some(unsubscribed) = contact.unsubscribed {
        set.append(cstr!("unsubscribed"), unsubscribed);
    }
    set
}

/// A contact that begins with this change.
fn new_contact(change: &ConversationChange, contact: &ContactChange) -> RawDocumentBuf {
    let mut document = contact_fields(contact);
    if contact.unsubscribed.is_none() {
        document.append(cstr!("unsubscribed"), false);
    }
    if let Some(at) = contact.last_message_at {
        document.append(cstr!("lastMessageAt"), date(at));
    }
    document.append(cstr!("createdAt"), date(change.since));
    document.append(cstr!("updatedAt"), date(change.at));
    document.append(cstr!("instagramUserId"), change.account_id.as_str());
    document.append(cstr!("senderId"), change.contact_id.as_str());
    document
}

/// Changes what the change names and nothing else.
fn upsert_contact(change: &ConversationChange, contact: &ContactChange) -> RawDocumentBuf {
    let set = contact_fields(contact);
    let mut forward = rawdoc! { "updatedAt": date(change.at) };
    if let Some(at) = contact.last_message_at {
        forward.append(cstr!("lastMessageAt"), date(at));
    }
    let mut create = rawdoc! { "createdAt": date(change.since) };
    if contact.unsubscribed.is_none() {
        create.append(cstr!("unsubscribed"), false);
    }
    let mut update = RawDocumentBuf::new();
    if !set.is_empty() {
        update.append(cstr!("$set"), set);
    }
    update.append(cstr!("$max"), forward);
    update.append(cstr!("$setOnInsert"), create);
    rawdoc! {
        "q": {
            "instagramUserId": change.account_id.as_str(),
            "senderId": change.contact_id.as_str(),
        },
        "u": update,
        "upsert": true,
    }
}

async fn write_marks(to: &Connection, marks: &[Mark]) -> Result<Refusing> {
    let documents: Vec<_> = marks
        .iter()
        .map(|one| rawdoc! { "_id": &*mark::id(&one.mark), "at": date(one.at) })
        .collect();
    let name = &to.names.processed_events;
    let mut refused = to.bulk(Verb::Insert, name, &documents).await?;
    // One that is there already says the same.
    refused.retain(|one| !one.has_same_id);
    Ok(placed(refused, Some))
}
