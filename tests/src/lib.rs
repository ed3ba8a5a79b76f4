//! What the integration tests share: where the repository and its binaries are, and
//! waiting by polling with a deadline.
//!
//! There is no mock in here and there will be none: a test starts the real server, the
//! real binary or the real window, on free ports of the loopback address.

pub mod growth;
pub mod production;
pub mod repo;
pub mod rig;
pub mod session;
pub mod wait;
pub mod window;
