//! What stands above the steps: name, workspace, people, media.

use super::fields::Fields;
use super::{Reader, says_none};
use crate::scenario::format::{Character, NamedMedia, Scenario};
use crate::scenario::node::{Key, Node, Value};
use crate::scenario::words;
use crate::simulator::{Language, MediaSurface};

impl Reader {
    pub(super) fn scenario(&mut self, document: &Node) -> Option<Scenario> {
        let mut fields = Fields::of(self, document, "a scenario")?;
        let name = fields.take("scenario");
        let about = fields.take("about");
        let workspace = fields.take("workspace");
        let account = fields.take("account");
        let starts = fields.take("starts");
        let people = fields.take("people");
        let media = fields.take("media");
        let unexpected = fields.take("unexpected messages");
        let steps = fields.take("steps");
        fields.finish(self, "a scenario");

        let name = match name {
            Some(node) => self.text(node, "the scenario's name"),
            None => {
                self.wrong(
                    document.place,
                    "a scenario needs a name; begin the file with `scenario: What it shows`",
                );
                None
            }
        };
        let about = about.and_then(|node| self.text(node, "`about`"));
        let workspace = match workspace {
            Some(node) => self.text(node, "`workspace`"),
            None => Some("bakery".to_owned()),
        };
        let account = account.and_then(|node| self.text(node, "`account`"));
        let starts = match starts {
            Some(node) => self.moment(node),
            None => Some(Scenario::STARTS),
        };
        let people = people.map_or_else(Vec::new, |node| self.characters(node));
        let media = media.map_or_else(Vec::new, |node| self.named_media(node));
        let strict = match unexpected {
            Some(node) => match node.text() {
                Some("allowed") => false,
                Some("fail") => true,
                Some(_) | None => {
                    self.wrong(
                        node.place,
                        "`unexpected messages` must be `fail` or `allowed`",
                    );
                    true
                }
            },
            None => true,
        };
        self.people = people.iter().map(|person| person.key.clone()).collect();
        self.media = media.iter().map(|media| media.key.clone()).collect();
        let steps = match steps {
            Some(node) => self.steps(node),
            None => {
                self.wrong(
                    document.place,
                    "a scenario needs `steps:`, a list of what happens and what is expected",
                );
                Vec::new()
            }
        };
        Some(Scenario {
            name: name?,
            about: about.map(|about| about.trim().to_owned()),
            workspace: workspace?,
            account,
            starts: starts?,
            people,
            media,
            strict,
            steps,
        })
    }

    fn moment(&mut self, node: &Node) -> Option<heliograph_model::Millis> {
        let moment = node.text().and_then(words::moment);
        if moment.is_none() {
            self.wrong(
                node.place,
                "`starts` must be a date or a date and time in UTC, such as `2026-03-02 09:00`",
            );
        }
        moment
    }

    fn characters(&mut self, node: &Node) -> Vec<Character> {
        let Some(entries) = self.entries(node, "people", "maya: Maya Lindqvist") else {
            return Vec::new();
        };
        entries
            .iter()
            .filter_map(|(key, node)| self.character(key, node))
            .collect()
    }

    fn character(&mut self, key: &Key, node: &Node) -> Option<Character> {
        self.one_word(key);
        let capitalised = {
            let mut letters = key.text.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().collect::<String>() + letters.as_str()
            })
        };
        let mut character = Character {
            key: key.text.clone(),
            id: None,
            name: capitalised,
            username: format!("{}.example", key.text.to_lowercase()),
            follows: false,
            unsubscribed: false,
            language: None,
            email: None,
            hidden: false,
        };
        match &node.value {
            Value::Empty => return Some(character),
            Value::Scalar { text, .. } => {
                character.name.clone_from(text);
                return Some(character);
            }
            Value::List(_) | Value::Map(_) => {}
        }
        let mut fields = Fields::of(self, node, "a person")?;
        if let Some(name) = fields.take("name") {
            character.name = self.text(name, "a person's name")?;
        }
        if let Some(username) = fields.take("username") {
            let username = self.text(username, "a username")?;
            character.username = username.trim_start_matches('@').to_owned();
        }
        if let Some(id) = fields.take("id") {
            character.id = Some(self.text(id, "an id")?.into());
        }
        if let Some(follows) = fields.take("follows") {
            character.follows = self.yes_or_no(follows, "`follows`")?;
        }
        if let Some(unsubscribed) = fields.take("unsubscribed") {
            character.unsubscribed = self.yes_or_no(unsubscribed, "`unsubscribed`")?;
        }
        if let Some(language) = fields.take("language") {
            character.language = self.language(language);
        }
        if let Some(email) = fields.take("email") {
            character.email = Some(self.text(email, "`email`")?);
        }
        if let Some(profile) = fields.take("profile") {
            character.hidden = says_none(profile);
            if !character.hidden {
                self.wrong(
                    profile.place,
                    "`profile` can only be `none`: Instagram then says nothing about the person",
                );
            }
        }
        fields.finish(self, "a person");
        Some(character)
    }

    fn language(&mut self, node: &Node) -> Option<Language> {
        if says_none(node) {
            return None;
        }
        let language = node.text().and_then(Language::parse);
        if language.is_none() {
            self.wrong(
                node.place,
                "`language` must be a BCP 47 tag, such as `ar` or `pt-BR`",
            );
        }
        language
    }

    fn named_media(&mut self, node: &Node) -> Vec<NamedMedia> {
        let Some(entries) = self.entries(node, "media", "croissants: post 18000000000000071")
        else {
            return Vec::new();
        };
        let mut media = Vec::new();
        for (key, node) in entries {
            self.one_word(key);
            let parsed = node.text().and_then(|text| {
                let (kind, id) = text.split_once(' ')?;
                let kind = match kind {
                    "post" | "reel" => MediaSurface::Post,
                    "story" => MediaSurface::Story,
                    "live" => MediaSurface::Live,
                    _ => return None,
                };
                Some((kind, id.trim().into()))
            });
            match parsed {
                Some((kind, id)) => media.push(NamedMedia {
                    key: key.text.clone(),
                    id,
                    kind,
                }),
                None => self.wrong(
                    node.place,
                    "say what it is and its id: `post 18000000000000071`, `story 1800…` or `live 1800…`",
                ),
            }
        }
        media
    }

    fn entries<'a>(
        &mut self,
        node: &'a Node,
        what: &str,
        example: &str,
    ) -> Option<&'a [(Key, Node)]> {
        match &node.value {
            Value::Map(fields) => Some(fields),
            Value::Empty => None,
            Value::Scalar { .. } | Value::List(_) => {
                self.wrong(
                    node.place,
                    format!("`{what}` lists one below the other, such as `{example}`"),
                );
                None
            }
        }
    }

    fn one_word(&mut self, key: &Key) {
        let is_word = !key.text.is_empty()
            && key
                .text
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '-' || letter == '_');
        if !is_word {
            self.wrong(
                key.place,
                format!(
                    "“{}” must be one word of letters, digits and dashes, because the steps begin with it",
                    key.text
                ),
            );
        }
    }
}
