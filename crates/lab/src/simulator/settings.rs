//! What a simulator is opened on.

use super::{Language, Media, MediaSurface};
use heliograph_engine::matching::Folded;
use heliograph_engine::process::EngineSettings;
use heliograph_model::{AccountId, AutomationType, ContactId, Millis, WorkspaceFile};
use heliograph_runtime::{EmbeddedPlace, Place};

/// What a simulator is opened on. Its database is a temporary file and its Instagram a
/// simulated one on the loopback address: nothing of the user's is touched, and nothing
/// leaves the machine.
#[derive(Debug, Clone)]
pub struct SimulatorSettings {
    /// The workspace to try out.
    pub workspace: WorkspaceFile,
    /// The account that people write to; the first of the workspace otherwise.
    pub account: Option<AccountId>,
    /// What the virtual clock says at the start.
    pub starts: Millis,
    /// Who is there from the start.
    pub people: Vec<NewPerson>,
    /// What people can comment on and reply to.
    pub media: Vec<Media>,
    /// Webhooks of people who are not simulated come in as well, through a listener:
    /// whoever writes is answered, and an old webhook counts as written when it arrives.
    pub open_to_others: bool,
    /// How the engine works.
    pub engine: EngineSettings,
    /// Where the engine runs: on a temporary database file, or on servers that are there
    /// to be tried on, as in a test that compares the two. Its Instagram is simulated
    /// wherever that is.
    pub place: Place,
}

impl SimulatorSettings {
    /// A simulator of a workspace: with the posts and stories that its automations name,
    /// another post and another story that none is for, and a live video.
    #[must_use]
    pub fn new(workspace: WorkspaceFile, starts: Millis) -> Self {
        let media = media_of(&workspace);
        Self {
            workspace,
            account: None,
            starts,
            people: Vec::new(),
            media,
            open_to_others: false,
            engine: EngineSettings::default(),
            place: Place::Embedded(EmbeddedPlace::default()),
        }
    }

    /// The demo: the bakery, and two people to be.
    #[must_use]
    pub fn demo(starts: Millis) -> Self {
        Self {
            people: vec![
                NewPerson::named("Maya Lindqvist", false),
                NewPerson::named("Leo Okafor", true),
            ],
            ..Self::new(crate::demo_workspace(), starts)
        }
    }
}

/// A person to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// The instagram-scoped id; made up where it is not given.
    pub id: Option<ContactId>,
    /// The display name.
    pub name: String,
    /// The handle without `@`; made from the name where it is not given.
    pub username: Option<String>,
    /// Whether they follow the account.
    pub follows: bool,
    /// The language in which they write, which only the operator knows.
    pub language: Option<Language>,
    /// Instagram says nothing of them but their id.
    pub hidden: bool,
}

impl NewPerson {
    /// Somebody of whom only the name matters.
    #[must_use]
    pub fn named(name: &str, follows: bool) -> Self {
        Self {
            id: None,
            name: name.to_owned(),
            username: None,
            follows,
            language: None,
            hidden: false,
        }
    }
}

/// The handle of somebody called `name`: `Maya Lindqvist` becomes `maya.lindqvist`.
/// Instagram takes Latin letters only, so other scripts leave nothing of a name.
#[must_use]
pub(super) fn username_of(name: &str) -> String {
    let words: Vec<String> = Folded::new(name)
        .as_str()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    if words.is_empty() {
        "somebody".to_owned()
    } else {
        words.join(".")
    }
}

pub(super) fn media_of(workspace: &WorkspaceFile) -> Vec<Media> {
    let mut media: Vec<Media> = Vec::new();
    for automation in &workspace.automations {
        let (Some(id), Some(kind)) = (
            automation.target.media(),
            match automation.kind {
                AutomationType::DmAutomation => None,
                AutomationType::StoryReplyFlow => Some(MediaSurface::Story),
                AutomationType::CommentReplyFlow => Some(MediaSurface::Post),
            },
        ) else {
            continue;
        };
        if media.iter().all(|known| known.id != *id) {
            media.push(Media {
                id: id.clone(),
                kind,
                title: automation.name.clone(),
            });
        }
    }
    for (id, kind, title) in [
        ("18000000000000901", MediaSurface::Post, "Another post"),
        ("18000000000000902", MediaSurface::Story, "Another story"),
        ("18000000000000903", MediaSurface::Live, "Live video"),
    ] {
        media.push(Media {
            id: id.into(),
            kind,
            title: title.to_owned(),
        });
    }
    media
}

#[cfg(test)]
mod tests {
    use super::username_of;

    #[test]
    fn a_handle_has_latin_letters_only() {
        for (name, handle) in [
            ("Maya Lindqvist", "maya.lindqvist"),
            ("Łukasz Żółty", "lukasz.zolty"),
            ("ليلى حسن", "somebody"),
            ("ليلى (Layla)", "layla"),
        ] {
            assert_eq!(username_of(name), handle);
        }
    }
}
