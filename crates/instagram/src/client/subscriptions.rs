//! Subscribing to webhooks (Meta: "Webhooks", and "Application, subscriptions").

use super::{answer, graph::GraphClient, pacing::Kind, transport};
use crate::wire::Again;
use async_trait::async_trait;
use heliograph_engine::ports::{AppAccess, AppSubscription, PortError, PortResult, Subscriptions};
use heliograph_model::{AccountId, ErrorClass, SendError};
use reqwest::{RequestBuilder, Url};
use serde_json::Value;

/// What Meta calls the webhooks of Instagram.
const OBJECT: &str = "instagram";

/// Apps are Facebook's also where accounts were connected with Instagram Login.
const HOST_OF_APPS: &str = "graph.facebook.com";
const HOST_OF_INSTAGRAM: &str = "graph.instagram.com";

#[async_trait]
impl Subscriptions for GraphClient {
    async fn of_account(&self, account: &AccountId) -> PortResult<Vec<String>> {
        let url = self.url(&[self.config().flavour.node(account), "subscribed_apps"]);
        let get = || self.http().get(url.clone());
        let document = self
            .attempt(account, get, Kind::Look, Again::Harmless)
            .await
            .map_err(port_error)?;
        let apps = document["data"].as_array().cloned().unwrap_or_default();
        // A token sees the app that it belongs to.
        let fields = apps.iter().flat_map(|app| texts(&app["subscribed_fields"]));
        Ok(fields.collect())
    }

    async fn subscribe_account(&self, account: &AccountId, fields: &[String]) -> PortResult<()> {
        let url = self.url(&[self.config().flavour.node(account), "subscribed_apps"]);
        let fields = self.config().flavour.fields_of_account(fields);
        let fields = [("subscribed_fields", fields)];
        let post = || self.http().post(url.clone()).query(&fields);
        self.attempt(account, post, Kind::Look, Again::Harmless)
            .await
            .map_err(port_error)?;
        Ok(())
    }

    async fn of_app(&self, app: &AppAccess) -> PortResult<Option<AppSubscription>> {
        let get = self.http().get(self.url_of_app(app));
        let document = ask(get, app).await?;
        let all = document["data"].as_array().cloned().unwrap_or_default();
        let ours = all.iter().find(|one| one["object"] == OBJECT);
        Ok(ours.map(|one| AppSubscription {
            callback_url: one["callback_url"].as_str().unwrap_or_default().to_owned(),
            fields: texts(&one["fields"]).collect(),
        }))
    }

    async fn subscribe_app(
        &self,
        app: &AppAccess,
        wanted: &AppSubscription,
        verify_token: &str,
    ) -> PortResult<()> {
        let body = serde_json::json!({
            "object": OBJECT,
            "callback_url": wanted.callback_url,
            "fields": self.config().flavour.fields_of_app(&wanted.fields),
            "verify_token": verify_token,
            "include_values": true,
        });
        let post = self.http().post(self.url_of_app(app)).json(&body);
        ask(post, app).await?;
        Ok(())
    }
}

impl GraphClient {
    fn url_of_app(&self, app: &AppAccess) -> Url {
        let mut url = self.url(&[app.app_id(), "subscriptions"]);
        if url.host_str() == Some(HOST_OF_INSTAGRAM) {
            // A host that was one stays one with another name.
            let _ = url.set_host(Some(HOST_OF_APPS));
        }
        url
    }
}

/// Asks with the app's own token, which is in the header alone.
async fn ask(request: RequestBuilder, app: &AppAccess) -> PortResult<Value> {
    let again = Again::Harmless;
    let answered = request.bearer_auth(app.token()).send().await;
    let answered = answered.map_err(|error| port_error(transport::failed(&error, again)))?;
    let status = answered.status().as_u16();
    let bytes = answered.bytes().await;
    let bytes = bytes.map_err(|error| port_error(transport::cut_short(&error, again)))?;
    answer::read(status, &bytes, again).map_err(port_error)
}

/// Texts of a list, or the names of its objects.
fn texts(list: &Value) -> impl Iterator<Item = String> {
    let items = list.as_array().cloned().unwrap_or_default();
    items.into_iter().filter_map(|item| {
        let text = item.as_str().or_else(|| item["name"].as_str());
        text.map(ToOwned::to_owned)
    })
}

fn port_error(error: SendError) -> PortError {
    match error.class {
        ErrorClass::Retry | ErrorClass::Unknown => PortError::Unavailable(error.message),
        ErrorClass::Token | ErrorClass::Permanent | ErrorClass::Window => {
            PortError::other(error.message)
        }
    }
}
