//! Posting a delivery from a profile that is not offline: what is allowed, what is written
//! down, and what is compared.

use crate::shop::{self, said, server};
use crate::site;
use heliograph_desk::traffic::{Freshness, NotCompared, ReplayTarget, Sending, SendingEnd};
use heliograph_model::{DeliveryId, GuardLevel};
use heliograph_runtime::audit::AuditOutcome;
use std::time::{Duration, Instant};

fn to(url: &str, delivery: Option<DeliveryId>, body: Option<String>) -> Sending {
    Sending {
        delivery_id: delivery,
        body,
        freshness: Freshness::AsNew,
        target: ReplayTarget::Url {
            url: url.to_owned(),
            secret: None,
        },
    }
}

fn to_engine(delivery: Option<DeliveryId>, body: Option<String>) -> Sending {
    Sending {
        target: ReplayTarget::Engine,
        ..to("", delivery, body)
    }
}

#[tokio::test]
async fn observe_posts_to_this_machine_only_and_each_post_leaves_a_line() {
    let shop = shop::open().await;
    let body = || Some(said("900000000000011", "m1", "bouquet"));
    let elsewhere = to("https://hooks.shop.example/webhook", None, body());
    let refused = shop.traffic.send(elsewhere).await.unwrap_err().to_string();
    assert!(
        refused.contains("observe") && refused.contains("arm live"),
        "{refused}"
    );
    assert_eq!(shop.posts(), [], "nothing was posted");

    let good = server("200 OK", "thanks").await;
    let opens = good.url.replace("http://", "http://maya:hunter2@") + "?token=hunter2";
    let sent = shop.traffic.send(to(&opens, None, body())).await.unwrap();
    assert_eq!(sent.answered.unwrap().body, "thanks");
    assert_eq!(sent.not_compared, Some(NotCompared::AnotherServer));
    let taken = good.bodies.lock().clone();
    assert!(taken[0].contains("bouquet"), "{taken:?}");
    let bad = server("500 Internal Server Error", "oh no").await;
    let sent = shop.traffic.send(to(&bad.url, None, body())).await.unwrap();
    assert_eq!(sent.not_compared, None, "it was not taken");
    let nobody = "http://maya:hunter2@127.0.0.1:9/hook";
    let error = shop.traffic.send(to(nobody, None, body())).await;
    assert!(error.unwrap_err().to_string().contains("nothing listens"));

    let [first, second, third] = &shop.posts()[..] else {
        panic!("three were posted: {:?}", shop.posts());
    };
    for line in [first, second, third] {
        assert_eq!(
            (line.profile.as_str(), line.level),
            ("Shop", GuardLevel::Observe)
        );
        assert_eq!(line.what, "Posting a delivery");
    }
    let subject = format!("a composed delivery to {}?token=•••", good.url);
    assert_eq!(first.subject, subject);
    assert_eq!(first.outcome, AuditOutcome::Done);
    let after = first.after.as_deref().unwrap();
    assert!(after.contains("bouquet"), "{after}");
    assert_eq!(second.outcome, AuditOutcome::Failed);
    let why = second.why.as_deref();
    assert_eq!(why, Some("It answered 500 Internal Server Error."));
    assert_eq!(third.outcome, AuditOutcome::Failed);
    assert!(!shop.log().contains("hunter2"), "{}", shop.log());
}

#[tokio::test]
async fn what_is_handled_elsewhere_is_not_waited_for_and_what_is_handled_here_is_compared() {
    let shop = shop::open().await;
    shop.arm();
    let began = Instant::now();
    let here = shop.listener.url();
    let body = said("900000000000011", "m1", "hello");
    let posted = shop
        .traffic
        .send(to(&here, None, Some(body.clone())))
        .await
        .unwrap();
    let queued = shop
        .traffic
        .send(to_engine(None, Some(body)))
        .await
        .unwrap();
    assert!(began.elapsed() < Duration::from_secs(4), "nobody waits");
    for sent in [&posted, &queued] {
        assert_eq!(sent.not_compared, Some(NotCompared::HandledElsewhere));
        assert!(sent.delivery_id.is_some() && sent.comparison.is_none());
    }
    let line = &shop.posts()[0];
    assert_eq!(
        (line.level, line.outcome),
        (GuardLevel::Live, AuditOutcome::Done)
    );
    assert_eq!(line.subject, format!("a composed delivery to {here}"));

    shop.runtime.let_work(true).await.unwrap();
    shop.decided(2).await;
    let id = posted.delivery_id;
    let opened = shop.traffic.open_delivery(id.unwrap()).await.unwrap();
    assert_eq!(opened.decisions.len(), 1);
    // Through the listener it is compared as into the engine.
    for sending in [to(&here, id, None), to_engine(id, None)] {
        let again = shop.traffic.send(sending).await.unwrap();
        assert_eq!(again.not_compared, None);
        let compared = again.comparison.unwrap();
        assert!(compared.same, "{compared:?}");
        assert_ne!(again.delivery_id, id);
    }
    // Another server's answer stands beside the first one of ours.
    let other = server("202 Accepted", "later").await;
    let sent = shop.traffic.send(to(&other.url, id, None)).await.unwrap();
    let first = sent.first_answer.unwrap();
    assert_eq!((first.status, first.micros.is_some()), (200, true));
    assert!(first.body.contains("in the queue"), "{}", first.body);
    assert_eq!(sent.answered.unwrap().status, 202);
    let line = shop.posts().pop().unwrap();
    let named = format!("delivery {} to {}", id.unwrap().0, other.url);
    assert_eq!(line.subject, named);
}

#[tokio::test]
async fn many_tell_how_far_they_are_and_stop_after_the_one_under_way() {
    let site = site::open().await;
    let body = || Some(site::message("900000000000011", "m1", "hours"));
    let sendings = || vec![to_engine(None, body()); 9];
    let mut told = Vec::new();
    let sent = site
        .traffic
        .send_all("main", sendings(), |progress| {
            told.push((progress.done, progress.of));
            // Another window's are its own business.
            site.traffic.stop_sending("window-2");
            if progress.done == 3 {
                site.traffic.stop_sending("main");
            }
        })
        .await
        .unwrap();
    assert_eq!(told, [(0, 9), (1, 9), (2, 9), (3, 9)]);
    assert_eq!((sent.ended, sent.replayed.len()), (SendingEnd::Stopped, 3));
    assert!(sent.replayed.iter().all(|one| one.outcome.is_some()));

    // What was stopped once begins anew, and one window sends one at a time.
    let again = site.traffic.send_all("main", sendings(), |_| {});
    let beside = async {
        let refused = site.traffic.send_all("main", Vec::new(), |_| {}).await;
        refused.unwrap_err().to_string()
    };
    let (again, refused) = tokio::join!(again, beside);
    assert!(refused.contains("sending deliveries already"), "{refused}");
    let again = again.unwrap();
    assert_eq!(
        (again.ended, again.replayed.len()),
        (SendingEnd::Finished, 9)
    );
}

#[tokio::test]
async fn many_end_when_another_profile_comes_in_front() {
    let (site, other) = (site::open().await, site::open().await);
    let body = || Some(site::message("900000000000011", "m1", "hours"));
    let sent = site
        .traffic
        .send_all("main", vec![to_engine(None, body()); 5], |progress| {
            if progress.done == 2 {
                site::follow(&site.traffic, &other.simulator);
            }
        })
        .await
        .unwrap();
    assert_eq!(
        (sent.ended, sent.replayed.len()),
        (SendingEnd::AnotherFront, 2)
    );
}
