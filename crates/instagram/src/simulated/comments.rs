//! Posts, stories and live videos, the comments below them, and the answers to those.

use super::errors::{GraphError, Ruling};
use heliograph_model::{AccountId, CommentId, ContactId, MediaId, Millis, limits};

/// Something of an account that people can comment on or reply to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Its id.
    pub id: MediaId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What it is.
    pub kind: SimulatedMedia,
}

/// What kind of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SimulatedMedia {
    /// A post or reel.
    Post,
    /// A story.
    Story,
    /// A live video.
    Live {
        /// Whether it is still going on: private replies only while it is.
        broadcasting: bool,
    },
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// The account whose media it stands below.
    pub account_id: AccountId,
    /// What it stands below. Media that is not known counts as a post.
    pub media_id: Option<MediaId>,
    /// Who wrote it; absent where Meta does not say, or where the account itself did.
    pub from: Option<ContactId>,
    /// Whether the account itself wrote it.
    pub own: bool,
    /// The comment that it answers.
    pub parent_id: Option<CommentId>,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub at: Millis,
    /// Whether it is hidden: it cannot be answered publicly.
    pub hidden: bool,
    /// Whether its author deleted it: it cannot be answered at all.
    pub deleted: bool,
    /// Whether its one private reply was sent.
    pub privately_replied: bool,
}

impl Comment {
    /// A comment of a person.
    #[must_use]
    pub fn of_person(
        id: impl Into<CommentId>,
        account_id: AccountId,
        from: Option<ContactId>,
        text: &str,
        at: Millis,
    ) -> Self {
        Self {
            id: id.into(),
            account_id,
            media_id: None,
            from,
            own: false,
            parent_id: None,
            text: text.into(),
            at,
            hidden: false,
            deleted: false,
            privately_replied: false,
        }
    }

    /// Below this media.
    #[must_use]
    pub fn below(mut self, media: MediaId) -> Self {
        self.media_id = Some(media);
        self
    }

    /// Whether a private reply may be sent now (Meta: "Private replies"): one for each
    /// comment, within seven days, on a live video only while it is going on.
    pub(super) fn check_private_reply(
        &self,
        media: Option<SimulatedMedia>,
        now: Millis,
    ) -> Ruling<()> {
        let refuse = |why| Err(GraphError::comment_not_for_private_reply(why));
        if self.deleted {
            return refuse("it was deleted");
        }
        if self.own {
            return refuse("the account itself wrote it");
        }
        if self.privately_replied {
            return refuse("it was replied to before");
        }
        if now.since(self.at) >= limits::PRIVATE_REPLY_MS {
            return refuse("it is older than seven days");
        }
        match media {
            Some(SimulatedMedia::Live {
                broadcasting: false,
            }) => refuse("the live video is over"),
            Some(
                SimulatedMedia::Live { broadcasting: true }
                | SimulatedMedia::Post
                | SimulatedMedia::Story,
            )
            | None => Ok(()),
        }
    }

    /// Whether it may be answered publicly (Meta: "IG Comment replies"): not when it is
    /// hidden, and never below a live video.
    pub(super) fn check_public_reply(&self, media: Option<SimulatedMedia>) -> Ruling<()> {
        let live = matches!(media, Some(SimulatedMedia::Live { .. }));
        if self.deleted || self.hidden || live {
            return Err(GraphError::no_such_object(self.id.as_str()));
        }
        Ok(())
    }
}

/// Whether a public reply's text is accepted.
pub(super) fn check_public_text(text: &str, most_chars: usize) -> Ruling<()> {
    if text.trim().is_empty() {
        return Err(GraphError::bad_parameter(
            "The parameter message is required",
        ));
    }
    if text.chars().count() > most_chars {
        return Err(GraphError::bad_parameter(format!(
            "A comment must not be longer than {most_chars} characters"
        )));
    }
    Ok(())
}
