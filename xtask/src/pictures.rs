//! `cargo xtask pictures`: the pictures of the documentation, taken in the real window.

use crate::{
    repo,
    setup::{For, setup},
    step::{cargo, npm, run},
    test::FEATURES,
};
use anyhow::{Context, Result};
use std::fs;

/// Which picture of the test is which file in `docs/`.
const PICTURES: [(&str, &str); 26] = [
    ("doc-simulator-light", "window"),
    ("doc-simulator-dark", "window-dark"),
    ("doc-builder-light", "builder"),
    ("doc-builder-dark", "builder-dark"),
    ("doc-builder-try-light", "builder-try"),
    ("doc-builder-try-dark", "builder-try-dark"),
    ("doc-builder-publish-light", "builder-publish"),
    ("doc-builder-publish-dark", "builder-publish-dark"),
    ("doc-traffic-light", "traffic"),
    ("doc-traffic-dark", "traffic-dark"),
    ("doc-conversations-light", "conversations"),
    ("doc-conversations-dark", "conversations-dark"),
    ("doc-cache-light", "cache"),
    ("doc-cache-dark", "cache-dark"),
    ("queue-observe-light", "queue"),
    ("queue-observe-dark", "queue-dark"),
    ("queue-sends-light", "queue-sends"),
    ("accounts-light", "accounts"),
    ("account-add-light", "account-add"),
    ("doc-connections-light", "connections"),
    ("doc-connections-dark", "connections-dark"),
    ("tunnel-own-light", "tunnel"),
    ("tunnel-own-dark", "tunnel-dark"),
    ("welcome-light", "welcome"),
    ("welcome-dark", "welcome-dark"),
    ("notices-failed-light", "notices"),
];

/// The tests that take them, the first of which does nothing else.
const TESTS: [&str; 8] = [
    "desktop_pictures",
    "desktop_queue_a_job",
    "desktop_sends",
    "desktop_accounts",
    "desktop_connections_has_no_serious_fault",
    "desktop_tunnel_subscribes",
    "desktop_the_first_start",
    "desktop_notices_tell_once",
];

pub(crate) fn pictures() -> Result<()> {
    setup(For::Tests)?;
    run(&mut npm(["run", "--silent", "build"]))?;
    run(cargo(["build", "--package", "heliograph-desktop"]).args(FEATURES))?;
    let window = repo::binary("debug", "heliograph-desktop");
    let mut test = cargo(["test", "--package", "heliograph-tests", "--test", "it"]);
    test.args(["--", "--include-ignored", "--test-threads", "1"]);
    test.args(TESTS);
    test.env("HELIOGRAPH_DESKTOP_BIN", window);
    run(test.env("HELIOGRAPH_PICTURES", "1"))?;
    let root = repo::root();
    for (taken, named) in PICTURES {
        let from = root.join("target/e2e").join(format!("{taken}.png"));
        let to = root.join("docs").join(format!("{named}.png"));
        fs::copy(&from, &to).with_context(|| format!("{} is not there", from.display()))?;
        println!("docs/{named}.png");
    }
    Ok(())
}
