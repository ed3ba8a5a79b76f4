//! The policies of the cache layer, one by one.

use anyhow::Result;
use heliograph_embedded::{Database, MemoryCache};
use heliograph_engine::cache::{CachePolicy, Cached, key};
use heliograph_engine::ports::{Cache, CacheWrite, Documents, Ttl, VirtualClock};
use heliograph_model::{
    AccountId, AutomationType, Collection, ContactId, Millis, Outcome, Target, Tier,
};
use heliograph_tests::rig::hooks::{HookedCache, HookedStore};
use heliograph_tests::rig::{START, shop};
use std::sync::Arc;
use std::time::Duration;

struct Layer {
    clock: Arc<VirtualClock>,
    store: Arc<HookedStore>,
    cache: Arc<HookedCache>,
    cached: Arc<Cached>,
}

/// What expired of a collection: near, and in the shared tier.
fn expired(cached: &Cached, collection: Collection) -> (u64, u64) {
    let of = |tier| {
        let all = cached.reads();
        let of_it = all.iter();
        let of_it = of_it.filter(|it| (it.collection, it.tier) == (collection, tier));
        of_it.map(|it| it.expired).sum::<u64>()
    };
    (of(Tier::Near), of(Tier::Shared))
}

impl Layer {
    async fn new(policy: CachePolicy) -> Result<Self> {
        let clock = Arc::new(VirtualClock::new(START));
        let database = Arc::new(Database::temporary(Arc::clone(&clock) as _)?);
        let file = shop::file(200, &[]);
        for account in &file.accounts {
            database.put_account(account).await?;
        }
        let store = Arc::new(HookedStore::new(database));
        let memory = MemoryCache::new(8 << 20, Arc::clone(&clock) as _);
        let cache = Arc::new(HookedCache::new(Arc::new(memory)));
        let cached = Arc::new(Cached::new(
            Arc::clone(&store) as _,
            Arc::clone(&cache) as _,
            Arc::clone(&clock) as _,
            policy,
        ));
        Ok(Self {
            clock,
            store,
            cache,
            cached,
        })
    }

    /// With times to live that are not shortened.
    async fn exact() -> Result<Self> {
        Self::new(CachePolicy {
            jitter: 0.0,
            contact_ms: Some(CachePolicy::CONTACT_MOST_MS),
            ..CachePolicy::default()
        })
        .await
    }

    /// What another process has, on the same store and the same shared tier.
    fn elsewhere(&self) -> Cached {
        Cached::new(
            Arc::clone(&self.store) as _,
            Arc::clone(&self.cache) as _,
            Arc::clone(&self.clock) as _,
            self.cached.policy().clone(),
        )
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_misses_loads_once() -> Result<()> {
    let layer = Layer::new(CachePolicy::default()).await?;
    layer.store.hooks.set(|_| async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        Ok(())
    });
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..500 {
        let cached = Arc::clone(&layer.cached);
        crowd.spawn(async move {
            let (account, _) = cached.account(&shop::account(1)).await?;
            let (kind, target) = (AutomationType::DmAutomation, Target::All);
            let workspace = shop::WORKSPACE.into();
            let (set, _) = cached.automations(&workspace, kind, &target).await?;
            Ok::<_, heliograph_engine::ports::PortError>((account.is_some(), set.is_empty()))
        });
    }
    while let Some(ended) = crowd.join_next().await {
        assert_eq!(ended??, (true, true));
    }
    assert_eq!(layer.store.hooks.calls("account"), 1);
    assert_eq!(layer.store.hooks.calls("active_automations"), 1);
    let figures = layer.cached.figures();
    assert_eq!(
        (figures.workspace.reads, figures.workspace.misses),
        (500, 1)
    );
    Ok(())
}

#[tokio::test]
async fn an_unknown_account_is_remembered_for_a_minute() -> Result<()> {
    let layer = Layer::new(CachePolicy::default()).await?;
    let unknown = AccountId::from("1");
    for _ in 0..10 {
        assert!(layer.cached.account(&unknown).await?.0.is_none());
    }
    assert_eq!(layer.store.hooks.calls("account"), 1);
    let (_, read) = layer.cached.account(&unknown).await?;
    assert_eq!(
        (read.tier, read.outcome),
        (Tier::Near, Outcome::NegativeHit)
    );
    layer.clock.advance(Millis::MINUTE);
    layer.cached.account(&unknown).await?;
    assert_eq!(
        layer.store.hooks.calls("account"),
        2,
        "and then asked for again"
    );
    Ok(())
}

#[tokio::test]
async fn times_to_live_are_shortened_by_up_to_a_tenth_and_differ() -> Result<()> {
    let layer = Layer::new(CachePolicy::default()).await?;
    let mut lives = Vec::new();
    for number in 0..200 {
        let account = shop::account(number);
        layer.cached.account(&account).await?;
        match layer.cache.ttl(&key::workspace(&account)).await? {
            Ttl::Millis(left) => lives.push(left),
            other => panic!("{account} has {other:?}"),
        }
    }
    let (least, most) = (lives.iter().min().unwrap(), lives.iter().max().unwrap());
    assert!(
        *least >= Millis::HOUR * 9 / 10 && *most <= Millis::HOUR,
        "{least} to {most}"
    );
    lives.sort_unstable();
    lives.dedup();
    assert!(lives.len() > 150, "they do not expire together");
    Ok(())
}

#[tokio::test]
async fn a_key_whose_invalidation_failed_is_never_served_old() -> Result<()> {
    let layer = Layer::new(CachePolicy::default()).await?;
    let account = shop::account(3);
    let (before, _) = layer.cached.account(&account).await?;
    let mut edited = (*before.unwrap()).clone();
    edited.username = "renamed".into();
    layer.store.put_account(&edited).await?;
    // The cache can be read all the time; it only takes nothing.
    layer.cache.hooks.fail(|call| call.name != "get");
    layer.cached.invalidate_account(&account).await;
    for _ in 0..3 {
        layer.cached.bypass_near(true);
        layer.cached.bypass_near(false);
        let (seen, read) = layer.cached.account(&account).await?;
        assert_eq!(seen.unwrap().username, "renamed");
        assert_eq!((read.tier, read.outcome), (Tier::Store, Outcome::Bypass));
    }
    assert!(layer.cached.figures().workspace.errors > 0);

    layer.cache.hooks.clear();
    layer.cached.bypass_near(true);
    for expected in [(Tier::Store, Outcome::Miss), (Tier::Shared, Outcome::Hit)] {
        let (seen, read) = layer.cached.account(&account).await?;
        assert_eq!(seen.unwrap().username, "renamed");
        assert_eq!((read.tier, read.outcome), expected, "it is cached again");
    }
    Ok(())
}

#[tokio::test]
async fn a_cache_that_is_down_costs_time_and_nothing_else() -> Result<()> {
    let layer = Layer::new(CachePolicy {
        near_entries: 0,
        ..CachePolicy::default()
    })
    .await?;
    layer.cache.hooks.fail(|_| true);
    for _ in 0..3 {
        let (account, read) = layer.cached.account(&shop::account(1)).await?;
        assert!(account.is_some());
        assert_eq!((read.tier, read.outcome), (Tier::Store, Outcome::Error));
    }
    let figures = layer.cached.figures().workspace;
    assert_eq!((figures.reads, figures.errors, figures.misses), (3, 3, 3));
    Ok(())
}

#[tokio::test]
async fn the_near_tier_is_bypassed_while_invalidations_cannot_be_heard() -> Result<()> {
    let layer = Layer::new(CachePolicy::default()).await?;
    let account = shop::account(1);
    let tier = async || -> Result<Tier> { Ok(layer.cached.account(&account).await?.1.tier) };
    assert_eq!(tier().await?, Tier::Store);
    assert_eq!(tier().await?, Tier::Near);
    layer.cached.bypass_near(true);
    assert_eq!(tier().await?, Tier::Shared);
    assert_eq!(tier().await?, Tier::Shared, "nothing is kept meanwhile");
    layer.cached.bypass_near(false);
    assert_eq!(tier().await?, Tier::Shared, "it begins empty");
    assert_eq!(tier().await?, Tier::Near);
    Ok(())
}

#[tokio::test]
async fn a_near_tier_of_no_entries_stays_off() -> Result<()> {
    let layer = Layer::new(CachePolicy {
        near_entries: 0,
        ..CachePolicy::default()
    })
    .await?;
    let account = shop::account(1);
    // As a lost and regained Pub/Sub connection does.
    layer.cached.bypass_near(true);
    layer.cached.bypass_near(false);
    layer.cached.account(&account).await?;
    let (_, read) = layer.cached.account(&account).await?;
    assert_eq!(read.tier, Tier::Shared);
    Ok(())
}

#[tokio::test]
async fn a_contact_is_read_fresh_unless_a_short_time_is_switched_on() -> Result<()> {
    let fresh = Layer::new(CachePolicy::default()).await?;
    for _ in 0..3 {
        fresh
            .cached
            .contact(&shop::account(0), &"ana".into())
            .await?;
    }
    assert_eq!(fresh.store.hooks.calls("contact"), 3);

    let policy = CachePolicy {
        contact_ms: Some(Millis::HOUR),
        ..CachePolicy::default()
    };
    let cached = Layer::new(policy).await?;
    for _ in 0..3 {
        cached
            .cached
            .contact(&shop::account(0), &"ana".into())
            .await?;
    }
    assert_eq!(cached.store.hooks.calls("contact"), 1);
    cached.clock.advance(CachePolicy::CONTACT_MOST_MS);
    cached
        .cached
        .contact(&shop::account(0), &"ana".into())
        .await?;
    assert_eq!(
        cached.store.hooks.calls("contact"),
        2,
        "30 seconds at the most"
    );
    Ok(())
}

#[tokio::test]
async fn what_is_read_for_after_its_time_has_expired_in_its_tier_and_is_a_miss() -> Result<()> {
    let layer = Layer::exact().await?;
    let (one, other) = (&*layer.cached, layer.elsewhere());
    let account = shop::account(1);
    let read = async |cached: &Cached| -> Result<(Tier, Outcome)> {
        let (_, read) = cached.account(&account).await?;
        Ok((read.tier, read.outcome))
    };
    let of = |cached: &Cached| expired(cached, Collection::Workspace);
    assert_eq!(read(one).await?, (Tier::Store, Outcome::Miss));
    layer.clock.advance(Millis::HOUR - 1);
    assert_eq!(read(one).await?, (Tier::Near, Outcome::Hit));
    assert_eq!(of(one), (0, 0));
    layer.clock.advance(1);
    assert_eq!(read(one).await?, (Tier::Store, Outcome::Miss));
    assert_eq!(of(one), (1, 1));
    assert_eq!(read(one).await?, (Tier::Near, Outcome::Hit));

    // Whoever did not put it there does not know why it is missing.
    layer.clock.advance(Millis::HOUR);
    assert_eq!(read(&other).await?, (Tier::Store, Outcome::Miss));
    assert_eq!(of(&other), (0, 0));
    // What expired near is in the shared tier again by now.
    assert_eq!(read(one).await?, (Tier::Shared, Outcome::Hit));
    assert_eq!(of(one), (2, 1));
    // What one has put there is over, though another one did so since.
    layer.clock.advance(Millis::HOUR);
    assert_eq!(read(one).await?, (Tier::Store, Outcome::Miss));
    assert_eq!(of(one), (3, 2));
    let figures = one.figures().workspace;
    assert_eq!((figures.reads, figures.hits(), figures.misses), (6, 3, 3));
    Ok(())
}

#[tokio::test]
async fn what_was_removed_or_evicted_has_not_expired() -> Result<()> {
    let layer = Layer::exact().await?;
    let (account, ana) = (shop::account(1), ContactId::from("ana"));
    let key = key::user_state(&account, &ana);
    let read = async || -> Result<Outcome> {
        let (_, read) = layer.cached.user_state(&account, &ana).await?;
        Ok(read.outcome)
    };
    let of = || expired(&layer.cached, Collection::UserState);
    assert_eq!(read().await?, Outcome::Miss);
    layer.clock.advance(Millis::DAY);
    assert_eq!((read().await?, of()), (Outcome::Miss, (0, 1)));
    assert_eq!((read().await?, of()), (Outcome::NegativeHit, (0, 1)));

    // Evicted: it is gone before its time.
    layer.cache.remove(std::slice::from_ref(&key)).await?;
    assert_eq!((read().await?, of()), (Outcome::Miss, (0, 1)));
    // Removed by the engine, and asked for later than it would have lived.
    layer.cached.forget_contact(&account, &ana).await;
    layer.clock.advance(Millis::DAY);
    assert_eq!((read().await?, of()), (Outcome::Miss, (0, 1)));
    layer.cached.invalidate_matching("user_state:*").await?;
    layer.clock.advance(Millis::DAY);
    assert_eq!((read().await?, of()), (Outcome::Miss, (0, 1)));
    // A pattern for other keys.
    layer.cached.invalidate_matching("automation:*").await?;
    layer.clock.advance(Millis::DAY);
    assert_eq!((read().await?, of()), (Outcome::Miss, (0, 2)));

    // A write-through that failed leaves nothing that could expire.
    let write = CacheWrite {
        key: key.clone(),
        value: "null".into(),
        ttl_ms: Millis::HOUR,
        only_new: false,
    };
    layer.cache.hooks.fail(|call| call.name == "put");
    layer.cached.write_standing(write.clone()).await;
    layer.cache.hooks.clear();
    layer.clock.advance(Millis::DAY);
    assert_eq!((read().await?, of()), (Outcome::Miss, (0, 2)));
    // One that went in counts from then on.
    layer.cached.write_standing(write).await;
    layer.clock.advance(Millis::HOUR);
    assert_eq!((read().await?, of()), (Outcome::Miss, (0, 3)));
    Ok(())
}

#[tokio::test]
async fn automations_and_contacts_expire_too() -> Result<()> {
    let layer = Layer::exact().await?;
    let (account, ana) = (shop::account(1), ContactId::from("ana"));
    let read = async || -> Result<()> {
        let (kind, target) = (AutomationType::DmAutomation, Target::All);
        let workspace = shop::WORKSPACE.into();
        layer.cached.automations(&workspace, kind, &target).await?;
        layer.cached.contact(&account, &ana).await?;
        Ok(())
    };
    let of = |collection| expired(&layer.cached, collection);
    read().await?;
    layer.clock.advance(CachePolicy::CONTACT_MOST_MS);
    read().await?;
    assert_eq!(of(Collection::Contact), (0, 1));
    assert_eq!(of(Collection::Automations), (0, 0));
    layer.clock.advance(Millis::HOUR);
    read().await?;
    assert_eq!(of(Collection::Contact), (0, 2));
    assert_eq!(of(Collection::Automations), (1, 1));
    Ok(())
}
