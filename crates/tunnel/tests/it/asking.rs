//! Asking oneself what Meta asks, and seeing who asked.

use crate::site::{TOKEN, client, open};
use heliograph_engine::ports::SystemClock;
use heliograph_listener::ListenerSettings;
use heliograph_tunnel::{
    Asker, ChallengeOutcome, HealthProblem, TunnelKind, TunnelSettings, TunnelState, check,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers everybody the same.
async fn somebody_else(answer: &'static str) -> String {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn challenges_are_seen_with_who_asked_and_why_they_failed() {
    let site = open().await;
    let ask = async |agent: &str, query: &[(&str, &str)]| {
        client()
            .get(site.listener.url())
            .query(query)
            .header("user-agent", agent)
            .header("x-forwarded-for", "198.51.100.9")
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    let whole = [("hub.mode", "subscribe"), ("hub.challenge", "1158201444")];
    let with = |token| [whole[0], whole[1], ("hub.verify_token", token)];
    assert_eq!(
        ask(
            "facebookplatform/1.0 (+http://developers.facebook.com)",
            &with(TOKEN)
        )
        .await,
        200
    );
    assert_eq!(ask("facebookplatform/1.0", &with("another")).await, 403);
    assert_eq!(ask("curl/8.5", &whole).await, 400);
    let other_mode = [
        ("hub.mode", "unsubscribe"),
        whole[1],
        ("hub.verify_token", TOKEN),
    ];
    assert_eq!(ask("curl/8.5", &other_mode).await, 403);
    let seen = site.challenges.seen();
    let told: Vec<_> = seen.iter().map(|one| (one.asker, one.outcome)).collect();
    assert_eq!(
        told,
        [
            (Asker::Meta, ChallengeOutcome::Answered),
            (Asker::Meta, ChallengeOutcome::WrongToken),
            (Asker::Somebody, ChallengeOutcome::Incomplete),
            (Asker::Somebody, ChallengeOutcome::WrongMode),
        ]
    );
    assert_eq!(seen[2].missing, ["hub.verify_token"]);
    assert_eq!(seen[0].from, "198.51.100.9");
    assert_eq!(seen[3].number, 4);
    let told = format!("{seen:?}");
    assert!(!told.contains(TOKEN), "no token is kept");
}

#[tokio::test]
async fn the_check_asks_as_meta_does_and_says_what_came_back() {
    let site = open().await;
    let url = site.listener.url();
    let checked = check(&url, &TOKEN.into(), &SystemClock).await;
    let good: Vec<_> = checked.steps.iter().map(|step| step.good).collect();
    assert_eq!(good, [false, true, true], "{checked:?}");
    assert!(checked.steps[0].says.contains("https://"));
    assert!(!checked.passed, "Meta takes https only");
    let askers: Vec<_> = site.challenges.seen().iter().map(|one| one.asker).collect();
    assert_eq!(askers, [Asker::Ourselves, Asker::Ourselves]);

    let other = check(&url, &"of another listener".into(), &SystemClock).await;
    let last = other.steps.last().unwrap();
    assert!(
        !last.good && last.says.contains("refused the token"),
        "{last:?}"
    );

    let elsewhere =
        somebody_else("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nHello")
            .await;
    let path = ListenerSettings::PATH;
    let checked = check(&format!("{elsewhere}{path}"), &TOKEN.into(), &SystemClock).await;
    let last = checked.steps.last().unwrap();
    assert!(last.says.contains("“Hello”"), "{last:?}");

    let plain = elsewhere.replace("http://", "https://");
    let checked = check(&format!("{plain}{path}"), &TOKEN.into(), &SystemClock).await;
    let last = checked.steps.last().unwrap();
    assert!(last.advice.contains("valid certificate"), "{last:?}");
}

#[tokio::test]
async fn an_own_address_is_looked_at_and_what_answers_there_is_told_apart() {
    let site = open().await;
    let own = |url: String| TunnelSettings {
        kind: TunnelKind::OwnUrl,
        own_url: url,
        ..TunnelSettings::default()
    };
    let here = format!("http://{}", site.listener.address());
    site.tunnel
        .start(&own(here.clone()), site.port())
        .await
        .unwrap();
    assert_eq!(site.up().await, here);
    let look = async |problem: Option<HealthProblem>| {
        let status = site
            .when("it was asked", |status| {
                status
                    .health
                    .as_ref()
                    .is_some_and(|health| health.problem == problem)
            })
            .await;
        status.health.unwrap()
    };
    assert_eq!(look(None).await.says, "The listener answers.");
    let redirects = "HTTP/1.1 302 Found\r\nlocation: https://login.example/\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    for (answer, problem) in [
        (
            "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            HealthProblem::SomebodyElse,
        ),
        (redirects, HealthProblem::Redirect),
        (
            "HTTP/1.1 503 Gone\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            HealthProblem::TunnelGone,
        ),
    ] {
        let url = somebody_else(answer).await;
        site.tunnel.start(&own(url), site.port()).await.unwrap();
        let health = look(Some(problem)).await;
        assert!(!health.says.is_empty() && !health.advice.is_empty());
    }
    let url = somebody_else("HTTP/1.1 200 OK\r\n\r\n")
        .await
        .replace("http://", "https://");
    site.tunnel.start(&own(url), site.port()).await.unwrap();
    look(Some(HealthProblem::Tls)).await;
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    site.tunnel
        .start(&own(format!("http://{closed}")), site.port())
        .await
        .unwrap();
    look(Some(HealthProblem::Connection)).await;
    site.tunnel
        .start(&own("https://nowhere.invalid".into()), site.port())
        .await
        .unwrap();
    site.when("it was asked", |status| {
        status
            .health
            .as_ref()
            .is_some_and(|health| health.problem.is_some())
    })
    .await;
    site.tunnel.stop().await;
    assert_eq!(site.tunnel.status().state, TunnelState::Stopped);
}
