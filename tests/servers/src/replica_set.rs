//! Three mongods as one replica set, of which one may die.

use crate::mongod::{Mongod, SET};
use anyhow::{Context, Result, bail};
use mongodb::bson::{Document, doc};
use std::time::{Duration, Instant};

/// How long an election may take on a machine that is shared.
const PATIENCE: Duration = Duration::from_secs(60);

/// A replica set of three. Each write is by a majority of them, so one may be away.
#[derive(Debug)]
pub struct ReplicaSet {
    members: Vec<Mongod>,
    /// Which one was killed.
    dead: Option<usize>,
}

impl ReplicaSet {
    /// Starts it, and waits until it takes writes.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> Result<Self> {
        let members = (0..3)
            .map(|_| Mongod::member())
            .collect::<Result<Vec<_>>>()?;
        let hosts: Vec<_> = (0_i32..)
            .zip(&members)
            .map(|(id, member)| doc! { "_id": id, "host": format!("127.0.0.1:{}", member.port()) })
            .collect();
        members[0].admin(doc! { "replSetInitiate": {
            "_id": SET,
            "members": hosts,
            // Sooner than the usual ten seconds.
            "settings": { "electionTimeoutMillis": 2_000, "heartbeatIntervalMillis": 500 },
        } })?;
        let set = Self {
            members,
            dead: None,
        };
        set.primary()?;
        Ok(set)
    }

    /// Where it is: all members, as an application should name them.
    #[must_use]
    pub fn url(&self) -> String {
        let hosts: Vec<_> = self
            .members
            .iter()
            .map(|member| format!("127.0.0.1:{}", member.port()))
            .collect();
        format!("mongodb://{}/?replicaSet={SET}", hosts.join(","))
    }

    /// Ends the primary at once, and waits until the others have elected another one.
    ///
    /// # Errors
    /// When there is none, or none comes.
    pub fn kill_primary(&mut self) -> Result<()> {
        let primary = self.primary()?;
        self.members[primary].kill();
        self.dead = Some(primary);
        let next = self.primary()?;
        anyhow::ensure!(next != primary, "the dead one answers");
        Ok(())
    }

    /// Starts again what was killed; it catches up with the others.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&mut self) -> Result<()> {
        let dead = self.dead.take().context("none was killed")?;
        self.members[dead].restart()
    }

    /// Which one takes writes, as soon as there is one.
    #[allow(
        clippy::disallowed_methods,
        reason = "a test has nothing to do before its server is there"
    )]
    fn primary(&self) -> Result<usize> {
        let deadline = Instant::now() + PATIENCE;
        let is_primary = |hello: &Document| hello.get_bool("isWritablePrimary").unwrap_or(false);
        loop {
            let alive = (0..self.members.len()).filter(|number| Some(*number) != self.dead);
            for number in alive {
                let hello = self.members[number].admin(doc! { "hello": 1 });
                if hello.is_ok_and(|hello| is_primary(&hello)) {
                    return Ok(number);
                }
            }
            if Instant::now() > deadline {
                bail!("no member of the replica set is primary after {PATIENCE:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
