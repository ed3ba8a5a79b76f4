//! What a filter asks of the errors of sends: `error:190`, `error:10/2534022`,
//! `error:token`, `error:any`.

use crate::traffic::facets::Trouble;
use heliograph_model::ErrorClass;
use std::fmt;

/// The name of any error.
pub(super) const ANY: &str = "any";

/// An error of a send as it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorWanted {
    /// Whichever.
    Any,
    /// Of this class.
    Class(ErrorClass),
    /// With this code of Meta's, and this subcode where one is said.
    Code(i32, Option<i32>),
}

impl ErrorWanted {
    /// Reads a code, a code and a subcode, or a name.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if text == ANY {
            return Some(Self::Any);
        }
        if let Some(class) = ErrorClass::ALL.into_iter().find(|one| one.as_str() == text) {
            return Some(Self::Class(class));
        }
        let number = |text: &str| {
            let is_plain = text.bytes().all(|sign| sign.is_ascii_digit());
            text.parse::<i32>().ok().filter(|_| is_plain)
        };
        match text.split_once(['/', '.']) {
            Some((code, subcode)) => Some(Self::Code(number(code)?, Some(number(subcode)?))),
            None => Some(Self::Code(number(&text)?, None)),
        }
    }

    /// Whether an error is such a one.
    pub(super) fn is(self, trouble: &Trouble) -> bool {
        match self {
            Self::Any => true,
            Self::Class(class) => trouble.class == class,
            Self::Code(code, subcode) => {
                trouble.code == Some(code) && (subcode.is_none() || trouble.subcode == subcode)
            }
        }
    }
}

impl fmt::Display for ErrorWanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str(ANY),
            Self::Class(class) => f.write_str(class.as_str()),
            Self::Code(code, None) => write!(f, "{code}"),
            Self::Code(code, Some(subcode)) => write!(f, "{code}/{subcode}"),
        }
    }
}
