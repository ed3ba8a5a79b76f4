//! The list of notices: what is told, and what is not told again.

use super::{Notice, NoticeKind};
use heliograph_model::Millis;
use std::collections::{HashMap, VecDeque};

/// So many notices are kept.
const KEPT: usize = 100;
/// What was over and came back within this time is the same notice, in milliseconds. What
/// became more is told again after it.
const QUIET: i64 = 10 * Millis::MINUTE;
/// The system shows at most so many in a minute; the last of them says that there are more.
const MOST_A_MINUTE: usize = 4;

/// Something that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// Something is wrong, now and until it is seen to be fine.
    Wrong(Trouble),
    /// Nothing is wrong with this any more, or ever was: the kind, and what of it.
    Fine(NoticeKind, String),
    /// Something happened, and that was it.
    Happened(Trouble),
    /// Another profile is in front, and what was wrong with the one before is no matter.
    Left,
}

/// Something that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Its kind.
    pub kind: NoticeKind,
    /// What of that kind: an account, a collection, a profile. Kind and this together are
    /// one trouble.
    pub about: String,
    /// What happened, in a few words.
    pub title: String,
    /// What happened and what to do, in sentences.
    pub text: String,
    /// It is told when it has lasted for so long, in milliseconds.
    pub patience: i64,
    /// How much of it there is. When that grows, it is told again after a while.
    pub amount: u64,
}

/// Whether the system may show something now.
#[derive(Debug, Clone, Default)]
pub struct Hearing<'a> {
    /// Notifications are wanted.
    pub wanted: bool,
    /// A window has the focus, and whoever sits there sees the list.
    pub focused: bool,
    /// Kinds that are not wanted.
    pub muted: &'a [NoticeKind],
}

/// What the system is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tell {
    /// Show this.
    Show(Notice),
    /// Take this one away: it is over. It may never have been shown.
    Close(u32),
}

/// What one trouble is known by.
type Key = (NoticeKind, String);

/// The notices of this run, the latest last.
#[derive(Debug, Default)]
pub struct Board {
    notices: VecDeque<Notice>,
    troubles: HashMap<Key, Known>,
    /// When the system was asked to show something, within the last minute.
    shown: VecDeque<Millis>,
    ids: u32,
}

/// What is known of a trouble.
#[derive(Debug)]
enum Known {
    /// It is wrong and has not lasted long enough to be told.
    Waiting { since: Millis },
    /// It was told.
    Told {
        id: u32,
        stands: bool,
        at: Millis,
        amount: u64,
    },
}

impl Board {
    /// Takes in what was seen; answers with what the system is to do about it.
    pub fn see(&mut self, now: Millis, sighting: Sighting, hearing: &Hearing<'_>) -> Vec<Tell> {
        match sighting {
            Sighting::Wrong(trouble) => self.wrong(now, trouble, hearing).into_iter().collect(),
            Sighting::Fine(kind, about) => self.fine(now, &(kind, about)).into_iter().collect(),
            Sighting::Happened(trouble) => {
                let again = match self.troubles.get(&key(&trouble)) {
                    Some(Known::Told { id, at, .. }) if now.since(*at) < QUIET => Some(*id),
                    _ => None,
                };
                // What happens again and again is one notice, and is not shown each time.
                let told = self.tell(now, trouble, false, again);
                match again {
                    None => self.show(now, told, hearing).into_iter().collect(),
                    Some(_) => Vec::new(),
                }
            }
            Sighting::Left => {
                let left: Vec<Key> = self.troubles.keys().cloned().collect();
                left.iter()
                    .filter(|(kind, _)| kind.is_of_profile())
                    .filter_map(|key| self.fine(now, key))
                    .collect()
            }
        }
    }

    /// The notices, the latest first.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        let mut all: Vec<_> = self.notices.iter().cloned().collect();
        all.sort_by_key(|notice| std::cmp::Reverse((notice.at, notice.id)));
        all
    }

    /// How many nobody has seen in the list.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.notices.iter().filter(|notice| !notice.read).count()
    }

    /// One of them, where it is still kept.
    #[must_use]
    pub fn notice(&self, id: u32) -> Option<&Notice> {
        self.notices.iter().find(|notice| notice.id == id)
    }

    /// Somebody has seen all of them.
    pub fn read_all(&mut self) {
        for notice in &mut self.notices {
            notice.read = true;
        }
    }

    /// Takes what is over or only happened off the list; what is still wrong stays.
    pub fn clear(&mut self) {
        self.notices.retain(|notice| notice.stands);
    }

    fn wrong(&mut self, now: Millis, trouble: Trouble, hearing: &Hearing<'_>) -> Option<Tell> {
        let again = match self.troubles.get(&key(&trouble)) {
            Some(Known::Told {
                id,
                stands: true,
                at,
                amount,
            }) => {
                let (id, grew) = (*id, trouble.amount > *amount);
                if !grew || now.since(*at) < QUIET {
                    // It is told already; only its words are brought up to date.
                    self.reword(id, trouble);
                    return None;
                }
                Some(id)
            }
            // It comes and goes: one notice, shown once.
            Some(Known::Told { id, at, .. }) if now.since(*at) < QUIET => {
                let id = *id;
                self.tell(now, trouble, true, Some(id));
                return None;
            }
            Some(Known::Waiting { since }) => {
                if now.since(*since) < trouble.patience {
                    return None;
                }
                None
            }
            Some(Known::Told { .. }) | None => {
                if trouble.patience > 0 {
                    let waiting = Known::Waiting { since: now };
                    self.troubles.insert(key(&trouble), waiting);
                    return None;
                }
                None
            }
        };
        let told = self.tell(now, trouble, true, again);
        self.show(now, told, hearing)
    }

    fn fine(&mut self, now: Millis, key: &Key) -> Option<Tell> {
        match self.troubles.get_mut(key)? {
            Known::Waiting { .. } => {
                self.troubles.remove(key);
                None
            }
            Known::Told { stands: false, .. } => None,
            Known::Told { id, stands, at, .. } => {
                let id = *id;
                (*stands, *at) = (false, now);
                if let Some(notice) = self.notices.iter_mut().find(|notice| notice.id == id) {
                    notice.stands = false;
                    notice.over_at = Some(now);
                }
                Some(Tell::Close(id))
            }
        }
    }

    /// Puts a notice on the list, or the one `again` to its end.
    fn tell(&mut self, now: Millis, trouble: Trouble, stands: bool, again: Option<u32>) -> Notice {
        let before = again.and_then(|id| {
            let place = self.notices.iter().position(|notice| notice.id == id)?;
            self.notices.remove(place)
        });
        let (id, times) = match before {
            Some(before) => (before.id, before.times.saturating_add(1)),
            None => {
                self.ids = self.ids.wrapping_add(1);
                (self.ids, 1)
            }
        };
        let key = key(&trouble);
        let amount = trouble.amount;
        let notice = Notice {
            id,
            kind: trouble.kind,
            screen: trouble.kind.screen(),
            title: trouble.title,
            text: trouble.text,
            at: now,
            times,
            stands,
            over_at: None,
            read: false,
        };
        let known = Known::Told {
            id,
            stands,
            at: now,
            amount,
        };
        self.troubles.insert(key, known);
        self.notices.push_back(notice.clone());
        if self.notices.len() > KEPT {
            self.notices.pop_front();
        }
        notice
    }

    fn reword(&mut self, id: u32, trouble: Trouble) {
        if let Some(notice) = self.notices.iter_mut().find(|notice| notice.id == id) {
            (notice.title, notice.text) = (trouble.title, trouble.text);
        }
    }

    /// What the system is to show of it.
    fn show(&mut self, now: Millis, notice: Notice, hearing: &Hearing<'_>) -> Option<Tell> {
        if !hearing.wanted || hearing.focused || hearing.muted.contains(&notice.kind) {
            return None;
        }
        self.shown.retain(|at| now.since(*at) < Millis::MINUTE);
        if self.shown.len() >= MOST_A_MINUTE {
            return None;
        }
        self.shown.push_back(now);
        if self.shown.len() == MOST_A_MINUTE {
            return Some(Tell::Show(Notice {
                title: "More needs you in Heliograph".to_owned(),
                text: "Several things happened within a minute. The list in the window has all of them."
                    .to_owned(),
                ..notice
            }));
        }
        Some(Tell::Show(notice))
    }
}

fn key(trouble: &Trouble) -> Key {
    (trouble.kind, trouble.about.clone())
}
