//! Where sends go, by the profile.

use crate::{GraphPlace, InstagramPlace, Result};
use async_trait::async_trait;
use heliograph_engine::ports::Clock;
use heliograph_instagram::client::{
    Flavour, GraphClient, GraphConfig, Pacing, SimulatedTokens, Tokens,
};
use heliograph_instagram::simulated::{
    self, SimulatedInstagram, SimulatedServer, SimulatedSettings,
};
use heliograph_model::AccountId;
use heliograph_mongo::MongoStore;
use secrecy::SecretString;
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Instagram as a runtime has it.
#[derive(Debug)]
pub(crate) struct Connected {
    pub client: Arc<GraphClient>,
    /// The simulated one, where it is one.
    pub simulated: Option<(Arc<SimulatedInstagram>, SimulatedServer)>,
    /// Where requests go.
    pub address: String,
}

/// Connects to what the profile names; the simulated Instagram is started.
/// `documents` hold the tokens of the accounts that the place names none for.
pub(crate) async fn connect(
    place: InstagramPlace,
    documents: Option<&Arc<MongoStore>>,
    clock: Arc<dyn Clock>,
) -> Result<Connected> {
    match place {
        InstagramPlace::Simulated { strict } => simulate(strict, clock).await,
        InstagramPlace::Graph(place) => {
            let client = graph(&place, documents, clock)?;
            Ok(Connected {
                client: Arc::new(client),
                simulated: None,
                address: place.base_url,
            })
        }
    }
}

async fn simulate(strict: bool, clock: Arc<dyn Clock>) -> Result<Connected> {
    let settings = if strict {
        SimulatedSettings {
            strict,
            ..SimulatedSettings::default()
        }
    } else {
        // In front of a listener it meets whoever writes, for as long as the process runs.
        SimulatedSettings {
            keep_sent: 1_000,
            remember: 20_000,
            ..SimulatedSettings::default()
        }
    };
    let core = Arc::new(SimulatedInstagram::new(Arc::clone(&clock), settings));
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let server = simulated::serve(tcp, Arc::clone(&core), std::future::pending())?;
    let address = server.base_url();
    // The simulated one limits as the real one does. Waiting for a turn inside a call
    // would stop a clock that stands still, so what is too early is told when to come.
    let config =
        GraphConfig::at(&address, Flavour::InstagramLogin).paced(Pacing::without_waiting());
    let client = GraphClient::new(config, Arc::new(SimulatedTokens), clock)?;
    Ok(Connected {
        client: Arc::new(client),
        simulated: Some((core, server)),
        address,
    })
}

/// The client of a Graph API. Makes no request.
pub(crate) fn graph(
    place: &GraphPlace,
    documents: Option<&Arc<MongoStore>>,
    clock: Arc<dyn Clock>,
) -> Result<GraphClient> {
    let tokens = GivenTokens {
        tokens: place.tokens.iter().cloned().collect(),
        any: place.any.clone(),
        documents: documents.cloned(),
    };
    let mut config = GraphConfig::at(&place.base_url, place.flavour);
    if let Some(version) = &place.version {
        config = config.versioned(version);
    }
    if let Some(most) = place.sends_per_second {
        let pacing = Pacing::default();
        config = config.paced(match most {
            0 => Pacing {
                sends_per_second: None,
                private_replies_per_hour: None,
                ..pacing
            },
            most => Pacing {
                sends_per_second: Some(most),
                ..pacing
            },
        });
    }
    Ok(GraphClient::new(config, Arc::new(tokens), clock)?)
}

/// Tokens as the profile gives them, and otherwise as the accounts' documents hold them.
#[derive(Debug)]
struct GivenTokens {
    tokens: HashMap<AccountId, SecretString>,
    any: Option<SecretString>,
    documents: Option<Arc<MongoStore>>,
}

impl GivenTokens {
    fn given(&self, account: &AccountId) -> Option<SecretString> {
        self.tokens.get(account).or(self.any.as_ref()).cloned()
    }
}

#[async_trait]
impl Tokens for GivenTokens {
    fn token(&self, account: &AccountId) -> Option<SecretString> {
        self.given(account)
            .or_else(|| self.documents.as_ref()?.token(account))
    }

    async fn read_again(&self, account: &AccountId) -> Option<SecretString> {
        if let Some(token) = self.given(account) {
            return Some(token);
        }
        match self.documents.as_ref()?.refresh_token(account).await {
            Ok(token) => token,
            Err(error) => {
                tracing::warn!(%error, %account, "the account's access token cannot be read");
                None
            }
        }
    }
}
