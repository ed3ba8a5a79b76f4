//! Variables in texts: `{{contact.first_name|there}}`, with what stands after the bar as
//! the fallback.
//!
//! The set of variables is closed and there is nothing to compute, so this is not a
//! template language: what a person is called can never become part of one.

use unicode_segmentation::UnicodeSegmentation;

/// The variables that a text may use (the design, "What the automations do").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Variable {
    /// `contact.first_name`: the first word of the display name.
    ContactFirstName,
    /// `contact.username`: the handle.
    ContactUsername,
    /// `contact.email`: the address that was captured.
    ContactEmail,
    /// `account.username`: the account's own handle.
    AccountUsername,
    /// `event.text`: what the person has just written.
    EventText,
}

impl Variable {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::ContactFirstName,
        Self::ContactUsername,
        Self::ContactEmail,
        Self::AccountUsername,
        Self::EventText,
    ];

    /// The name as it stands in a text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContactFirstName => "contact.first_name",
            Self::ContactUsername => "contact.username",
            Self::ContactEmail => "contact.email",
            Self::AccountUsername => "account.username",
            Self::EventText => "event.text",
        }
    }

    /// The variable of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// How many bytes its value is reckoned with when a text is validated. Values are not
    /// bounded, so a rendered text may still be cut.
    #[must_use]
    pub fn usual_bytes(self) -> usize {
        match self {
            Self::ContactFirstName => 24,
            Self::ContactUsername | Self::AccountUsername => 30,
            Self::ContactEmail => 40,
            Self::EventText => 100,
        }
    }
}

/// What the variables stand for. What is not known is `None`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Values<'a> {
    /// The contact's display name; the variable is its first word.
    pub name: Option<&'a str>,
    /// The contact's handle.
    pub username: Option<&'a str>,
    /// The contact's address.
    pub email: Option<&'a str>,
    /// The account's handle.
    pub account_username: Option<&'a str>,
    /// What the person has just written.
    pub event_text: Option<&'a str>,
}

impl<'a> Values<'a> {
    /// What a variable stands for; `None` when that is unknown or blank.
    #[must_use]
    pub fn get(&self, variable: Variable) -> Option<&'a str> {
        match variable {
            Variable::ContactFirstName => self.name.and_then(|name| name.split_whitespace().next()),
            Variable::ContactUsername => self.username,
            Variable::ContactEmail => self.email,
            Variable::AccountUsername => self.account_username,
            Variable::EventText => self.event_text,
        }
        .map(str::trim)
        .filter(|value| !value.is_empty())
    }
}

/// One use of a variable in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used<'a> {
    /// Which.
    pub variable: Variable,
    /// What is said when its value is not known.
    pub fallback: Option<&'a str>,
}

/// What is wrong with a text's variables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is no such variable.
    #[error(
        "there is no variable “{0}”; use one of contact.first_name, contact.username, \
         contact.email, account.username, event.text"
    )]
    Unknown(String),
    /// A `{{` without its `}}`.
    #[error("“{{{{{0}” is not closed; put }}}} after it")]
    Unclosed(String),
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Braces {
        name: &'a str,
        fallback: Option<&'a str>,
    },
    Unclosed(&'a str),
}

/// The variables that a text uses, in order.
///
/// # Errors
/// The first thing that is wrong with them.
pub fn variables(text: &str) -> Result<Vec<Used<'_>>, TemplateError> {
    pieces(text)
        .filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Braces { name, fallback } => Some(
                Variable::from_name(name)
                    .map(|variable| Used { variable, fallback })
                    .ok_or_else(|| TemplateError::Unknown(name.into())),
            ),
            Piece::Unclosed(rest) => Some(Err(TemplateError::Unclosed(
                rest.chars().take(20).collect(),
            ))),
        })
        .collect()
}

/// The text with its variables filled in. It never fails: what validation would have
/// refused is left out (an unknown variable) or stays as it is (braces that do not close).
#[must_use]
pub fn render(text: &str, values: &Values<'_>) -> String {
    fill(text, values, |to, value| to.push_str(value))
}

/// An address with its variables filled in; their values are percent-encoded.
#[must_use]
pub fn render_url(url: &str, values: &Values<'_>) -> String {
    fill(url, values, |to, value| {
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                to.push(char::from(byte));
            } else {
                to.push_str(&format!("%{byte:02X}"));
            }
        }
    })
}

/// Cuts a text to at most `most` UTF-8 bytes, between what people see as characters, and
/// ends it with an ellipsis where something was cut.
#[must_use]
pub fn cut_to_bytes(text: String, most: usize) -> String {
    if text.len() <= most {
        return text;
    }
    let room = most.saturating_sub('…'.len_utf8());
    cut_before(&text, |end, _| end <= room)
}

/// Cuts a text to at most `most` characters, as [`cut_to_bytes`] does.
#[must_use]
pub fn cut_to_chars(text: String, most: usize) -> String {
    if text.len() <= most || text.chars().count() <= most {
        return text;
    }
    let room = most.saturating_sub(1);
    cut_before(&text, |_, chars| chars <= room)
}

fn cut_before(text: &str, fits: impl Fn(usize, usize) -> bool) -> String {
    let (mut end, mut chars) = (0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        chars += grapheme.chars().count();
        if !fits(at + grapheme.len(), chars) {
            break;
        }
        end = at + grapheme.len();
    }
    format!("{}…", text[..end].trim_end())
}

fn fill(text: &str, values: &Values<'_>, put: impl Fn(&mut String, &str)) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Braces { name, fallback } => {
                let value = Variable::from_name(name).and_then(|variable| values.get(variable));
                match (value, fallback) {
                    (Some(value), _) => put(&mut filled, value),
                    (None, Some(fallback)) => filled.push_str(fallback),
                    (None, None) => {}
                }
            }
            Piece::Unclosed(rest) => {
                filled.push_str("{{");
                filled.push_str(rest);
            }
        }
    }
    filled
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(inside) = rest.strip_prefix("{{") else {
            let end = rest.find("{{").unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            rest = after;
            return Some(Piece::Text(piece));
        };
        let Some((inside, after)) = inside.split_once("}}") else {
            rest = "";
            return Some(Piece::Unclosed(inside));
        };
        rest = after;
        let (name, fallback) = match inside.split_once('|') {
            Some((name, fallback)) => (name, Some(fallback.trim())),
            None => (inside, None),
        };
        Some(Piece::Braces {
            name: name.trim(),
            fallback,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANNA: Values<'_> = Values {
        name: Some("Anna Maria Müller"),
        username: Some("anna.example"),
        email: None,
        account_username: Some("shop.example"),
        event_text: Some("price & size"),
    };

    #[test]
    fn variables_are_filled_in() {
        assert_eq!(
            render(
                "Hi {{contact.first_name|there}}, {{ account.username }} here",
                &ANNA
            ),
            "Hi Anna, shop.example here"
        );
    }

    #[test]
    fn the_fallback_stands_in_for_what_is_unknown_or_blank() {
        let text = "Hi {{contact.first_name| there }}!{{contact.email}}";
        assert_eq!(render(text, &Values::default()), "Hi there!");
        let blank = Values {
            name: Some("  "),
            ..Values::default()
        };
        assert_eq!(render(text, &blank), "Hi there!");
    }

    #[test]
    fn a_value_is_never_read_as_a_variable() {
        let sly = Values {
            name: Some("{{contact.email|x}}"),
            ..ANNA
        };
        assert_eq!(
            render("{{contact.first_name}}", &sly),
            "{{contact.email|x}}"
        );
    }

    #[test]
    fn values_in_addresses_are_encoded() {
        assert_eq!(
            render_url(
                "https://shop.example/?q={{event.text}}&u={{contact.email|none}}",
                &ANNA
            ),
            "https://shop.example/?q=price%20%26%20size&u=none"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(
            variables("{{contact.age|30}}"),
            Err(TemplateError::Unknown("contact.age".into()))
        );
        assert_eq!(
            variables("Hi {{contact.first_name"),
            Err(TemplateError::Unclosed("contact.first_name".into()))
        );
        assert_eq!(
            TemplateError::Unclosed("x".into()).to_string(),
            "“{{x” is not closed; put }} after it"
        );
        assert_eq!(
            variables("{{event.text}} {a} {{contact.email|no}}"),
            Ok(vec![
                Used {
                    variable: Variable::EventText,
                    fallback: None
                },
                Used {
                    variable: Variable::ContactEmail,
                    fallback: Some("no")
                },
            ])
        );
    }

    #[test]
    fn what_is_wrong_does_not_stop_a_message() {
        assert_eq!(render("a {{contact.age|30}} {{b", &ANNA), "a 30 {{b");
        assert_eq!(render("a {{contact.age}}b", &ANNA), "a b");
    }

    #[test]
    fn a_cut_never_halves_what_people_see_as_a_character() {
        assert_eq!(cut_to_bytes("hello".into(), 5), "hello");
        assert_eq!(cut_to_bytes("hello!".into(), 5), "he…");
        // The family takes 25 bytes and would have to be halved.
        let family = "ab👨\u{200d}👩\u{200d}👧\u{200d}👦cd";
        assert_eq!(cut_to_bytes(family.into(), 20), "ab…");
        assert_eq!(cut_to_chars("abcdef".into(), 4), "abc…");
        assert_eq!(cut_to_chars("über".into(), 4), "über");
    }

    proptest! {
        #[test]
        fn a_cut_text_always_fits(text in "\\PC{0,80}", most in 3usize..60) {
            prop_assert!(cut_to_bytes(text.clone(), most).len() <= most);
            prop_assert!(cut_to_chars(text, most).chars().count() <= most);
        }

        #[test]
        fn any_text_renders_and_one_without_braces_stays(text: String) {
            let rendered = render(&text, &ANNA);
            if !text.contains("{{") {
                prop_assert_eq!(rendered, text);
            }
        }
    }
}
