//! Redis: the cache, the invalidations, who handles which contact, and what MongoDB does
//! not have yet.

mod announced;
mod announcements;
mod batch;
mod behind;
mod bulletins;
mod cache;
mod commands;
mod config;
mod connect;
mod ears;
mod error;
mod expiry;
mod keys;
mod lease;
mod primaries;
mod probe;
mod reply;
mod sample;
mod scan;
mod script;
mod subscription;

pub use announced::Announced;
pub use announcements::{Channels, RedisAnnouncements};
pub use behind::{Allowed, BehindSettings, WriteBehind};
pub use bulletins::RedisBulletins;
pub use cache::RedisCache;
pub use commands::Commands;
pub use config::{RESPONSE_TIMEOUT, RedisConfig};
pub use connect::Redis;
pub use error::RedisError;
pub use expiry::{CACHED, KeysWithoutExpiry};
pub use probe::{Probe, Server};
pub use script::{Call, Script};
