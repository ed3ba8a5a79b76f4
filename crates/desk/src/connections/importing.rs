//! A connection out of a `.env` file.

use super::{Connections, ConnectionsError, DraftGraph, DraftInstagram, DraftPlace, Result};
use super::{DraftServers, ProfileDraft};
use heliograph_model::GuardLevel;
use heliograph_runtime::settings::{EnvReading, InstagramSettings, connection_of_env, read_env};

/// The largest file that is read.
const MOST_BYTES: usize = 256 * 1024;

impl Connections {
    /// Says what a `.env` file would become. Nothing is stored.
    ///
    /// # Errors
    /// For a text that is far too large to be one.
    pub fn read_env(&self, text: &str) -> Result<EnvReading> {
        if text.len() > MOST_BYTES {
            return Err(ConnectionsError::Invalid(
                "This is far too large for a .env file. Paste its lines, or choose another file."
                    .to_owned(),
            ));
        }
        Ok(read_env(text))
    }

    /// Makes a profile of a `.env` file, at *observe*. Its passwords, tokens and app
    /// secrets go to where secrets are kept; answers with what can be edited of it.
    ///
    /// # Errors
    /// When the file is not enough for a profile, the name is taken or cannot be one, or
    /// something cannot be kept.
    pub async fn import_env(&self, text: &str, name: String) -> Result<ProfileDraft> {
        self.read_env(text)?;
        let Some(connection) = connection_of_env(text) else {
            return Err(ConnectionsError::Invalid(
                "The file names no Redis or no MongoDB, so no profile can be made of it."
                    .to_owned(),
            ));
        };
        let draft = ProfileDraft {
            name: name.clone(),
            level: GuardLevel::Observe,
            place: DraftPlace::Servers(Box::new(DraftServers::of(&connection.servers))),
            instagram: match &connection.instagram {
                InstagramSettings::Simulated => DraftInstagram::Simulated,
                InstagramSettings::Graph(graph) => DraftInstagram::Graph(DraftGraph {
                    base_url: graph.base_url.clone().unwrap_or_default(),
                    version: graph.version.clone().unwrap_or_default(),
                    has_token: graph.has_token,
                    token: None,
                }),
            },
            metrics: Vec::new(),
        };
        self.on_shelf(move |shelf| {
            shelf.save(&draft, None, &connection.secrets)?;
            let name = draft.name.trim();
            Ok(ProfileDraft::of(shelf.load()?.named(name)?))
        })
        .await
    }
}
