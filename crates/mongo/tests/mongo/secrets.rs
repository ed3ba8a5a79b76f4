//! Credentials are in no error and no debug output.

use crate::rig::database_name;
use heliograph_mongo::{MongoConfig, MongoStore, Trouble};
use heliograph_servers::mongod::Mongod;
use secrecy::SecretString;

const USER: &str = "quentin";
const PASSWORD: &str = "hunter-2-hunter";

fn says_nothing(shown: &str) {
    for secret in [USER, PASSWORD, "hunter"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn clean(error: &impl std::error::Error) {
    says_nothing(&format!("{error} {error:?} {:?}", error.source()));
}

#[tokio::test]
async fn credentials_are_shown_nowhere() {
    let mongod = Mongod::start().unwrap();
    let port = mongod.port();
    let url = format!("mongodb://{USER}:{PASSWORD}@127.0.0.1:{port}/?directConnection=true");
    let config = MongoConfig::new(SecretString::from(url), database_name());
    says_nothing(&format!("{config:?}"));
    let store = MongoStore::connect(config).await.unwrap();
    says_nothing(&format!("{store:?}"));
    let refused = store.probe().await.unwrap_err();
    assert_eq!(refused.trouble(), Trouble::Authentication);
    clean(&refused);
}

#[tokio::test]
async fn a_connection_string_that_cannot_be_read_is_not_repeated() {
    for rest in [
        "@127.0.0.1:port/",
        "@127.0.0.1:1/?w=majority&wtimeoutMS=x",
        "@not a host@127.0.0.1:1/",
        "/@127.0.0.1/?authMechanism=NONE",
        "@127.0.0.1:1/?uuidRepresentation=hunter",
        "@",
        "",
    ] {
        let url = format!("mongodb://{USER}:{PASSWORD}{rest}");
        let config = MongoConfig::new(SecretString::from(url), "d");
        match MongoStore::connect(config).await {
            Ok(store) => says_nothing(&format!("{store:?}")),
            Err(error) => clean(&error),
        }
    }
    let config = MongoConfig::new(SecretString::from("redis://127.0.0.1".to_owned()), "d");
    let error = MongoStore::connect(config).await.unwrap_err();
    assert_eq!(error.trouble(), Trouble::ConnectionString);
    assert!(error.to_string().contains("mongodb://"), "{error}");
}

#[tokio::test]
async fn an_address_says_what_is_wrong_with_it() {
    for (url, trouble) in [
        ("mongodb://127.0.0.1:1/", Trouble::Refused),
        ("mongodb://no-such-host.invalid/", Trouble::Dns),
    ] {
        let mut config = MongoConfig::new(SecretString::from(url.to_owned()), "d");
        config.patience.selection = std::time::Duration::from_millis(1_500);
        let store = MongoStore::connect(config).await.unwrap();
        let error = store.probe().await.unwrap_err();
        assert_eq!(error.trouble(), trouble, "{error}");
    }
}
