//! Webhooks to begin with: those of the fixtures, as Meta sends them.

use heliograph_model::EventKind;
use serde::{Deserialize, Serialize};

/// A webhook to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WebhookTemplate {
    /// Its file's name without the ending; for one that was saved here as well.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What is special about it.
    pub about: String,
    /// The kind of its events: of what it is an example.
    pub kind: EventKind,
    /// The body.
    pub body: String,
    /// It was saved at this desk.
    pub own: bool,
}

// NAME, TITLE, ABOUT and BODY of each, out of `fixtures/instagram` at the build.
include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// All, by kind in the order of the kinds.
#[must_use]
pub fn templates() -> Vec<WebhookTemplate> {
    let mut all: Vec<WebhookTemplate> = TEMPLATES
        .iter()
        .map(|(name, title, about, body)| WebhookTemplate {
            name: (*name).to_owned(),
            title: (*title).to_owned(),
            about: (*about).to_owned(),
            kind: kind_of(name),
            body: (*body).to_owned(),
            own: false,
        })
        .collect();
    all.sort_by_key(|template| template.kind);
    all
}

/// The kind that a file's name begins with.
pub(super) fn kind_of(name: &str) -> EventKind {
    let kind = name.split('.').next().unwrap_or_default();
    let mut all = EventKind::ALL.into_iter();
    all.find(|one| one.as_str() == kind)
        .unwrap_or(EventKind::Other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::check;

    #[test]
    fn every_fixture_is_a_template_and_can_be_sent() {
        let all = templates();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/instagram");
        let files = std::fs::read_dir(folder).expect("the fixtures are there");
        let files = files
            .filter_map(Result::ok)
            .map(|file| file.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".json") && name != "index.json");
        assert_eq!(all.len(), files.count());
        for template in &all {
            assert!(!template.title.is_empty(), "{}", template.name);
            let checked = check(&template.body);
            assert_eq!(checked.problem, None, "{}", template.name);
        }
        let plain = all.iter().find(|one| one.name == "dm_text.plain");
        let plain = plain.map(|one| (one.kind, one.title.as_str()));
        assert_eq!(plain, Some((EventKind::DmText, "A direct message")));
    }
}
