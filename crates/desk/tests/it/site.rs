//! An engine, a listener before it, and a desk that looks at both.

use heliograph_desk::traffic::{
    KnownSecret, OpenedDelivery, RowResult, Traffic, TrafficCounts, TrafficLook, TrafficRow,
};
use heliograph_engine::ports::Queue;
use heliograph_lab::simulator::{Simulator, SimulatorSettings};
use heliograph_listener::{AppSecret, Listener, ListenerSettings, RunningListener, signature};
use heliograph_model::Millis;
use heliograph_runtime::Runtime;
use secrecy::SecretString;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

pub(crate) const SECRET: &str = "the app secret";
pub(crate) const START: Millis = Millis(1_790_000_000_000);
const ACCOUNT: &str = "17841400000000001";
/// The window that looks.
pub(crate) const WINDOW: &str = "main";

pub(crate) struct Site {
    pub(crate) simulator: Simulator,
    pub(crate) traffic: Traffic,
    pub(crate) listener: RunningListener,
    client: reqwest::Client,
}

pub(crate) async fn open() -> Site {
    let settings = SimulatorSettings {
        open_to_others: true,
        ..SimulatorSettings::demo(START)
    };
    let simulator = Simulator::open(settings).await.unwrap();
    let traffic = Traffic::new();
    let secret = |name: &str, secret: &str, accepted| KnownSecret {
        name: name.to_owned(),
        secret: secret.into(),
        accepted,
    };
    traffic.know(secret("this window", SECRET, true));
    traffic.know(secret("staging", "another secret", false));
    follow(&traffic, &simulator);
    let runtime = simulator.runtime();
    let listener = listen(&runtime, runtime.queue(), &traffic).await;
    Site {
        simulator,
        traffic,
        listener,
        client: reqwest::Client::new(),
    }
}

/// The window's listener: it checks with [`SECRET`], and traffic looks on.
pub(crate) async fn listen(
    runtime: &Runtime,
    queue: Arc<dyn Queue>,
    traffic: &Traffic,
) -> RunningListener {
    Listener::start_observed(
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        queue,
        Arc::clone(runtime.clock()),
        ListenerSettings {
            secrets: vec![AppSecret {
                name: "this window".to_owned(),
                secret: SECRET.into(),
                accounts: Vec::new(),
            }],
            ..ListenerSettings::default()
        },
        Some(traffic.observer()),
        std::future::pending(),
    )
    .unwrap()
}

pub(crate) fn follow(traffic: &Traffic, simulator: &Simulator) {
    traffic.follow(simulator.runtime());
}

/// A direct message as Meta posts it.
pub(crate) fn message(from: &str, id: &str, text: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    format!(
        "{{\"object\":\"instagram\",\"entry\":[{{\"id\":\"{ACCOUNT}\",\"time\":1790000000500,\
         \"messaging\":[{{\"sender\":{{\"id\":\"{from}\"}},\"recipient\":{{\"id\":\"{ACCOUNT}\"}},\
         \"timestamp\":1790000000123,\"message\":{{\"mid\":\"{id}\",\"text\":{text}}}}}]}}]}}"
    )
}

impl Site {
    /// Posts a body with a header for its signature; answers with the status.
    pub(crate) async fn post_signed(&self, body: &str, signature: Option<String>) -> u16 {
        let mut request = self
            .client
            .post(self.listener.url())
            .header("content-type", "application/json")
            .header("user-agent", "facebookplatform/1.0")
            .header("authorization", "Bearer of somebody")
            .body(body.to_owned());
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature-256", signature);
        }
        request.send().await.unwrap().status().as_u16()
    }

    pub(crate) async fn post(&self, body: &str) {
        let signed = signature::sign(&SecretString::from(SECRET), body.as_bytes());
        assert_eq!(self.post_signed(body, Some(signed)).await, 200);
    }

    /// Waits until so many events came in and those that are listed are decided.
    pub(crate) async fn decided(&self, events: u64) {
        self.rows_until("", |rows, counts| {
            counts.events == events && rows.iter().all(|row| row.kind.is_some())
        })
        .await;
    }

    /// What a filter shows, as soon as it is what is waited for.
    pub(crate) async fn rows_until(
        &self,
        filter: &str,
        are_so: impl Fn(&[TrafficRow], TrafficCounts) -> bool,
    ) -> Vec<TrafficRow> {
        let news = until(&format!("rows of “{filter}”"), || async {
            let look = TrafficLook {
                filter: filter.to_owned(),
                at: None,
                count: 400,
            };
            let news = self.traffic.look(WINDOW, look).unwrap();
            are_so(&news.rows, news.counts).then_some(news)
        })
        .await;
        news.rows
    }

    /// The one row of a filter once it has ended.
    pub(crate) async fn row(&self, filter: &str) -> TrafficRow {
        let ended = |row: &TrafficRow| {
            !matches!(
                row.result,
                RowResult::Waiting | RowResult::Sending | RowResult::Retrying
            )
        };
        let rows = self.rows_until(filter, |rows, _| rows.len() == 1 && ended(&rows[0]));
        rows.await.remove(0)
    }

    pub(crate) async fn opened(&self, row: &TrafficRow) -> OpenedDelivery {
        self.traffic
            .open(row.delivery_id, row.refused_id)
            .await
            .unwrap()
    }
}

/// Asks until there is an answer, for some seconds.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited too long for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
