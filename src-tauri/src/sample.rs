//! A command line that posts a signed sample to the window's listener.

use crate::{
    error::{CommandError, ErrorCode},
    listening::Listening,
};
use heliograph_lab::simulator::SimulatorView;
use heliograph_model::{AutomationType, TriggerMode};
use heliograph_runtime::made_up_secret;
use serde_json::json;

/// A `curl` that says, as the first person of the simulator, a word that starts an
/// automation. It runs in a Unix shell and in Git's shell on Windows.
pub(crate) fn curl(listening: &Listening, view: &SimulatorView) -> Result<String, CommandError> {
    let status = listening.status();
    let Some(address) = status.address else {
        return Err(CommandError::new(
            ErrorCode::Unavailable,
            "The listener is not running. Start it first; the sample is signed for it.",
        ));
    };
    let body = body(view, &made_up_secret())?;
    let signature = listening.sign(body.as_bytes());
    Ok(format!(
        "curl -i '{address}' -H 'Content-Type: application/json' \
         -H 'X-Hub-Signature-256: {signature}' --data-binary '{body}'"
    ))
}

/// The body as Meta would send it, without an apostrophe, which would end the shell's
/// quotes.
fn body(view: &SimulatorView, unique: &str) -> Result<String, CommandError> {
    let Some(person) = view.people.first() else {
        return Err(CommandError::new(
            ErrorCode::Invalid,
            "There is nobody who could say something. Add a person first.",
        ));
    };
    let body = json!({
        "object": "instagram",
        "entry": [{
            "id": view.account.id,
            "time": view.now.0,
            "messaging": [{
                "sender": { "id": person.id },
                "recipient": { "id": view.account.id },
                "timestamp": view.now.0,
                "message": { "mid": format!("sample-{unique}"), "text": word(view) },
            }],
        }],
    });
    Ok(body.to_string().replace('\'', "\\u0027"))
}

/// A word that an active DM automation waits for.
fn word(view: &SimulatorView) -> &str {
    let automations = view.automations.as_deref().unwrap_or_default();
    automations
        .iter()
        .filter(|automation| automation.is_active)
        .filter(|automation| automation.kind == AutomationType::DmAutomation)
        .filter(|automation| automation.trigger.mode == TriggerMode::SpecificKeywords)
        .find_map(|automation| automation.trigger.keywords.first())
        .map_or("hello", |keyword| &keyword.text)
}
