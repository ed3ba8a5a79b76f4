//! Watching the webhooks that go through the engine, so that whoever they mention exists.

use super::{
    accounts::NewAccount,
    comments::{Comment, Media, SimulatedMedia},
    core::SimulatedInstagram,
    state::State,
};
use heliograph_model::{AccountId, CommentId, Event, EventKind, Millis, limits};

impl SimulatedInstagram {
    /// Takes in what a webhook tells: who wrote, who commented, what was deleted. The
    /// runtime calls it for every event, so that a webhook of Meta's that somebody posts
    /// by hand leads to a send that is accepted.
    ///
    /// A message from longer ago than the window, such as that of a recorded webhook,
    /// counts as written when it arrives. Where [`super::SimulatedSettings::strict`] is
    /// set, nothing is taken in.
    pub fn observe(&self, event: &Event) {
        if self.settings().strict {
            return;
        }
        let (Some(account), now) = (&event.account_id, self.now()) else {
            return;
        };
        let mut state = self.state();
        if state.accounts.get(account).is_none() {
            let new = NewAccount::new(account.clone(), &format!("account.{account}"));
            state.accounts.add(new, self.settings(), now);
        }
        state.observe(account, event, now);
    }
}

impl State {
    fn observe(&mut self, account: &AccountId, event: &Event, now: Millis) {
        let message = || event.event_id.as_ref().map(|id| id.as_str().into());
        match event.kind {
            EventKind::DmText
            | EventKind::DmAttachment
            | EventKind::QuickReply
            | EventKind::Postback
            | EventKind::StoryReply
            | EventKind::StoryMention => {
                let Some(person) = &event.contact_id else {
                    return;
                };
                self.take_in_message(account, person, message(), plausible(event, now));
                if let Some(username) = &event.username {
                    self.person_or_new(account, person).username = Some(username.clone());
                }
            }
            EventKind::Comment | EventKind::LiveComment => {
                self.observe_comment(account, event, now);
            }
            EventKind::Deleted => {
                if let Some(id) = message()
                    && let Some(entry) = self.messages.get_mut(&id)
                {
                    entry.deleted = true;
                }
            }
            // None of these opens the window or can be answered.
            EventKind::Reaction
            | EventKind::Read
            | EventKind::Referral
            | EventKind::Optin
            | EventKind::Echo
            | EventKind::Edited
            | EventKind::Unsupported
            | EventKind::Standby
            | EventKind::Mention
            | EventKind::Other => {}
        }
    }

    fn observe_comment(&mut self, account: &AccountId, event: &Event, now: Millis) {
        let person = event.contact_id.as_ref();
        let Some(id) = &event.event_id else { return };
        let id = CommentId::from(id.as_str());
        // A comment that comes twice must not get a second private reply.
        if self.comments.contains_key(&id) {
            return;
        }
        if let (Some(person), Some(username)) = (person, &event.username) {
            self.person_or_new(account, person).username = Some(username.clone());
        }
        if let Some(media) = &event.media_id
            && event.kind == EventKind::LiveComment
        {
            self.media.entry(media.clone()).or_insert_with(|| Media {
                id: media.clone(),
                account_id: account.clone(),
                kind: SimulatedMedia::Live { broadcasting: true },
            });
        }
        let sender = event.sender_id.as_ref();
        let own = sender.is_some_and(|sender| sender.as_str() == account.as_str());
        self.take_in_comment(Comment {
            id,
            account_id: account.clone(),
            media_id: event.media_id.clone(),
            from: person.filter(|_| !own).cloned(),
            own,
            parent_id: event.parent_id.as_ref().map(|id| id.as_str().into()),
            text: event.text.clone().unwrap_or_default(),
            at: plausible(event, now),
            hidden: false,
            deleted: false,
            privately_replied: false,
        });
    }
}

/// When it happened, unless that is in the future or longer ago than the window.
fn plausible(event: &Event, now: Millis) -> Millis {
    event
        .timestamp
        .filter(|at| (0..limits::WINDOW_MS).contains(&now.since(*at)))
        .unwrap_or(now)
}
