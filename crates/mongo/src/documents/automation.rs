//! `automations`: {workspaceId, type, name, isActive, priority, trigger, steps, storyId |
//! postId, version, createdAt, updatedAt}.

use crate::values::{
    Read, Unreadable, created, date, flag, forms, id, id_bson, integer, is_null, millis, nested,
    plain, text,
};
use heliograph_model::{Automation, AutomationType, Millis, Steps, Target, Trigger};
use mongodb::bson::{
    Bson, Document, RawBsonRef, RawDocument, deserialize_from_bson, doc, serialize_to_bson,
};

/// The version of a document that another application wrote and that has none.
pub(crate) const FIRST: u32 = 1;

/// An automation.
pub(crate) fn read(document: &RawDocument) -> Read<Automation> {
    let mut own = None;
    let mut workspace = None;
    let mut kind = None;
    let mut trigger = None;
    let (mut post, mut story) = (None, None);
    let mut automation = Automation {
        id: "".into(),
        workspace_id: "".into(),
        kind: AutomationType::DmAutomation,
        name: String::new(),
        is_active: false,
        priority: 0,
        target: Target::All,
        trigger: Trigger::default(),
        steps: Steps::default(),
        version: FIRST,
        created_at: Millis(created(document).unwrap_or_default()),
        updated_at: Millis::default(),
    };
    let mut updated_at = None;
    for field in document {
        let (key, value) = field.map_err(|_| Unreadable("(its bytes)"))?;
        if is_null(value) {
            continue;
        }
        match key.as_str() {
            "_id" => own = id(value),
            "workspaceId" => workspace = id(value),
            "type" => kind = text(value).and_then(|name| kind_of(&name)),
            "name" => automation.name = text(value).unwrap_or_default().into_owned(),
            "isActive" => automation.is_active = flag(value).ok_or(Unreadable("isActive"))?,
            "priority" => automation.priority = small(value).ok_or(Unreadable("priority"))?,
            "postId" => post = Some(value),
            "storyId" => story = Some(value),
            "trigger" => trigger = read_trigger(value),
            "steps" => automation.steps = nested(value).ok_or(Unreadable("steps"))?,
            "version" => automation.version = small(value).ok_or(Unreadable("version"))?,
            "createdAt" => automation.created_at = time(value).ok_or(Unreadable("createdAt"))?,
            "updatedAt" => updated_at = time(value),
            _ => {}
        }
    }
    automation.id = own.as_deref().ok_or(Unreadable("_id"))?.into();
    automation.workspace_id = workspace
        .as_deref()
        .ok_or(Unreadable("workspaceId"))?
        .into();
    automation.kind = kind.ok_or(Unreadable("type"))?;
    automation.trigger = trigger.ok_or(Unreadable("trigger"))?;
    automation.target = target(automation.kind, post, story)?;
    automation.updated_at = updated_at.unwrap_or(automation.created_at);
    if automation.name.is_empty() {
        automation.name = format!("Automation {}", automation.id);
    }
    Ok(automation)
}

/// The type of that name.
pub(crate) fn kind_of(name: &str) -> Option<AutomationType> {
    AutomationType::ALL
        .into_iter()
        .find(|kind| kind.as_str() == name)
}

/// The field that names the post or story.
pub(crate) fn media_field(kind: AutomationType) -> &'static str {
    match kind {
        AutomationType::StoryReplyFlow => "storyId",
        // A direct message belongs to no post; one that has it all the same keeps it.
        AutomationType::DmAutomation | AutomationType::CommentReplyFlow => "postId",
    }
}

/// What the field of the post or story holds, for a query.
pub(crate) fn media_forms(target: &Target) -> Vec<Bson> {
    match target {
        // `null` also finds a document without the field.
        Target::All => vec![Bson::Null, "".into(), "all".into()],
        Target::Media(media) => forms(media.as_str()),
    }
}

/// The post or story, out of the field that its type has it in.
pub(crate) fn target(
    kind: AutomationType,
    post: Option<RawBsonRef<'_>>,
    story: Option<RawBsonRef<'_>>,
) -> Read<Target> {
    let field = media_field(kind);
    let value = if field == "storyId" { story } else { post };
    let Some(value) = value else {
        return Ok(Target::All);
    };
    let media = text(value).ok_or(Unreadable(field))?;
    Ok(if media.trim().is_empty() || media == "all" {
        Target::All
    } else {
        Target::Media((&*media).into())
    })
}

/// A trigger, whose keywords may stand there as mere text.
fn read_trigger(value: RawBsonRef<'_>) -> Option<Trigger> {
    let mut trigger = plain(value)?;
    let document = trigger.as_document_mut()?;
    if let Some(Bson::Array(keywords)) = document.get_mut("keywords") {
        for keyword in keywords {
            if let Bson::String(text) = keyword {
                *keyword = Bson::Document(doc! { "text": std::mem::take(text) });
            }
        }
    }
    deserialize_from_bson(trigger).ok()
}

fn small<T: TryFrom<i64>>(value: RawBsonRef<'_>) -> Option<T> {
    T::try_from(integer(value)?).ok()
}

fn time(value: RawBsonRef<'_>) -> Option<Millis> {
    millis(value).map(Millis)
}

/// An automation as it is written, without its `_id`.
pub(crate) fn document(automation: &Automation) -> mongodb::bson::error::Result<Document> {
    let mut document = doc! {
        "workspaceId": id_bson(automation.workspace_id.as_str()),
        "type": automation.kind.as_str(),
        "name": &automation.name,
        "isActive": automation.is_active,
        "priority": automation.priority,
        "trigger": serialize_to_bson(&automation.trigger)?,
        "steps": serialize_to_bson(&automation.steps)?,
        "version": i64::from(automation.version),
        "createdAt": date(automation.created_at),
        "updatedAt": date(automation.updated_at),
    };
    if let Some(media) = automation.target.media() {
        document.insert(media_field(automation.kind), media.as_str());
    }
    Ok(document)
}
