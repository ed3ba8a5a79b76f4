//! Templates to start from.

use heliograph_model::{Automation, AutomationType, Steps, Trigger};
use serde::{Deserialize, Serialize};

/// The templates, with what each is called in files and commands.
const FILES: [(&str, &str); 8] = [
    (
        "comment_to_dm",
        include_str!("../../../fixtures/templates/comment-to-dm.yaml"),
    ),
    (
        "lead_capture",
        include_str!("../../../fixtures/templates/lead-capture.yaml"),
    ),
    (
        "story_giveaway",
        include_str!("../../../fixtures/templates/story-giveaway.yaml"),
    ),
    (
        "welcome",
        include_str!("../../../fixtures/templates/welcome.yaml"),
    ),
    ("faq", include_str!("../../../fixtures/templates/faq.yaml")),
    (
        "blank_comment",
        include_str!("../../../fixtures/templates/blank-comment.yaml"),
    ),
    (
        "blank_story",
        include_str!("../../../fixtures/templates/blank-story.yaml"),
    ),
    (
        "blank_dm",
        include_str!("../../../fixtures/templates/blank-dm.yaml"),
    ),
];

/// An automation to start from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// What it is called in commands.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// What it does, in a sentence.
    pub about: String,
    /// The automation, without id, workspace and place.
    pub automation: Automation,
}

/// A template's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    about: String,
    automation: Content,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Content {
    #[serde(rename = "type")]
    kind: AutomationType,
    name: String,
    trigger: Trigger,
    steps: Steps,
}

/// All templates: first those that do something, then the blank ones.
///
/// # Panics
/// Never: they are part of the program, and a test reads them.
#[must_use]
pub fn templates() -> Vec<Template> {
    FILES
        .iter()
        .map(|(id, text)| {
            let file: File = serde_saphyr::from_str(text).expect("a template is a template");
            Template {
                id: (*id).to_owned(),
                name: file.name,
                about: file.about,
                automation: Automation {
                    id: "".into(),
                    workspace_id: "".into(),
                    kind: file.automation.kind,
                    name: file.automation.name,
                    is_active: true,
                    priority: 0,
                    target: heliograph_model::Target::All,
                    trigger: file.automation.trigger,
                    steps: file.automation.steps,
                    version: 0,
                    created_at: heliograph_model::Millis(0),
                    updated_at: heliograph_model::Millis(0),
                },
            }
        })
        .collect()
}

/// The template of that id.
#[must_use]
pub fn template(id: &str) -> Option<Template> {
    templates().into_iter().find(|template| template.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_lab::lint::lint;
    use heliograph_model::Severity;

    #[test]
    fn what_does_something_is_clean_and_what_is_blank_says_what_is_missing() {
        for template in templates() {
            let findings = lint(std::slice::from_ref(&template.automation));
            if template.id.starts_with("blank") {
                assert!(findings.iter().any(|one| one.severity == Severity::Error));
            } else {
                assert_eq!(findings, [], "{}", template.id);
            }
        }
    }
}
