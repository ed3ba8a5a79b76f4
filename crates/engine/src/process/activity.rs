//! What an engine has under way: which tasks work, which wait for a time to come, and
//! whether they are to end.

use crate::ports::Clock;
use heliograph_model::Millis;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use tokio::sync::watch;

/// The tasks of one engine.
#[derive(Debug)]
pub(super) struct Activity {
    /// Tasks, those that wait for a time included.
    tasks: AtomicUsize,
    /// How many tasks wait for which time. Held for a look and never across an await.
    parked: Mutex<BTreeMap<Millis, usize>>,
    /// Deliveries with events that have no end yet.
    open: AtomicUsize,
    /// Once true, what waits ends and nothing new begins.
    stopped: watch::Sender<bool>,
}

/// The engine ends, and so does what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped;

impl Default for Activity {
    fn default() -> Self {
        Self {
            tasks: AtomicUsize::new(0),
            parked: Mutex::default(),
            open: AtomicUsize::new(0),
            stopped: watch::Sender::new(false),
        }
    }
}

impl Activity {
    /// How many tasks could go on at `now`. A task whose time has come counts also when
    /// it has not noticed yet.
    pub(super) fn running(&self, now: Millis) -> usize {
        let parked = self.parked.lock();
        let waiting: usize = parked.range(now + 1..).map(|(_, tasks)| tasks).sum();
        // A task parks under the lock, so it is never counted as parked before it is one.
        self.tasks.load(Ordering::SeqCst).saturating_sub(waiting)
    }

    /// Deliveries with events that have no end yet.
    pub(super) fn open(&self) -> u64 {
        self.open.load(Ordering::SeqCst) as u64
    }

    /// A delivery with events was taken.
    pub(super) fn opened(&self) {
        self.open.fetch_add(1, Ordering::SeqCst);
    }

    /// All events of a delivery have ended.
    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }

    /// A task begins; it ends when the answer is dropped.
    pub(super) fn task(self: &Arc<Self>) -> Task {
        self.tasks.fetch_add(1, Ordering::SeqCst);
        Task(Arc::clone(self))
    }

    /// Waits until `at`.
    ///
    /// # Errors
    /// [`Stopped`] when the engine ends before that.
    pub(super) async fn wait_until(&self, at: Millis, clock: &dyn Clock) -> Result<(), Stopped> {
        struct Parked<'a>(&'a Activity, Millis);
        impl Drop for Parked<'_> {
            fn drop(&mut self) {
                let mut parked = self.0.parked.lock();
                if let Some(tasks) = parked.get_mut(&self.1) {
                    *tasks -= 1;
                    if *tasks == 0 {
                        parked.remove(&self.1);
                    }
                }
            }
        }
        let mut stopped = self.stopped.subscribe();
        let mut sleep = pin!(clock.sleep_until(at));
        // The clock knows of the sleeper before it counts as parked, so that whoever sees
        // the engine settled also sees what is due next.
        let awake = poll_fn(|context| Poll::Ready(sleep.as_mut().poll(context).is_ready())).await;
        if awake {
            return if self.is_stopped() {
                Err(Stopped)
            } else {
                Ok(())
            };
        }
        *self.parked.lock().entry(at).or_default() += 1;
        let _parked = Parked(self, at);
        tokio::select! {
            biased;
            // The sender lives in `self`, so this ends only when it was told to.
            _ = stopped.wait_for(|stopped| *stopped) => Err(Stopped),
            () = sleep => Ok(()),
        }
    }

    /// Ends what waits, and keeps new things from beginning. What is being done goes on
    /// to its end.
    pub(super) fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// Whether nothing new is to begin.
    pub(super) fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }
}

/// A task at work; it is counted until this is dropped, however the task ends.
#[derive(Debug)]
pub(super) struct Task(Arc<Activity>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.tasks.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::VirtualClock;

    #[tokio::test]
    async fn a_task_whose_time_has_come_is_running_before_it_has_noticed() {
        let activity = Arc::new(Activity::default());
        let clock = Arc::new(VirtualClock::new(Millis(0)));
        let task = activity.task();
        let waiting = tokio::spawn({
            let (activity, clock) = (Arc::clone(&activity), Arc::clone(&clock));
            async move {
                let _task = task;
                activity.wait_until(Millis(10), &*clock).await
            }
        });
        while activity.running(clock.now()) > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(activity.running(Millis(9)), 0);
        assert_eq!(activity.running(Millis(10)), 1);
        clock.advance(10);
        assert_eq!(waiting.await.expect("no panic"), Ok(()));
        assert_eq!(activity.running(clock.now()), 0);
    }

    #[tokio::test]
    async fn what_waits_ends_when_it_is_stopped() {
        let activity = Arc::new(Activity::default());
        let clock = Arc::new(VirtualClock::new(Millis(0)));
        let waiting = tokio::spawn({
            let (activity, clock) = (Arc::clone(&activity), Arc::clone(&clock));
            async move { activity.wait_until(Millis(10), &*clock).await }
        });
        tokio::task::yield_now().await;
        activity.stop();
        assert_eq!(waiting.await.expect("no panic"), Err(Stopped));
        assert_eq!(activity.wait_until(Millis(10), &*clock).await, Err(Stopped));
    }
}
