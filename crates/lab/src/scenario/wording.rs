//! What operators change and what goes wrong, in words, for transcripts and timelines.

use super::format::{BadAnswer, Change, Trouble};

impl Trouble {
    /// Who or what it happens to.
    pub(crate) fn subject(self) -> &'static str {
        match self {
            Self::CacheLost => "cache",
            Self::StoreSlow(_) => "store",
            Self::Instagram { .. }
            | Self::Recovers
            | Self::ComesTwice(_)
            | Self::HeldBack
            | Self::Arrives => "instagram",
        }
    }

    /// What happens, to be read behind the subject.
    pub(crate) fn in_words(self) -> String {
        match self {
            Self::Instagram { answer, times } => {
                let how_often = match times {
                    None => "until it recovers".to_owned(),
                    Some(1) => "once".to_owned(),
                    Some(times) => format!("{times} times"),
                };
                format!("answers with {} {how_often}", answer.in_words())
            }
            Self::Recovers => "answers well again".to_owned(),
            Self::CacheLost => "has lost everything".to_owned(),
            Self::ComesTwice(true) => "sends the next delivery twice".to_owned(),
            Self::ComesTwice(false) => "sends the next delivery once after all".to_owned(),
            Self::HeldBack => "holds the next delivery back".to_owned(),
            Self::Arrives => "sends what it held back".to_owned(),
            Self::StoreSlow(0) => "is fast again".to_owned(),
            Self::StoreSlow(millis) => {
                format!("takes {} longer", super::words::in_words(millis.into()))
            }
        }
    }
}

impl BadAnswer {
    /// All of them with the words that a scenario has for them. One that begins like
    /// another stands before it.
    pub(crate) const WORDS: [(&str, Self); 8] = [
        ("server error", Self::ServerError),
        ("too many requests", Self::TooMany),
        ("token expired", Self::TokenExpired),
        ("nothing after taking it", Self::DropsAfter),
        ("nothing", Self::DropsBefore),
        ("refusal", Self::Refuses),
        ("outside the window", Self::OutsideWindow),
        ("unreachable", Self::Unreachable),
    ];

    fn in_words(self) -> &'static str {
        match self {
            Self::ServerError => "a server error",
            Self::TooMany => "“too many requests”",
            Self::TokenExpired => "“the token has expired”",
            Self::DropsAfter => "nothing, after having taken it,",
            Self::DropsBefore => "nothing",
            Self::Refuses => "a refusal",
            Self::OutsideWindow => "“outside the 24-hour window”",
            Self::Unreachable => "“the person cannot be reached”",
        }
    }
}

impl Change {
    /// What the operator does, to be read behind “operator”.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Update { automation, set } => format!("changes “{automation}”: {set}"),
            Self::Toggle { automation, active } => {
                let verb = if *active { "on" } else { "off" };
                format!("switches “{automation}” {verb}")
            }
            Self::Delete(automation) => format!("deletes “{automation}”"),
            Self::Create(fields) => {
                let name = fields["name"].as_str().unwrap_or("new");
                format!("creates “{name}”")
            }
            Self::TryFirst(automation) => format!("puts “{automation}” first"),
            Self::Account(set) => format!("changes the account: {set}"),
        }
    }
}
