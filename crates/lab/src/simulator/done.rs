//! What can be done to a stage, kept so that it can be done again.

use super::moves::{CommentPlace, Move, Touch, What, Writing};
use super::playback::MomentKind;
use super::{Language, NewPerson};
use crate::scenario::{Change, Trouble, words};
use heliograph_model::{AutomationId, Awaiting, ContactId, DeliveryId, UserState};

/// Something that was done to a stage.
#[derive(Debug, Clone)]
pub(crate) enum Done {
    /// People did something, all of it in one delivery.
    Played(Vec<Move>),
    /// The last delivery came again.
    Again,
    /// A webhook of somebody who is not simulated arrived.
    Arrived {
        body: String,
        delivery: Option<DeliveryId>,
    },
    /// So many milliseconds passed; `by_itself` while the clock ran.
    Passed { millis: i64, by_itself: bool },
    /// Somebody came.
    Joined(NewPerson),
    /// Somebody follows the account, or does not any more.
    Followed { person: ContactId, follows: bool },
    /// Somebody writes in this language from now on, or in none that is known.
    Spoke {
        person: ContactId,
        language: Option<Language>,
    },
    /// What is stored of somebody was changed by hand.
    Noted { person: ContactId, fact: Fact },
    /// Somebody was put where they stand by hand; `None`: nothing is awaited.
    Put {
        person: ContactId,
        standing: Option<(AutomationId, Awaiting)>,
    },
    /// What was taken away of somebody by hand stands again.
    PutBack {
        person: ContactId,
        state: Box<UserState>,
    },
    /// Something went wrong on purpose, or right again.
    Went(Trouble),
    /// The operator changed something in this conversation.
    Operated(Change),
    /// The automations were edited elsewhere; what is played again meets the edited ones.
    Edited,
}

/// What is known of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fact {
    Email(Option<String>),
    Unsubscribed(bool),
}

impl Done {
    /// Whether it is of the same sort as the one before and can be told with it.
    pub(crate) fn joins(&self, before: &mut Self) -> bool {
        match (self, before) {
            (
                Self::Passed {
                    millis: more,
                    by_itself: true,
                },
                Self::Passed {
                    millis,
                    by_itself: true,
                },
            ) => {
                *millis += more;
                true
            }
            // A draft is saved every moment while somebody writes it.
            (Self::Edited, Self::Edited) => true,
            _ => false,
        }
    }

    /// Whom it concerns first of all.
    pub(crate) fn person(&self) -> Option<&ContactId> {
        match self {
            Self::Played(moves) => moves.first().map(|first| &first.person),
            Self::Joined(new) => new.id.as_ref(),
            Self::Followed { person, .. }
            | Self::Spoke { person, .. }
            | Self::Noted { person, .. }
            | Self::Put { person, .. }
            | Self::PutBack { person, .. } => Some(person),
            Self::Again
            | Self::Arrived { .. }
            | Self::Passed { .. }
            | Self::Went(_)
            | Self::Operated(_)
            | Self::Edited => None,
        }
    }

    /// What kind of moment it makes.
    pub(crate) fn kind(&self) -> MomentKind {
        match self {
            Self::Played(moves) => moves.first().map_or(MomentKind::Wrote, kind_of),
            Self::Again => MomentKind::Again,
            Self::Arrived { .. } => MomentKind::Arrived,
            Self::Passed { .. } => MomentKind::Time,
            Self::Joined(_) => MomentKind::Joined,
            Self::Followed { follows: true, .. } => MomentKind::Followed,
            Self::Followed { follows: false, .. } => MomentKind::Unfollowed,
            Self::Spoke { .. } | Self::Noted { .. } => MomentKind::Noted,
            Self::Put { .. } | Self::PutBack { .. } => MomentKind::Put,
            Self::Went(_) => MomentKind::Fault,
            Self::Operated(_) | Self::Edited => MomentKind::Edited,
        }
    }

    /// What was said or done, in a few words.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Played(moves) => moves.first().map_or_else(String::new, label_of),
            Self::Again => "the last delivery comes again".to_owned(),
            Self::Arrived { .. } => "a webhook from outside".to_owned(),
            Self::Passed { millis, .. } => words::passing(*millis),
            Self::Joined(new) => new.name.clone(),
            Self::Followed { follows: true, .. } => "follows the account".to_owned(),
            Self::Followed { follows: false, .. } => "stops following the account".to_owned(),
            Self::Spoke { language, .. } => language.as_ref().map_or_else(
                || "no language is known".to_owned(),
                |language| format!("language is {language}"),
            ),
            Self::Noted { fact, .. } => match fact {
                Fact::Email(Some(email)) => format!("email is {email}"),
                Fact::Email(None) => "no email is known".to_owned(),
                Fact::Unsubscribed(true) => "is unsubscribed".to_owned(),
                Fact::Unsubscribed(false) => "is subscribed again".to_owned(),
            },
            Self::Put { standing, .. } => standing.as_ref().map_or_else(
                || "nothing is awaited".to_owned(),
                |(_, awaiting)| awaiting.as_str().replace('_', " "),
            ),
            Self::PutBack { state, .. } => {
                format!("back: {}", state.state.as_str().replace('_', " "))
            }
            Self::Went(trouble) => trouble.in_words(),
            Self::Operated(change) => change.in_words(),
            Self::Edited => "automations were edited".to_owned(),
        }
    }

    /// Everything that a move refers to by the id of a message, moved on to the ids that
    /// messages have now.
    pub(crate) fn with_messages(&self, now_called: impl Fn(&str) -> Option<String>) -> Self {
        let Self::Played(moves) = self else {
            return self.clone();
        };
        let mut moves = moves.clone();
        for one in &mut moves {
            match &mut one.what {
                What::Touch { message, .. } => {
                    if let Some(id) = now_called(message.as_str()) {
                        *message = id.into();
                    }
                }
                What::Comment(comment) => {
                    let parent = comment.parent.as_ref();
                    if let Some(id) = parent.and_then(|parent| now_called(parent.as_str())) {
                        comment.parent = Some(id.into());
                    }
                }
                What::Write(_) => {}
            }
        }
        Self::Played(moves)
    }
}

fn kind_of(one: &Move) -> MomentKind {
    match &one.what {
        What::Write(writing) => match writing {
            Writing::Text(_) => MomentKind::Wrote,
            Writing::Attachment(kind) if kind == "story_mention" => MomentKind::Mentioned,
            Writing::Attachment(_) | Writing::Unsupported => MomentKind::Attached,
            Writing::Postback { .. } | Writing::QuickReply { .. } => MomentKind::Tapped,
            Writing::StoryReply { .. } => MomentKind::RepliedToStory,
            Writing::Referral(_) => MomentKind::Referred,
            Writing::HumanAnswer(_) => MomentKind::ByHand,
        },
        What::Touch { touch, .. } => match touch {
            Touch::React(_) => MomentKind::Reacted,
            Touch::Read => MomentKind::Read,
            Touch::Delete => MomentKind::Deleted,
            Touch::Edit(_) => MomentKind::Changed,
        },
        What::Comment(comment) => match comment.place {
            CommentPlace::Own => MomentKind::ByHand,
            CommentPlace::OnMedia | CommentPlace::OnAd => MomentKind::Commented,
        },
    }
}

fn label_of(one: &Move) -> String {
    match &one.what {
        What::Write(writing) => match writing {
            Writing::Text(text)
            | Writing::StoryReply { text, .. }
            | Writing::Referral(text)
            | Writing::HumanAnswer(text) => text.clone(),
            Writing::Attachment(kind) => kind.clone(),
            Writing::Unsupported => "unsupported".to_owned(),
            Writing::Postback { title, .. } | Writing::QuickReply { title, .. } => title.clone(),
        },
        What::Touch { touch, .. } => match touch {
            Touch::React(emoji) => emoji.clone().unwrap_or_else(|| "∅".to_owned()),
            Touch::Edit(text) => text.clone(),
            Touch::Read | Touch::Delete => String::new(),
        },
        What::Comment(comment) => comment.text.clone(),
    }
}
