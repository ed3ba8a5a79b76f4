//! The sentences that a step can begin with: one table, which the reader, its error
//! messages and the check of `docs/scenarios.md` share.

use super::words;

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Somebody does something.
    Act(Acting),
    /// Something must be so.
    Expect(Expecting),
    Crowd,
    Together,
    Again,
    Webhook,
    Pass,
    Follows,
    Unfollows,
    SwitchOff,
    SwitchOn,
    Delete,
    Change,
    Create,
    TryFirst,
    ChangeAccount,
    InstagramAnswers,
    InstagramRecovers,
    CacheLost,
    ComesTwice,
    HeldBack,
    HeldArrives,
    StoreTakes,
    StoreFast,
    Unsubscribes,
    Subscribes,
    SetsEmail,
    Puts,
    PutsBack,
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acting {
    Says,
    Sends,
    Taps,
    Chooses,
    TapsIceBreaker,
    RepliesToStory,
    MentionsInStory,
    CommentsOnAd,
    CommentsOn,
    RepliesToComment,
    ReactsWith,
    TakesReactionBack,
    Reads,
    ReadsOne,
    Deletes,
    DeletesOne,
    Edits,
    EditsOne,
    OpensLink,
    OwnComment,
    OwnReply,
    HumanAnswers,
    Echo,
}

/// What must be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expecting {
    Receives,
    ReceivesNothing,
    EachReceives,
    EachReceivesNothing,
    CommentAnswered,
    CommentNotAnswered,
    GetsReaction,
    GetsNoReaction,
    State,
    Contact,
    Because,
    Decisions,
    SendCounts,
}

/// The words of each phrase. In capitals: `WHO` one of the people, `MEDIA` one of the
/// posts and stories, `NAME` the name of an automation (which may be several words), `N`
/// a number.
pub(crate) const PHRASES: [(&str, Verb); 63] = [
    ("WHO says", Verb::Act(Acting::Says)),
    ("WHO sends", Verb::Act(Acting::Sends)),
    ("WHO taps", Verb::Act(Acting::Taps)),
    ("WHO chooses", Verb::Act(Acting::Chooses)),
    ("WHO taps ice breaker", Verb::Act(Acting::TapsIceBreaker)),
    (
        "WHO replies to story MEDIA",
        Verb::Act(Acting::RepliesToStory),
    ),
    (
        "WHO mentions the account in a story",
        Verb::Act(Acting::MentionsInStory),
    ),
    (
        "WHO comments on the ad for MEDIA",
        Verb::Act(Acting::CommentsOnAd),
    ),
    ("WHO comments on MEDIA", Verb::Act(Acting::CommentsOn)),
    (
        "WHO replies to WHO's comment",
        Verb::Act(Acting::RepliesToComment),
    ),
    ("WHO reacts with", Verb::Act(Acting::ReactsWith)),
    (
        "WHO takes the reaction back",
        Verb::Act(Acting::TakesReactionBack),
    ),
    ("WHO reads the last message", Verb::Act(Acting::Reads)),
    ("WHO deletes the last message", Verb::Act(Acting::Deletes)),
    ("WHO edits the last message", Verb::Act(Acting::Edits)),
    ("WHO reads the message", Verb::Act(Acting::ReadsOne)),
    ("WHO deletes the message", Verb::Act(Acting::DeletesOne)),
    ("WHO edits the message", Verb::Act(Acting::EditsOne)),
    ("WHO opens a link", Verb::Act(Acting::OpensLink)),
    ("WHO follows the account", Verb::Follows),
    ("WHO unfollows the account", Verb::Unfollows),
    (
        "the account comments on MEDIA",
        Verb::Act(Acting::OwnComment),
    ),
    (
        "the account replies to WHO's comment",
        Verb::Act(Acting::OwnReply),
    ),
    ("a human answers WHO", Verb::Act(Acting::HumanAnswers)),
    (
        "instagram echoes the last message to WHO",
        Verb::Act(Acting::Echo),
    ),
    ("N people say", Verb::Crowd),
    ("in one delivery", Verb::Together),
    ("the last delivery comes again", Verb::Again),
    ("a webhook arrives", Verb::Webhook),
    ("time passes", Verb::Pass),
    ("operator switches off", Verb::SwitchOff),
    ("operator switches on", Verb::SwitchOn),
    ("operator deletes", Verb::Delete),
    ("operator changes the account", Verb::ChangeAccount),
    ("operator unsubscribes WHO", Verb::Unsubscribes),
    ("operator subscribes WHO", Verb::Subscribes),
    ("operator sets the email of WHO", Verb::SetsEmail),
    ("operator puts WHO", Verb::Puts),
    ("operator puts WHO back", Verb::PutsBack),
    ("operator changes NAME", Verb::Change),
    ("operator creates", Verb::Create),
    ("operator tries first", Verb::TryFirst),
    ("instagram answers", Verb::InstagramAnswers),
    ("instagram recovers", Verb::InstagramRecovers),
    ("the cache is lost", Verb::CacheLost),
    ("the next delivery comes twice", Verb::ComesTwice),
    ("the next delivery is held back", Verb::HeldBack),
    ("the held delivery arrives", Verb::HeldArrives),
    ("the store is slow by", Verb::StoreTakes),
    ("the store is fast again", Verb::StoreFast),
    ("WHO receives", Verb::Expect(Expecting::Receives)),
    (
        "WHO receives nothing",
        Verb::Expect(Expecting::ReceivesNothing),
    ),
    (
        "each of them receives",
        Verb::Expect(Expecting::EachReceives),
    ),
    (
        "each of them receives nothing",
        Verb::Expect(Expecting::EachReceivesNothing),
    ),
    (
        "WHO's comment is answered",
        Verb::Expect(Expecting::CommentAnswered),
    ),
    (
        "WHO's comment is not answered",
        Verb::Expect(Expecting::CommentNotAnswered),
    ),
    (
        "WHO gets the reaction",
        Verb::Expect(Expecting::GetsReaction),
    ),
    (
        "WHO gets no reaction",
        Verb::Expect(Expecting::GetsNoReaction),
    ),
    ("WHO state", Verb::Expect(Expecting::State)),
    ("WHO contact", Verb::Expect(Expecting::Contact)),
    ("because", Verb::Expect(Expecting::Because)),
    ("decisions", Verb::Expect(Expecting::Decisions)),
    ("sends", Verb::Expect(Expecting::SendCounts)),
];

/// What the capitals of a phrase stand for in one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Captures {
    /// People, in the order in which they are named.
    pub who: Vec<String>,
    /// The post or story.
    pub media: Option<String>,
    /// The name of an automation.
    pub name: Option<String>,
    /// The number.
    pub number: Option<u32>,
}

/// Finds the phrase that `line` is.
pub(crate) fn find(line: &str) -> Option<(Verb, Captures)> {
    PHRASES
        .iter()
        .find_map(|(pattern, verb)| Some((*verb, matches(pattern, line)?)))
}

fn matches(pattern: &str, line: &str) -> Option<Captures> {
    let mut words = line.split_whitespace();
    let mut captures = Captures::default();
    let mut pattern = pattern.split(' ').peekable();
    let opens_with_article = matches!(pattern.peek(), Some(&"WHO" | &"WHO's"))
        && matches!(
            line.split_whitespace().next(),
            Some("the" | "a" | "operator" | "instagram" | "each" | "time" | "in")
        );
    if opens_with_article {
        return None;
    }
    for expected in pattern {
        let word = words.next()?;
        match expected {
            "WHO" => captures.who.push(word.to_owned()),
            "WHO's" => {
                let who = word
                    .strip_suffix("'s")
                    .or_else(|| word.strip_suffix("’s"))?;
                captures.who.push(who.to_owned());
            }
            "MEDIA" => captures.media = Some(word.to_owned()),
            "N" => captures.number = Some(word.parse().ok()?),
            "NAME" => {
                let mut name = vec![word];
                name.extend(words.by_ref());
                captures.name = Some(name.join(" "));
            }
            literal => {
                if !word.eq_ignore_ascii_case(literal) {
                    return None;
                }
            }
        }
    }
    words.next().is_none().then_some(captures)
}

/// What may have been meant by a line that is no phrase.
pub(crate) fn suggestion(line: &str) -> String {
    let (who, rest) = line.split_once(' ').unwrap_or((line, ""));
    let spoken: Vec<String> = PHRASES
        .iter()
        .map(|(pattern, _)| {
            pattern
                .strip_prefix("WHO ")
                .unwrap_or(pattern)
                .replace("WHO", "leo")
                .replace("NAME", "Menu")
        })
        .collect();
    let spoken = || spoken.iter().map(String::as_str);
    // A person's name in front says nothing about which phrase it is.
    let near = words::nearest(rest, spoken())
        .map(|near| format!("{who} {near}"))
        .or_else(|| words::nearest(line, spoken()).map(str::to_owned));
    near.map_or_else(
        || "see the list of steps in docs/scenarios.md".to_owned(),
        |near| format!("did you mean “{near}”?"),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]
    use super::*;

    #[test]
    fn every_phrase_is_found_as_itself() {
        for (pattern, verb) in PHRASES {
            let line = pattern
                .replace("WHO", "maya")
                .replace("MEDIA", "croissants")
                .replace("NAME", "Opening hours")
                .replace('N', "7");
            let line = line.replace("7AME", "NAME");
            assert_eq!(find(&line).unwrap().0, verb, "{line}");
        }
    }

    #[test]
    fn every_phrase_is_in_the_documentation() {
        let docs = include_str!("../../../../docs/scenarios.md");
        for (pattern, verb) in PHRASES {
            let alone = format!("| `{pattern}` |");
            let with_value = format!("| `{pattern}: …` |");
            assert!(
                docs.contains(&alone) || docs.contains(&with_value),
                "docs/scenarios.md does not tell of “{pattern}” ({verb:?})"
            );
        }
    }

    #[test]
    fn names_are_caught() {
        let (_, captures) = find("leo replies to maya's comment").unwrap();
        assert_eq!(captures.who, ["leo", "maya"]);
        let (verb, captures) = find("operator changes Opening hours").unwrap();
        assert_eq!(verb, Verb::Change);
        assert_eq!(captures.name.as_deref(), Some("Opening hours"));
        let (verb, captures) = find("100 people say").unwrap();
        assert_eq!((verb, captures.number), (Verb::Crowd, Some(100)));
    }

    #[test]
    fn a_slip_gets_a_suggestion() {
        assert_eq!(suggestion("maya sais"), "did you mean “maya says”?");
        assert_eq!(
            suggestion("maya recieves nothing"),
            "did you mean “maya receives nothing”?"
        );
        assert!(suggestion("thunderstorm").contains("docs/scenarios.md"));
    }
}
