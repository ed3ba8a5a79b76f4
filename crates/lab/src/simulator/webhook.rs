//! What Meta would post when somebody does something (Instagram Platform: "Webhooks",
//! "Webhooks examples"): ids are text, messages carry milliseconds and comments seconds.

use heliograph_model::{AccountId, CommentId, ContactId, MediaId, MessageId, Millis};
use serde_json::{Value, json};

/// One item of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// An element of `entry[].messaging[]`.
    Messaging(Value),
    /// An element of `entry[].changes[]`. It has no time of its own, so its entry says
    /// when it happened.
    Change {
        /// When it happened.
        at: Millis,
        /// The element.
        change: Value,
    },
}

/// The body of a delivery that carries these items, sent at `at`. Items of one kind that
/// follow each other share an entry, as Meta batches them.
#[must_use]
pub fn body(account: &AccountId, at: Millis, items: &[Item]) -> String {
    let mut entries: Vec<Value> = Vec::new();
    let mut last = None;
    for item in items {
        let (list, time, value) = match item {
            Item::Messaging(value) => ("messaging", at.0, value),
            Item::Change { at, change } => ("changes", at.0.div_euclid(Millis::SECOND), change),
        };
        let open = entries
            .last_mut()
            .and_then(|entry| entry[list].as_array_mut());
        match open {
            Some(items) if last == Some((list, time)) => items.push(value.clone()),
            Some(_) | None => {
                entries.push(json!({ "id": account, "time": time, list: [value] }));
                last = Some((list, time));
            }
        }
    }
    json!({ "object": "instagram", "entry": entries }).to_string()
}

/// A direct conversation between a person and an account, at one time.
#[derive(Debug, Clone, Copy)]
pub struct Direct<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The person.
    pub person: &'a ContactId,
    /// When it happened.
    pub at: Millis,
}

impl Direct<'_> {
    fn sent_by_person(&self, key: &str, content: &Value) -> Item {
        Item::Messaging(json!({
            "sender": { "id": self.person },
            "recipient": { "id": self.account },
            "timestamp": self.at,
            key: content,
        }))
    }

    /// A text.
    #[must_use]
    pub fn text(&self, mid: &MessageId, text: &str) -> Item {
        self.sent_by_person("message", &json!({ "mid": mid, "text": text }))
    }

    /// A tap on a quick reply: its title as text, and its payload.
    #[must_use]
    pub fn quick_reply(&self, mid: &MessageId, title: &str, payload: &str) -> Item {
        self.sent_by_person(
            "message",
            &json!({ "mid": mid, "text": title, "quick_reply": { "payload": payload } }),
        )
    }

    /// A tap on a button, an ice breaker or a menu item.
    #[must_use]
    pub fn postback(&self, mid: &MessageId, title: &str, payload: &str) -> Item {
        self.sent_by_person(
            "postback",
            &json!({ "mid": mid, "title": title, "payload": payload }),
        )
    }

    /// A reply to a story.
    #[must_use]
    pub fn story_reply(&self, mid: &MessageId, story: &MediaId, text: &str) -> Item {
        let url =
            format!("https://lookaside.example/ig_messaging_cdn/?asset_id={story}&signature=s");
        self.sent_by_person(
            "message",
            &json!({
                "mid": mid,
                "text": text,
                "reply_to": { "story": { "id": story, "url": url } },
            }),
        )
    }

    /// Something without a text, by the type that Instagram gives it.
    #[must_use]
    pub fn attachment(&self, mid: &MessageId, kind: &str) -> Item {
        let url = "https://lookaside.example/ig_messaging_cdn/?asset_id=1&signature=s";
        let payload = match kind {
            // A heart carries nothing.
            "like_heart" => None,
            "ig_post" => Some(json!({
                "ig_post_media_id": "18000000000000021", "title": "A caption", "url": url,
            })),
            "ig_reel" => Some(json!({
                "reel_video_id": "18000000000000022", "title": "A caption", "url": url,
            })),
            "ig_story" => Some(json!({
                "story_media_id": "18000000000000023", "story_media_url": url,
            })),
            _ => Some(json!({ "url": url })),
        };
        let mut attachment = json!({ "type": kind });
        if let Some(payload) = payload {
            attachment["payload"] = payload;
        }
        self.sent_by_person(
            "message",
            &json!({ "mid": mid, "attachments": [attachment] }),
        )
    }

    /// Something that Meta does not hand out.
    #[must_use]
    pub fn unsupported(&self, mid: &MessageId) -> Item {
        self.sent_by_person("message", &json!({ "mid": mid, "is_unsupported": true }))
    }

    /// A reaction to a message; `None` takes it back.
    #[must_use]
    pub fn reaction(&self, to: &MessageId, emoji: Option<&str>) -> Item {
        let content = match emoji {
            Some(emoji) => {
                let name = if emoji.starts_with('\u{2764}') {
                    "love"
                } else {
                    "other"
                };
                json!({ "mid": to, "action": "react", "reaction": name, "emoji": emoji })
            }
            None => json!({ "mid": to, "action": "unreact" }),
        };
        self.sent_by_person("reaction", &content)
    }

    /// The person has seen a message.
    #[must_use]
    pub fn read(&self, mid: &MessageId) -> Item {
        self.sent_by_person("read", &json!({ "mid": mid }))
    }

    /// The person takes a message back; the notice carries that message's id.
    #[must_use]
    pub fn deleted(&self, mid: &MessageId) -> Item {
        self.sent_by_person("message", &json!({ "mid": mid, "is_deleted": true }))
    }

    /// The person changes a message; `number` counts its edits from 1.
    #[must_use]
    pub fn edited(&self, mid: &MessageId, text: &str, number: u32) -> Item {
        self.sent_by_person(
            "message_edit",
            &json!({ "mid": mid, "text": text, "num_edit": number }),
        )
    }

    /// The person comes by a link that carries `reference`.
    #[must_use]
    pub fn referral(&self, reference: &str) -> Item {
        self.sent_by_person(
            "referral",
            &json!({
                "ref": reference, "source": "https://ig.me/m/account", "type": "OPEN_THREAD",
            }),
        )
    }

    /// A message of the account, written by hand in the app or the inbox.
    #[must_use]
    pub fn echo(&self, mid: &MessageId, text: &str) -> Item {
        Item::Messaging(json!({
            "sender": { "id": self.account },
            "recipient": { "id": self.person },
            "timestamp": self.at,
            "message": { "mid": mid, "text": text, "is_echo": true },
        }))
    }
}

/// A comment.
#[derive(Debug, Clone, Copy)]
pub struct Comment<'a> {
    /// Its id.
    pub id: &'a CommentId,
    /// Who wrote it; the account's own id for its own comment.
    pub from: &'a str,
    /// Their handle.
    pub username: &'a str,
    /// What it stands below.
    pub media: &'a MediaId,
    /// The post that is advertised, where `media` is an advertisement.
    pub original_media: Option<&'a MediaId>,
    /// Whether it stands below a live video.
    pub live: bool,
    /// The comment that it answers.
    pub parent: Option<&'a CommentId>,
    /// What it says.
    pub text: &'a str,
}

impl Comment<'_> {
    /// The comment, written at `at`, as an item of a delivery.
    #[must_use]
    pub fn item(&self, at: Millis) -> Item {
        let product = match (self.original_media, self.live) {
            (Some(_), _) => "AD",
            (None, true) => "LIVE",
            (None, false) => "FEED",
        };
        let mut media = json!({ "id": self.media, "media_product_type": product });
        if let Some(original) = self.original_media {
            media["ad_id"] = "120200000000000041".into();
            media["ad_title"] = "An advertisement".into();
            media["original_media_id"] = original.as_str().into();
        }
        let mut value = json!({
            "from": { "id": self.from, "username": self.username },
            "media": media,
            "id": self.id,
            "text": self.text,
        });
        if let Some(parent) = self.parent {
            value["parent_id"] = parent.as_str().into();
        }
        let field = if self.live {
            "live_comments"
        } else {
            "comments"
        };
        Item::Change {
            at,
            change: json!({ "field": field, "value": value }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]
    use super::*;
    use heliograph_engine::route::route;
    use heliograph_model::EventKind;

    const AT: Millis = Millis(1_790_000_000_123);

    fn kinds(items: &[Item]) -> Vec<EventKind> {
        let body = body(&"17841400000000001".into(), AT, items);
        route(body.as_bytes(), AT)
            .unwrap()
            .iter()
            .map(|event| event.kind)
            .collect()
    }

    #[test]
    fn the_engine_reads_each_as_what_it_is() {
        let (account, person, mid) = (
            "17841400000000001".into(),
            "900000000000011".into(),
            "aWd1".into(),
        );
        let direct = Direct {
            account: &account,
            person: &person,
            at: AT,
        };
        let id = "18000000000000072".into();
        let media = "18000000000000071".into();
        let comment = Comment {
            id: &id,
            from: "900000000000011",
            username: "ana.example",
            media: &media,
            original_media: None,
            live: false,
            parent: None,
            text: "price please",
        };
        let live = Comment {
            live: true,
            ..comment
        };
        for (item, kind) in [
            (direct.text(&mid, "hello"), EventKind::DmText),
            (direct.quick_reply(&mid, "Yes", "Y"), EventKind::QuickReply),
            (direct.postback(&mid, "Yes", "Y"), EventKind::Postback),
            (
                direct.story_reply(&mid, &media, "wow"),
                EventKind::StoryReply,
            ),
            (direct.attachment(&mid, "image"), EventKind::DmAttachment),
            (
                direct.attachment(&mid, "like_heart"),
                EventKind::DmAttachment,
            ),
            (
                direct.attachment(&mid, "story_mention"),
                EventKind::StoryMention,
            ),
            (direct.unsupported(&mid), EventKind::Unsupported),
            (direct.reaction(&mid, Some("❤️")), EventKind::Reaction),
            (direct.reaction(&mid, None), EventKind::Reaction),
            (direct.read(&mid), EventKind::Read),
            (direct.deleted(&mid), EventKind::Deleted),
            (direct.edited(&mid, "hello!", 1), EventKind::Edited),
            (direct.referral("spring"), EventKind::Referral),
            (direct.echo(&mid, "thanks"), EventKind::Echo),
            (comment.item(AT), EventKind::Comment),
            (live.item(AT), EventKind::LiveComment),
        ] {
            assert_eq!(kinds(std::slice::from_ref(&item)), [kind], "{item:?}");
        }
    }

    #[test]
    fn messages_carry_milliseconds_and_comments_seconds() {
        let (account, person, mid) = ("1".into(), "2".into(), "aWd1".into());
        let direct = Direct {
            account: &account,
            person: &person,
            at: AT,
        };
        let (id, media) = ("3".into(), "4".into());
        let comment = Comment {
            id: &id,
            from: "2",
            username: "ana",
            media: &media,
            original_media: None,
            live: false,
            parent: None,
            text: "hi",
        };
        let items = [
            direct.text(&mid, "a"),
            direct.text(&mid, "b"),
            comment.item(AT),
        ];
        let json: Value = serde_json::from_str(&body(&account, AT, &items)).unwrap();
        assert_eq!(json["entry"][0]["time"], 1_790_000_000_123_i64);
        assert_eq!(json["entry"][0]["messaging"].as_array().unwrap().len(), 2);
        assert_eq!(json["entry"][1]["time"], 1_790_000_000);
        assert_eq!(json["entry"][1]["changes"][0]["field"], "comments");
    }

    #[test]
    fn a_late_comment_still_says_when_it_was_written() {
        let (id, media) = ("3".into(), "4".into());
        let comment = Comment {
            id: &id,
            from: "2",
            username: "ana",
            media: &media,
            original_media: None,
            live: false,
            parent: None,
            text: "hi",
        };
        let written = AT - Millis::DAY;
        let body = body(&"1".into(), AT, &[comment.item(AT), comment.item(written)]);
        let events = route(body.as_bytes(), AT).unwrap();
        let seconds = |at: Millis| Some(Millis(at.0 / 1000 * 1000));
        assert_eq!(events[0].timestamp, seconds(AT));
        assert_eq!(events[1].timestamp, seconds(written));
    }

    #[test]
    fn an_advertisement_names_the_post_that_it_is_for() {
        let (id, media, original) = ("3".into(), "4".into(), "5".into());
        let comment = Comment {
            id: &id,
            from: "2",
            username: "ana",
            media: &media,
            original_media: Some(&original),
            live: false,
            parent: None,
            text: "hi",
        };
        let body = body(&"1".into(), AT, &[comment.item(AT)]);
        let events = route(body.as_bytes(), AT).unwrap();
        assert_eq!(events[0].original_media_id, Some("5".into()));
    }
}
