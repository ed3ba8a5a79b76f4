//! What each notice says: what happened, and what to do. Nothing here holds a secret.

use super::{NoticeKind, Trouble};
use crate::cache::CacheAlert;
use heliograph_model::{Collection, Millis};

/// A trouble that is told at once.
fn at_once(kind: NoticeKind, about: &str, title: impl Into<String>, text: String) -> Trouble {
    Trouble {
        kind,
        about: about.to_owned(),
        title: title.into(),
        text,
        patience: 0,
        amount: 0,
    }
}

pub(super) fn listener_failed(why: &str) -> Trouble {
    let title = "The listener does not run";
    at_once(NoticeKind::Listener, "", title, why.to_owned())
}

pub(super) fn tunnel_failed(reason: &str, advice: &str) -> Trouble {
    let text = format!("{reason} {advice}").trim().to_owned();
    at_once(NoticeKind::Tunnel, "", "The tunnel ended", text)
}

/// It comes back by itself most of the time, so this waits for half a minute.
pub(super) fn tunnel_away(reason: &str) -> Trouble {
    let text = format!(
        "{reason} It is tried again by itself; until then nothing reaches the listener from outside."
    );
    Trouble {
        patience: 30 * Millis::SECOND,
        ..at_once(NoticeKind::Tunnel, "", "The tunnel is away", text)
    }
}

pub(super) fn address_changed(url: &str) -> Trouble {
    let text = format!(
        "It is {url} now. Meta still posts to the one before: paste the callback URL into the dashboard again."
    );
    let title = "The tunnel has another address";
    at_once(NoticeKind::Address, url, title, text)
}

pub(super) fn not_connected(profile: &str, why: &str) -> Trouble {
    let title = format!("“{profile}” is not connected");
    at_once(
        NoticeKind::Connection,
        &format!("open {profile}"),
        title,
        why.to_owned(),
    )
}

/// A server that does not answer for a moment is nothing new, so this waits for a few
/// seconds.
pub(super) fn server_away(profile: &str, server: &str, why: &str) -> Trouble {
    let text = format!(
        "{why} Deliveries wait until it answers; it is tried again by itself. See whether {server} runs and can be reached."
    );
    Trouble {
        patience: 5 * Millis::SECOND,
        ..at_once(
            NoticeKind::Connection,
            &format!("{server} of {profile}"),
            format!("{server} of “{profile}” does not answer"),
            text,
        )
    }
}

pub(super) fn live_ended(profile: &str) -> Trouble {
    let text = format!(
        "The time for which “{profile}” was live is over: it sends and changes nothing any more. Arm it again if you are not finished."
    );
    let title = format!("“{profile}” is not live any more");
    at_once(NoticeKind::LiveEnded, profile, title, text)
}

pub(super) fn token_refused(profile: &str, account: &str, why: &str) -> Trouble {
    let text = format!(
        "Instagram says: {why} Messages of this account wait until it has another token: connect the account again where it was connected."
    );
    let title = format!("Account {account} of “{profile}” cannot send");
    at_once(NoticeKind::Token, account, title, text)
}

/// Workers elsewhere tell how often, and not for which account.
pub(super) fn token_refused_elsewhere(profile: &str, tries: u64) -> Trouble {
    let text = format!(
        "Instagram refuses a token or a permission to workers of “{profile}”: {} since it was connected. What is for that account waits. Ask Instagram too when you test the profile, or look into the worker's log, to see which that is; then connect it again where it was connected.",
        of(tries, "one try", "tries"),
    );
    let title = format!("An account of “{profile}” cannot send");
    let about = format!("workers of {profile}");
    at_once(NoticeKind::Token, &about, title, text)
}

pub(super) fn sends_failed(profile: &str, count: u64) -> Trouble {
    let (are, these) = if count == 1 {
        ("is", "it")
    } else {
        ("are", "them")
    };
    let text = format!(
        "{} of “{profile}” failed for good, or nobody knows whether {these} arrived, and {are} not sent again by itself. See why in Queue, Failed sends; send again or forget {these} there.",
        capital(&of(count, "a message", "messages")),
    );
    Trouble {
        amount: count,
        ..at_once(NoticeKind::Refused, profile, "Messages were not sent", text)
    }
}

pub(super) fn dead_letter(profile: Option<&str>, count: u64) -> Trouble {
    let text = format!(
        "{} of {} could not be handled and {} not tried again. See why in Queue, mend it, and retry there.",
        capital(&of(count, "a job", "jobs")),
        profile.map_or_else(
            || "the offline profile".to_owned(),
            |name| format!("“{name}”")
        ),
        if count == 1 { "is" } else { "are" },
    );
    Trouble {
        amount: count,
        ..at_once(
            NoticeKind::DeadLetter,
            profile.unwrap_or_default(),
            "Jobs are in the dead letter",
            text,
        )
    }
}

/// A rate is under its target after each start and each edit; only what stays so for long
/// needs somebody.
pub(super) fn hit_rate(alert: &CacheAlert) -> Option<Trouble> {
    let (collection, rate, target) = (alert.collection?, alert.rate?, alert.target?);
    let name = collection_name(collection);
    let text = format!(
        "{} % of {} % for ten minutes. {} {}",
        percent(rate),
        percent(target),
        alert.says,
        alert.to_do
    );
    Some(Trouble {
        patience: 10 * Millis::MINUTE,
        ..at_once(
            NoticeKind::HitRate,
            name,
            format!("The cache's hit rate for {name} is low"),
            text,
        )
    })
}

pub(super) fn collection_name(collection: Collection) -> &'static str {
    match collection {
        Collection::Workspace => "workspaces",
        Collection::Automations => "automations",
        Collection::UserState => "user states",
        Collection::Contact => "contacts",
    }
}

pub(super) fn disk_full(free: u64) -> Trouble {
    let text = format!(
        "{} MiB are free where Heliograph keeps its data. Make room: without it deliveries are refused, so that none is lost.",
        free / (1024 * 1024)
    );
    at_once(NoticeKind::Disk, "", "The disk is nearly full", text)
}

pub(super) fn audit_unwritten(profile: &str, why: &str) -> Trouble {
    let text = format!(
        "{why}. No message of “{profile}” is sent from this window until it can be written: make room on the disk, or let this user write in the application's data folder. What waits goes then."
    );
    let title = "The audit log cannot be written";
    at_once(NoticeKind::Audit, profile, title, text)
}

fn of(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => one.to_owned(),
        count => format!("{count} {many}"),
    }
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(signs).collect()
    })
}

/// One place after the point, without a zero there.
fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}
