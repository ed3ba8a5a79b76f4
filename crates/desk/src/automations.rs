//! Automations of a profile, found by a few letters.

use heliograph_engine::matching::Folded;
use heliograph_engine::ports::{Documents, PortResult};
use heliograph_model::{Automation, AutomationId, AutomationType};
use serde::Serialize;

/// So many are looked through at the most, in the order of the workspaces.
const MOST: usize = 5_000;

/// An automation that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FoundAutomation {
    /// Which.
    pub id: AutomationId,
    /// Its name, for people.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: AutomationType,
    /// Whether it is tried.
    pub is_active: bool,
    /// The workspace that it belongs to, by its name.
    pub workspace: String,
}

/// The first `most` automations that have every word of a text in their name, among their
/// keywords or in their id: those first whose name has them. Only reads; at most 5,000
/// automations are looked through.
///
/// # Errors
/// When the documents cannot be read.
pub async fn find(
    documents: &dyn Documents,
    text: &str,
    most: usize,
) -> PortResult<Vec<FoundAutomation>> {
    let words: Vec<String> = text.split_whitespace().map(folded).collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let (mut by_name, mut others, mut looked) = (Vec::new(), Vec::new(), 0);
    for workspace in documents.workspaces().await? {
        if looked >= MOST {
            break;
        }
        let mut automations = documents.automations(&workspace.id).await?;
        automations.truncate(MOST - looked);
        looked += automations.len();
        for automation in automations {
            let has = |text: &str| words.iter().all(|word| text.contains(word));
            let name = folded(&automation.name);
            let list = if has(&name) {
                &mut by_name
            } else if has(&all_of(&automation, &name)) {
                &mut others
            } else {
                continue;
            };
            list.push(FoundAutomation {
                id: automation.id,
                name: automation.name,
                kind: automation.kind,
                is_active: automation.is_active,
                workspace: workspace.name.clone(),
            });
        }
    }
    by_name.append(&mut others);
    by_name.truncate(most);
    Ok(by_name)
}

/// Everything by which it is found.
fn all_of(automation: &Automation, name: &str) -> String {
    let keywords = automation.trigger.keywords.iter();
    let keywords = keywords.map(|keyword| folded(&keyword.text));
    let id = automation.id.as_str().to_lowercase();
    [name.to_owned(), id]
        .into_iter()
        .chain(keywords)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A text as it is looked for: without case, accents and widths.
fn folded(text: &str) -> String {
    Folded::new(text).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_engine::conformance::samples;
    use heliograph_lab::simulator::{Simulator, SimulatorSettings};
    use heliograph_model::Keyword;

    #[tokio::test]
    async fn by_name_before_keyword_and_id_in_every_workspace() {
        let settings = SimulatorSettings::demo(samples::START);
        let simulator = Simulator::open(settings).await.expect("it opens");
        let store = simulator.runtime().store();
        let add = async |id: &str, workspace: &str, name: &str, keyword: &str| {
            let mut automation = samples::automation(id, workspace, 1);
            name.clone_into(&mut automation.name);
            automation.trigger.keywords = vec![Keyword {
                text: keyword.to_owned(),
                kind: Default::default(),
            }];
            let put = store.put_automation(&automation, None).await;
            put.expect("written");
        };
        for (id, name) in [("north", "North"), ("south", "South")] {
            let workspace = samples::workspace(id, name);
            store.put_workspace(&workspace).await.expect("written");
        }
        add("a-1", "north", "Waitlist", "zebraprice").await;
        add("a-2", "south", "Zèbraprice list", "menu").await;
        let found = async |text: &str, most| -> Vec<(String, String)> {
            let found = find(&*store, text, most).await.expect("an answer");
            let one = |it: FoundAutomation| (it.name, it.workspace);
            found.into_iter().map(one).collect()
        };
        let of = |name: &str, workspace: &str| (name.to_owned(), workspace.to_owned());
        let by_name = of("Zèbraprice list", "South");
        let by_keyword = of("Waitlist", "North");
        assert_eq!(
            found("zebraPRICE", 9).await,
            [by_name.clone(), by_keyword.clone()]
        );
        assert_eq!(found("zebraprice", 1).await, std::slice::from_ref(&by_name));
        assert_eq!(found("list zebraprice", 9).await[0], by_name);
        assert_eq!(found("A-1", 9).await, [by_keyword]);
        assert_eq!(found(" ", 9).await, []);
        assert_eq!(found("nothing like it", 9).await, []);
    }
}
