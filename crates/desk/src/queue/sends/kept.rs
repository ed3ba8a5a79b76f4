//! The failed sends that were looked at, grouped by why.

use super::super::error::QueueError;
use super::super::number::number;
use super::super::reason::folded;
use heliograph_engine::ports::{FailedSends, PortResult};
use heliograph_model::{Millis, OutboxId, OutboxState, SendRecord};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many of the latest are looked at.
const MOST: usize = 5_000;
/// So many are not read anew with every look,
const MANY: usize = 500;
/// but as often as this.
const OFTEN: Duration = Duration::from_secs(5);
/// The most groups that are told of.
const GROUPS: usize = 100;

/// Begins what Meta said, behind our own words for its code.
const SAID: &str = " Instagram said: ";

/// The sends that failed for good, or of which nobody knows whether they arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FailedSendsNews {
    /// How many are kept.
    pub count: u32,
    /// Those of a kind together, the largest group first.
    pub groups: Vec<SendGroup>,
    /// How many of the latest were looked at; the groups count these.
    pub looked_at: u32,
    /// Why they cannot be looked at.
    pub trouble: Option<String>,
}

/// Sends that failed for the same reason, numbers and ids aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SendGroup {
    /// The reason, with its numbers and ids folded; empty where none was given.
    pub reason: String,
    /// How the latest of them says it.
    pub example: String,
    /// How many there are,
    pub count: u32,
    /// and how many of these may have arrived.
    pub uncertain: u32,
    /// When the first of them failed,
    pub first_at: Millis,
    /// and the last.
    pub last_at: Millis,
}

/// The failed sends that were looked at, the latest first, each with its kind.
#[derive(Debug, Default)]
pub(in crate::queue) struct Kept {
    records: Vec<(String, SendRecord)>,
    /// How the list stood then; read again when that has changed.
    of: Option<(u64, Option<OutboxId>)>,
    read: Option<Instant>,
}

impl Kept {
    /// As the list stands now; the same where nothing has changed.
    pub(in crate::queue) async fn looked(
        self: Arc<Self>,
        sends: &dyn FailedSends,
    ) -> PortResult<Arc<Self>> {
        let count = sends.count().await?;
        let newest = match count {
            0 => None,
            _ => sends.list(0, 1).await?.pop(),
        };
        let of = Some((count, newest.map(|record| record.outbox_id)));
        let is_recent = || self.read.is_some_and(|read| read.elapsed() < OFTEN);
        if self.of == of || (self.records.len() > MANY && is_recent()) {
            return Ok(self);
        }
        let records = match count {
            0 => Vec::new(),
            _ => sends.list(0, MOST).await?,
        };
        let records = records.into_iter().map(|record| (kind(&record), record));
        Ok(Arc::new(Self {
            records: records.collect(),
            of,
            read: Some(Instant::now()),
        }))
    }

    /// The same without these, until it is read again with the next look.
    pub(super) fn without(&self, ids: &[OutboxId]) -> Self {
        let ids: HashSet<_> = ids.iter().collect();
        let records = self.records.iter();
        let left = records.filter(|(_, record)| !ids.contains(&record.outbox_id));
        Self {
            records: left.cloned().collect(),
            of: None,
            read: None,
        }
    }

    pub(in crate::queue) fn news(&self, trouble: Option<QueueError>) -> FailedSendsNews {
        let mut groups: Vec<SendGroup> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (kind, record) in &self.records {
            let place = *places.entry(kind).or_insert_with(|| {
                groups.push(SendGroup {
                    reason: kind.clone(),
                    example: said(record).to_owned(),
                    count: 0,
                    uncertain: 0,
                    first_at: record.at,
                    last_at: record.at,
                });
                groups.len() - 1
            });
            let group = &mut groups[place];
            group.count += 1;
            group.uncertain += u32::from(may_have_arrived(record));
            group.first_at = group.first_at.min(record.at);
        }
        groups.sort_by_key(|group| std::cmp::Reverse((group.count, group.last_at)));
        groups.truncate(GROUPS);
        FailedSendsNews {
            count: self.of.map_or(0, |(count, _)| number(count)),
            groups,
            looked_at: number(self.records.len() as u64),
            trouble: trouble.map(|trouble| trouble.to_string()),
        }
    }

    /// Those of one kind, and how many there are.
    pub(super) fn page(&self, reason: &str, skip: usize, most: usize) -> (Vec<SendRecord>, u32) {
        let of_kind = self.records.iter().filter(|(kind, _)| kind == reason);
        let total = of_kind.clone().count();
        let rows = of_kind.skip(skip).take(most);
        let rows = rows.map(|(_, record)| record.clone());
        (rows.collect(), number(total as u64))
    }
}

/// Whether the person may have it all the same.
pub(super) fn may_have_arrived(record: &SendRecord) -> bool {
    record.uncertain || record.state == OutboxState::Unknown
}

fn said(record: &SendRecord) -> &str {
    let error = record.error.as_ref();
    error.map_or("", |error| error.message.as_str())
}

/// The kind of a send's reason. Where Meta gave a code, our own words for it and the code with
/// its subcode are the kind, whatever Meta said besides.
pub(super) fn kind(record: &SendRecord) -> String {
    let text = said(record).lines().next().unwrap_or_default().trim();
    let coded = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once("(error "))
        .filter(|(_, code)| {
            code.chars()
                .all(|sign| sign.is_ascii_digit() || sign == '/')
        });
    match coded {
        Some((words, code)) => {
            let own = words.split(SAID).next().unwrap_or_default();
            format!("{} (error {code})", own.trim_end())
        }
        None => folded(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{DeliveryId, Effect, ErrorClass, SendError};

    fn failed(id: i64, state: OutboxState, message: &str) -> SendRecord {
        SendRecord {
            outbox_id: OutboxId(id),
            delivery_id: DeliveryId(1),
            account_id: "1".into(),
            contact_id: Some("2".into()),
            at: Millis(id),
            effect: Effect::ReplyToComment {
                comment_id: "c".into(),
                text: "hi".into(),
                automation_id: "a".into(),
            },
            state,
            attempt: 1,
            uncertain: false,
            send_before: None,
            receipt: None,
            error: Some(SendError {
                class: ErrorClass::Permanent,
                code: None,
                subcode: None,
                message: message.into(),
                retry_after_ms: None,
                answered: None,
            }),
        }
    }

    #[test]
    fn codes_tell_kinds_apart_and_other_numbers_do_not() {
        let of = |message: &str| kind(&failed(1, OutboxState::Failed, message));
        let window = |who: &str| {
            of(&format!(
                "The 24-hour window is closed. Instagram said: “{who} is late” (error 10/2534022)"
            ))
        };
        assert_eq!(window("17841400000000001"), window("17841400000000002"));
        assert_eq!(
            window("1"),
            "The 24-hour window is closed. (error 10/2534022)"
        );
        assert_eq!(
            of("Unknown to us. (error 4711)"),
            "Unknown to us. (error 4711)"
        );
        assert_eq!(of("no answer in 5000 ms"), "no answer in … ms");
        assert_eq!(of("odd (error 7 or 8)"), "odd (error 7 or …)");
    }

    #[test]
    fn groups_count_what_may_have_arrived() {
        let all = [
            failed(9, OutboxState::Unknown, "no answer in 10000 ms"),
            failed(8, OutboxState::Failed, "refused"),
            failed(3, OutboxState::Unknown, "no answer in 5000 ms"),
        ];
        let kept = Kept {
            records: all.iter().map(|one| (kind(one), one.clone())).collect(),
            of: Some((3, Some(OutboxId(9)))),
            read: None,
        };
        let news = kept.news(None);
        assert_eq!((news.count, news.looked_at), (3, 3));
        let [first, second] = &news.groups[..] else {
            panic!("{news:?}");
        };
        assert_eq!(first.example, "no answer in 10000 ms");
        assert_eq!((first.count, first.uncertain), (2, 2));
        assert_eq!((first.first_at, first.last_at), (Millis(3), Millis(9)));
        assert_eq!((second.count, second.uncertain), (1, 0));
        let (page, total) = kept.page(&first.reason, 1, 9);
        assert_eq!(total, 2);
        assert_eq!(page, all[2..]);
    }
}
