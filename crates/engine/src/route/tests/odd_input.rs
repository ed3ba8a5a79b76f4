//! Input that nobody should send.

use super::{ARRIVAL, change, element, event, events, kinds, message, route};
use crate::route::RouteError;
use heliograph_model::{EventKind, Millis};

#[test]
fn what_is_no_json_is_refused_with_the_place_and_what_to_do() {
    let cases: [(&[u8], usize); 8] = [
        (b"", 0),
        (b"hub.mode=subscribe", 0),
        (b"{\"entry\":[}", 10),
        (b"{\n  \"entry\": [\n    x\n  ]\n}", 19),
        (b"{} {}", 3),
        (b"{\"entry\":", 9),
        (b"{\"text\":\"\xff\"}", 9),
        (b"\xef\xbb\xbf[1,]", 6),
    ];
    for (body, expected) in cases {
        let error = route(body, ARRIVAL).unwrap_err();
        let position = match &error {
            RouteError::NotJson { position, .. } | RouteError::NotUtf8 { position } => *position,
            RouteError::TooLarge { .. } => usize::MAX,
        };
        assert_eq!(
            position,
            expected,
            "{error} in {:?}",
            String::from_utf8_lossy(body)
        );
        let said = error.to_string();
        assert!(
            said.contains(&format!("at byte {expected}. Use the body")),
            "{said}"
        );
        assert!(!said.contains("line"), "the place is said once: {said}");
    }
}

#[test]
fn what_holds_nothing_gives_no_event() {
    for body in [
        "null",
        "[]",
        "{}",
        "[null,{}]",
        r#"{"object":"instagram"}"#,
        r#"{"object":"instagram","entry":[]}"#,
        r#"{"object":"instagram","entry":null}"#,
        r#"{"object":"instagram","entry":[{"id":"1","time":1790000000}]}"#,
        r#"{"entry":[{"id":"1","time":1,"messaging":[],"changes":[],"standby":null}]}"#,
        r#"{"entry":[{"id":"1","changed_fields":[]}]}"#,
        r#"{"entry":[null]}"#,
    ] {
        assert_eq!(events(body), [], "{body}");
    }
}

#[test]
fn whatever_else_is_json_is_one_event_with_its_json() {
    for body in [
        "17",
        "true",
        "\"text\"",
        r#"{"hello":"world"}"#,
        "[[1]]",
        "1e999",
    ] {
        let event = event(body);
        assert_eq!(event.kind, EventKind::Other, "{body}");
        let expected = if body == "[[1]]" { "[1]" } else { body };
        assert_eq!(event.raw.as_deref(), Some(expected));
    }
}

#[test]
fn nesting_deeper_than_any_stack_is_routed() {
    let depth = 1_000_000;
    let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(event(&format!("{{\"a\":{deep}}}")).kind, EventKind::Other);
    let hidden = message(&format!(r#"{{"mid":"m","text":"hi","deep":{deep}}}"#));
    assert_eq!(hidden.kind, EventKind::DmText);
    let objects = format!("{}1{}", "{\"entry\":".repeat(10_000), "}".repeat(10_000));
    assert_eq!(kinds(&events(&objects)), [EventKind::Other]);
}

#[test]
fn a_key_that_stands_twice_loses_nothing() {
    let twice = r#"{"entry":[{"id":"1","messaging":[{"a":1}]}],"entry":[{"id":"2",
        "changes":[{"field":"x","value":1}],"changes":[{"field":"y","value":2},3]}]}"#;
    assert_eq!(events(twice).len(), 4);
}

#[test]
fn the_naming_follows_the_order_of_the_design() {
    use EventKind::{
        Deleted, DmAttachment, DmText, Echo, Other, QuickReply, Referral, StoryMention, StoryReply,
        Unsupported,
    };
    let everything = r#""text":"t","quick_reply":{"payload":"p"},"referral":{"ref":"r"},
        "reply_to":{"story":{"id":"9"}},"attachments":[{"type":"story_mention"}]"#;
    let cases = [
        (
            r#""is_unsupported":true,"is_deleted":true,"is_echo":true,"#,
            Echo,
        ),
        (r#""is_self":true,"#, Echo),
        (r#""is_unsupported":true,"is_deleted":true,"#, Deleted),
        (r#""is_unsupported":true,"#, Unsupported),
        (
            r#""is_echo":false,"is_deleted":null,"is_unsupported":0,"#,
            QuickReply,
        ),
    ];
    for (flags, expected) in cases {
        let event = message(&format!(r#"{{"mid":"m",{flags}{everything}}}"#));
        assert_eq!(event.kind, expected, "{flags}");
    }
    let cases = [
        (r#""text":"t","reply_to":{"story":{"id":"9"}}"#, StoryReply),
        (r#""text":"t","attachments":[{"type":"image"}]"#, DmText),
        (r#""text":"t","referral":{"ref":"r"}"#, DmText),
        (r#""text":"t","reply_to":{"mid":"x"}"#, DmText),
        (r#""text":" ""#, DmText),
        (r#""text":5"#, DmText),
        (
            r#""attachments":[{"type":"image"},{"type":"story_mention"}]"#,
            StoryMention,
        ),
        (
            r#""attachments":[{"type":"image"}],"referral":{"ref":"r"}"#,
            DmAttachment,
        ),
        (r#""text":"","referral":{"ref":"r"}"#, Referral),
        (r#""text":["t"],"attachments":[],"quick_reply":null"#, Other),
    ];
    for (content, expected) in cases {
        let event = message(&format!(r#"{{"mid":"m",{content}}}"#));
        assert_eq!(event.kind, expected, "{content}");
        assert_eq!(event.raw.is_some(), expected == Other, "{content}");
    }
}

#[test]
fn a_deletion_keeps_no_text() {
    let event = message(r#"{"mid":"m","is_deleted":true,"text":"secret"}"#);
    assert_eq!(
        (event.kind, event.text, event.raw),
        (EventKind::Deleted, None, None)
    );
}

#[test]
fn the_number_of_an_edit_is_read_however_it_is_written() {
    for (written, kind, number) in [
        ("0", EventKind::Other, Some(0)),
        (r#""0""#, EventKind::Other, Some(0)),
        (r#"" 2 ""#, EventKind::Edited, Some(2)),
        ("7", EventKind::Edited, Some(7)),
        ("null", EventKind::Edited, None),
        ("-1", EventKind::Edited, None),
    ] {
        let edit = element(&format!(
            r#"{{"message_edit":{{"mid":"m","text":"t","num_edit":{written}}}}}"#
        ));
        assert_eq!((edit.kind, edit.num_edit), (kind, number), "{written}");
    }
}

#[test]
fn the_person_is_on_the_other_side_whichever_way_it_goes() {
    let sides = |json: &str| {
        let event = element(json);
        let text = |id: Option<&str>| id.unwrap_or("-").to_owned();
        [
            text(event.account_id.as_ref().map(AsRef::as_ref)),
            text(event.sender_id.as_ref().map(AsRef::as_ref)),
            text(event.contact_id.as_ref().map(AsRef::as_ref)),
        ]
    };
    let m = r#""message":{"mid":"m","text":"t"}"#;
    let echo = r#""message":{"mid":"m","text":"t","is_echo":true}"#;
    let two_one = r#""sender":{"id":"2"},"recipient":{"id":"1"}"#;
    let one_two = r#""sender":{"id":"1"},"recipient":{"id":"2"}"#;
    assert_eq!(sides(&format!("{{{two_one},{m}}}")), ["1", "2", "2"]);
    assert_eq!(sides(&format!("{{{one_two},{m}}}")), ["1", "1", "2"]);
    assert_eq!(sides(&format!("{{{one_two},{echo}}}")), ["1", "1", "2"]);
    assert_eq!(
        sides(&format!("{{{two_one},{echo}}}")),
        ["1", "2", "2"],
        "an echo that comes to the account is not from it"
    );
    assert_eq!(
        sides(&format!(r#"{{"sender":2,"recipient":"1",{m}}}"#)),
        ["1", "2", "2"]
    );
    assert_eq!(
        sides(&format!(r#"{{"sender":{{"id":" "}},{m}}}"#)),
        ["1", "-", "-"]
    );
}

#[test]
fn an_entry_without_an_id_takes_the_account_from_its_items() {
    let route = |sides: &str, flags: &str| {
        event(&format!(
            r#"{{"entry":[{{"messaging":[{{{sides},"message":{{"mid":"m","text":"t"{flags}}}}}]}}]}}"#
        ))
    };
    let sides = r#""sender":{"id":"2"},"recipient":{"id":"1"}"#;
    let received = route(sides, "");
    assert_eq!(received.account_id.unwrap().as_str(), "1");
    let echo = route(sides, r#","is_echo":true"#);
    assert_eq!(echo.account_id.unwrap().as_str(), "2");
    assert_eq!(echo.contact_id.unwrap().as_str(), "1");
}

#[test]
fn ids_survive_as_they_are_written() {
    for (written, expected) in [
        ("17841400000000001", "17841400000000001"),
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551616", "18446744073709551616"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        (r#""0012""#, "0012"),
        (r#""\u0031\u0032""#, "12"),
    ] {
        let event = event(
            &format!(
                r#"{{"entry":[{{"id":{written},"messaging":[{{"sender":{{"id":{written}1}},
            "message":{{"mid":{written},"text":"t"}}}}]}}]}}"#
            )
            .replace("\"1}", "1\"}"),
        );
        assert_eq!(event.account_id.unwrap().as_str(), expected);
        assert_eq!(event.event_id.unwrap().as_str(), expected);
        assert_eq!(event.sender_id.unwrap().as_str(), format!("{expected}1"));
    }
}

#[test]
fn times_are_read_however_they_are_written() {
    let at = |own: &str, entry: &str| {
        let body = format!(
            r#"{{"entry":[{{"id":"1"{entry},"messaging":[{{"sender":{{"id":"2"}}{own},
            "message":{{"mid":"m","text":"t"}}}}]}}]}}"#
        );
        event(&body).timestamp
    };
    let own = |written: &str| at(&format!(r#","timestamp":{written}"#), "");
    for written in [
        "1790000000",
        "1790000000000",
        r#""1790000000""#,
        r#"" 1790000000000 ""#,
        "1.79e9",
        "1790000000.0",
        r#""2026-09-21T14:13:20+0000""#,
        r#""2026-09-21T14:13:20Z""#,
        r#""2026-09-21T14:13:20""#,
        r#""2026-09-21 14:13:20.000Z""#,
        r#""2026-09-21T19:43:20.0004+05:30""#,
        r#""2026-09-20T23:13:20-15""#,
    ] {
        assert_eq!(own(written), Some(Millis(1_790_000_000_000)), "{written}");
    }
    assert_eq!(own("1790000000.25"), Some(Millis(1_790_000_000_250)));
    assert_eq!(
        own(r#""2000-02-29T00:00:00.7Z""#),
        Some(Millis(951_782_400_700))
    );
    for unreadable in [
        "0",
        "-5",
        "true",
        "[]",
        "1e999",
        "99999999999999999999999",
        r#""""#,
        r#""NaN""#,
        r#""infinity""#,
        r#""2026-13-01T00:00:00Z""#,
        r#""2026-09-21T24:00:00Z""#,
        r#""2026-09-21T14:13:20 CET""#,
        r#""2026-09-21T14:13:20+5""#,
        r#""T""#,
        r#""--T::""#,
        r#""2026-09-21T14:13:20.ß""#,
    ] {
        assert_eq!(own(unreadable), Some(ARRIVAL), "{unreadable}");
        let with_entry = at(
            &format!(r#","timestamp":{unreadable}"#),
            r#","time":1790000001"#,
        );
        assert_eq!(with_entry, Some(Millis(1_790_000_001_000)), "{unreadable}");
    }
    assert_eq!(at("", ""), None, "Meta did not say");
    assert_eq!(at(r#","timestamp":null"#, ""), None, "Meta did not say");
}

#[test]
fn every_messaging_field_holds_one_element() {
    let value = r#"{"sender":{"id":"2"},"recipient":{"id":"1"},"message":{"mid":"m","text":"t"}}"#;
    for field in [
        "messages",
        "message_edit",
        "message_edits",
        "message_reactions",
        "messaging_seen",
        "messaging_postbacks",
        "messaging_referral",
        "messaging_optins",
        "messaging_handover",
        "messaging_whatever_comes",
    ] {
        assert_eq!(change(field, value).kind, EventKind::DmText, "{field}");
    }
    assert_eq!(change("standby", value).kind, EventKind::Standby);
    assert_eq!(change("message_echoes", value).kind, EventKind::Echo);
    assert_eq!(change("story_insights", value).kind, EventKind::Other);
}

#[test]
fn a_reply_is_told_from_a_top_level_comment() {
    let parent = |value: &str| change("comments", value).parent_id.map(|it| it.to_string());
    let media = r#""media":{"id":"70","original_media_id":"71"}"#;
    assert_eq!(
        parent(&format!(r#"{{"id":"5","parent_id":"4",{media}}}"#)).unwrap(),
        "4"
    );
    assert_eq!(
        parent(r#"{"id":"5","parent_id":4,"media_id":"70"}"#).unwrap(),
        "4"
    );
    for top in ["\"70\"", "70", "\"71\"", "\"\"", "null", "{}"] {
        assert_eq!(
            parent(&format!(r#"{{"id":"5","parent_id":{top},{media}}}"#)),
            None,
            "{top}"
        );
    }
}

#[test]
fn the_account_is_no_contact_of_its_own() {
    let own = change("comments", r#"{"from":{"id":"1"},"id":"5","text":"t"}"#);
    assert_eq!(own.sender_id.unwrap().as_str(), "1");
    assert_eq!(own.contact_id, None);
    let other = change("comments", r#"{"from":{"id":"2"},"id":"5","text":"t"}"#);
    assert_eq!(other.contact_id.unwrap().as_str(), "2");
    assert!(!other.is_self);
}

#[test]
fn what_is_kept_is_kept_byte_for_byte() {
    let item =
        "{ \"field\" : \"new\",\"value\":{\"n\":1.0000000000000000000001e+2, \"e\":\"\\u00e4\"} }";
    let event = event(&format!(r#"{{"entry":[{{"id":"1","changes":[{item}]}}]}}"#));
    assert_eq!(event.raw.as_deref(), Some(item));
}

#[test]
fn an_echo_with_json_kept_is_no_message_that_somebody_wrote() {
    let from_account = |content: &str| {
        element(&format!(
            r#"{{"sender":{{"id":"1"}},"recipient":{{"id":"2"}},"timestamp":1790000000123,{content}}}"#
        ))
    };
    for (content, is_message) in [
        (r#""message":{"mid":"m","text":"t","is_echo":true}"#, true),
        (
            r#""message":{"mid":"m","attachments":[{"type":"template"}]}"#,
            true,
        ),
        (r#""message":{"mid":"m","is_deleted":true}"#, false),
        (
            r#""message_edit":{"mid":"m","text":"t","num_edit":1}"#,
            false,
        ),
        (r#""read":{"mid":"m"}"#, false),
        (r#""reaction":{"mid":"m","action":"react"}"#, false),
        (r#""pass_thread_control":{"new_owner_app_id":"5"}"#, false),
    ] {
        let event = from_account(content);
        assert_eq!(event.kind, EventKind::Echo, "{content}");
        assert_eq!(event.raw.is_none(), is_message, "{content}");
        assert_eq!(event.contact_id.unwrap().as_str(), "2");
    }
}
