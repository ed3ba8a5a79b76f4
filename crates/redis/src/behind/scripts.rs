//! The scripts.

use crate::script::Script;

/// All of them.
#[derive(Debug)]
pub(super) struct Scripts {
    pub open: Script,
    pub release: Script,
    pub commit: Script,
    pub begin: Script,
    pub finish: Script,
    pub read: Script,
    pub written: Script,
    pub retry: Script,
    pub standing: Script,
    pub adopt: Script,
    pub handed: Script,
    pub alive: Script,
    pub gone: Script,
    pub working: Script,
    pub again: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            open: Script::new(include_str!("scripts/open.lua")),
            release: Script::new(include_str!("scripts/release.lua")),
            commit: Script::new(include_str!("scripts/commit.lua")),
            begin: Script::new(include_str!("scripts/begin.lua")),
            finish: Script::new(include_str!("scripts/finish.lua")),
            read: Script::new(include_str!("scripts/read.lua")),
            written: Script::new(include_str!("scripts/written.lua")),
            retry: Script::new(include_str!("scripts/retry.lua")),
            standing: Script::new(include_str!("scripts/standing.lua")),
            adopt: Script::new(include_str!("scripts/adopt.lua")),
            handed: Script::new(include_str!("scripts/handed.lua")),
            alive: Script::new(include_str!("scripts/alive.lua")),
            gone: Script::new(include_str!("scripts/gone.lua")),
            working: Script::new(include_str!("scripts/working.lua")),
            again: Script::new(include_str!("scripts/again.lua")),
        }
    }
}
