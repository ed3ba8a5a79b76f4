//! A filter at work: its texts in the form in which they are looked for, its times as
//! moments.

use super::times::{Span, Zone};
use super::{Compare, Filter, What};
use crate::traffic::facets::Facets;
use crate::traffic::row::TrafficRow;
use heliograph_engine::ports::{JournalFilter, searchable_body};
use heliograph_model::{AccountId, DeliveryId, Millis};
use std::collections::HashMap;

/// The usernames of accounts, under every id for which webhooks come.
pub type Accounts = HashMap<AccountId, String>;

/// A row with everything that a filter looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What is shown.
    pub row: &'a TrafficRow,
    /// Everything that can be searched for, in lower case.
    pub words: &'a str,
    /// The body as it is searched ([`searchable_body`]); empty where it is not known.
    pub body: &'a str,
    /// What is known beyond the row.
    pub facets: &'a Facets,
    /// Who is behind an account's id.
    pub accounts: &'a Accounts,
}

/// A filter that is ready to look at rows.
#[derive(Debug)]
pub struct Ready<'a> {
    terms: Vec<(bool, Asked<'a>)>,
}

#[derive(Debug)]
enum Asked<'a> {
    /// In lower case.
    Text(String),
    /// The forms in which it may stand in a body.
    Body(Vec<String>),
    Part(&'a What, String),
    Time(Span),
    Plain(&'a What),
}

impl Filter {
    /// Makes it ready to look at rows now, for somebody in a zone.
    #[must_use]
    pub fn ready(&self, now: Millis, zone: Zone) -> Ready<'_> {
        let terms = self.terms.iter();
        let asked = terms.map(|term| (term.negated, Asked::of(&term.what, now, zone)));
        Ready {
            terms: asked.collect(),
        }
    }
}

impl Ready<'_> {
    /// Whether a row is wanted.
    #[must_use]
    pub fn wants(&self, subject: &Subject<'_>) -> bool {
        self.terms
            .iter()
            .all(|(negated, asked)| asked.holds(subject) != *negated)
    }

    /// The part of it that a journal can look for. What it finds has still to be asked
    /// whether it is wanted. `clocks_agree`: what the journal says of arrivals is by the
    /// clock that rows show.
    #[must_use]
    pub fn in_journal(&self, clocks_agree: bool) -> JournalFilter {
        let mut filter = JournalFilter::default();
        let terms = self.terms.iter().filter(|(negated, _)| !negated);
        for (_, asked) in terms {
            match asked {
                Asked::Text(text) => filter.parts.push(text.clone()),
                Asked::Body(forms) => filter.body.push(forms.clone()),
                Asked::Time(span) if clocks_agree => {
                    filter.since = filter.since.max(span.from);
                    filter.until = match (filter.until, span.to) {
                        (Some(until), Some(to)) => Some(until.min(to)),
                        (until, to) => until.or(to),
                    };
                }
                Asked::Plain(What::Kind(kinds)) if kinds.len() == 1 => {
                    filter.kind = kinds.first().copied();
                }
                Asked::Plain(What::Reason(all)) if all.len() == 1 => {
                    filter.reason = all.first().copied();
                }
                Asked::Plain(What::Delivery(id)) => {
                    filter.before = Some(DeliveryId(id.saturating_add(1)));
                }
                _ => {}
            }
        }
        filter
    }
}

impl<'a> Asked<'a> {
    fn of(what: &'a What, now: Millis, zone: Zone) -> Self {
        match what {
            What::Text(text) => Self::Text(text.to_lowercase()),
            What::Body(text) => Self::Body(in_a_body(text)),
            What::Account(part)
            | What::Contact(part)
            | What::Automation(part)
            | What::Worker(part) => Self::Part(what, part.to_lowercase()),
            What::Time(side, moment) => Self::Time(moment.span(*side, now, zone)),
            other => Self::Plain(other),
        }
    }

    fn holds(&self, subject: &Subject<'_>) -> bool {
        let Subject {
            row,
            words,
            body,
            facets,
            accounts,
        } = *subject;
        match self {
            Self::Text(text) => words.contains(text.as_str()),
            Self::Body(forms) => forms.iter().any(|form| body.contains(form.as_str())),
            Self::Time(span) => span.holds(row.at),
            Self::Part(What::Account(_), part) => row.account_id.as_ref().is_some_and(|id| {
                contains(Some(id.as_str()), part)
                    || contains(accounts.get(id).map(String::as_str), part)
            }),
            Self::Part(What::Contact(_), part) => {
                contains(row.contact_id.as_ref().map(AsRef::as_ref), part)
                    || contains(row.username.as_deref(), part)
            }
            Self::Part(What::Worker(_), part) => contains(row.worker.as_deref(), part),
            Self::Part(_, part) => {
                contains(row.automation_id.as_ref().map(AsRef::as_ref), part)
                    || contains(row.automation.as_deref(), part)
            }
            Self::Plain(what) => plain(what, row, facets),
        }
    }
}

/// What is asked of a row without a text or a time.
fn plain(what: &What, row: &TrafficRow, facets: &Facets) -> bool {
    match what {
        What::Kind(kinds) => row.kind.is_some_and(|kind| kinds.contains(&kind)),
        What::Result(results) => results.contains(&row.result),
        What::Reason(reasons) => row.reason.is_some_and(|reason| reasons.contains(&reason)),
        What::Source(sources) => sources.contains(&row.source),
        What::Signature(all) => facets.signature.is_some_and(|state| all.contains(&state)),
        What::State(all) => facets.awaited.is_some_and(|[before, after]| {
            all.iter().any(|wanted| match wanted {
                Some(_) => before == *wanted || after == *wanted,
                None => before.is_none() && after.is_none(),
            })
        }),
        What::Cache(all) => {
            let mut reads = facets.reads.iter();
            reads.any(|read| all.iter().any(|wanted| wanted.is(read)))
        }
        What::Error(all) => {
            let mut troubles = facets.troubles.iter();
            troubles.any(|trouble| all.iter().any(|wanted| wanted.is(trouble)))
        }
        What::Delivery(id) => row.delivery_id.is_some_and(|own| own.0 == *id),
        What::Ms(compare, millis) => row.micros.is_some_and(|micros| {
            let limit = u64::from(*millis) * 1_000;
            match compare {
                Compare::Over => micros > limit,
                Compare::Under => micros < limit,
            }
        }),
        // These are asked in another form.
        What::Text(_)
        | What::Body(_)
        | What::Account(_)
        | What::Contact(_)
        | What::Automation(_)
        | What::Worker(_)
        | What::Time(..) => false,
    }
}

fn contains(text: Option<&str>, part: &str) -> bool {
    text.is_some_and(|text| text.to_lowercase().contains(part))
}

/// The forms in which a text may stand in a body as it is searched: as it is, and where it is
/// written with the escapes of JSON, as what these stand for.
fn in_a_body(text: &str) -> Vec<String> {
    let mut forms = vec![text.to_lowercase()];
    let unescaped = searchable_body(text);
    if !forms.contains(&unescaped) {
        forms.push(unescaped);
    }
    forms
}
