//! What happens in the demo.

use heliograph_model::Millis;

/// Somebody in the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person {
    pub id: &'static str,
    pub name: &'static str,
    pub username: &'static str,
}

const MAYA: Person = Person {
    id: "900000000000011",
    name: "Maya",
    username: "maya.bakes",
};
const TOM: Person = Person {
    id: "900000000000012",
    name: "Tom",
    username: "tom.example",
};
const ANA: Person = Person {
    id: "900000000000013",
    name: "Ana",
    username: "ana.example",
};

/// Everybody who takes part.
pub(crate) const PEOPLE: [Person; 3] = [MAYA, TOM, ANA];

/// One line of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// A heading.
    Scene(&'static str),
    /// A direct message.
    Say(Person, &'static str),
    /// A tap on the first button of the last message that the person got.
    Tap(Person),
    /// A reply to the demo story.
    ReplyToStory(Person, &'static str),
    /// A comment on the demo post.
    Comment(Person, &'static str),
    /// The last delivery arrives once more.
    Again,
    /// The person follows the account.
    Follow(Person),
    /// So many milliseconds pass.
    Pass(i64),
}

/// The script: every type of automation, every step.
pub(crate) fn script() -> Vec<Line> {
    use Line::{Again, Comment, Follow, Pass, ReplyToStory, Say, Scene, Tap};
    vec![
        Scene("A direct message, and a flow with a button and an email address"),
        Say(MAYA, "What's on the MENU today?"),
        Pass(11 * Millis::MINUTE),
        Tap(MAYA),
        Say(MAYA, "sure, one moment"),
        Say(MAYA, "it is Maya@Example.com, thanks!"),
        Say(MAYA, "what time is it where you are?"),
        Scene("A reply to a story"),
        ReplyToStory(TOM, "link please 🥐"),
        Say(TOM, "count me in"),
        Say(TOM, "tom@example.com"),
        Scene("A comment, answered publicly and privately, with a follow gate"),
        Comment(ANA, "Recipe, please!"),
        Again,
        Tap(ANA),
        Tap(ANA),
        Follow(ANA),
        Tap(ANA),
        Say(ANA, "ana@example.com"),
        Scene("Somebody has enough"),
        Say(ANA, "stop"),
        Say(ANA, "menu"),
    ]
}
