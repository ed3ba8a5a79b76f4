//! Contacts come by, write, tap and go.

use super::automations::{COMMENT_KEYWORD, FOLLOW_BUTTON, OPENING_BUTTON, WITH_KEYWORDS, post};
use super::bodies::{Envelope, message_id, text};
use super::{Plan, Planned, account_of, of_type};
use bytes::Bytes;
use fastrand::Rng;
use heliograph_model::{
    Automation, AutomationType, ButtonPayload, Millis, StepName, Target, WorkspaceFile,
};
use serde_json::json;

/// What people say when no automation is meant.
const SMALL_TALK: [&str; 8] = [
    "hey, love your work",
    "haha 😂 so true",
    "where was this taken?",
    "can't wait for the next one",
    "das ist ja schön",
    "👏👏👏",
    "did you get my parcel yet?",
    "ok thanks!",
];

/// Who comes back is one of so many of an account who came first last, or of all of them
/// where they are fewer.
const RECENT: usize = 4_000;

/// So often somebody is looked for who is not in the middle of a visit, before somebody
/// new comes instead.
const TRIES: usize = 8;

/// So long somebody stays away who has gone, in milliseconds.
const AWAY_MS: i64 = Millis::MINUTE;

/// Deliveries of a visit, on average.
const DELIVERIES_PER_VISIT: f64 = 3.0;

/// The handle of a contact, in comments as in the profile.
pub(super) fn username(contact: &str) -> String {
    format!("person.{contact}")
}

/// All deliveries of a plan, in the order of their arrival. The visits start within the
/// span, and all but the last one are gone through to their ends.
pub(super) fn deliveries(plan: &Plan, files: &[WorkspaceFile], start: Millis) -> Vec<Planned> {
    let mut world = World {
        rng: Rng::with_seed(plan.seed),
        plan,
        files,
        free_at: vec![vec![start; plan.people_per_account]; files.len()],
        numbers: 0,
        planned: Vec::with_capacity(plan.deliveries + 16),
    };
    #[allow(
        clippy::cast_precision_loss,
        reason = "an even spread needs no exactness"
    )]
    let (span, deliveries) = (plan.span_ms as f64, plan.deliveries as f64);
    let between = span * DELIVERIES_PER_VISIT / deliveries;
    let mut offset = 0.0;
    while world.planned.len() < plan.deliveries {
        #[allow(clippy::cast_possible_truncation, reason = "within the span")]
        world.visit(start + offset as i64);
        offset += between;
    }
    world.planned.truncate(plan.deliveries);
    let mut planned = world.planned;
    planned.sort_by_key(|one| one.at);
    planned
}

struct World<'a> {
    rng: Rng,
    plan: &'a Plan,
    files: &'a [WorkspaceFile],
    /// For each person of each account: from when on they may come back.
    free_at: Vec<Vec<Millis>>,
    numbers: u64,
    planned: Vec<Planned>,
}

/// One visit, under way.
struct Visit<'a> {
    file: &'a WorkspaceFile,
    account: usize,
    person: usize,
    contact: String,
    lane: u64,
    now: Millis,
}

impl Visit<'_> {
    fn envelope(&self) -> Envelope<'_> {
        Envelope {
            account: account_of(self.file),
            at: self.now,
            // Meta takes a moment.
            posted_at: self.now + 350,
        }
    }
}

impl<'a> World<'a> {
    fn visit(&mut self, at: Millis) {
        let mut visit = self.arrives(at);
        match self.rng.u32(0..100) {
            0..40 => self.asks_for_something(&mut visit),
            40..55 => self.talks(&mut visit),
            55..75 => self.comments(&mut visit, true),
            75..80 => self.comments(&mut visit, false),
            80..92 => self.replies_to_story(&mut visit),
            _ => self.does_something_else(&mut visit),
        }
        self.free_at[visit.account][visit.person] = visit.now + AWAY_MS;
    }

    fn arrives(&mut self, at: Millis) -> Visit<'a> {
        // The product of two even draws leans towards the first accounts.
        let files = self.files.len();
        let account = (self.rng.usize(0..files) * self.rng.usize(0..files)) / files.max(1);
        let person = self.somebody(account, at);
        let lane = ((account as u64) << 32) | person as u64;
        Visit {
            file: &self.files[account],
            account,
            contact: format!("90{account:05}{person:010}"),
            person,
            lane,
            now: at,
        }
    }

    /// Somebody of an account who is not in the middle of a visit or just gone.
    fn somebody(&mut self, account: usize, at: Millis) -> usize {
        let known = self.free_at[account].len();
        let is_new = self.rng.u32(0..1_000) < self.plan.new_per_thousand;
        let tries = if is_new || known == 0 { 0 } else { TRIES };
        for _ in 0..tries {
            let person = known - 1 - self.rng.usize(0..known.min(RECENT));
            if self.free_at[account][person] <= at {
                return person;
            }
        }
        self.free_at[account].push(at);
        known
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn pause(&mut self, visit: &mut Visit<'_>) {
        visit.now = visit.now + self.rng.i64(5_000..95_000);
    }

    fn post(&mut self, visit: &Visit<'_>, body: Bytes) {
        self.planned.push(Planned {
            at: visit.envelope().posted_at,
            lane: visit.lane,
            body,
        });
    }

    fn says(&mut self, visit: &Visit<'_>, words: &str) {
        let value = text(self.number(), words);
        let body = visit.envelope().message(&visit.contact, "message", &value);
        self.post(visit, body);
    }

    /// Every second answer is seen while the person still looks.
    fn maybe_reads(&mut self, visit: &mut Visit<'_>) {
        if self.rng.bool() {
            visit.now = visit.now + self.rng.i64(800..4_000);
            let value = json!({ "mid": message_id(self.number()) });
            let body = visit.envelope().message(&visit.contact, "read", &value);
            self.post(visit, body);
        }
    }

    /// Taps the button of the opening or follow step.
    fn taps(&mut self, visit: &mut Visit<'_>, automation: &Automation, step: StepName) {
        self.pause(visit);
        let payload = ButtonPayload {
            automation_id: automation.id.clone(),
            automation_type: automation.kind,
            target: automation.target.clone(),
            step,
            leads: false,
        };
        let title = match step {
            StepName::Follow => FOLLOW_BUTTON,
            _ => OPENING_BUTTON,
        };
        let value = json!({
            "mid": message_id(self.number()),
            "title": title,
            "payload": payload.encode(),
        });
        let body = visit.envelope().message(&visit.contact, "postback", &value);
        self.post(visit, body);
        self.maybe_reads(visit);
    }

    fn asks_for_something(&mut self, visit: &mut Visit<'a>) {
        let flows: Vec<_> = of_type(visit.file, AutomationType::DmAutomation)
            .take(WITH_KEYWORDS)
            .collect();
        let automation = flows[self.rng.usize(0..flows.len())];
        let keywords = &automation.trigger.keywords;
        let keyword = &keywords[self.rng.usize(0..keywords.len())].text;
        let words = match self.rng.u32(0..3) {
            0 => keyword.clone(),
            1 => format!("Hi! {keyword} please 🙏"),
            _ => format!("Hello, I saw your reel. {keyword}?"),
        };
        self.says(visit, &words);
        self.maybe_reads(visit);
        self.goes_on(visit, automation);
    }

    /// Goes through the steps of an automation that has started.
    fn goes_on(&mut self, visit: &mut Visit<'_>, automation: &Automation) {
        let steps = &automation.steps;
        if steps.opening.is_some() {
            self.taps(visit, automation, StepName::Opening);
        }
        if steps.follow.is_some() {
            self.taps(visit, automation, StepName::Follow);
        }
        if steps.email.is_some() {
            self.pause(visit);
            let address = format!("sure, it's someone.{}@example.org", visit.lane & 0xffff);
            self.says(visit, &address);
            self.maybe_reads(visit);
        }
    }

    fn talks(&mut self, visit: &mut Visit<'_>) {
        for _ in 0..self.rng.u32(1..4) {
            let words = SMALL_TALK[self.rng.usize(0..SMALL_TALK.len())];
            self.says(visit, words);
            self.pause(visit);
        }
    }

    fn comments(&mut self, visit: &mut Visit<'a>, with_keyword: bool) {
        let media = post(visit.account, self.rng.u32(0..8));
        let words = match with_keyword {
            true => format!("{COMMENT_KEYWORD} pls"),
            false => SMALL_TALK[self.rng.usize(0..SMALL_TALK.len())].into(),
        };
        let number = self.number();
        let value = json!({
            "from": { "id": visit.contact, "username": username(&visit.contact) },
            "media": { "id": media, "media_product_type": "FEED" },
            "id": format!("179{number:014}"),
            "text": words,
        });
        let body = visit.envelope().comment(&value);
        self.post(visit, body);
        if with_keyword && self.rng.u32(0..3) > 0 {
            let target = Target::Media(media.as_str().into());
            let flows: Vec<_> = of_type(visit.file, AutomationType::CommentReplyFlow).collect();
            // The post's own flow is tried before the one for all posts.
            let own = flows.iter().find(|flow| flow.target == target);
            if let Some(flow) = own.or_else(|| flows.iter().find(|flow| flow.target.is_all())) {
                self.goes_on(visit, flow);
            }
        }
    }

    fn replies_to_story(&mut self, visit: &mut Visit<'a>) {
        let story = post(visit.account, 100 + self.rng.u32(0..4));
        let value = json!({
            "mid": message_id(self.number()),
            "text": format!("{COMMENT_KEYWORD}!"),
            "reply_to": { "story": {
                "id": story,
                "url": "https://lookaside.example/ig_messaging_cdn/?asset_id=1&signature=x",
            } },
        });
        let body = visit.envelope().message(&visit.contact, "message", &value);
        self.post(visit, body);
        self.maybe_reads(visit);
        if let Some(flow) = of_type(visit.file, AutomationType::StoryReplyFlow).next() {
            self.goes_on(visit, flow);
        }
    }

    fn does_something_else(&mut self, visit: &mut Visit<'_>) {
        let number = self.number();
        let envelope = visit.envelope();
        let body = match self.rng.u32(0..3) {
            0 => {
                let value = json!({
                    "mid": message_id(number),
                    "action": "react",
                    "reaction": "love",
                    "emoji": "❤️",
                });
                envelope.message(&visit.contact, "reaction", &value)
            }
            1 => {
                let picture = "https://lookaside.example/ig_messaging_cdn/?asset_id=2&signature=y";
                let value = json!({
                    "mid": message_id(number),
                    "attachments": [{ "type": "image", "payload": { "url": picture } }],
                });
                envelope.message(&visit.contact, "message", &value)
            }
            _ => {
                let mut value = text(number, "Thanks for asking, I'll look into it!");
                value["is_echo"] = true.into();
                envelope.echo(&visit.contact, &value)
            }
        };
        self.post(visit, body);
    }
}
