//! A Redis with TLS whose certificate an authority of its own has signed.

use crate::rig;
use crate::sharing::ours;
use heliograph_bullmq::{BullConfig, BullError, BullQueue};
use heliograph_engine::ports::{Queue, SystemClock};
use heliograph_servers::tls::TlsRedis;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_trusts_the_authority_that_is_named() {
    let redis = TlsRedis::start().unwrap();
    let mut config = BullConfig::new(redis.url().into(), rig::QUEUE);
    config.ca_file = Some(redis.ca_file());
    // Pushing, taking and finishing have a connection each.
    let queue = rig::open(config.clone()).await;
    queue.push(ours("over TLS")).await.unwrap();
    let taken = rig::take_one(&queue).await;
    assert_eq!(rig::text(&taken), "over TLS");
    rig::done(&queue, &[taken]).await;
    rig::depth_becomes(&queue, (0, 0, 0, 0)).await;
    queue.close().await;

    let connect = |config| BullQueue::connect(config, Arc::new(SystemClock));
    let untold = BullConfig::new(redis.url().into(), rig::QUEUE);
    let error = connect(untold).await.unwrap_err();
    assert!(matches!(error, BullError::Away(_)), "{error:?}");
    assert!(error.to_string().contains("certificate"), "{error}");
    config.ca_file = Some(redis.ca_file().with_file_name("none.pem"));
    let error = connect(config).await.unwrap_err();
    assert!(matches!(error, BullError::Certificates { .. }), "{error:?}");
}
