//! Requests that the listener refuses, and why.

use crate::site::*;
use heliograph_desk::traffic::{Refused, RowResult, SignatureState, TrafficRow};
use heliograph_listener::signature::sign;

#[tokio::test]
async fn a_forged_request_shows_with_the_reason() {
    let site = open().await;
    let body = "{\"object\":\"instagram\",\"entry\":[],\"x\":\"K\\u00e4se \\/\"}";
    let rewritten = "{\"object\":\"instagram\",\"entry\":[],\"x\":\"Käse /\"}";
    let meant = sign(&SECRET.into(), body.as_bytes());
    let cases = [
        (body, None, SignatureState::Missing),
        (
            body,
            Some("sha256=12".to_owned()),
            SignatureState::Malformed,
        ),
        (
            body,
            Some(sign(&"guess".into(), body.as_bytes())),
            SignatureState::WrongSecret,
        ),
        (
            body,
            Some(sign(&"another secret".into(), body.as_bytes())),
            SignatureState::OtherSecret,
        ),
        (rewritten, Some(meant), SignatureState::BodyChanged),
    ];
    for (place, (sent, signature, state)) in cases.into_iter().enumerate() {
        assert_eq!(site.post_signed(sent, signature).await, 401);
        let is_there = |rows: &[TrafficRow], _| rows.len() == place + 1;
        let row = site
            .rows_until("result:refused", is_there)
            .await
            .pop()
            .unwrap();
        assert_eq!(row.result, RowResult::Refused);
        assert_eq!(row.refusal, Some(Refused::Signature));
        assert_eq!(row.delivery_id, None);
        let opened = site.opened(&row).await;
        assert_eq!(opened.signature.state, state, "{row:?}");
        assert!(opened.story.len() == 4 && opened.story[2].text == opened.signature.advice);
        assert!(
            opened
                .headers
                .iter()
                .any(|header| header.name == "content-type")
        );
        // What is refused by its headers is not read.
        let was_read = !matches!(state, SignatureState::Missing | SignatureState::Malformed);
        assert_eq!(opened.body.as_deref(), was_read.then_some(sent));
    }
    let counts = site.traffic.counts();
    assert_eq!((counts.refused, counts.deliveries), (5, 0));
    assert_eq!(site.rows_until("-result:refused", |_, _| true).await, []);
}

#[tokio::test]
async fn what_is_signed_and_no_webhook_shows_too() {
    let site = open().await;
    let signed = |body: &str| Some(sign(&SECRET.into(), body.as_bytes()));
    assert_eq!(site.post_signed("{", signed("{")).await, 400);
    let row = site.row("result:refused").await;
    assert_eq!(row.refusal, Some(Refused::NotJson));
    assert_eq!(site.opened(&row).await.body.as_deref(), Some("{"));
    // JSON that is no webhook is accepted, for Meta may send what nobody knows yet.
    site.post("{\"hello\":1}").await;
    site.rows_until("", |rows, _| rows.len() == 2).await;
}
