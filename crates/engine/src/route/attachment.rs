//! Attachments of a message.

use super::{document::Json, ids::id_under};
use heliograph_model::Attachment;

/// What an attachment without a `type` is called.
const UNKNOWN: &str = "unknown";

/// The attachments of a message. The set of types is open, and a payload may be missing
/// (`like_heart`, `ephemeral`), so nothing is required of one.
pub(super) fn attachments(message: Json<'_>) -> Vec<Attachment> {
    message
        .get("attachments")
        .map(|list| list.each().map(attachment).collect())
        .unwrap_or_default()
}

fn attachment(json: Json<'_>) -> Attachment {
    let payload = json.object("payload");
    let text = |name: &str| {
        let found = payload.and_then(|payload| payload.get(name));
        found.or_else(|| json.get(name))?.text()
    };
    Attachment {
        kind: json
            .get("type")
            .and_then(Json::text)
            .map_or_else(|| UNKNOWN.to_owned(), Into::into),
        // An `ig_story` has `story_media_url` in place of `url`.
        url: text("url")
            .or_else(|| text("story_media_url"))
            .map(Into::into),
        media_id: payload.and_then(|payload| {
            id_under(
                payload,
                &["ig_post_media_id", "reel_video_id", "story_media_id"],
            )
        }),
        title: text("title").map(Into::into),
    }
}
