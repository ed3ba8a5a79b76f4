//! One call of every method of every port, each with what it does.

use futures::future::BoxFuture;
use heliograph_engine::conformance::samples;
use heliograph_engine::ports::{
    Announcements, Archive, Bulletins, Cache, Conversations, EventTime, FailedSends, Hold,
    Instagram, JobState, Jobs, Keys, Lease, PortResult, Queue, SendAgain, SendRequest, Stale,
    Store,
};
use heliograph_model::{
    AutomationType, Bulletin, DeliveryId, Millis, OutboxId, OutboxState, Target,
};
use std::sync::Arc;

/// Every port that a profile opens.
#[derive(Clone)]
pub(super) struct Ports {
    pub store: Arc<dyn Store>,
    pub archive: Arc<dyn Archive>,
    pub cache: Arc<dyn Cache>,
    pub queue: Arc<dyn Queue>,
    pub jobs: Arc<dyn Jobs>,
    pub failed_sends: Arc<dyn FailedSends>,
    pub instagram: Arc<dyn Instagram>,
    pub conversations: Arc<dyn Conversations>,
    pub announcements: Arc<dyn Announcements>,
    pub bulletins: Arc<dyn Bulletins>,
    pub keys: Arc<dyn Keys>,
}

/// What a method does to its backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    Read,
    Write,
}

/// One call that has not been made yet.
pub(super) struct Call {
    pub port: &'static str,
    pub method: &'static str,
    pub does: Does,
    /// The error's text, where there is one.
    pub answer: BoxFuture<'static, Result<(), String>>,
}

/// The names of a trait's methods, by its source.
pub(super) fn methods(port: &str, source: &str) -> Vec<String> {
    source
        .lines()
        .skip_while(|line| !line.starts_with(&format!("pub trait {port}:")))
        .take_while(|line| *line != "}")
        .filter_map(|line| {
            let line = line.trim_start();
            let signature = line
                .strip_prefix("async fn ")
                .or(line.strip_prefix("fn "))?;
            Some(signature.split('(').next()?.to_owned())
        })
        .collect()
}

fn plain<T>(answer: PortResult<T>) -> Result<(), String> {
    answer.map(drop).map_err(|error| error.to_string())
}

/// Makes the list. Each entry runs with its own handle on the port, `$it`.
macro_rules! calls {
    ($ports:ident: $( $port:ident . $method:ident $does:ident |$it:ident| $answer:expr; )*) => {
        vec![$({
            let $it = Arc::clone(&$ports.$port);
            Call {
                port: stringify!($port),
                method: stringify!($method),
                does: Does::$does,
                answer: Box::pin(async move { $answer }),
            }
        }),*]
    };
}

const KEY: &str = "user_state:1:2";
const ACCOUNT: &str = "17841400000000001";

/// One call of every method. `store` stands for both `Documents` and `Ledger`.
pub(super) fn calls(ports: &Ports) -> Vec<Call> {
    let mut calls = calls! { ports:
        store.workspaces Read |it| plain(it.workspaces().await);
        store.put_workspace Write |it| plain(it.put_workspace(&samples::workspace("w9", "W")).await);
        store.account Read |it| plain(it.account(&ACCOUNT.into()).await);
        store.accounts Read |it| plain(it.accounts(&"w1".into()).await);
        store.put_account Write |it| plain(it.put_account(&samples::account("9", "w9", "nine")).await);
        store.automation Read |it| plain(it.automation(&"a1".into()).await);
        store.automations Read |it| plain(it.automations(&"w1".into()).await);
        store.active_automations Read |it| plain(
            it.active_automations(&"w1".into(), AutomationType::DmAutomation, &Target::All).await
        );
        store.put_automation Write |it| plain(
            it.put_automation(&samples::automation("a9", "w9", 1), None).await
        );
        store.delete_automation Write |it| plain(it.delete_automation(&"a1".into()).await);
        store.user_state Read |it| plain(
            it.user_state(&ACCOUNT.into(), &"p1".into(), samples::START).await
        );
        store.user_states Read |it| plain(it.user_states(&ACCOUNT.into(), samples::START, 9).await);
        store.contact Read |it| plain(it.contact(&ACCOUNT.into(), &"p1".into()).await);
        store.contacts Read |it| plain(it.contacts(&ACCOUNT.into(), 9).await);
        store.put_contact Write |it| plain(
            it.put_contact(&samples::contact(ACCOUNT, "p9", samples::START)).await
        );
        store.is_processed Read |it| plain(it.is_processed("mid.1").await);
        store.commit Write |it| plain({
            let record = samples::record(DeliveryId(1), 7, "p1", "hello");
            it.commit(samples::commit("mid.new", record)).await
        });
        store.outbox Read |it| plain(it.outbox().await);
        store.handed_over Write |it| plain(at_once(it.handed_over()).await);
        store.begins_with_commit Read |it| { it.begins_with_commit(); Ok(()) };
        store.caches_with_commit Read |it| { it.caches_with_commit(); Ok(()) };
        store.begin_sends Write |it| plain(it.begin_sends(&[OutboxId(1)]).await);
        store.end_sends Write |it| plain({
            let item = sent_item();
            it.end_sends(vec![samples::ended(&item, OutboxState::Sent, None)]).await
        });
    };
    calls.extend(calls! { ports:
        archive.write Write |it| plain(it.write(&[], &[]).await);
        archive.remove_state Write |it| {
            plain(it.remove_state(&"1".into(), &"2".into(), samples::START).await)
        };
        archive.are_processed Read |it| plain(it.are_processed(&["mid.1".to_owned()]).await);
        archive.newest_mark Read |it| plain(it.newest_mark().await);
        cache.get Read |it| plain(it.get(KEY).await);
        cache.peek Read |it| plain(it.peek(KEY).await);
        cache.fill Write |it| plain(it.fill(KEY, Lease(0), "1".into(), 1_000).await);
        cache.add Write |it| plain(it.add(KEY, "1".into(), 1_000).await);
        cache.put Write |it| plain(it.put(KEY, "1".into(), 1_000).await);
        cache.remove Write |it| plain(it.remove(&[KEY.to_owned()]).await);
        cache.remove_matching Write |it| plain(it.remove_matching("user_state:*").await);
        cache.ttl Read |it| plain(it.ttl(KEY).await);
        queue.push Write |it| plain(it.push(samples::delivery("{}", samples::START)).await);
        queue.take Write |it| plain(at_once(it.take(1)).await);
        queue.finish Write |it| plain(it.finish(Vec::new()).await);
        queue.depth Read |it| plain(it.depth().await);
        queue.oldest_waiting Read |it| plain(it.oldest_waiting().await);
        queue.is_paused Read |it| plain(it.is_paused().await);
        jobs.figures Read |it| plain(it.figures().await);
        jobs.list Read |it| plain(it.list(JobState::Failed, 0, 9).await);
        jobs.job Read |it| plain(it.job(&"1".into()).await);
        jobs.webhooks Read |it| plain(it.webhooks(&["1".into()], 9).await);
        jobs.retry Write |it| plain(it.retry(&["1".into()]).await);
        jobs.promote Write |it| plain(it.promote(&["1".into()]).await);
        jobs.discard Write |it| plain(it.discard(JobState::Failed, &["1".into()]).await);
        jobs.restore Write |it| plain(it.restore(&[]).await);
        jobs.pause Write |it| plain(it.pause().await);
        jobs.resume Write |it| plain(it.resume(false).await);
        jobs.workers Read |it| plain(it.workers().await);
        failed_sends.count Read |it| plain(it.count().await);
        failed_sends.list Read |it| plain(it.list(0, 9).await);
        failed_sends.forget Write |it| plain(it.forget(&[OutboxId(77)]).await);
        failed_sends.send_again Write |it| {
            let again = SendAgain { id: OutboxId(78), send_before: samples::START + Millis::DAY };
            plain(it.send_again(&[again], samples::START).await)
        };
        failed_sends.senders Read |it| plain(it.senders().await);
        instagram.send Write |it| {
            let effect = samples::text("p1", "hello");
            let request = SendRequest {
                account_id: &ACCOUNT.into(),
                contact_id: None,
                effect: &effect,
            };
            it.send(&request).await.map(drop).map_err(|error| error.message)
        };
        instagram.profile Read |it| it
            .profile(&ACCOUNT.into(), &"p1".into())
            .await
            .map(drop)
            .or(Ok(()));
        instagram.reset Read |it| plain(it.reset(&ACCOUNT.into()).await);
        conversations.open Write |it| plain(
            it.open(&ACCOUNT.into(), &"p1".into(), "mid.1", EventTime::default()).await
        );
        // Has no answer: that it does not reach the backend is seen there.
        conversations.release Read |it| {
            it.release(&ACCOUNT.into(), &"p1".into(), Hold(1)).await;
            Ok(())
        };
        // Changes nothing but what the next commit writes.
        conversations.more_follow Read |it| { it.more_follow(Hold(1)); Ok(()) };
        conversations.postpone Read |it| {
            it.postpone(&ACCOUNT.into(), &"p1".into(), Hold(1)).await;
            Ok(())
        };
        announcements.announce Write |it| plain(it.announce(&Stale::Key(KEY.to_owned())).await);
        announcements.ask Write |it| plain(it.ask().await);
        announcements.obeyed Write |it| plain(it.obeyed("ask").await);
        announcements.who_obeyed Read |it| plain(it.who_obeyed("ask").await);
        announcements.call Read |it| { it.call("a worker"); Ok(()) };
        announcements.hear Read |it| { it.hear().await; Ok(()) };
        bulletins.is_watched Read |it| plain(it.is_watched().await);
        bulletins.publish Write |it| plain(it.publish(&bulletin()).await);
        bulletins.listen Read |it| { drop(it.listen()); Ok(()) };
        keys.keys Read |it| plain(it.keys("*", None, 100).await);
        keys.open Read |it| plain(it.open(&[KEY.to_owned()]).await);
        keys.servers Read |it| plain(it.servers().await);
    });
    // An archive is documents besides.
    let archive = Arc::clone(&ports.archive);
    calls.push(Call {
        port: "archive",
        method: "put_contact",
        does: Does::Write,
        answer: Box::pin(async move {
            let contact = samples::contact(ACCOUNT, "p9", samples::START);
            plain(archive.put_contact(&contact).await)
        }),
    });
    calls
}

/// What waits is no error.
async fn at_once<T: Default>(call: impl Future<Output = PortResult<T>>) -> PortResult<T> {
    tokio::time::timeout(std::time::Duration::from_millis(20), call)
        .await
        .unwrap_or_else(|_| Ok(T::default()))
}

fn bulletin() -> Bulletin {
    Bulletin {
        worker: "w".to_owned(),
        run: "r".to_owned(),
        at: 0,
        before: 0,
        left_out: 0,
        told: Vec::new(),
    }
}

fn sent_item() -> heliograph_model::OutboxItem {
    heliograph_model::OutboxItem {
        id: OutboxId(1),
        delivery_id: DeliveryId(1),
        account_id: ACCOUNT.into(),
        contact_id: Some("p1".into()),
        effect: samples::text("p1", "hello"),
        send_before: samples::START + Millis::DAY,
        due_at: samples::START,
        attempts: 0,
        uncertain: false,
    }
}
