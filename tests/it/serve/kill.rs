//! `kill -9` at random moments: what was answered with 200 takes effect once, and the
//! only repeats are sends that were under way at a kill, each of them marked.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_model::{AccountId, ContactId, Millis};
use heliograph_tests::production::is_long;
use heliograph_tests::rig::served::{Poster, Site};
use heliograph_tests::rig::{shop, text_of, webhook};
use heliograph_tests::wait;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Each contact writes so many, one after the other.
const EACH: usize = 8;
/// Enough that the pace of an account, 90 sends a second, does not hold anything up.
const ACCOUNTS: usize = 50;
/// How many post at the same time.
const POSTERS: usize = 48;

fn account_of(contact: usize) -> AccountId {
    shop::account(contact % ACCOUNTS)
}

fn contact_id(contact: usize) -> ContactId {
    format!("{}", 900_000_000_000 + contact).into()
}

fn text(contact: usize, number: usize) -> String {
    format!("{contact}-{number}")
}

fn mid(contact: usize, number: usize) -> String {
    format!("m_{}", text(contact, number))
}

fn body(contact: usize, number: usize) -> Bytes {
    let (account, now) = (account_of(contact), SystemClock.now());
    let item = webhook::text(
        &account,
        &contact_id(contact),
        &mid(contact, number),
        &text(contact, number),
        now,
    );
    webhook::messaging(&account, &[item], now)
}

/// Posts the webhooks of some contacts, each until it was answered with 200, several
/// contacts mixed, each contact's in order.
async fn post(
    poster: Poster,
    url: Arc<str>,
    contacts: Vec<usize>,
    answered: Arc<AtomicUsize>,
    reposted: Arc<AtomicUsize>,
    give_up: Arc<AtomicBool>,
) -> Result<()> {
    for number in 0..EACH {
        for contact in &contacts {
            let body = body(*contact, number);
            loop {
                ensure!(
                    !give_up.load(Ordering::Relaxed),
                    "the test has failed elsewhere"
                );
                match poster.post(&url, &body).await {
                    Ok((200, _)) => break,
                    // While it is down nothing listens; while it ends it may say so.
                    Ok((503, _)) | Err(_) => {
                        reposted.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                    Ok((status, answer)) => anyhow::bail!("answered {status}: {answer}"),
                }
            }
            answered.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kill_loses_nothing_and_repeats_only_what_was_in_flight() -> Result<()> {
    let (kills, contacts) = if is_long() { (20, 2_500) } else { (5, 1_000) };
    let webhooks = contacts * EACH;
    let seed = match std::env::var("HELIOGRAPH_SEED") {
        Ok(seed) => seed.parse().context("HELIOGRAPH_SEED is a number")?,
        Err(_) => fastrand::u64(..),
    };
    println!("HELIOGRAPH_SEED={seed} gives the same moments again; {kills} kills");
    let mut random = fastrand::Rng::with_seed(seed);

    let site = Site::shop(ACCOUNTS, &[shop::parrot()]).await?;
    for contact in 0..contacts {
        let (account, now) = (account_of(contact), SystemClock.now());
        site.instagram
            .person_wrote(&account, &contact_id(contact), None, now);
    }
    let mut served = site.serve()?;
    let port = served.port()?;
    let url: Arc<str> = served.url.as_str().into();

    let started = Instant::now();
    let answered = Arc::new(AtomicUsize::new(0));
    let reposted = Arc::new(AtomicUsize::new(0));
    let give_up = Arc::new(AtomicBool::new(false));
    let mut posters = tokio::task::JoinSet::new();
    for number in 0..POSTERS {
        let its_own = (number..contacts).step_by(POSTERS).collect();
        posters.spawn(post(
            Poster::new()?,
            Arc::clone(&url),
            its_own,
            Arc::clone(&answered),
            Arc::clone(&reposted),
            Arc::clone(&give_up),
        ));
    }

    // At so many answers, and a moment later.
    let mut moments: Vec<_> = (0..kills)
        .map(|_| random.usize(webhooks / 40..webhooks - webhooks / 40))
        .collect();
    moments.sort_unstable();
    let mut killed_at: Vec<Millis> = Vec::new();
    let mut down = Duration::ZERO;
    for moment in moments {
        while answered.load(Ordering::Relaxed) < moment {
            if let Some(ended) = posters.try_join_next() {
                // One may be through with its own while the others are not.
                if let Err(error) = ended? {
                    give_up.store(true, Ordering::Relaxed);
                    return Err(error);
                }
                ensure!(
                    !posters.is_empty(),
                    "the posters ended before the last kill"
                );
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_micros(random.u64(0..20_000))).await;
        killed_at.push(SystemClock.now());
        served.kill()?;
        let dead = Instant::now();
        served = site.serve_again(port)?;
        down += dead.elapsed();
    }
    while let Some(ended) = posters.join_next().await {
        ended??;
    }
    let posted = started.elapsed();

    let patience = Duration::from_secs(120);
    wait::until_within(patience, "the queue and the outbox are empty", async || {
        let left =
            site.count("SELECT (SELECT count(*) FROM queue) + (SELECT count(*) FROM outbox)");
        Ok((left? == 0).then_some(()))
    })
    .await?;
    let drained = started.elapsed();
    let (status, said) = served.terminate().await?;
    ensure!(status.success(), "it did not end well: {said}");

    let decisions = check_decisions(&site, contacts)?;
    let repeats = check_sends(&site, contacts, &killed_at)?;
    println!(
        "{webhooks} webhooks of {contacts} contacts, {kills} kills: posted in {:.1} s ({:.1} s of it down), drained after {:.1} s, {:.0} a second",
        posted.as_secs_f64(),
        down.as_secs_f64(),
        drained.as_secs_f64(),
        f64::from(u32::try_from(webhooks)?) / drained.as_secs_f64(),
    );
    println!(
        "{} posts without an answer were posted again, {} of those had been accepted; {} sends under way at a kill, {} of them arrived twice",
        reposted.load(Ordering::Relaxed),
        decisions.duplicates,
        repeats.marked,
        repeats.repeated,
    );
    Ok(())
}

struct Decisions {
    duplicates: usize,
}

/// Each event took effect once: one decision that is no duplicate.
fn check_decisions(site: &Site, contacts: usize) -> Result<Decisions> {
    let database = site.look()?;
    let mut select = database.prepare(
        "SELECT body ->> '$.event.eventId', body ->> '$.decision.trace.reason' FROM decisions",
    )?;
    let rows = select.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut effects: HashMap<String, usize> = HashMap::new();
    let mut duplicates = 0;
    for row in rows {
        let (id, reason): (String, String) = row?;
        if reason == "duplicate" {
            duplicates += 1;
        } else {
            ensure!(reason == "started", "{id}: {reason}");
            *effects.entry(id).or_default() += 1;
        }
    }
    for contact in 0..contacts {
        for number in 0..EACH {
            let mid = mid(contact, number);
            let times = effects.get(&mid).copied().unwrap_or(0);
            ensure!(
                times == 1,
                "{mid} was answered with 200 and took effect {times} times"
            );
        }
    }
    ensure!(effects.len() == contacts * EACH);
    let dead = site.count("SELECT count(*) FROM dead_letters")?;
    ensure!(dead == 0, "{dead} dead letters");
    Ok(Decisions { duplicates })
}

struct Repeats {
    repeated: usize,
    marked: usize,
}

/// Each message arrived, each contact's in order; what arrived twice was under way at a
/// kill, and is marked in the journal.
fn check_sends(site: &Site, contacts: usize, killed_at: &[Millis]) -> Result<Repeats> {
    let database = site.look()?;
    let mut select = database.prepare(
        "SELECT body ->> '$.effect.message.text', body ->> 'state', body ->> 'uncertain' FROM sends",
    )?;
    let rows = select.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut marked = BTreeSet::new();
    for row in rows {
        let (text, state, uncertain): (Option<String>, String, bool) = row?;
        let text = text.context("a send with a text")?;
        ensure!(state == "sent", "“{text}” ended as {state}");
        if uncertain {
            marked.insert(text);
        }
    }
    let mut arrived: BTreeMap<ContactId, Vec<(String, Millis)>> = BTreeMap::new();
    for sent in site.instagram.sent() {
        let contact = sent.contact_id.clone().context("a send to somebody")?;
        let text = text_of(&sent).context("a text")?;
        arrived.entry(contact).or_default().push((text, sent.at));
    }
    let mut repeated = 0;
    for contact in 0..contacts {
        let mut got = arrived.remove(&contact_id(contact)).unwrap_or_default();
        for pair in got.windows(2) {
            let [(text, first), (next, second)] = pair else {
                continue;
            };
            if text == next {
                repeated += 1;
                ensure!(
                    marked.contains(text),
                    "“{text}” arrived twice and is not marked"
                );
                let between = killed_at
                    .iter()
                    .any(|at| first <= &(*at + 100) && at <= second);
                ensure!(between, "“{text}” arrived twice without a kill in between");
            }
        }
        got.dedup_by(|a, b| a.0 == b.0);
        let got: Vec<_> = got.into_iter().map(|(text, _)| text).collect();
        let expected: Vec<_> = (0..EACH)
            .map(|number| format!("You wrote {}", text(contact, number)))
            .collect();
        ensure!(got == expected, "contact {contact} got {got:?}");
    }
    ensure!(arrived.is_empty(), "somebody unknown got a message");
    Ok(Repeats {
        repeated,
        marked: marked.len(),
    })
}
