//! A comment on a post, a reel or a live video.

use super::{Outcome, draft::Draft, render, start};
use crate::steps;
use heliograph_model::{Automation, Effect, EventKind, StepName};

/// The automations of that post, then those for all posts; the first match may answer
/// publicly and send a private reply.
pub(super) fn decide(mut draft: Draft<'_>) -> Outcome {
    let texts = draft.texts();
    let is_reply = is_reply(&draft);
    let Some(winner) = start::first(&mut draft, &texts, is_reply) else {
        return start::nothing_matched(draft);
    };
    answer_publicly(&mut draft, &winner.automation);
    start::enter(draft, &winner)
}

/// A `parent_id` that is the post's own id has been seen on top-level comments; a true
/// reply has a comment's id there.
fn is_reply(draft: &Draft<'_>) -> bool {
    let event = draft.event;
    event.parent_id.as_ref().is_some_and(|parent| {
        [&event.media_id, &event.original_media_id]
            .into_iter()
            .flatten()
            .all(|media| media.as_str() != parent.as_str())
    })
}

fn answer_publicly(draft: &mut Draft<'_>, automation: &Automation) {
    if !steps::has(automation, StepName::PublicReply) {
        return;
    }
    let (Some(step), Some(id)) = (&automation.steps.public_reply, &draft.event.event_id) else {
        return;
    };
    // Comments on live videos cannot be answered publicly (IG Comment, "replies").
    if draft.event.kind == EventKind::LiveComment {
        draft.notes.push(
            "There is no public reply, because Instagram does not allow one on a live video."
                .into(),
        );
        return;
    }
    let number = u64::try_from(step.texts.len()).unwrap_or(1).max(1);
    let place = usize::try_from(spread(id.as_str()) % number).unwrap_or(0);
    let Some(text) = step.texts.get(place) else {
        return;
    };
    let text = render::public_reply(draft, text);
    draft.effects.push(Effect::ReplyToComment {
        comment_id: id.as_str().into(),
        text,
        automation_id: automation.id.clone(),
    });
}

/// Which of the texts answers a comment follows from the comment's id alone, so that a
/// repetition says the same: FNV-1a, which never changes between versions.
fn spread(id: &str) -> u64 {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low bits of FNV are the weakest, and the remainder looks at them.
    hash ^ (hash >> 32)
}
