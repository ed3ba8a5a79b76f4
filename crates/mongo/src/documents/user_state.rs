//! `user_states`: {accountId, senderId, automationId, automationType, target, state,
//! asked, startedBy, eventAt, updatedAt, expiresAt}.

use crate::documents::automation::{kind_of, target};
use crate::values::{Read, Unreadable, created, id, integer, is_null, millis, nested, text};
use heliograph_model::{AutomationType, Awaiting, Millis, Target, UserState};
use mongodb::bson::RawDocument;

/// How long a state lives that another application wrote without saying it: the time for
/// which it is cached (the design, "Caching").
const LIFE: i64 = Millis::DAY;

/// A user state.
pub(crate) fn read(document: &RawDocument) -> Read<UserState> {
    let (mut account, mut sender, mut automation) = (None, None, None);
    let mut kind = AutomationType::DmAutomation;
    let (mut own_target, mut post, mut story) = (None, None, None);
    let (mut state, mut asked, mut started_by) = (None, 1, None);
    let (mut event_at, mut updated_at, mut expires_at) = (None, None, None);
    for field in document {
        let (key, value) = field.map_err(|_| Unreadable("(its bytes)"))?;
        if is_null(value) {
            continue;
        }
        match key.as_str() {
            "accountId" => account = id(value),
            "senderId" => sender = id(value),
            "automationId" => automation = id(value),
            "automationType" => {
                kind = text(value)
                    .and_then(|name| kind_of(&name))
                    .ok_or(Unreadable("automationType"))?;
            }
            "target" => own_target = Some(nested(value).ok_or(Unreadable("target"))?),
            "postId" => post = Some(value),
            "storyId" => story = Some(value),
            "state" => state = text(value).and_then(|name| awaiting(&name)),
            "asked" => asked = integer(value).and_then(|n| n.try_into().ok()).unwrap_or(1),
            "startedBy" => started_by = id(value).map(|id| (&*id).into()),
            "eventAt" => event_at = millis(value),
            "updatedAt" => updated_at = millis(value),
            "expiresAt" => expires_at = millis(value),
            _ => {}
        }
    }
    let target: Target = match own_target {
        Some(target) => target,
        None => target(kind, post, story)?,
    };
    let updated_at = updated_at
        .or_else(|| created(document))
        .ok_or(Unreadable("updatedAt"))?;
    Ok(UserState {
        account_id: account.as_deref().ok_or(Unreadable("accountId"))?.into(),
        sender_id: sender.as_deref().ok_or(Unreadable("senderId"))?.into(),
        automation_id: automation
            .as_deref()
            .ok_or(Unreadable("automationId"))?
            .into(),
        automation_type: kind,
        target,
        state: state.ok_or(Unreadable("state"))?,
        asked,
        started_by,
        event_at: Millis(event_at.unwrap_or(updated_at)),
        updated_at: Millis(updated_at),
        expires_at: Millis(expires_at.unwrap_or(updated_at.saturating_add(LIFE))),
    })
}

fn awaiting(name: &str) -> Option<Awaiting> {
    [
        Awaiting::AwaitingOpeningResponse,
        Awaiting::AwaitingFollowConfirmation,
        Awaiting::AwaitingEmail,
    ]
    .into_iter()
    .find(|awaiting| awaiting.as_str() == name)
}
