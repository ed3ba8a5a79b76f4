//! Who works on a queue.

use crate::connection::within;
use crate::error::BullResult;
use crate::queue::BullQueue;
use bullmq::redis_connection::AnyConnection;
use redis::Value;
use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo};

/// A worker that is connected, in this process or another, in Rust or Node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueWorker {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The program and its version, such as `Heliograph 1.2.0`, where the name says so.
    pub program: Option<String>,
    /// Where it connects from.
    pub address: String,
    /// For how long it has been connected, in seconds.
    pub connected_for: u64,
    /// The library that it connects with and its version, such as `redis-rs 1.8.1`, where
    /// Redis knows them (from version 7.2 on).
    pub library: Option<String>,
}

impl BullQueue {
    /// The workers that are connected. Where Redis does not tell who is, there are none.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn workers(&self) -> BullResult<Vec<QueueWorker>> {
        let mut list = redis::cmd("CLIENT");
        list.arg("LIST");
        let reply = match self.connection.connection() {
            AnyConnection::Single(mut connection) => {
                within(list.query_async::<Value>(&mut connection)).await?
            }
            AnyConnection::Cluster(mut connection) => {
                let everywhere =
                    RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
                within(connection.route_command(list, everywhere)).await?
            }
        };
        let mut lists = Vec::new();
        texts(reply, &mut lists);
        // A worker may be connected to every node of a cluster; the node that knows the
        // most knows them all.
        let workers = lists.iter().map(|list| self.among(list));
        Ok(workers.max_by_key(Vec::len).unwrap_or_default())
    }

    fn among(&self, list: &str) -> Vec<QueueWorker> {
        let unnamed = self.keys.client_name("");
        let named = self.keys.client_name(":w:");
        list.lines()
            .filter_map(|line| worker(line, &unnamed, &named))
            .collect()
    }
}

/// What the name of a worker of ours begins with; its version follows. A client's name in
/// Redis may have no space. BullMQ writes the name on the jobs that the worker takes too.
const OURS: &str = "heliograph/";

/// The name of a worker of ours when nobody gave it one.
pub(crate) fn own_name() -> String {
    format!("{OURS}{}", env!("CARGO_PKG_VERSION"))
}

/// The program that a name says, in words.
fn program(name: &str) -> Option<String> {
    let version = name.strip_prefix(OURS)?;
    let is_version = version.starts_with(|first: char| first.is_ascii_digit());
    is_version.then(|| format!("Heliograph {version}"))
}

/// All texts in a reply, however the nodes' replies are put together.
fn texts(reply: Value, into: &mut Vec<String>) {
    match reply {
        Value::BulkString(bytes) => into.push(String::from_utf8_lossy(&bytes).into_owned()),
        Value::VerbatimString { text, .. } => into.push(text),
        Value::Array(values) => {
            for value in values {
                texts(value, into);
            }
        }
        Value::Map(nodes) => {
            for (_, value) in nodes {
                texts(value, into);
            }
        }
        _ => {}
    }
}

/// The worker in one line of `CLIENT LIST`, if it works on this queue.
fn worker(line: &str, unnamed: &str, named: &str) -> Option<QueueWorker> {
    let field = |name: &str| {
        line.split(' ')
            .filter_map(|field| field.split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    };
    let client = field("name")?;
    let name = match client.strip_prefix(named) {
        Some(name) => Some(name.to_owned()),
        None if client == unnamed => None,
        None => return None,
    };
    let program = name.as_deref().and_then(program);
    let library = field("lib-name").filter(|library| !library.is_empty());
    let version = field("lib-ver").unwrap_or_default();
    Some(QueueWorker {
        name,
        program,
        address: field("addr").unwrap_or_default().to_owned(),
        connected_for: field("age").and_then(|age| age.parse().ok()).unwrap_or(0),
        library: library.map(|library| format!("{library} {version}").trim_end().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_of_other_queues_are_not_ours() {
        let line = |name: &str| {
            format!("id=1 addr=127.0.0.1:5 name={name} age=7 lib-name=ioredis lib-ver=5.11.1")
        };
        let of = |name: &str| worker(&line(name), "bull:cQ==", "bull:cQ==:w:");
        let named = of("bull:cQ==:w:a").expect("it works on the queue");
        assert_eq!(named.name.as_deref(), Some("a"));
        assert_eq!(named.library.as_deref(), Some("ioredis 5.11.1"));
        assert_eq!(named.connected_for, 7);
        assert_eq!(named.program, None);
        let own = of(&format!("bull:cQ==:w:{}", own_name())).expect("it works on the queue");
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(own.program, Some(format!("Heliograph {version}")));
        let other = of("bull:cQ==:w:heliograph/mine").expect("it works on the queue");
        assert_eq!(other.program, None, "it says no version");
        assert_eq!(of("bull:cQ==").expect("it works on the queue").name, None);
        assert_eq!(of("bull:cQ==:qe"), None);
        assert_eq!(of("bull:other"), None);
    }
}
