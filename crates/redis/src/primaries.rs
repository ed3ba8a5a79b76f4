//! The servers of a Redis, one by one: for what goes over all of them.

use crate::commands::{Commands, within};
use crate::{Redis, RedisError};
use redis::aio::ConnectionLike;
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{Route, RoutingInfo, SingleNodeRoutingInfo, SlotAddr};
use redis::{Cmd, Pipeline, RedisFuture, Value, cmd};
use std::time::Duration;

/// One server: the only one, or a node of the cluster. Commands and pipelines on it may name
/// any of its keys, whichever slots they are in.
#[derive(Clone)]
pub(crate) struct Node {
    /// Host and port, as the cluster says; empty for the only server.
    pub(crate) address: String,
    to: To,
}

#[derive(Clone)]
enum To {
    Only(Commands),
    Node {
        connection: ClusterConnection,
        way: SingleNodeRoutingInfo,
        timeout: Option<Duration>,
    },
}

impl Redis {
    /// Every server that holds keys, as it is now.
    pub(crate) async fn primaries(&self) -> Result<Vec<Node>, RedisError> {
        let commands = self.commands();
        let Some(connection) = commands.as_cluster() else {
            return Ok(vec![Node::only(commands)]);
        };
        let nodes = slots(&commands).await?;
        let timeout = commands.timeout();
        Ok(nodes
            .into_iter()
            .map(|(host, port, slot)| Node::primary(connection, timeout, &host, port, slot))
            .collect())
    }

    /// Every server, replicas too, as the primary says it that has this key or channel.
    pub(crate) async fn nodes(&self, key: &str) -> Result<Vec<Node>, RedisError> {
        let commands = self.commands();
        let Some(connection) = commands.as_cluster() else {
            return Ok(vec![Node::only(commands)]);
        };
        let timeout = commands.timeout();
        let mut ask = cmd("CLUSTER");
        ask.arg("SLOTS");
        let primary = SingleNodeRoutingInfo::SpecificNode(Route::with_key(key, SlotAddr::Master));
        let mut to = Node::of(connection, timeout, String::new(), primary);
        let ranges: Vec<Vec<Value>> = ask.query_async(&mut to).await?;
        let mut nodes: Vec<Node> = Vec::new();
        for range in &ranges {
            if let Some((host, port, slot)) = primary_of(range) {
                nodes.push(Node::primary(connection, timeout, &host, port, slot));
            }
            for (host, port) in replicas_of(range) {
                let address = format!("{host}:{port}");
                let way = SingleNodeRoutingInfo::ByAddress { host, port };
                nodes.push(Node::of(connection, timeout, address, way));
            }
        }
        nodes.sort_by(|a, b| a.address.cmp(&b.address));
        nodes.dedup_by(|a, b| a.address == b.address);
        Ok(nodes)
    }
}

impl Node {
    fn only(commands: Commands) -> Self {
        Self {
            address: String::new(),
            to: To::Only(commands),
        }
    }

    /// By one of its slots and not by its address: the client knows it under the name that
    /// it has chosen for it.
    fn primary(
        connection: &ClusterConnection,
        timeout: Option<Duration>,
        host: &str,
        port: u16,
        slot: u16,
    ) -> Self {
        let way = SingleNodeRoutingInfo::SpecificNode(Route::new(slot, SlotAddr::Master));
        Self::of(connection, timeout, format!("{host}:{port}"), way)
    }

    fn of(
        connection: &ClusterConnection,
        timeout: Option<Duration>,
        address: String,
        way: SingleNodeRoutingInfo,
    ) -> Self {
        Self {
            address,
            to: To::Node {
                connection: connection.clone(),
                way,
                timeout,
            },
        }
    }
}

impl ConnectionLike for Node {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match &mut self.to {
            To::Only(commands) => commands.req_packed_command(command),
            To::Node {
                connection,
                way,
                timeout,
            } => {
                let node = RoutingInfo::SingleNode(way.clone());
                let answer = connection.route_command(command.clone(), node);
                within(*timeout, Box::pin(answer))
            }
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match &mut self.to {
            To::Only(commands) => commands.req_packed_commands(pipeline, offset, count),
            To::Node {
                connection,
                way,
                timeout,
            } => {
                let answers =
                    connection.route_pipeline(pipeline.clone(), offset, count, way.clone());
                within(*timeout, Box::pin(answers))
            }
        }
    }

    fn get_db(&self) -> i64 {
        match &self.to {
            To::Only(commands) => commands.get_db(),
            To::Node { connection, .. } => connection.get_db(),
        }
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Node").field(&self.address).finish()
    }
}

/// Whether the server belongs to a cluster. One that does not say so does not.
pub(crate) async fn is_cluster(server: &Commands) -> Result<bool, RedisError> {
    let info: Result<String, _> = server.run(cmd("INFO").arg("cluster")).await;
    match info {
        Ok(info) => Ok(info.contains("cluster_enabled:1")),
        Err(error) if error.is_transient() => Err(error),
        Err(_) => Ok(false),
    }
}

/// The primaries of a cluster: host, port, and one of the slots of each.
pub(crate) async fn slots(server: &Commands) -> Result<Vec<(String, u16, u16)>, RedisError> {
    let ranges: Vec<Vec<Value>> = server.run(cmd("CLUSTER").arg("SLOTS")).await?;
    let mut found: Vec<(String, u16, u16)> = Vec::new();
    for range in &ranges {
        let Some((host, port, slot)) = primary_of(range) else {
            continue;
        };
        if !found.iter().any(|(h, p, _)| (h, *p) == (&host, port)) {
            found.push((host, port, slot));
        }
    }
    if found.is_empty() {
        return Err(RedisError::Unavailable(
            "The Redis cluster does not say who holds its slots. It is not set up yet, or \
             it is down."
                .to_owned(),
        ));
    }
    Ok(found)
}

/// A range is its first slot, its last one, and nodes, of which the first is the primary and
/// the others are its replicas: host, port, and more.
fn primary_of(range: &[Value]) -> Option<(String, u16, u16)> {
    let [first, _, Value::Array(primary), ..] = range else {
        return None;
    };
    let [host, port, ..] = primary.as_slice() else {
        return None;
    };
    Some((
        redis::from_redis_value_ref(host).ok()?,
        redis::from_redis_value_ref(port).ok()?,
        redis::from_redis_value_ref(first).ok()?,
    ))
}

/// The replicas of a range whose addresses are known.
fn replicas_of(range: &[Value]) -> Vec<(String, u16)> {
    let replicas = range.iter().skip(3).filter_map(|node| {
        let Value::Array(node) = node else {
            return None;
        };
        let [host, port, ..] = node.as_slice() else {
            return None;
        };
        Some((
            redis::from_redis_value_ref(host).ok()?,
            redis::from_redis_value_ref(port).ok()?,
        ))
    });
    replicas.collect()
}
