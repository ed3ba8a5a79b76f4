//! Which delivery became of a body that is posted from here, where it comes to this
//! window's own listener: directly, or through a tunnel.

use heliograph_model::DeliveryId;
use parking_lot::Mutex;
use std::sync::Arc;

/// The bodies that are under way.
#[derive(Debug, Default)]
pub(super) struct Expecting(
    /// Held for a moment only, never while waiting.
    Mutex<Posts>,
);

#[derive(Debug, Default)]
struct Posts {
    /// How many there have been.
    count: u64,
    under_way: Vec<Post>,
}

#[derive(Debug)]
struct Post {
    number: u64,
    body: Box<str>,
    became: Option<DeliveryId>,
}

/// A body that is under way, until this is dropped.
#[derive(Debug)]
pub(super) struct Expected {
    number: u64,
    expecting: Arc<Expecting>,
}

impl Expecting {
    /// A body is posted from now on.
    pub(super) fn expect(self: &Arc<Self>, body: &str) -> Expected {
        let mut posts = self.0.lock();
        posts.count += 1;
        let number = posts.count;
        posts.under_way.push(Post {
            number,
            body: body.into(),
            became: None,
        });
        Expected {
            number,
            expecting: Arc::clone(self),
        }
    }

    /// The listener accepted a body, and has not answered yet. Where the same is under way
    /// twice, either may be it: they say the same.
    pub(super) fn accepted(&self, id: DeliveryId, body: &[u8]) {
        let mut posts = self.0.lock();
        let mut waiting = posts.under_way.iter_mut();
        let is_it = |post: &&mut Post| post.became.is_none() && post.body.as_bytes() == body;
        if let Some(post) = waiting.find(is_it) {
            post.became = Some(id);
        }
    }
}

impl Expected {
    /// The delivery that became of it; `None` where another server took it.
    pub(super) fn became(&self) -> Option<DeliveryId> {
        let posts = self.expecting.0.lock();
        let mut under_way = posts.under_way.iter();
        under_way.find(|post| post.number == self.number)?.became
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        let mut posts = self.expecting.0.lock();
        posts.under_way.retain(|post| post.number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_post_becomes_one_delivery_and_nobody_elses_does() {
        let expecting = Arc::<Expecting>::default();
        let one = expecting.expect("{}");
        let two = expecting.expect("{}");
        expecting.accepted(DeliveryId(6), b"[]");
        assert_eq!((one.became(), two.became()), (None, None));
        expecting.accepted(DeliveryId(7), b"{}");
        expecting.accepted(DeliveryId(8), b"{}");
        expecting.accepted(DeliveryId(9), b"{}");
        assert_eq!(one.became(), Some(DeliveryId(7)));
        assert_eq!(two.became(), Some(DeliveryId(8)));
        drop((one, two));
        assert!(expecting.0.lock().under_way.is_empty());
    }
}
