//! `heliograph lint` as it is called in a terminal.
#![allow(clippy::unwrap_used, reason = "a test")]

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

/// A workspace with one automation that has these steps.
fn workspace(folder: &Path, steps: &Value) -> String {
    let file = json!({
        "heliograph": 1,
        "workspace": { "id": "shop", "name": "Shop" },
        "accounts": [{ "id": "17841400000000077", "workspaceId": "shop", "username": "shop.example" }],
        "automations": [{
            "id": "faq",
            "workspaceId": "shop",
            "type": "dm_automation",
            "name": "FAQ",
            "isActive": true,
            "trigger": { "mode": "specific_keywords", "keywords": [{ "text": "faq" }] },
            "steps": steps,
        }],
        "contacts": [],
    });
    let path = folder.join("shop.json");
    std::fs::write(&path, file.to_string()).unwrap();
    path.display().to_string()
}

fn heliograph(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_heliograph"))
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    text(output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_field_that_nothing_reads_is_a_warning_and_told_at_the_import_too() {
    let folder = tempfile::tempdir().unwrap();
    let steps =
        json!({ "main": { "mesages": [], "messages": [{ "type": "text", "text": "Hi" }] } });
    let file = workspace(folder.path(), &steps);
    let found = lines(&heliograph(&["--json", "lint", &file]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["code"], "unknown_field");
    assert_eq!(found[0]["path"], "automations.0.steps.main.mesages");
    let strict = heliograph(&["lint", "--strict", &file]);
    assert_eq!(strict.status.code(), Some(1));
    let database = folder.path().join("shop.sqlite").display().to_string();
    let imported = heliograph(&["import", &file, "--database", &database]);
    assert_eq!(imported.status.code(), Some(0), "{}", text(&imported));
    let told = String::from_utf8(imported.stderr).unwrap();
    assert!(told.contains("automations.0.steps.main.mesages"), "{told}");
}

#[test]
fn each_finding_is_a_line_with_what_would_put_it_right() {
    let folder = tempfile::tempdir().unwrap();
    let steps = json!({ "main": { "messages": [{ "type": "text", "text": "Hi {{contact.first_name}}" }] } });
    let file = workspace(folder.path(), &steps);
    let found = heliograph(&["--json", "lint", &file]);
    assert_eq!(found.status.code(), Some(0), "a warning");
    let found = lines(&found);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["workspace"], "Shop");
    assert_eq!(found[0]["code"], "no_fallback");
    assert_eq!(found[0]["path"], "steps.main.messages.0.text");
    assert_eq!(found[0]["fix"]["title"], "Add the fallback “there”");
    assert_eq!(
        found[0]["fix"]["change"],
        json!({ "type": "edit", "edits": [{
            "path": "steps.main.messages.0.text",
            "value": "\"Hi {{contact.first_name|there}}\"",
        }] })
    );
    let strict = heliograph(&["lint", "--strict", &file]);
    assert_eq!(strict.status.code(), Some(1));
    assert!(text(&strict).contains("warning: Shop / FAQ steps.main.messages.0.text: "));
}

#[test]
fn exploring_tells_the_ways_and_shows_the_shortest_conversation() {
    let folder = tempfile::tempdir().unwrap();
    let main = json!({ "messages": [{ "type": "buttons", "text": "Here.", "buttons": [
        { "title": "Again", "step": "main" },
    ] }] });
    let file = workspace(folder.path(), &json!({ "main": main }));
    let without = heliograph(&["lint", &file]);
    assert_eq!(without.status.code(), Some(0), "{}", text(&without));

    let explored = heliograph(&["lint", "--explore", &file]);
    assert_eq!(explored.status.code(), Some(1));
    let shown = text(&explored);
    for part in [
        "explored: Shop / FAQ: ",
        "loop: Shop / FAQ steps.main.messages.0.buttons.0: “Again” leads back",
        "     person > faq\n     person < Here. [Again]\n     person > [Again]\n",
        "0 errors, 0 warnings, 1 ways with something wrong.",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }

    let explored = lines(&heliograph(&["--json", "lint", "--explore", &file]));
    assert_eq!(explored.len(), 1);
    assert_eq!(explored[0]["automationId"], "faq");
    assert_eq!(explored[0]["complete"], true);
    assert!(explored[0]["ways"].as_u64().unwrap() > 2);
    let way = &explored[0]["findings"][0];
    assert_eq!(way["kind"], "loop");
    assert_eq!(
        way["conversation"][0],
        json!({ "who": "person", "text": "faq" })
    );
    assert_eq!(way["conversation"][1]["step"], "main");
    assert!(
        way["scenario"]
            .as_str()
            .unwrap()
            .contains("workspace: \"shop\"")
    );
}

#[test]
fn the_scenarios_that_are_written_play() {
    let folder = tempfile::tempdir().unwrap();
    let opening = json!({ "text": "Shall I?", "button": "Yes" });
    let file = workspace(folder.path(), &json!({ "opening": opening }));
    let scenarios = folder.path().join("found");
    let scenarios = scenarios.display().to_string();
    let explored = heliograph(&["lint", "--explore", "--scenarios", &scenarios, &file]);
    assert_eq!(explored.status.code(), Some(1));
    let scenario = format!("{scenarios}/faq.1.dead-end.yaml");
    let played = heliograph(&["simulate", &scenario]);
    assert_eq!(played.status.code(), Some(0), "{}", text(&played));
    assert!(text(&played).contains("[Yes]"));
}

#[test]
fn what_is_good_all_the_way_through_is_good() {
    let folder = tempfile::tempdir().unwrap();
    let main = json!({ "messages": [{ "type": "text", "text": "Here." }] });
    let file = workspace(folder.path(), &json!({ "main": main }));
    let explored = heliograph(&["lint", "--explore", "--strict", &file]);
    assert_eq!(explored.status.code(), Some(0), "{}", text(&explored));
    let alone = heliograph(&["lint", "--scenarios", "x", &file]);
    assert_eq!(
        alone.status.code(),
        Some(2),
        "there is nothing to write without --explore"
    );
}
