//! The port without HTTP says the same as the client over HTTP.

use crate::support::{ANA, BEN, COMMENT, effect, request, shop, text, world};
use heliograph_engine::ports::Instagram;
use heliograph_instagram::simulated::{DirectInstagram, Failure, Fault};
use heliograph_model::{Effect, ErrorClass, Receipt, Recipient, SendError};
use std::sync::Arc;

fn same(a: Result<Receipt, SendError>, b: Result<Receipt, SendError>) {
    match (a, b) {
        (Ok(a), Ok(b)) => assert_eq!(a.recipient_id, b.recipient_id),
        (Err(a), Err(b)) => {
            assert_eq!((a.class, a.code, a.subcode), (b.class, b.code, b.subcode));
        }
        (a, b) => panic!("{a:?} is not {b:?}"),
    }
}

#[tokio::test]
async fn it_gives_the_same_receipts_and_errors_as_the_client() {
    let (one, other) = (world().await, world().await);
    let direct = DirectInstagram::new(Arc::clone(&one.core));
    let client = other.client();
    let public = Effect::ReplyToComment {
        comment_id: COMMENT.into(),
        text: "Sent!".into(),
        automation_id: "a1".into(),
    };
    for effect in [
        effect(Recipient::Contact(ANA.into()), text("Hi")),
        effect(Recipient::Contact(ANA.into()), text("")),
        effect(Recipient::Contact(BEN.into()), text("Hi")),
        effect(Recipient::Contact("12345".into()), text("Hi")),
        effect(Recipient::Comment(COMMENT.into()), text("Hi")),
        effect(Recipient::Comment(COMMENT.into()), text("Hi")),
        public,
    ] {
        let request = request_of(&effect);
        same(direct.send(&request).await, client.send(&request).await);
    }
    let (a, b) = (one.core.sent(), other.core.sent());
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(&b) {
        assert_eq!((&a.kind, &a.request), (&b.kind, &b.request));
    }
    for failure in [
        Failure::Status(500),
        Failure::limited(613, 3),
        Failure::DropAfter,
        Failure::UnknownErrorAfter,
        Failure::GarbledAfter,
    ] {
        let send = effect(Recipient::Contact(ANA.into()), text("Hi"));
        one.core.fail(Fault::next(1, failure.clone()));
        other.core.fail(Fault::next(1, failure));
        let request = request_of(&send);
        same(direct.send(&request).await, client.send(&request).await);
        client.reset(&shop()).await.unwrap();
    }
}

fn request_of(effect: &Effect) -> heliograph_engine::ports::SendRequest<'_> {
    use std::sync::LazyLock;
    static SHOP: LazyLock<heliograph_model::AccountId> = LazyLock::new(shop);
    request(&SHOP, effect)
}

#[tokio::test]
async fn it_reads_profiles() {
    let world = world().await;
    let direct = DirectInstagram::new(Arc::clone(&world.core));
    let profile = direct.profile(&shop(), &ANA.into()).await.unwrap();
    assert_eq!(profile.username.as_deref(), Some("ana.example"));
    assert_eq!(profile.follows, Some(false));
    let error = direct.profile(&shop(), &BEN.into()).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Window, Some(230)));
}
