//! The names of cached things, the same for every worker and for other applications on
//! the same Redis (the design, "Caching").

use heliograph_model::{AccountId, AutomationType, ContactId, Target, WorkspaceId};

/// What the keys of automations begin with.
pub const AUTOMATION: &str = "automation:";

/// `automation:{workspaceId}:{type}:{postId or storyId or "all"}`
#[must_use]
pub fn automations(workspace: &WorkspaceId, kind: AutomationType, target: &Target) -> String {
    let target = target.media().map_or("all", |media| media.as_str());
    format!("{AUTOMATION}{workspace}:{kind}:{target}")
}

/// `user_state:{accountId}:{senderId}`
#[must_use]
pub fn user_state(account: &AccountId, contact: &ContactId) -> String {
    format!("user_state:{account}:{contact}")
}

/// `contact:{accountId}:{senderId}`
#[must_use]
pub fn contact(account: &AccountId, contact: &ContactId) -> String {
    format!("contact:{account}:{contact}")
}

/// What the keys of workspaces begin with.
pub const WORKSPACE: &str = "workspace:";

/// `workspace:{instagramId}`
#[must_use]
pub fn workspace(instagram: &AccountId) -> String {
    format!("{WORKSPACE}{instagram}")
}
