//! The harness itself: what it starts is what it says, and comes back after each blow.

#![allow(clippy::unwrap_used, reason = "a test")]

use heliograph_servers::mongod::Mongod;
use mongodb::bson::doc;
use std::time::{Duration, Instant};

fn is_writable(mongod: &Mongod) -> bool {
    mongod
        .admin(doc! { "hello": 1 })
        .is_ok_and(|hello| hello.get_bool("isWritablePrimary").unwrap_or(false))
}

fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
    }
}

#[test]
fn a_replica_set_survives_a_step_down_and_a_power_cut() {
    let mut mongod = Mongod::start().unwrap();
    assert!(is_writable(&mongod));
    mongod.step_down().unwrap();
    assert!(!is_writable(&mongod), "it has stepped down");
    soon("an election", || is_writable(&mongod));

    mongod.kill();
    assert!(!is_writable(&mongod), "nobody answers");
    mongod.restart().unwrap();
    assert!(is_writable(&mongod));
}

#[test]
fn one_alone_is_no_replica_set() {
    let mongod = Mongod::alone().unwrap();
    let hello = mongod.admin(doc! { "hello": 1 }).unwrap();
    assert!(!hello.contains_key("setName"));
}
