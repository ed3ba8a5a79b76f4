//! Redis: the cache, the invalidations, who handles which contact, and what MongoDB does
//! not have yet.

mod behind;
mod commands;
mod config;
mod connect;
mod error;
mod primaries;
mod reply;
mod script;

pub use behind::{Allowed, BehindFigures, BehindSettings, WriteBehind};
pub use commands::Commands;
pub use config::{RESPONSE_TIMEOUT, RedisConfig};
pub use connect::Redis;
pub use error::RedisError;
pub use script::{Call, Script};
