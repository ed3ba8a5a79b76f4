//! How many webhooks a second one file takes: `cargo run --release --example rate -p
//! heliograph-embedded -- [webhooks] [in flight] [contacts] [file]`.
//!
//! Each webhook is pushed, taken, looked at (contact, user state, mark), committed with a
//! state, a contact and one effect, sent, and finished, as the engine does it; only the
//! engine's own work and Instagram are left out. Everything is durable.

#![allow(clippy::print_stdout, reason = "it prints figures")]
#![allow(clippy::unwrap_used, reason = "a measurement ends where it fails")]

use heliograph_embedded::{Database, Settings};
use heliograph_engine::conformance::samples;
use heliograph_engine::ports::{
    Commit, Committed, Documents, Finished, Ledger, Queue, SystemClock,
};
use heliograph_model::{
    ContactId, Delivery, LookedAt, MatchedBy, Millis, OutboxState, Reason, StateChange, Verdict,
};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

// As the command line has it, for SQLite too.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ACCOUNT: &str = "17841400000000001";

fn body(n: usize, sender: &str) -> String {
    format!(
        "{{\"object\":\"instagram\",\"entry\":[{{\"time\":1795478400123,\"id\":\"{ACCOUNT}\",\
         \"messaging\":[{{\"sender\":{{\"id\":\"{sender}\"}},\"recipient\":{{\"id\":\"{ACCOUNT}\"}},\
         \"timestamp\":1795478400000,\"message\":{{\"mid\":\"aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3\
         ODQxNDAwMDAwMDAwMDAxOjM0MDI4MjM2Njg0MTcxMDMwMTI0NDI1ODY2ODQ3NTg3MjM5MDk{n:016}\",\
         \"text\":\"price please {n}\"}}}}]}}]}}"
    )
}

fn mid(n: usize) -> String {
    format!(
        "message:aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3ODQxNDAwMDAwMDAwMDAxOjM0MDI4MjM2Njg0MTcx\
         MDMwMTI0NDI1ODY2ODQ3NTg3MjM5MDk{n:016}"
    )
}

fn decided(delivery: &Delivery, n: usize, sender: &str) -> Commit {
    let id = delivery.id;
    let now = samples::START + i64::try_from(n).unwrap();
    let mut record = samples::record(id, 0, sender, &format!("price please {n}"));
    record.event.event_id = Some(mid(n).as_str().into());
    record.event.timestamp = Some(now);
    let effect = samples::text(sender, "Here you are: https://shop.example/prices 🎁");
    record.decision.effects = vec![effect.clone()];
    record.decision.contact.last_message_at = Some(now);
    let mut state = samples::user_state(ACCOUNT, sender, now + Millis::DAY);
    state.event_at = now;
    record.decision.state = StateChange::Set(state.clone());
    record.decision.trace.reason = Reason::Started;
    record.decision.trace.summary = "“Prices” started: keyword “price” as a word.".to_owned();
    record.decision.trace.looked_at = vec![LookedAt {
        automation_id: "a1".into(),
        name: "Prices".to_owned(),
        verdict: Verdict::Matched {
            by: MatchedBy::AnyReply,
        },
    }];
    Commit {
        now,
        state: if n.is_multiple_of(2) {
            StateChange::Set(state)
        } else {
            StateChange::Clear
        },
        contact: Some(samples::contact(ACCOUNT, sender, now)),
        outbox: vec![samples::outbox(id, sender, effect)],
        ..samples::commit(&mid(n), record)
    }
}

async fn handle(database: &Database, delivery: Delivery, contacts: usize) {
    let n = usize::try_from(delivery.id.0).unwrap();
    let sender = format!("8{:015}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % contacts);
    let account = ACCOUNT.into();
    let contact = ContactId::from(sender.as_str());
    database.contact(&account, &contact).await.unwrap();
    let commit = decided(&delivery, n, &sender);
    let Committed::Applied(items) = database.commit(commit).await.unwrap() else {
        panic!("every event is new");
    };
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    database.begin_sends(&ids).await.unwrap();
    let ends = items
        .iter()
        .map(|item| samples::ended(item, OutboxState::Sent, None))
        .collect();
    database.end_sends(ends).await.unwrap();
    let done = vec![Finished::Done(delivery.id)];
    database.finish(done).await.unwrap();
}

/// Hundredths of a second that threads have run, by name, where the system says so. On a
/// machine that others use too it says more than the rate.
fn processor_time() -> BTreeMap<String, u64> {
    let mut times = BTreeMap::new();
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    for line in io.lines() {
        let (name, value) = line.split_once(": ").unwrap();
        times.insert(name.to_owned(), value.parse().unwrap());
    }
    for task in std::fs::read_dir("/proc/self/task").into_iter().flatten() {
        let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap();
        let (name, rest) = stat.split_once('(').unwrap().1.rsplit_once(')').unwrap();
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        *times.entry(name.to_owned()).or_default() += ticks;
    }
    times
}

static BEFORE: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

fn rate(what: &str, count: usize, since: Instant) {
    let seconds = since.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = count as f64 / seconds;
    println!("{what:<10} {rate:>9.0} a second ({count} in {seconds:.2} s)");
    let times = processor_time();
    for (thread, ticks) in &times {
        let ticks = ticks - BEFORE.lock().get(thread).copied().unwrap_or(0);
        #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
        let each = ticks as f64 / count as f64;
        match thread.as_str() {
            "wchar" => println!("           {each:>9.0} bytes written each"),
            "rchar" => println!("           {each:>9.0} bytes read each"),
            "syscw" => println!("           {each:>9.2} writes each"),
            "syscr" => println!("           {each:>9.2} reads each"),
            "read_bytes" | "write_bytes" | "cancelled_write_bytes" => {}
            _ => println!("           {:>9.1} µs each of {thread}'s time", each * 1e4),
        }
    }
    *BEFORE.lock() = times;
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = |or: usize| args.next().map_or(or, |arg| arg.parse().unwrap());
    let webhooks = number(200_000);
    let in_flight = number(512);
    let contacts = number(50_000);
    let folder = tempfile::tempdir_in("target").unwrap();
    let path = folder.path().join("rate.db");
    let settings = Settings::new(Arc::new(SystemClock));
    let (database, _) = Database::open(&path, &settings).unwrap();
    let database = Arc::new(database);

    let start = Instant::now();
    let next = Arc::new(AtomicU64::new(0));
    let pushers: Vec<_> = (0..in_flight)
        .map(|_| {
            let (database, next) = (database.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let n = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap();
                    if n >= webhooks {
                        return;
                    }
                    let body = body(n, "8000000000000001");
                    let delivery = samples::delivery(&body, samples::START);
                    database.push(delivery).await.unwrap();
                }
            })
        })
        .collect();
    for pusher in pushers {
        pusher.await.unwrap();
    }
    rate("push", webhooks, start);

    let start = Instant::now();
    work(&database, webhooks, in_flight, contacts).await;
    rate("work", webhooks, start);

    // Both at once, as it is in life.
    let start = Instant::now();
    next.store(0, Ordering::Relaxed);
    let pushers: Vec<_> = (0..in_flight / 2)
        .map(|_| {
            let (database, next) = (database.clone(), next.clone());
            tokio::spawn(async move {
                while usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap() < webhooks {
                    let body = body(1, "8000000000000001");
                    let delivery = samples::delivery(&body, samples::START);
                    database.push(delivery).await.unwrap();
                }
            })
        })
        .collect();
    work(&database, webhooks, in_flight, contacts).await;
    for pusher in pushers {
        pusher.await.unwrap();
    }
    rate("both", webhooks, start);
    pace(&database, contacts).await;
    println!("depth      {:?}", database.depth().await.unwrap());
    println!(
        "file       {} MB, log {} MB",
        std::fs::metadata(&path).unwrap().len() >> 20,
        std::fs::metadata(folder.path().join("rate.db-wal"))
            .unwrap()
            .len()
            >> 20
    );
    let start = Instant::now();
    database.close();
    println!("close      {:?}", start.elapsed());
}

/// A million an hour for ten seconds, arriving when they do and not when there is time:
/// how long a push takes while the rest is going on.
async fn pace(database: &Arc<Database>, contacts: usize) {
    const COUNT: usize = 2_780;
    let start = Instant::now();
    let working = tokio::spawn({
        let database = database.clone();
        async move { work(&database, COUNT, 64, contacts).await }
    });
    let mut pushing = Vec::with_capacity(COUNT);
    for n in 0..COUNT {
        let due = Duration::from_micros(3_600) * u32::try_from(n).unwrap();
        tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
        let database = database.clone();
        pushing.push(tokio::spawn(async move {
            let body = body(n, "8000000000000001");
            let delivery = samples::delivery(&body, samples::START);
            database.push(delivery).await.unwrap();
            start.elapsed().saturating_sub(due)
        }));
    }
    let mut took = Vec::with_capacity(COUNT);
    for push in pushing {
        took.push(push.await.unwrap());
    }
    working.await.unwrap();
    took.sort_unstable();
    rate("paced", COUNT, start);
    for percent in [50, 90, 99] {
        println!(
            "           {:>9.2?} p{percent}",
            took[COUNT * percent / 100]
        );
    }
    println!("           {:>9.2?} at most", took[COUNT - 1]);
}

async fn work(database: &Arc<Database>, webhooks: usize, in_flight: usize, contacts: usize) {
    let permits = Arc::new(tokio::sync::Semaphore::new(in_flight));
    let mut taken = 0;
    while taken < webhooks {
        let permit = permits.clone().acquire_owned().await.unwrap();
        drop(permit);
        let most = permits.available_permits().max(1);
        let deliveries = database.take(most.min(64)).await.unwrap();
        taken += deliveries.len();
        for delivery in deliveries {
            let permit = permits.clone().acquire_owned().await.unwrap();
            let database = database.clone();
            tokio::spawn(async move {
                handle(&database, delivery, contacts).await;
                drop(permit);
            });
        }
    }
    let all = u32::try_from(in_flight).unwrap();
    drop(permits.acquire_many(all).await.unwrap());
}
