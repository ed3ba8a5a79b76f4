//! The workspace that the tests talk to, as an operator would have built it.

use heliograph_model::{AccountId, Automation, AutomationId, WorkspaceFile};
use serde_json::{Value, json};

/// The workspace.
pub const WORKSPACE: &str = "ws-shop";

/// The account number `number` of the workspace, counted from 0.
#[must_use]
pub fn account(number: usize) -> AccountId {
    format!("178414{number:011}").into()
}

/// An automation of the workspace as JSON, which a test may change before it is parsed.
///
/// `type` is written as in a workspace file; without keywords it answers anything.
#[must_use]
pub fn automation(id: &str, kind: &str, priority: i32, keywords: &[&str], steps: &Value) -> Value {
    let mode = if keywords.is_empty() {
        "any_reply"
    } else {
        "specific_keywords"
    };
    let keywords: Vec<_> = keywords
        .iter()
        .map(|text| json!({ "text": text }))
        .collect();
    json!({
        "id": id,
        "workspaceId": WORKSPACE,
        "type": kind,
        "name": id,
        "isActive": true,
        "priority": priority,
        "trigger": { "mode": mode, "keywords": keywords },
        "steps": steps,
    })
}

/// A DM automation that answers with one text.
///
/// # Panics
/// When the vocabulary has changed and it is none any more.
#[must_use]
pub fn answer(id: &str, priority: i32, keywords: &[&str], text: &str) -> Automation {
    let steps = main(text, 0);
    parse(automation(id, "dm_automation", priority, keywords, &steps))
}

/// An automation out of its JSON.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn parse(automation: Value) -> Automation {
    serde_json::from_value(automation).expect("an automation as in a workspace file")
}

/// A main step with one text, sent `delay` seconds later.
#[must_use]
pub fn main(text: &str, delay: u32) -> Value {
    json!({ "main": { "delaySeconds": delay, "messages": [{ "type": "text", "text": text }] } })
}

/// The automations of the shop: `price` asks for a click first, `hello` answers at once,
/// `later` after ten minutes, `twice` with two messages, a comment with `info` gets a
/// private reply, one with `both` a public reply too.
#[must_use]
pub fn automations() -> Vec<Value> {
    let opening = json!({
        "opening": { "text": "Would you like to know the price?", "button": "Yes, please" },
        "main": { "messages": [{ "type": "text", "text": "It is 10 euros." }] },
    });
    let twice = json!({ "main": { "messages": [
        { "type": "text", "text": "First." },
        { "type": "text", "text": "Second." },
    ] } });
    let both = json!({
        "publicReply": { "texts": ["Look into your messages."] },
        "main": { "messages": [{ "type": "text", "text": "Here is both." }] },
    });
    vec![
        automation("price", "dm_automation", 10, &["price"], &opening),
        automation("hello", "dm_automation", 20, &["hello"], &main("Hello!", 0)),
        automation(
            "later",
            "dm_automation",
            30,
            &["later"],
            &main("Ten minutes have passed.", 600),
        ),
        automation("twice", "dm_automation", 40, &["twice"], &twice),
        automation(
            "info",
            "comment_reply_flow",
            10,
            &["info"],
            &main("Here is the information.", 0),
        ),
        automation("both", "comment_reply_flow", 20, &["both"], &both),
    ]
}

/// An automation that repeats what is written to it, behind all others.
#[must_use]
pub fn parrot() -> Value {
    let steps = main("You wrote {{event.text|nothing}}", 0);
    automation("parrot", "dm_automation", 1000, &[], &steps)
}

/// The shop's workspace file with so many accounts and these automations.
///
/// # Panics
/// When the vocabulary has changed and it is none any more.
#[must_use]
pub fn file(accounts: usize, automations: &[Value]) -> WorkspaceFile {
    serde_json::from_value(file_json(accounts, automations)).expect("a workspace file")
}

/// The same as JSON.
#[must_use]
pub fn file_json(accounts: usize, automations: &[Value]) -> Value {
    let accounts: Vec<_> = (0..accounts)
        .map(|number| {
            json!({
                "id": account(number),
                "workspaceId": WORKSPACE,
                "username": format!("shop.{number}"),
                "settings": { "unsubscribeKeywords": ["stop"] },
            })
        })
        .collect();
    json!({
        "heliograph": 1,
        "workspace": { "id": WORKSPACE, "name": "The shop" },
        "accounts": accounts,
        "automations": automations,
    })
}

/// The id of one of the automations.
#[must_use]
pub fn id(name: &str) -> AutomationId {
    name.into()
}
