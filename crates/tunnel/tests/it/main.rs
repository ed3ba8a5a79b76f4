//! Tunnels with real programs: OpenSSH on both ends, and stand-ins that print what
//! `cloudflared` and `ngrok` print. Behind each is the real listener.
#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

mod asking;
mod outliving;
mod site;
mod sshd;
mod standing_in;
