//! Why a profile does not become a running engine.

use heliograph_embedded::OpenError;
use heliograph_engine::ports::PortError;
use heliograph_instagram::client::GraphConfigError;
use heliograph_listener::SettingsError;

/// Why a profile does not become a running engine.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// Redis cannot be used.
    #[error(transparent)]
    Redis(#[from] heliograph_redis::RedisError),
    /// MongoDB cannot be used.
    #[error(transparent)]
    Mongo(#[from] heliograph_mongo::MongoError),
    /// The queue cannot be used.
    #[error(transparent)]
    Queue(#[from] heliograph_bullmq::BullError),
    /// A production profile was to be opened at *offline*.
    #[error("a production profile cannot be opened offline: open it at observe, which only reads")]
    Offline,
    /// An embedded profile was to be opened at *offline* with the real Instagram.
    #[error(
        "the Graph API cannot be used offline: open the profile live (--guard live), or at observe, which sends nothing"
    )]
    GraphOffline,
    /// An embedded profile was to be opened for a dry run.
    #[error(
        "a dry run needs a production profile: on a database file use the simulated Instagram, or observe"
    )]
    NoDryRun,
    /// Instagram is set up wrongly.
    #[error(transparent)]
    Instagram(#[from] GraphConfigError),
    /// The listener is set up wrongly.
    #[error(transparent)]
    Listener(#[from] SettingsError),
    /// The engine does not start.
    #[error("the engine does not start: {0}")]
    Engine(#[from] PortError),
    /// A temporary directory or a port on the loopback address is not to be had.
    #[error("the operating system refused what is needed: {0}")]
    System(#[from] std::io::Error),
}

/// What opening a profile answers.
pub type Result<T> = std::result::Result<T, RuntimeError>;
