//! Workspaces as files, and the demo workspace.

use heliograph_model::WorkspaceFile;

const DEMO: &str = include_str!("../../../fixtures/workspaces/bakery.yaml");

/// Why a text is not a workspace file.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceFileError {
    /// It cannot be read; the message says where and why.
    #[error("{0}")]
    Read(String),
    /// It cannot be written.
    #[error("the workspace cannot be written as YAML: {0}")]
    Write(String),
}

/// Reads a workspace from YAML or JSON, which is YAML too.
///
/// # Errors
/// [`WorkspaceFileError::Read`] with the line and what was expected there.
pub fn read_workspace(text: &str) -> Result<WorkspaceFile, WorkspaceFileError> {
    // JSON says more exactly what is wrong when it is read as JSON.
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text)
            .map_err(|error| WorkspaceFileError::Read(error.to_string()));
    }
    serde_saphyr::from_str(text).map_err(|error| WorkspaceFileError::Read(error.to_string()))
}

/// The fields of a workspace file that nothing reads, each by its way from the top, such as
/// `automations.2.isActve`: a slip of the pen, or of a newer version. None where the text is
/// no workspace file.
#[must_use]
pub fn unread_fields(text: &str) -> Vec<String> {
    let mut unread = Vec::new();
    let mut note = |path: serde_ignored::Path<'_>| {
        // What is optional has a step of its own there, a question mark.
        let path = path.to_string();
        let steps = path.split('.').filter(|step| *step != "?");
        unread.push(steps.collect::<Vec<_>>().join("."));
    };
    let read: Result<WorkspaceFile, String> = if text.trim_start().starts_with('{') {
        let mut json = serde_json::Deserializer::from_str(text);
        serde_ignored::deserialize(&mut json, &mut note).map_err(|error| error.to_string())
    } else {
        serde_saphyr::with_deserializer_from_str(text, |yaml| {
            serde_ignored::deserialize(yaml, &mut note)
        })
        .map_err(|error| error.to_string())
    };
    if read.is_err() {
        unread.clear();
    }
    unread
}

/// Writes a workspace as YAML.
///
/// # Errors
/// [`WorkspaceFileError::Write`] for what YAML cannot hold.
pub fn write_workspace(file: &WorkspaceFile) -> Result<String, WorkspaceFileError> {
    serde_saphyr::to_string(file).map_err(|error| WorkspaceFileError::Write(error.to_string()))
}

/// The demo workspace "Bakery": what the window opens on, and what an empty database
/// gets.
///
/// # Panics
/// Never: it is part of the program, and a test reads it.
#[must_use]
pub fn demo_workspace() -> WorkspaceFile {
    read_workspace(DEMO).expect("the demo workspace is a workspace file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_engine::validate::validate;
    use heliograph_model::AutomationType;

    #[test]
    fn the_demo_uses_every_type_and_step_and_has_no_problem() {
        let demo = demo_workspace();
        for kind in AutomationType::ALL {
            assert!(
                demo.automations
                    .iter()
                    .any(|automation| automation.kind == kind),
                "{kind}"
            );
        }
        let of_type = |kind| {
            demo.automations
                .iter()
                .filter(move |a| a.kind == kind)
                .count()
        };
        assert!(of_type(AutomationType::DmAutomation) >= 2);
        let uses = |has: fn(&heliograph_model::Steps) -> bool| {
            demo.automations
                .iter()
                .any(|automation| has(&automation.steps))
        };
        assert!(uses(|steps| steps.public_reply.is_some()));
        assert!(uses(|steps| steps.reaction.is_some()));
        assert!(uses(|steps| steps.opening.is_some()));
        assert!(uses(|steps| steps.follow.is_some()));
        assert!(uses(|steps| steps.email.is_some()));
        assert!(uses(|steps| steps.main.is_some()));
        for automation in &demo.automations {
            assert_eq!(validate(automation), [], "{}", automation.name);
        }
    }

    #[test]
    fn a_workspace_survives_both_formats() {
        let demo = demo_workspace();
        let yaml = write_workspace(&demo).expect("it becomes YAML");
        assert_eq!(read_workspace(&yaml).expect("and comes back"), demo);
        let json = serde_json::to_string(&demo).expect("it becomes JSON");
        assert_eq!(read_workspace(&json).expect("and comes back"), demo);
    }

    #[test]
    fn a_slip_of_the_pen_is_named_by_its_way_from_the_top() {
        assert_eq!(unread_fields(DEMO), Vec::<String>::new());
        let json = serde_json::to_string(&demo_workspace()).expect("it becomes JSON");
        assert_eq!(unread_fields(&json), Vec::<String>::new());
        let wrong = DEMO.replacen("isActive: true", "isActve: true", 1);
        assert_eq!(unread_fields(&wrong), ["automations.0.isActve"]);
        let wrong = json.replacen("\"opening\":{", "\"opening\":{\"buton\":\"Yes\",", 1);
        let unread = unread_fields(&wrong);
        assert!(
            unread.len() == 1 && unread[0].ends_with(".steps.opening.buton"),
            "{unread:?}"
        );
        assert_eq!(unread_fields("heliograph: ["), Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let text = DEMO.replace("priority: 20", "priority: soon");
        let error = read_workspace(&text)
            .expect_err("“soon” is no number")
            .to_string();
        assert!(error.contains("line"), "{error}");
    }
}
