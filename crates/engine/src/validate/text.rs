//! Texts, titles and addresses.

use super::{Limit, found::Found};
use crate::template::{self, TemplateError, Used, Values, Variable};
use heliograph_model::ProblemCode as Code;

/// Checks a text that is sent: not empty, not longer than Instagram accepts, and its
/// variables known.
pub(super) fn check(path: &str, text: &str, limit: Limit, found: &mut Found) {
    if text.trim().is_empty() {
        found.error(path, Code::EmptyText, "This is empty. Write something.");
        return;
    }
    found.within(limit);
    check_within(path, text, limit, found);
    found.anywhere();
}

fn check_within(path: &str, text: &str, limit: Limit, found: &mut Found) {
    let Some(used) = check_variables(path, text, found) else {
        return;
    };
    for used in &used {
        // An account always has its handle.
        let is_known = used.variable == Variable::AccountUsername;
        if !is_known && used.fallback.is_none_or(str::is_empty) {
            let name = used.variable.as_str();
            found.warning(
                path,
                Code::NoFallback,
                format!(
                    "Where {name} is not known there will be a gap. Say what stands there then, \
                     such as {{{{{name}|there}}}}."
                ),
            );
        }
    }
    check_length(path, text, &used, limit, found);
}

/// Checks an address that Instagram opens or fetches.
pub(super) fn check_address(path: &str, url: &str, found: &mut Found) {
    if url.trim().is_empty() {
        found.error(
            path,
            Code::NoAddress,
            "The address is missing. Write where it leads.",
        );
        return;
    }
    let host = url.strip_prefix("https://").unwrap_or_default();
    let is_bad = host.is_empty()
        || host.starts_with(['/', '?', '#', '.'])
        || template::render(url, &Values::default()).contains(char::is_whitespace);
    if is_bad {
        found.error(
            path,
            Code::BadAddress,
            format!("Instagram does not open “{url}”. Write an address that begins with https://."),
        );
    }
    check_variables(path, url, found);
}

/// The variables, unless one is wrong.
fn check_variables<'t>(path: &str, text: &'t str, found: &mut Found) -> Option<Vec<Used<'t>>> {
    match template::variables(text) {
        Ok(used) => Some(used),
        Err(error) => {
            let code = match error {
                TemplateError::Unknown(_) => Code::UnknownVariable,
                TemplateError::Unclosed(_) => Code::UnclosedVariable,
            };
            let message = error.to_string();
            let mut chars = message.chars();
            let first = chars.next().map(char::to_uppercase);
            let sentence: String = first.into_iter().flatten().chain(chars).collect();
            found.error(path, code, format!("{sentence}."));
            None
        }
    }
}

fn check_length(path: &str, text: &str, used: &[Used<'_>], limit: Limit, found: &mut Found) {
    let (most, unit) = (limit.most(), limit.unit());
    let least = limit.length(&template::render(text, &Values::default()));
    if least > most {
        found.error(
            path,
            Code::TooLong,
            format!("This is {least} {unit} long, and Instagram accepts {most}. Shorten it."),
        );
        return;
    }
    // The headroom for values: what is longer still is cut when it is sent.
    let usual: usize = used
        .iter()
        .map(|used| {
            let fallback = limit.length(used.fallback.unwrap_or_default());
            used.variable.usual_bytes().saturating_sub(fallback)
        })
        .sum();
    if least + usual > most {
        found.warning(
            path,
            Code::MayBeCut,
            format!(
                "With its variables filled in this may be longer than the {most} {unit} that \
                 Instagram accepts, and would be cut. Shorten it."
            ),
        );
    }
}
