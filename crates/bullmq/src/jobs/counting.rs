//! How many jobs come and end, read from the events that every client of BullMQ writes.
//!
//! The sets do not tell: completed jobs are often removed at once, and the metrics are kept
//! only by workers that were told to. The events are cut to the latest ten thousand or so,
//! which is more than happen in the second between two looks.

use crate::connection::ask;
use crate::error::BullResult;
use crate::queue::BullQueue;
use heliograph_engine::ports::JobsCounted;

/// How many events are read at a time, and how often at the most in one look.
const PAGE: usize = 2_000;
const PAGES: usize = 10;

/// How far the events were read, and what they said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counting {
    /// The event that was read last; `None` before the first look.
    last: Option<String>,
    counted: JobsCounted,
}

/// An event with its id: names and values in turn.
type Event = (String, Vec<String>);

impl BullQueue {
    /// How many jobs came and ended since the first look; `None` when more happened since
    /// the last one than can be read, which the next one gets over.
    pub(super) async fn counted_jobs(&self) -> BullResult<Option<JobsCounted>> {
        let before = self.counting.lock().clone();
        let Some(mut last) = before.last.clone() else {
            let last = self.newest_event().await?;
            let mut counting = self.counting.lock();
            counting.last.get_or_insert(last);
            return Ok(Some(counting.counted));
        };
        let mut counted = before.counted;
        let mut pages = 0;
        loop {
            let page = self.events_after(&last).await?;
            count(&page, &mut counted);
            if let Some((id, _)) = page.last() {
                last.clone_from(id);
            }
            pages += 1;
            if page.len() < PAGE {
                break;
            }
            if pages == PAGES {
                last = self.newest_event().await?;
                self.counting.lock().last = Some(last);
                return Ok(None);
            }
        }
        let mut counting = self.counting.lock();
        // Somebody else may have looked at the same time, and further.
        if counting.last == before.last {
            *counting = Counting {
                last: Some(last),
                counted,
            };
        }
        Ok(Some(counting.counted))
    }

    async fn newest_event(&self) -> BullResult<String> {
        let mut newest = redis::cmd("XREVRANGE");
        newest.arg(self.keys.events()).arg("+").arg("-");
        newest.arg("COUNT").arg(1);
        let newest: Vec<Event> = ask(&self.connection, &newest).await?;
        Ok(newest.into_iter().next().map_or("0-0".into(), |one| one.0))
    }

    async fn events_after(&self, last: &str) -> BullResult<Vec<Event>> {
        let mut page = redis::cmd("XRANGE");
        page.arg(self.keys.events())
            .arg(format!("({last}"))
            .arg("+");
        page.arg("COUNT").arg(PAGE);
        ask(&self.connection, &page).await
    }
}

fn count(events: &[Event], counted: &mut JobsCounted) {
    for (_, fields) in events {
        let name = fields.chunks_exact(2).find(|pair| pair[0] == "event");
        match name.map(|pair| pair[1].as_str()) {
            Some("added") => counted.added += 1,
            Some("completed") => counted.completed += 1,
            Some("failed") => counted.failed += 1,
            _ => {}
        }
    }
}
