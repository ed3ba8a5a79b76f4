//! Lua scripts: what has to be one step on the server.

use crate::RedisError;
use redis::aio::ConnectionLike;
use redis::{Arg, Cmd, ErrorKind, FromRedisValue, ServerErrorKind, ToRedisArgs, cmd};

/// A script that the server keeps: it is called by its hash, and sent in full where the
/// server does not have it, after a restart for example. In a cluster it goes to where its
/// keys are, which must share a slot.
#[derive(Debug)]
pub struct Script {
    code: &'static str,
    hash: String,
}

impl Script {
    /// A script. Its result must not depend on anything but its keys, arguments and what
    /// the server holds.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            hash: redis::Script::new(code).get_hash().to_owned(),
        }
    }

    /// A call on these keys.
    #[must_use]
    pub fn on(&self, keys: &[&str]) -> Call {
        let mut command = cmd("EVALSHA");
        command.arg(&self.hash).arg(keys.len());
        for key in keys {
            command.arg(*key);
        }
        Call {
            code: self.code,
            command,
        }
    }
}

/// A call of a [`Script`].
#[derive(Debug)]
pub struct Call {
    code: &'static str,
    command: Cmd,
}

impl Call {
    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, value: impl ToRedisArgs) -> Self {
        self.command.arg(value);
        self
    }

    /// Runs it, in one round trip where the server knows the script.
    ///
    /// # Errors
    /// As [`RedisError`] says.
    pub async fn run<T: FromRedisValue>(
        &self,
        connection: &mut impl ConnectionLike,
    ) -> Result<T, RedisError> {
        match self.command.query_async(connection).await {
            Err(error) if is_unknown(&error) => Ok(self.in_full().query_async(connection).await?),
            answer => Ok(answer?),
        }
    }

    /// The same with the code in place of its hash; the server keeps it from then on.
    fn in_full(&self) -> Cmd {
        let mut command = cmd("EVAL");
        command.arg(self.code);
        for argument in self.command.args_iter().skip(2) {
            if let Arg::Simple(bytes) = argument {
                command.arg(bytes);
            }
        }
        command
    }
}

fn is_unknown(error: &redis::RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}
