//! What a person at the live desk looks at, read from a running profile.
//!
//! Nothing here runs an engine: it is shown what happens in one, keeps the latest of it in
//! memory within a bound, and asks the profile's journal for the rest. No window is known
//! here either; `src-tauri` carries what is asked and answered.

pub mod automations;
pub mod cache;
mod client;
pub mod connections;
pub mod conversations;
pub mod notices;
pub mod queue;
mod seen;
pub mod status;
pub mod traffic;
pub mod tray;
pub mod windows;

pub use cache::CacheDesk;
pub use connections::Connections;
pub use conversations::Conversations;
pub use queue::QueueDesk;
pub use seen::SeenBook;
pub use traffic::Traffic;
