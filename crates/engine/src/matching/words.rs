//! Where a word begins and ends.

use unicode_segmentation::UnicodeSegmentation;

/// The places of a folded text at which a word may begin or end: Unicode's (UAX #29),
/// with three differences that people's messages ask for.
///
/// - A dot or colon between letters ends a word (`ok.link`); between digits it does not
///   (`10.50`).
/// - An apostrophe ends a word (`l'offre`, `price's`), except in `n't`.
/// - Katakana, like the other scripts that are written without spaces, may begin and end
///   a word anywhere. For Han, Hiragana, Thai, Lao, Khmer and Burmese Unicode's rules say
///   so already.
#[derive(Debug)]
pub(super) struct Boundaries(Vec<bool>);

impl Boundaries {
    pub(super) fn of(text: &str) -> Self {
        let mut places = vec![false; text.len() + 1];
        places[text.len()] = true;
        for (at, _) in text.split_word_bound_indices() {
            places[at] = true;
        }
        let mut before = None;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let after = chars.peek().map(|(_, next)| *next);
            match c {
                '.' | ':' => {
                    let digits =
                        before.is_some_and(char::is_numeric) && after.is_some_and(char::is_numeric);
                    if !digits {
                        places[at] = true;
                        places[at + 1] = true;
                    }
                }
                '\'' => {
                    let rest = text.get(at + 1..).unwrap_or_default();
                    if !(before == Some('n') && is_lone_t(rest)) {
                        places[at] = true;
                        places[at + 1] = true;
                    }
                }
                'ァ'..='ヿ' | 'ㇰ'..='ㇿ' => places[at] = true,
                _ => {}
            }
            before = Some(c);
        }
        Self(places)
    }

    /// Whether what stands from `start` to `end` is made of whole words.
    pub(super) fn are_at(&self, start: usize, end: usize) -> bool {
        let at = |place: usize| self.0.get(place).copied().unwrap_or(false);
        at(start) && at(end)
    }
}

fn is_lone_t(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('t') && !chars.next().is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Folded;

    #[track_caller]
    fn word(word: &str, text: &str, expected: bool) {
        let (word, text) = (Folded::new(word), Folded::new(text));
        let boundaries = Boundaries::of(text.as_str());
        let found = text
            .as_str()
            .match_indices(word.as_str())
            .any(|(at, found)| boundaries.are_at(at, at + found.len()));
        assert_eq!(
            found,
            expected,
            "{:?} as a word in {:?}",
            word.as_str(),
            text.as_str()
        );
    }

    #[test]
    fn a_word_ends_where_people_think_it_does() {
        word("price", "what is the price?", true);
        word("price", "PRICE!!!", true);
        word("price", "the prices", false);
        word("price", "pricelist", false);
        word("price list", "send me the price\nlist", true);
        word("price", "#price", true);
        word("price", "price_list", false);
        word("link", "ok.link", true);
        word("link", "ok:link", true);
        word("10", "10.50", false);
        word("10", "it is 10.", true);
        word("info", "info@shop.example", true);
        word("c++", "do you teach c++ too", true);
    }

    #[test]
    fn an_apostrophe_ends_a_word_except_in_nt() {
        word("offre", "c'est quoi l’offre", true);
        word("price", "the price's too high", true);
        word("can", "i can't", false);
        word("can", "can i", true);
    }

    #[test]
    fn scripts_without_spaces_have_words_anywhere() {
        word("価格", "この商品の価格を教えて", true);
        word("セール", "タイムセール中", true);
        word("ราคา", "ขอราคาหน่อย", true);
        word("价格", "请问价格多少", true);
        word("price", "今日のprice教えて", true);
        word("가격", "가격 알려주세요", true);
    }

    #[test]
    fn emoji_are_words() {
        word("🔥", "that is🔥fire", true);
        word("🔥", "🔥🔥🔥", true);
        word("❤️", "i ❤ it", true);
        word("👍", "👍🏽", true);
        word("👩", "👩\u{200d}💻", false);
        word("🇩", "🇩🇪", false);
    }
}
