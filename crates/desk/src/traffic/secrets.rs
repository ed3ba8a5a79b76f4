//! The app secrets that this desk knows, to find out who signed what.

use super::Traffic;
use super::signature::KnownSecret;
use parking_lot::RwLock;
use std::sync::Arc;
use tokio::time::Instant;

/// The app secrets that are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// For as long as the application runs.
    always: Vec<KnownSecret>,
    /// Those of the listener before the profile in front,
    kept: Vec<KnownSecret>,
    /// and the one that was removed from it last, until then.
    removed: Option<(KnownSecret, Instant)>,
}

impl Secrets {
    fn know(&self, secret: KnownSecret) {
        let mut known = self.0.write();
        known.always.retain(|other| other.name != secret.name);
        known.always.push(secret);
    }

    fn know_kept(&self, kept: Vec<KnownSecret>, removed: Option<(KnownSecret, Instant)>) {
        let until = removed.as_ref().map(|(_, until)| *until);
        {
            let mut known = self.0.write();
            known.kept = kept;
            known.removed = removed;
        }
        let Some(until) = until else { return };
        let known = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep_until(until).await;
            if let Some(known) = known.upgrade() {
                let is_over = |(_, until): &mut (KnownSecret, Instant)| *until <= Instant::now();
                known.write().removed.take_if(is_over);
            }
        });
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<KnownSecret> {
        let known = self.0.read();
        let removed = known.removed.as_ref();
        let removed = removed.filter(|(_, until)| Instant::now() < *until);
        known
            .always
            .iter()
            .chain(&known.kept)
            .chain(removed.map(|(secret, _)| secret))
            .cloned()
            .collect()
    }
}

impl Traffic {
    /// From now on it knows this secret as well, to say who signed what. One of the same
    /// name is replaced.
    pub fn know(&self, secret: KnownSecret) {
        self.shared.secrets.know(secret);
    }

    /// From now on it knows those of the listener before the profile in front, in place of
    /// those before, and the one that was removed from it last until its time is over.
    pub fn know_kept(&self, kept: Vec<KnownSecret>, removed: Option<(KnownSecret, Instant)>) {
        self.shared.secrets.know_kept(kept, removed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn secret(name: &str) -> KnownSecret {
        KnownSecret {
            name: name.to_owned(),
            secret: "hunter2".into(),
            accepted: true,
        }
    }

    fn names(secrets: &Secrets) -> Vec<String> {
        secrets.all().into_iter().map(|known| known.name).collect()
    }

    #[tokio::test]
    async fn what_was_removed_is_known_until_its_time_is_over() {
        let secrets = Secrets::default();
        secrets.know(secret("this window"));
        let held = Duration::from_millis(40);
        let until = Instant::now() + held;
        secrets.know_kept(vec![secret("shop")], Some((secret("old"), until)));
        assert_eq!(names(&secrets), ["this window", "shop", "old"]);
        tokio::time::sleep_until(until).await;
        assert_eq!(names(&secrets), ["this window", "shop"]);
        // It is not only kept quiet about: it is in no memory any more.
        let deadline = Instant::now() + Duration::from_secs(10);
        while secrets.0.read().removed.is_some() {
            assert!(Instant::now() < deadline, "it is still held");
            tokio::time::sleep(held).await;
        }
        // Another profile comes in front, whose listener has others.
        secrets.know_kept(vec![secret("florist")], None);
        assert_eq!(names(&secrets), ["this window", "florist"]);
    }
}
