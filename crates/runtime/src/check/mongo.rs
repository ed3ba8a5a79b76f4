//! MongoDB: whether it can be reached, whether it is the right database, and whether it is
//! fit for production.

use super::Check;
use heliograph_mongo::{IndexState, MongoConfig, MongoError, MongoStore, Topology, Trouble};
use heliograph_redis::Redis;
use std::sync::Arc;

const CONNECTION: &str = "mongo.connection";
/// Names that are shown of what there is instead.
const SHOWN: usize = 10;

/// Looks at MongoDB, and returns the documents where it answers.
pub(super) async fn check(
    config: &MongoConfig,
    create_indexes: bool,
) -> (Vec<Check>, Option<Arc<MongoStore>>) {
    let store = match MongoStore::connect(config.clone()).await {
        Ok(store) => Arc::new(store),
        Err(error) => return (vec![failed(&error)], None),
    };
    let probe = match store.probe().await {
        Ok(probe) => probe,
        Err(error) => return (vec![failed(&error)], None),
    };
    let mut checks = vec![Check::ok(
        CONNECTION,
        format!(
            "MongoDB {} answers in {} µs.",
            probe.version,
            probe.round_trip.as_micros()
        ),
    )];
    checks.push(topology(&probe.topology));
    if !probe.is_writable && probe.topology != Topology::Sharded {
        checks.push(Check::warning(
            "mongo.role",
            "The server that answered takes no writes.",
            "Name the replica set in the connection string (replicaSet=…), so that its primary is found.",
        ));
    }
    checks.push(database(config, &store).await);
    checks.push(indexes(&store, create_indexes).await);
    checks.push(ids(&store).await);
    (checks, Some(store))
}

/// Whether it refuses any of what workers write behind, which Redis tells.
pub(super) async fn refused(redis: &Redis) -> Check {
    const NAME: &str = "mongo.refused";
    match redis.refused().await {
        Ok(0) => Check::ok(NAME, "It refuses nothing of what workers write."),
        Ok(refused) => Check::warning(
            NAME,
            format!(
                "It refuses {refused} of the changes that workers write. They are set aside in Redis, and nothing of them is lost."
            ),
            "Look at the unique indexes and the validation rules of its collections; the log of a worker says which. They are tried again every minute.",
        ),
        Err(error) => Check::warning(
            NAME,
            format!("It cannot be seen whether it refuses anything of what workers write: {error}"),
            "Run the doctor again.",
        ),
    }
}

fn failed(error: &MongoError) -> Check {
    let to_do = match error.trouble() {
        Trouble::ConnectionString => "Correct the connection string of MongoDB.",
        Trouble::Dns => "Check the host's name, and that this machine's DNS knows it.",
        Trouble::Refused => "Start MongoDB there, or correct host and port.",
        Trouble::Tls => "Check tls=… and tlsCAFile=… in the connection string.",
        Trouble::Authentication => {
            "Check the user and the password, and authSource=…, which is often admin."
        }
        Trouble::NotAllowed => "Give the user the role readWrite on the database.",
        Trouble::NoPrimary => "Wait for the election to end, or start the missing members.",
        Trouble::Timeout | Trouble::Unreachable => {
            "Check that MongoDB runs there and that no firewall stands between."
        }
        Trouble::NotAvailable => "Use a server that has what is asked for.",
        Trouble::Document | Trouble::Other => "Look into the log of MongoDB.",
    };
    Check::failed(CONNECTION, error.to_string(), to_do)
}

fn topology(topology: &Topology) -> Check {
    const NAME: &str = "mongo.topology";
    match topology {
        Topology::ReplicaSet(name) => Check::ok(NAME, format!("It is the replica set {name}.")),
        Topology::Sharded => Check::ok(NAME, "It is a sharded cluster."),
        Topology::Alone => Check::warning(
            NAME,
            "The server is alone: what it acknowledges is on one machine, and edits by other applications are noticed only when a cached copy expires.",
            "Run it as a replica set, of one member at least.",
        ),
    }
}

async fn database(config: &MongoConfig, store: &MongoStore) -> Check {
    const NAME: &str = "mongo.database";
    let name = &config.database;
    let there = match store.what_is_there().await {
        Ok(there) => there,
        Err(error) => {
            return Check::warning(
                NAME,
                format!("It cannot be seen what is in the database {name}: {error}"),
                "Let the user list collections, to have this checked.",
            );
        }
    };
    let names = &config.collections;
    let ours = [&names.accounts, &names.automations];
    let missing: Vec<_> = ours
        .into_iter()
        .filter(|name| !there.collections.contains(name))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        return Check::ok(
            NAME,
            format!(
                "The database {name} has the collections {} and {}.",
                ours[0], ours[1]
            ),
        );
    }
    if there.collections.is_empty() {
        let others = list(&there.databases);
        return Check::failed(
            NAME,
            format!("The database {name} is empty. There are the databases: {others}."),
            "Correct --database, or bring a workspace in with heliograph import.",
        );
    }
    Check::failed(
        NAME,
        format!(
            "The database {name} has no collection {}. It has: {}.",
            missing.join(" and no "),
            list(&there.collections)
        ),
        "Correct --database, or say what the collections are called with --collections.",
    )
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none that this user may see".to_owned();
    }
    let shown: Vec<_> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = names.len() - shown.len();
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

/// People are looked up for every event, by the text of their ids alone.
async fn ids(store: &MongoStore) -> Check {
    const NAME: &str = "mongo.ids";
    match store.people_without_text_ids().await {
        Ok(found) if found.is_empty() => {
            Check::ok(NAME, "The ids of people are text, so they are found.")
        }
        Ok(found) => Check::failed(
            NAME,
            format!(
                "In {} some senderId is no text, and whose it is, is not found.",
                found.join(" and ")
            ),
            "Write the ids of people and accounts there as text.",
        ),
        Err(error) => Check::warning(
            NAME,
            format!("It cannot be seen whether the ids of people are text: {error}"),
            "Create the indexes, and run the doctor again.",
        ),
    }
}

async fn indexes(store: &MongoStore, create: bool) -> Check {
    const NAME: &str = "mongo.indexes";
    let looked = if create {
        store.create_indexes().await
    } else {
        store.check_indexes().await
    };
    let reports = match looked {
        Ok(reports) => reports,
        Err(error) => {
            return Check::warning(
                NAME,
                format!("The indexes cannot be looked at: {error}"),
                "Let the user list indexes.",
            );
        }
    };
    let mut missing = Vec::new();
    let mut wrong = Vec::new();
    for report in &reports {
        let index = format!("{} ({})", report.collection, report.fields);
        match &report.state {
            IndexState::Present => {}
            IndexState::Missing => missing.push(format!("{index}: {}", report.purpose)),
            IndexState::Different(why) | IndexState::Refused(why) => {
                wrong.push(format!("{index}: {why}"));
            }
        }
    }
    if !wrong.is_empty() {
        return Check::failed(
            NAME,
            format!("Indexes are not as they are needed. {}", wrong.join("; ")),
            "Drop or correct these indexes, then run the doctor with --create-indexes.",
        );
    }
    if missing.is_empty() {
        return Check::ok(
            NAME,
            format!("All {} needed indexes are there.", reports.len()),
        );
    }
    Check::failed(
        NAME,
        format!(
            "{} of {} needed indexes are missing. {}",
            missing.len(),
            reports.len(),
            missing.join("; ")
        ),
        "Run the doctor with --create-indexes; on large collections at a quiet hour.",
    )
}
