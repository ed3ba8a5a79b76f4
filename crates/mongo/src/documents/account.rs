//! `accounts`: {instagramUserId, workspaceId, accessToken, username, isActive, aliases,
//! settings}.

use crate::values::{Read, Unreadable, flag, id, id_bson, is_null, nested, text};
use heliograph_model::{Account, AccountSettings};
use mongodb::bson::{Document, RawBsonRef, RawDocument, doc, serialize_to_bson};
use secrecy::SecretString;

/// An account, and the token that its document holds.
pub(crate) fn read(document: &RawDocument) -> Read<(Account, Option<SecretString>)> {
    let mut own = None;
    let mut workspace = None;
    let mut account = Account {
        id: "".into(),
        workspace_id: "".into(),
        username: String::new(),
        is_active: true,
        aliases: Vec::new(),
        settings: AccountSettings::default(),
    };
    let mut token = None;
    for field in document {
        let (key, value) = field.map_err(|_| Unreadable("(its bytes)"))?;
        match key.as_str() {
            "instagramUserId" => own = id(value),
            "workspaceId" => workspace = id(value),
            "username" => account.username = text(value).unwrap_or_default().into_owned(),
            "isActive" if !is_null(value) => {
                account.is_active = flag(value).ok_or(Unreadable("isActive"))?;
            }
            "aliases" => account.aliases = aliases(value),
            "settings" if value.as_document().is_some() => {
                account.settings = nested(value).ok_or(Unreadable("settings"))?;
            }
            "accessToken" => {
                token = id(value).map(|token| SecretString::from(token.into_owned()));
            }
            _ => {}
        }
    }
    account.id = own.as_deref().ok_or(Unreadable("instagramUserId"))?.into();
    account.workspace_id = workspace
        .as_deref()
        .ok_or(Unreadable("workspaceId"))?
        .into();
    Ok((account, token))
}

fn aliases(value: RawBsonRef<'_>) -> Vec<heliograph_model::AccountId> {
    let Some(array) = value.as_array() else {
        return Vec::new();
    };
    array
        .into_iter()
        .filter_map(|alias| id(alias.ok()?).map(|alias| (&*alias).into()))
        .collect()
}

/// An account as it is written; its token is never in it.
pub(crate) fn document(account: &Account) -> mongodb::bson::error::Result<Document> {
    let mut document = doc! {
        "instagramUserId": account.id.as_str(),
        "workspaceId": id_bson(account.workspace_id.as_str()),
        "username": &account.username,
        "isActive": account.is_active,
        "settings": serialize_to_bson(&account.settings)?,
    };
    if !account.aliases.is_empty() {
        let aliases = account.aliases.iter().map(|alias| alias.as_str());
        document.insert("aliases", aliases.collect::<Vec<_>>());
    }
    Ok(document)
}
