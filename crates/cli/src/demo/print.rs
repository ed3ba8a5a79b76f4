//! How the demo looks in a terminal.

use super::script::{Line, Person};
use crate::{output, tell};
use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use heliograph_engine::process::Work;
use heliograph_model::{Awaiting, CacheFigures, Collection, Happening, Millis, OutboxState};
use owo_colors::{OwoColorize, Stream::Stdout};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

type States = [(Person, Option<Awaiting>)];

pub(super) fn opening(listener: &str, instagram: &str) -> anyhow::Result<()> {
    output::line(
        "The demo workspace “Bakery” on the embedded profile: nothing leaves this machine.",
    )?;
    output::line(&format!("  webhooks are posted, signed, to  {listener}"))?;
    output::line(&format!(
        "  answers go to a simulated Instagram at  {instagram}"
    ))
}

/// One line of the script, with what came of it.
pub(super) fn line(
    line: &Line,
    now: Millis,
    happened: &[Arc<Happening>],
    states: &States,
    json: bool,
) -> anyhow::Result<()> {
    if json {
        return output::json(&json!({
            "at": now,
            "line": describe(line),
            "happened": happened,
            "states": states
                .iter()
                .map(|(person, state)| (person.name.to_owned(), json!(state)))
                .collect::<serde_json::Map<_, _>>(),
        }));
    }
    match line {
        Line::Scene(_) => {
            output::line("")?;
            let heading = describe(line);
            output::line(
                &heading
                    .if_supports_color(Stdout, |text| text.bold())
                    .to_string(),
            )?;
        }
        Line::Pass(_) | Line::Follow(_) => {
            let passing = format!("        … {} …", describe(line));
            output::line(
                &passing
                    .if_supports_color(Stdout, |text| text.dimmed())
                    .to_string(),
            )?;
        }
        Line::Say(..) | Line::Tap(_) | Line::ReplyToStory(..) | Line::Comment(..) | Line::Again => {
            output::line("")?;
            output::line(&format!("{}   {}", clock(now), describe(line)))?;
        }
    }
    for happening in happened {
        match &**happening {
            Happening::Decided(record) => {
                let why = format!("        {}", record.decision.trace.summary);
                output::line(
                    &why.if_supports_color(Stdout, |text| text.dimmed())
                        .to_string(),
                )?;
                if let Some(state) = record.decision.trace.state_after {
                    let waits = format!("        state: {state}");
                    output::line(
                        &waits
                            .if_supports_color(Stdout, |text| text.yellow())
                            .to_string(),
                    )?;
                }
            }
            Happening::Sent(record) => {
                let arrow = match record.state {
                    OutboxState::Sent => "←",
                    OutboxState::Retrying
                    | OutboxState::Failed
                    | OutboxState::Unknown
                    | OutboxState::Dropped => "✗",
                };
                output::line(&format!("      {arrow} {}", tell::effect(&record.effect)))?;
                if let Some(error) = &record.error {
                    output::line(&format!("        {error}"))?;
                }
            }
            Happening::Delivery { .. }
            | Happening::ByHand(_)
            | Happening::AutomationChanged { .. }
            | Happening::DeadLetter { .. }
            | Happening::Removed { .. }
            | Happening::PutBack { .. } => {}
        }
    }
    Ok(())
}

fn describe(line: &Line) -> String {
    match line {
        Line::Scene(heading) => (*heading).to_owned(),
        Line::Say(person, text) => format!("{} writes “{text}”", person.name),
        Line::Tap(person) => format!("{} taps the button", person.name),
        Line::ReplyToStory(person, text) => {
            format!("{} replies to the story: “{text}”", person.name)
        }
        Line::Comment(person, text) => format!("{} comments below the post: “{text}”", person.name),
        Line::Again => "Meta delivers the same webhook again".to_owned(),
        Line::Follow(person) => format!("{} follows the account", person.name),
        Line::Pass(millis) => format!("{} minutes pass", millis / Millis::MINUTE),
    }
}

/// Hours, minutes and seconds, UTC.
fn clock(at: Millis) -> String {
    let seconds = at.0.div_euclid(Millis::SECOND).rem_euclid(24 * 60 * 60);
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

pub(super) fn crowd(
    people: u32,
    deliveries: u64,
    sent: u64,
    took: Duration,
    json: bool,
) -> anyhow::Result<()> {
    let millis = took.as_millis();
    if json {
        return output::json(&json!({
            "crowd": people, "deliveries": deliveries, "sent": sent, "millis": millis,
        }));
    }
    output::line("")?;
    let heading = format!("{people} people write, tap, and give an address");
    output::line(
        &heading
            .if_supports_color(Stdout, |text| text.bold())
            .to_string(),
    )?;
    output::line(&format!(
        "        {deliveries} webhooks posted one after the other, {sent} messages sent, in {millis} ms"
    ))
}

/// Hit rates beside their targets, and what was done.
pub(super) fn figures(work: &Work, cache: &CacheFigures, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&json!({ "work": work, "cache": cache }));
    }
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "cache", "hit rate", "target", "reads", "near", "shared", "store",
    ]);
    for collection in [
        Collection::Workspace,
        Collection::Automations,
        Collection::UserState,
    ] {
        let of = cache.of(collection);
        let target = match collection {
            Collection::Workspace => "95 %",
            Collection::Automations => "90 %",
            Collection::UserState => "99 %",
            Collection::Contact => "",
        };
        table.add_row([
            collection.as_str().to_owned(),
            format!("{:.1} %", of.hit_rate() * 100.0),
            target.to_owned(),
            of.reads.to_string(),
            of.near_hits.to_string(),
            of.shared_hits.to_string(),
            of.misses.to_string(),
        ]);
    }
    for column in 1..7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    output::line("")?;
    output::line(&table.to_string())?;
    output::line(
        "The first message of a person is always a miss of the user state, so that rate grows with time.",
    )?;
    output::line(&format!(
        "{} deliveries, {} events, {} decisions, {} duplicates, {} sent, {} failed.",
        work.deliveries, work.events, work.decisions, work.duplicates, work.sent, work.failed
    ))
}
