//! Opening the embedded profile as the options say.

use crate::failure::Usage;
use crate::options::DatabaseOption;
use heliograph_engine::ports::SystemClock;
use heliograph_model::GuardLevel;
use heliograph_runtime::{
    DatabasePlace, EmbeddedPlace, GraphPlace, InstagramPlace, Place, Profile, Runtime,
};
use std::sync::Arc;

const ACCESS_TOKEN: &str = "HELIOGRAPH_ACCESS_TOKEN";

/// Where sends go.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct GraphOptions {
    /// The Graph API to send to. Default: a simulated Instagram inside this process, so
    /// that nothing leaves the machine. The access token comes from
    /// HELIOGRAPH_ACCESS_TOKEN, as `token` or `account=token,…`.
    #[arg(long, env = "HELIOGRAPH_GRAPH", value_name = "URL")]
    graph: Option<String>,
}

impl GraphOptions {
    pub(crate) fn place(&self) -> Result<InstagramPlace, Usage> {
        let Some(base_url) = &self.graph else {
            return Ok(InstagramPlace::Simulated { strict: false });
        };
        let text = std::env::var(ACCESS_TOKEN).unwrap_or_default();
        let place = GraphPlace::new(Some(base_url), None).with_tokens(&text);
        if place.any.is_none() && place.tokens.is_empty() {
            return Err(Usage(format!(
                "--graph needs an access token: set {ACCESS_TOKEN} to `token`, or to `account=token,…`"
            )));
        }
        Ok(InstagramPlace::Graph(place))
    }
}

/// Opens the embedded profile on the named database, and tells of a file that had to be
/// set aside.
///
/// # Errors
/// When the database cannot be opened; the message says what to do.
pub(crate) async fn open(
    database: &DatabaseOption,
    graph: &GraphOptions,
) -> anyhow::Result<Runtime> {
    let instagram = graph.place()?;
    // Who names the Graph API wants it to be sent to.
    let guard = match instagram {
        InstagramPlace::Simulated { .. } => GuardLevel::Offline,
        InstagramPlace::Graph(_) => GuardLevel::Live,
    };
    let profile = Profile {
        guard,
        place: Place::Embedded(EmbeddedPlace::at(DatabasePlace::File(database.path()?))),
        instagram,
        ..Profile::default()
    };
    let runtime = Runtime::open(profile, Arc::new(SystemClock)).await?;
    if let Some(notice) = runtime.notice() {
        crate::output::error_line(&format!("heliograph: {notice}"));
    }
    Ok(runtime)
}
