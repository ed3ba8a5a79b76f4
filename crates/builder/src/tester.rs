//! Trying sample texts: which of them set an automation off, and who would win instead.

use crate::{Builder, Result};
use heliograph_engine::matching::{AutomationSet, Detail, Folded, Look, Question};
use heliograph_model::{Automation, AutomationId, AutomationType, MatchedBy, Target};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What one sample text does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Tested {
    /// The text.
    pub text: String,
    /// Whether the automation would match if it were the only one.
    pub matches: bool,
    /// Why, or why not, in a sentence.
    pub why: String,
    /// The automation that answers, where one does.
    pub winner: Option<WinnerOf>,
}

/// The automation that answers a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WinnerOf {
    /// Which.
    pub id: AutomationId,
    /// Its name.
    pub name: String,
    /// The keyword that made it match; absent where it answers anything.
    pub keyword: Option<String>,
}

impl Builder {
    /// Tries texts on an automation as it is drafted, and on all others beside it. It is
    /// tried as if it were on.
    ///
    /// # Errors
    /// When the store or the shelf fails.
    pub async fn test_texts(
        &self,
        automation: &Automation,
        texts: &[String],
    ) -> Result<Vec<Tested>> {
        let mut all = self.drafted().await?;
        all.retain(|one| one.id != automation.id);
        Ok(test(automation, all, texts))
    }
}

/// By the matcher that the engine asks: the automations of this post or story first, then
/// those for all.
fn test(automation: &Automation, others: Vec<Automation>, texts: &[String]) -> Vec<Tested> {
    let mut own = automation.clone();
    own.is_active = true;
    let alone = [Arc::new(AutomationSet::compile(vec![own.clone()]))];
    let mut same = others;
    same.push(own);
    same.retain(|one| one.kind == automation.kind);
    let (for_all, of_target): (Vec<_>, Vec<_>) = same
        .into_iter()
        .filter(|one| one.target.is_all() || one.target == automation.target)
        .partition(|one| one.target == Target::All);
    let mut sets = Vec::with_capacity(2);
    if automation.kind != AutomationType::DmAutomation && !of_target.is_empty() {
        sets.push(Arc::new(AutomationSet::compile(of_target)));
    }
    sets.push(Arc::new(AutomationSet::compile(for_all)));
    texts
        .iter()
        .map(|text| {
            let folded = [Folded::new(text)];
            let question = Question {
                texts: &folded,
                is_reply: false,
            };
            let by_itself = Look::into(&alone, &question, Detail::All);
            let verdict = by_itself.looked_at.first();
            let winner = Look::into(&sets, &question, Detail::Recorded).winner;
            Tested {
                text: text.clone(),
                matches: by_itself.winner.is_some(),
                why: verdict.map_or_else(String::new, |one| one.verdict.sentence()),
                winner: winner.map(|winner| WinnerOf {
                    id: winner.automation.id.clone(),
                    name: winner.automation.name.clone(),
                    keyword: match winner.by {
                        MatchedBy::Keyword { keyword, .. } => Some(keyword),
                        MatchedBy::AnyReply => None,
                    },
                }),
            }
        })
        .collect()
}
