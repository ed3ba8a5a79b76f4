//! `.env` files as projects have them.
#![allow(clippy::unwrap_used, reason = "a test")]

use super::*;
use secrecy::ExposeSecret;

const WHOLE: &str = r#"
# --- server ---
NODE_ENV=production
PORT=3000

# --- data ---
REDIS_URL="rediss://default:hunter2-redis@cache.example.com:6380/0"
MONGODB_URI=mongodb+srv://app:${MONGO_PW:-hunter2-mongo}@cluster0.example.net/bakery?retryWrites=true
QUEUE_NAME=instagram-webhooks   # BullMQ
BULL_PREFIX='bull'

# --- Meta ---
export META_APP_ID=1234567890
export META_APP_SECRET=hunter2app
INSTAGRAM_APP_SECRET=hunter2instagram
WEBHOOK_VERIFY_TOKEN="hunter2 verify"
INSTAGRAM_ACCESS_TOKEN=IGAAhunter2
GRAPH_API_VERSION=23.0
GRAPH_API_URL=https://graph.instagram.com/v23.0/
JWT_SECRET=hunter2jwt
"#;

#[test]
fn a_whole_file_becomes_a_profile_and_shows_no_secret() {
    let reading = read_env(WHOLE);
    assert!(reading.is_enough, "{reading:?}");
    assert_eq!(reading.problems, []);
    assert_eq!(
        reading.others,
        ["NODE_ENV", "PORT", "META_APP_ID", "JWT_SECRET"]
    );
    assert!(!format!("{reading:?}").contains("hunter2"), "{reading:?}");
    let redis = &reading.recognised[0];
    assert_eq!((redis.name.as_str(), redis.line), ("REDIS_URL", 7));
    assert_eq!(
        redis.shown.as_deref(),
        Some("rediss://default@cache.example.com:6380/0")
    );
    assert!(redis.is_secret);

    let connection = connection_of_env(WHOLE).unwrap();
    let ServerSettings {
        redis,
        mongo,
        queue,
        ..
    } = connection.servers;
    assert_eq!(
        redis.url,
        "rediss://default:hunter2-redis@cache.example.com:6380/0"
    );
    assert_eq!(mongo.database, "bakery");
    assert!(mongo.url.contains("app:hunter2-mongo@"), "{}", mongo.url);
    assert_eq!(
        (queue.name.as_str(), queue.redis),
        ("instagram-webhooks", None)
    );
    let InstagramSettings::Graph(graph) = connection.instagram else {
        panic!("it names the Graph API");
    };
    assert_eq!(graph.version.as_deref(), Some("v23.0"));
    assert_eq!(
        graph.base_url.as_deref(),
        Some("https://graph.instagram.com")
    );
    assert!(graph.has_token);
    let secrets: Vec<_> = connection
        .secrets
        .iter()
        .map(|(name, secret)| (name.as_str(), secret.expose_secret().to_owned()))
        .collect();
    assert_eq!(
        secrets,
        [
            ("access_token", "IGAAhunter2".to_owned()),
            ("verify_token", "hunter2 verify".to_owned()),
            (
                "app_secret",
                "meta=hunter2app,instagram=hunter2instagram".to_owned()
            ),
        ]
    );
}

#[test]
fn servers_in_parts_become_addresses_with_what_must_be_escaped() {
    let text = "REDIS_HOST=10.0.0.5\nREDIS_PORT=6390\nREDIS_PASSWORD='p@ss/w#rd'\nREDIS_TLS=true\nREDIS_DB=2\n\
        BULL_REDIS_HOST=10.0.0.6\n\
        MONGO_HOST=10.0.0.7\nMONGO_USER=app\nMONGO_PASS=hunter2\nDB_NAME=shop\nWEBHOOK_QUEUE=hooks";
    let reading = read_env(text);
    assert!(
        reading.is_enough && reading.problems.is_empty(),
        "{reading:?}"
    );
    let servers = connection_of_env(text).unwrap().servers;
    assert_eq!(
        servers.redis.url,
        "rediss://:p%40ss%2Fw%23rd@10.0.0.5:6390/2"
    );
    assert_eq!(
        servers.queue.redis.as_deref(),
        Some("redis://10.0.0.6:6379")
    );
    assert_eq!(servers.queue.name, "hooks");
    assert_eq!(servers.mongo.url, "mongodb://app:hunter2@10.0.0.7:27017");
    assert_eq!(servers.mongo.database, "shop");
}

#[test]
fn what_is_missing_or_wrong_is_said_and_nothing_is_made_of_it() {
    let text = "DATABASE_URL=postgres://me:hunter2@db/app\nREDIS_URL=http://hunter2.example\nREDIS_PORT=many\nWEBHOOK_VERIFY_TOKEN=";
    let reading = read_env(text);
    assert!(!reading.is_enough);
    assert!(connection_of_env(text).is_none());
    assert_eq!(
        reading.others,
        ["DATABASE_URL"],
        "another database says nothing"
    );
    let says: Vec<_> = reading.problems.iter().map(|it| it.says.as_str()).collect();
    for part in [
        "no address of Redis",
        "no port",
        "is empty",
        "names no Redis",
        "names no MongoDB",
    ] {
        assert!(says.iter().any(|it| it.contains(part)), "{part}: {says:?}");
    }
    assert!(!format!("{reading:?}").contains("hunter2"), "{reading:?}");
    let nothing = read_env("  \n# only a comment\n");
    assert!(nothing.problems[0].says.contains("no variable"));
}

#[test]
fn the_first_of_several_names_for_one_thing_counts() {
    let text = "MONGODB_URI=mongodb://a/one\nMONGO_URL=mongodb://b/two\nREDIS_URL=redis://a\nAPP_SECRET=x\nMETA_APP_SECRET=x";
    let reading = read_env(text);
    let again = reading
        .problems
        .iter()
        .filter(|it| it.says.contains("says again"))
        .count();
    assert_eq!(again, 2, "{reading:?}");
    assert_eq!(
        connection_of_env(text).unwrap().servers.mongo.database,
        "one"
    );
}
