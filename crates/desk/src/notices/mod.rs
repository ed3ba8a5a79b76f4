//! Notices: what needs a person, told once.
//!
//! Somebody looks at the parts of the application and says what was seen there
//! ([`Sighting`]); an eye ([`ProfileEye`], [`LiveEye`]) compares one look with
//! the one before where that is needed. The [`Board`] makes [`Notice`]s of it: the same
//! trouble is told once until it is over, and never so much at a time that nobody reads it.
//! All of this is pure; the one look with servers in it is [`ProfileLook::at`].

mod board;
mod disk;
mod eyes;
mod kind;
mod notice;
mod profile;
#[cfg(test)]
mod tests;
mod words;

pub use board::{Board, Hearing, Sighting, Tell, Trouble};
pub use disk::{disk, free_bytes};
pub use eyes::{LiveEye, TunnelSeen, listener, not_connected, tunnel};
pub use kind::{NoticeKind, NoticeScreen};
pub use notice::Notice;
pub use profile::{ProfileEye, ProfileLook, SendsLook};
