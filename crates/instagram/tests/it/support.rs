//! An Instagram with a shop, a person and a post, behind a real server.

use heliograph_engine::ports::{Clock, SendRequest, VirtualClock};
use heliograph_instagram::{
    client::{Flavour, GraphClient, GraphConfig, Pacing, SimulatedTokens},
    simulated::{
        Comment, Media, NewAccount, Person, SimulatedInstagram, SimulatedMedia, SimulatedServer,
        SimulatedSettings, serve, simulated_token,
    },
};
use heliograph_model::{
    AccountId, ContactId, Effect, Millis, OutgoingMessage, Recipient, StepName,
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::net::TcpListener;

pub(crate) const SHOP: &str = "17841400000000001";
pub(crate) const ANA: &str = "900000000000011";
pub(crate) const BEN: &str = "900000000000012";
pub(crate) const MID: &str = "aWdfZAmid0001";
pub(crate) const POST: &str = "18000000000000071";
pub(crate) const LIVE: &str = "18000000000000079";
pub(crate) const COMMENT: &str = "18000000000000072";
pub(crate) const LIVE_COMMENT: &str = "18000000000000078";
/// When the tests begin.
pub(crate) const START: Millis = Millis(1_790_000_000_000);

/// The server, what is behind it, and a plain HTTP client in front of it.
pub(crate) struct World {
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) core: Arc<SimulatedInstagram>,
    pub(crate) server: SimulatedServer,
    http: reqwest::Client,
}

/// Ana wrote a moment ago; Ben only commented, on a post and on a live video.
pub(crate) async fn world() -> World {
    world_with(SimulatedSettings {
        strict: true,
        ..SimulatedSettings::default()
    })
    .await
}

pub(crate) async fn world_with(settings: SimulatedSettings) -> World {
    let clock = Arc::new(VirtualClock::new(START));
    let core = Arc::new(SimulatedInstagram::new(
        Arc::clone(&clock) as Arc<dyn Clock>,
        settings,
    ));
    core.add_account(NewAccount {
        page_id: Some("100000000000001".into()),
        ..NewAccount::new(SHOP, "shop.example")
    });
    core.add_person(&shop(), Person::named(ANA, "Ana Example", "ana.example"));
    core.person_wrote(&shop(), &ANA.into(), Some(MID.into()), START);
    for (id, kind) in [
        (POST, SimulatedMedia::Post),
        (LIVE, SimulatedMedia::Live { broadcasting: true }),
    ] {
        core.add_media(Media {
            id: id.into(),
            account_id: shop(),
            kind,
        });
    }
    for (id, media) in [(COMMENT, POST), (LIVE_COMMENT, LIVE)] {
        let comment = Comment::of_person(id, shop(), Some(BEN.into()), "price please", START);
        core.add_comment(comment.below(media.into()));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = serve(listener, Arc::clone(&core), std::future::pending()).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    World {
        clock,
        core,
        server,
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    }
}

pub(crate) fn shop() -> AccountId {
    SHOP.into()
}

impl World {
    /// Posts JSON with the shop's token.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.post_as(path, body, Some(&simulated_token(&shop())))
            .await
    }

    pub(crate) async fn post_as(
        &self,
        path: &str,
        body: &Value,
        token: Option<&str>,
    ) -> (u16, Value) {
        let mut request = self.http.post(self.url(path)).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let request = self
            .http
            .get(self.url(path))
            .bearer_auth(simulated_token(&shop()));
        read(request.send().await.unwrap()).await
    }

    /// A request that the test builds itself.
    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.url(path))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.base_url())
    }

    /// Sends a message to Ana, and returns the code and subcode where it is refused.
    pub(crate) async fn message(&self, message: Value) -> Result<Value, (i64, Option<i64>)> {
        self.send(&json!({ "recipient": { "id": ANA }, "message": message }))
            .await
    }

    pub(crate) async fn text_to(&self, person: &str) -> Result<Value, (i64, Option<i64>)> {
        self.send(&json!({ "recipient": { "id": person }, "message": { "text": "Hi" } }))
            .await
    }

    pub(crate) async fn private_reply(&self, comment: &str) -> Result<Value, (i64, Option<i64>)> {
        self.send(&json!({
            "recipient": { "comment_id": comment },
            "message": { "text": "Here is the link" },
        }))
        .await
    }

    pub(crate) async fn send(&self, body: &Value) -> Result<Value, (i64, Option<i64>)> {
        ruling(self.post("/v25.0/me/messages", body).await)
    }

    /// The client of the product against this server, as fast as it goes.
    pub(crate) fn client(&self) -> GraphClient {
        self.client_with(|config| config.paced(Pacing::unlimited()))
    }

    pub(crate) fn client_with(
        &self,
        change: impl FnOnce(GraphConfig) -> GraphConfig,
    ) -> GraphClient {
        let config = GraphConfig::at(self.server.base_url(), Flavour::InstagramLogin);
        GraphClient::new(
            change(config),
            Arc::new(SimulatedTokens),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
        )
        .unwrap()
    }
}

/// The body of a success, or the code and subcode of an error, which must be whole.
pub(crate) fn ruling((status, body): (u16, Value)) -> Result<Value, (i64, Option<i64>)> {
    let Some(error) = body.get("error") else {
        assert_eq!(status, 200, "a success is a 200: {body}");
        return Ok(body);
    };
    assert!(status >= 400, "an error is not a success: {status} {body}");
    assert_eq!(error["type"], "OAuthException");
    assert!(
        error["fbtrace_id"]
            .as_str()
            .is_some_and(|id| !id.is_empty())
    );
    assert!(error["message"].as_str().is_some_and(|it| !it.is_empty()));
    Err((
        error["code"].as_i64().unwrap(),
        error.get("error_subcode").and_then(Value::as_i64),
    ))
}

async fn read(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

pub(crate) fn to_ana(message: OutgoingMessage) -> Effect {
    effect(Recipient::Contact(ContactId::from(ANA)), message)
}

pub(crate) fn effect(to: Recipient, message: OutgoingMessage) -> Effect {
    Effect::Send {
        to,
        message,
        automation_id: "a1".into(),
        step: StepName::Main,
        delay_ms: 0,
    }
}

pub(crate) fn text(text: &str) -> OutgoingMessage {
    OutgoingMessage::Text {
        text: text.into(),
        quick_replies: Vec::new(),
    }
}

pub(crate) fn request<'a>(account: &'a AccountId, effect: &'a Effect) -> SendRequest<'a> {
    SendRequest {
        account_id: account,
        contact_id: None,
        effect,
    }
}

/// Asks until `good` says so, for ten seconds at the most.
pub(crate) async fn until(what: &str, mut good: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if good() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to this: {what}");
}
