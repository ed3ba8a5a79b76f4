//! Variables that are misspelt, not closed, or without a fallback.

use heliograph_engine::template::Variable;

/// The text with a fallback for each variable that has none, and what that does. `None`
/// where each has one.
pub(super) fn with_fallbacks(text: &str) -> Option<(String, String)> {
    let mut added: Vec<&str> = Vec::new();
    let text = with_braces(text, |name, fallback| {
        let variable = Variable::from_name(name).filter(|_| fallback.is_empty())?;
        let word = usual_fallback(variable)?;
        if !added.contains(&word) {
            added.push(word);
        }
        Some(format!("{{{{{name}|{word}}}}}"))
    });
    let title = match added.as_slice() {
        [] => return None,
        [word] => format!("Add the fallback “{word}”"),
        [..] => "Add fallbacks".to_owned(),
    };
    Some((title, text))
}

/// The text with names that are nearly those of a variable written right. `None` where
/// there is none, or no telling which is meant.
pub(super) fn corrected(text: &str) -> Option<String> {
    let mut is_changed = false;
    let text = with_braces(text, |name, fallback| {
        if Variable::from_name(name).is_some() {
            return None;
        }
        let meant = meant(name)?;
        is_changed = true;
        let bar = if fallback.is_empty() { "" } else { "|" };
        Some(format!("{{{{{}{bar}{fallback}}}}}", meant.as_str()))
    });
    is_changed.then_some(text)
}

/// The text with the braces closed behind the name of a variable, where a variable is
/// what they were opened for.
pub(super) fn closed(text: &str) -> Option<String> {
    let open = text.rfind("{{")?;
    let (before, inside) = text.split_at(open);
    let inside = inside.strip_prefix("{{")?.trim_start();
    if inside.contains("}}") {
        return None;
    }
    let variable = Variable::ALL
        .into_iter()
        .find(|variable| inside.starts_with(variable.as_str()))?;
    let rest = inside.strip_prefix(variable.as_str())?;
    let rest = rest.strip_prefix('}').unwrap_or(rest);
    if rest.starts_with(|c: char| c.is_alphanumeric() || "_.|".contains(c)) {
        return None;
    }
    let bar = usual_fallback(variable).map_or_else(String::new, |word| format!("|{word}"));
    Some(format!("{before}{{{{{}{bar}}}}}{rest}", variable.as_str()))
}

/// What is said where a variable is not known; an account always has its handle.
fn usual_fallback(variable: Variable) -> Option<&'static str> {
    match variable {
        Variable::ContactFirstName | Variable::ContactUsername => Some("there"),
        Variable::ContactEmail => Some("your address"),
        Variable::EventText => Some("that"),
        Variable::AccountUsername => None,
    }
}

/// The one variable that a name is nearly that of: its letters are the same, or those
/// behind the dot.
fn meant(name: &str) -> Option<Variable> {
    let letters = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let last = |text: &str| letters(text.rsplit('.').next().unwrap_or(text));
    let only = |fits: &dyn Fn(Variable) -> bool| {
        let mut fitting = Variable::ALL.into_iter().filter(|variable| fits(*variable));
        fitting.next().filter(|_| fitting.next().is_none())
    };
    only(&|variable| letters(variable.as_str()) == letters(name))
        .or_else(|| only(&|variable| last(variable.as_str()) == last(name)))
        .or_else(|| (last(name) == "name").then_some(Variable::ContactFirstName))
}

/// The text with each `{{name|fallback}}` replaced, where `replace` says by what.
fn with_braces(text: &str, mut replace: impl FnMut(&str, &str) -> Option<String>) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("{{") {
        written.push_str(before);
        let Some((braces, after)) = inside.split_once("}}") else {
            written.push_str("{{");
            rest = inside;
            break;
        };
        let (name, fallback) = braces.split_once('|').unwrap_or((braces, ""));
        match replace(name.trim(), fallback.trim()) {
            Some(new) => written.push_str(&new),
            None => {
                written.push_str("{{");
                written.push_str(braces);
                written.push_str("}}");
            }
        }
        rest = after;
    }
    written.push_str(rest);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variable_gets_a_fallback_that_reads_well() {
        let (title, text) = with_fallbacks("Hi {{ contact.first_name }}{{account.username}}!")
            .expect("one has none");
        assert_eq!(title, "Add the fallback “there”");
        assert_eq!(text, "Hi {{contact.first_name|there}}{{account.username}}!");
        let (title, text) =
            with_fallbacks("{{contact.first_name|}} {{contact.email}}").expect("both have none");
        assert_eq!(title, "Add fallbacks");
        assert_eq!(
            text,
            "{{contact.first_name|there}} {{contact.email|your address}}"
        );
        assert_eq!(with_fallbacks("Hi {{contact.first_name|you}}"), None);
    }

    #[test]
    fn a_misspelt_variable_is_corrected_where_one_is_meant() {
        for (text, right) in [
            (
                "Hi {{contact.firstName|you}}",
                Some("Hi {{contact.first_name|you}}"),
            ),
            ("Hi {{name}}", Some("Hi {{contact.first_name}}")),
            ("{{user.email|x}}", Some("{{contact.email|x}}")),
            ("{{username}}", None),
            ("{{contact.age}}", None),
        ] {
            assert_eq!(corrected(text).as_deref(), right, "{text}");
        }
    }

    #[test]
    fn open_braces_are_closed_behind_the_variable() {
        for (text, right) in [
            (
                "Hi {{contact.first_name, hello",
                Some("Hi {{contact.first_name|there}}, hello"),
            ),
            ("{{account.username}", Some("{{account.username}}")),
            ("Hi {{ there", None),
            ("Hi {{contact.first_names", None),
        ] {
            assert_eq!(closed(text).as_deref(), right, "{text}");
        }
    }
}
