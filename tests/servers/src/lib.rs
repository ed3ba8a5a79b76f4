//! Real servers for the tests, each started on free ports of the loopback address and
//! stopped when it is dropped: what the tests say, the servers have said.

pub mod dbus;
pub mod keyring;
pub mod mongod;
pub mod node;
pub mod process;
pub mod redis;
pub mod replica_set;
pub mod sshd;
pub mod tls;
