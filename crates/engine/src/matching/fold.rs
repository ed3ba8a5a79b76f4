//! Text folded so that case, accents and Unicode width do not matter.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;

/// A text as it is compared: the same folding on both sides, for what people write and
/// for what operators look for. Folding what is folded already changes nothing.
///
/// - Compatibility forms are one (full width, ligatures, circled letters), and so are
///   composed and decomposed letters: NFD text has been seen against NFC keywords.
/// - Case is folded fully, so `STRASSE` is `straße`. The Turkish dotless `ı` counts as `i`,
///   because without knowing the language nothing else finds `KAPI` in `kapı`.
/// - Accents are taken off Latin, Greek and Cyrillic letters, the stroke of `ł` and `ø`
///   counts as one, and `œ`, `æ` are two letters. `й` stays apart from `и`, and marks that
///   make another letter (Japanese, Thai, the Indic scripts, the Arabic hamza) stay.
/// - Optional vowel points of Arabic and Hebrew, variation selectors, skin tones and
///   invisible characters are taken out. The zero-width joiner stays: it makes `👩‍💻` of
///   `👩` and `💻`.
/// - Runs of white space are one space, and there is none at the ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Folded(String);

impl Folded {
    /// Folds a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self(one_space(text.chars().map(|c| c.to_ascii_lowercase())));
        }
        let mut bare = String::with_capacity(text.len());
        let mut rest = text;
        // Only what is not ASCII goes the long way, together with the letter before it, to
        // which an accent may belong. ASCII never composes with what stands before it.
        while let Some(at) = rest.bytes().position(|byte| !byte.is_ascii()) {
            let (plain, run) = rest.split_at(at.saturating_sub(1));
            push_ascii(&mut bare, plain);
            let after_base = at.min(1);
            let end = run[after_base..]
                .bytes()
                .position(|byte| byte.is_ascii())
                .map_or(run.len(), |end| end + after_base);
            push_folded(&mut bare, &run[..end]);
            rest = &run[end..];
        }
        push_ascii(&mut bare, rest);
        Self(one_space(bare.chars()))
    }

    /// The folded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left to compare.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text as “exactly” compares it: without the punctuation of a sentence at its
    /// ends, so that `Stop!` and `“stop”` are `stop`. A text that is nothing but
    /// punctuation is compared as it stands, and `c++`, `$5` or `#1` keep their signs.
    #[must_use]
    pub fn exactly(&self) -> &str {
        let inner = self
            .0
            .trim_matches(|c: char| c == ' ' || is_sentence_punctuation(c));
        if inner.is_empty() { &self.0 } else { inner }
    }
}

fn push_ascii(text: &mut String, plain: &str) {
    text.extend(plain.chars().map(|c| c.to_ascii_lowercase()));
}

/// Adds a run, folded as Unicode's compatibility caseless matching (D146) says: twice,
/// because a compatibility form may open into something that has a case.
fn push_folded(text: &mut String, run: &str) {
    let case = CaseMapper::new();
    let canonical: String = run.nfd().collect();
    let once: String = case.fold_string(&canonical).nfkd().collect();
    let twice = case.fold_string(&once);
    let mut bare = String::with_capacity(twice.len());
    for c in twice.nfkd() {
        push_bare(&mut bare, c);
    }
    text.extend(bare.nfc());
}

/// Collapses white space.
fn one_space(chars: impl Iterator<Item = char>) -> String {
    let mut text = String::with_capacity(chars.size_hint().0);
    let mut gap = false;
    for c in chars {
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        if gap && !text.is_empty() {
            text.push(' ');
        }
        gap = false;
        text.push(c);
    }
    text
}

/// Adds a decomposed, case-folded character without what does not matter.
fn push_bare(text: &mut String, c: char) {
    match c {
        // The breve over и makes another letter, й; every other mark of these blocks is
        // an accent.
        '\u{306}' if text.ends_with('и') => text.push(c),
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' => {}
        // Points that readers of Hebrew and Arabic do without, and the Arabic stretch.
        '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c7}' => {}
        '\u{640}' | '\u{64b}'..='\u{652}' | '\u{670}' => {}
        // Variation selectors and skin tones.
        '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => {}
        // Invisible: soft hyphen, zero-width space and non-joiner, directions, joiners.
        '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' => {}
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' => {}
        '\u{feff}' => {}
        'ı' => text.push('i'),
        'ł' => text.push('l'),
        'ø' => text.push('o'),
        'đ' => text.push('d'),
        'ħ' => text.push('h'),
        'œ' => text.push_str("oe"),
        'æ' => text.push_str("ae"),
        '’' | '‘' | 'ʼ' => text.push('\''),
        other => text.push(other),
    }
}

fn is_sentence_punctuation(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | '!'
            | '?'
            | ';'
            | ':'
            | '\''
            | '"'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '-'
            | '¡'
            | '¿'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '“'
            | '”'
            | '„'
            | '‚'
            | '–'
            | '—'
            | '‐'
            | '·'
            | '。'
            | '、'
            | '「'
            | '」'
            | '『'
            | '』'
            | '【'
            | '】'
            | '〈'
            | '〉'
            | '《'
            | '》'
            | '،'
            | '؛'
            | '؟'
            | '।'
            | '՞'
            | '։'
            | '׃'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn same(left: &str, right: &str) {
        assert_eq!(
            Folded::new(left),
            Folded::new(right),
            "{left:?} and {right:?} fold alike"
        );
    }

    #[track_caller]
    fn apart(left: &str, right: &str) {
        assert_ne!(
            Folded::new(left),
            Folded::new(right),
            "{left:?} and {right:?} stay apart"
        );
    }

    #[test]
    fn case_accents_and_width_do_not_matter() {
        same("PRICE", "price");
        same("Straße", "STRASSE");
        same("Größe", "grosse");
        same("ＰＲＩＣＥ", "price");
        same("ﬁnal", "FINAL");
        same("e\u{301}te\u{301}", "été");
        same("ΟΔΟΣ", "οδός");
        same("İstanbul", "istanbul");
        same("KAPI", "kapı");
        same("Łódź", "lodz");
        same("Cœur", "coeur");
        same("セール", "ｾｰﾙ");
        same("“Don’t”", "“don't”");
    }

    #[test]
    fn marks_that_make_another_letter_stay() {
        apart("мой", "мои");
        apart("は", "ば");
        apart("ก่", "ก้");
        apart("कि", "की");
        same("ば", "は\u{3099}");
        same("Ёлка", "елка");
    }

    #[test]
    fn emoji_are_the_same_with_selectors_and_skin_tones() {
        same("❤️", "❤");
        same("👍🏽", "👍");
        same("👩🏽\u{200d}💻", "👩\u{200d}💻");
        apart("👩\u{200d}💻", "👩💻");
        apart("1\u{fe0f}\u{20e3}", "1");
    }

    #[test]
    fn optional_points_and_invisible_characters_do_not_matter() {
        same("مَرْحَبًا", "مرحبا");
        same("שָׁלוֹם", "שלום");
        same("pri\u{200b}ce\u{feff}", "price");
        same("می\u{200c}خواهم", "میخواهم");
    }

    #[test]
    fn white_space_is_one_space() {
        assert_eq!(
            Folded::new("  price \n\t list\u{a0}").as_str(),
            "price list"
        );
        assert_eq!(Folded::new("\u{3000}価格\u{3000}表 ").as_str(), "価格 表");
    }

    #[test]
    fn exactly_leaves_out_the_punctuation_of_a_sentence() {
        assert_eq!(Folded::new("STOP!!").exactly(), "stop");
        assert_eq!(Folded::new("¿Precio?").exactly(), "precio");
        assert_eq!(Folded::new("「価格」。").exactly(), "価格");
        assert_eq!(Folded::new("C++").exactly(), "c++");
        assert_eq!(Folded::new("#1").exactly(), "#1");
        assert_eq!(Folded::new("???").exactly(), "???");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = Folded::new(&text);
            prop_assert_eq!(&Folded::new(once.as_str()), &once);
        }

        #[test]
        fn folding_any_characters_twice_is_folding_once(text: String) {
            let once = Folded::new(&text);
            prop_assert_eq!(&Folded::new(once.as_str()), &once);
        }

        #[test]
        fn folding_run_by_run_says_what_folding_at_once_says(text in "[a-cA-C àÀé\u{301}\u{306}и👍\u{1f3fd}한\u{200b}\u{1100}\u{1161}ﬁ]{0,12}") {
            let mut at_once = String::new();
            push_folded(&mut at_once, &text);
            let at_once = one_space(at_once.chars());
            prop_assert_eq!(Folded::new(&text).0, at_once);
        }

        #[test]
        fn the_short_way_for_ascii_says_what_the_long_way_says(text in "[ -~\\t\\n]{0,40}") {
            // A letter that folds to nothing forces the long way.
            let long = Folded::new(&format!("{text}\u{200b}"));
            prop_assert_eq!(Folded::new(&text), long);
        }

        #[test]
        fn upper_and_lower_case_fold_alike(text in "[\\p{Latin}\\p{Greek}\\p{Cyrillic} ]{0,30}") {
            // Upper-casing may lose what full folding keeps apart (ŉ, ǰ), so only compare
            // where the round trip is one.
            prop_assume!(text.to_uppercase().to_lowercase() == text.to_lowercase());
            prop_assert_eq!(Folded::new(&text.to_uppercase()), Folded::new(&text.to_lowercase()));
        }
    }
}
