//! What is shown of a profile.

use super::CheckReport;
use heliograph_model::GuardLevel;
use heliograph_runtime::settings::{InstagramSettings, PlaceSettings, ProfileSettings};
use serde::Serialize;

/// All profiles at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionsView {
    /// In the order of the file.
    pub profiles: Vec<ProfileCard>,
    /// The one that was in front last.
    pub last: Option<String>,
    /// Where secrets are kept.
    pub secrets: SecretsPlace,
    /// What there is to say about how the file was found, for people.
    pub notice: Option<String>,
}

/// Where secrets are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SecretsPlace {
    /// For people, such as “the system's keyring”.
    pub place: String,
}

/// A profile at a glance, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ProfileCard {
    /// Its name.
    pub name: String,
    /// The level at which it is opened.
    pub level: GuardLevel,
    /// Whether it is on servers.
    pub is_production: bool,
    /// What it points at.
    pub points_at: Vec<PointsAt>,
    /// The last test, where there was one.
    pub report: Option<CheckReport>,
}

/// A place that a profile points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PointsAt {
    /// What is there: “Redis”.
    pub what: String,
    /// Where, without secrets.
    pub place: String,
}

impl ProfileCard {
    pub(super) fn of(profile: &ProfileSettings, report: Option<&CheckReport>) -> Self {
        let mut points_at = Vec::new();
        let mut point = |what: &str, place: String| {
            points_at.push(PointsAt {
                what: what.to_owned(),
                place,
            });
        };
        match &profile.place {
            PlaceSettings::Embedded(place) => point(
                "File",
                place.file.as_ref().map_or_else(
                    || "in the application's data folder".to_owned(),
                    |file| file.display().to_string(),
                ),
            ),
            PlaceSettings::Production(place) => {
                point("Redis", place.redis.url.clone());
                point("MongoDB", place.mongo.url.clone());
                point("Database", place.mongo.database.clone());
                let queue = match &place.queue.redis {
                    Some(redis) => format!("{} on {redis}", place.queue.name),
                    None => place.queue.name.clone(),
                };
                point("Queue", queue);
            }
        }
        match &profile.instagram {
            InstagramSettings::Simulated => point("Sends to", "a simulated Instagram".to_owned()),
            InstagramSettings::Graph(graph) => {
                let url = graph.base_url.as_deref().unwrap_or("the Graph API");
                let version = graph.version.as_deref().unwrap_or_default();
                point("Sends to", format!("{url} {version}").trim().to_owned());
            }
        }
        Self {
            name: profile.name.clone(),
            level: profile.resting(),
            is_production: matches!(profile.place, PlaceSettings::Production(_)),
            points_at,
            report: report.cloned(),
        }
    }
}
