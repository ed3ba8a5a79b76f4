//! The desk in front of a real engine on an embedded store, and of a real listener over
//! HTTP.
#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

mod arriving;
mod cache;
mod conversations;
mod conversations_bulk;
mod noting;
mod posting;
mod queue;
mod refusing;
mod replaying;
mod searching;
mod sending;
mod shop;
mod site;
