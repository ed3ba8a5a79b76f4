//! The workspaces of the reference workload.

use super::automation_id;
use heliograph_model::{
    Account, Automation, AutomationType, Button, ButtonAction, Card, EmailStep, FollowStep,
    Keyword, KeywordMatch, MainStep, Message, Millis, OpeningStep, PublicReplyStep, ReactionStep,
    Steps, Target, Trigger, TriggerMode, WhenExhausted, Workspace, WorkspaceFile,
};

/// What people write to set a direct message automation off, one line for each.
const KEYWORDS: [[&str; 4]; 12] = [
    ["price", "prices", "how much", "precio"],
    ["link", "send link", "url", "enlace"],
    ["guide", "ebook", "pdf", "guía"],
    ["discount", "coupon", "code", "rabatt"],
    ["hours", "open today", "opening", "öffnungszeiten"],
    ["shipping", "delivery", "track", "versand"],
    ["course", "class", "workshop", "kurs"],
    ["book", "appointment", "reserve", "termin"],
    ["menu", "lunch", "dinner", "speisekarte"],
    ["size", "sizes", "fit", "größe"],
    ["recipe", "ingredients", "rezept", "receta"],
    ["waitlist", "early access", "launch", "newsletter"],
];

/// The button of every opening message.
pub(super) const OPENING_BUTTON: &str = "Yes, please";
/// The button of every ask to follow.
pub(super) const FOLLOW_BUTTON: &str = "I follow you";
/// The keyword of both comment flows and of the story flow.
pub(super) const COMMENT_KEYWORD: &str = "info";

/// How many direct message automations there are, at most, that somebody sets off.
pub(super) const WITH_KEYWORDS: usize = KEYWORDS.len();

/// The flows of other types that every workspace has.
const OTHER_FLOWS: usize = 3;

/// The workspace of one account with so many automations.
pub(super) fn workspace(account: usize, number: usize) -> WorkspaceFile {
    let workspace_id = format!("bench-workspace-{account:04}").into();
    let made = |place: usize, kind, keywords: &[&str]| {
        let number = i32::try_from(place).unwrap_or_default();
        Automation {
            id: automation_id(account, place),
            workspace_id: format!("bench-workspace-{account:04}").into(),
            kind,
            name: format!("{kind} {place}"),
            is_active: true,
            priority: number,
            target: Target::All,
            trigger: trigger(keywords),
            steps: Steps::default(),
            version: 1,
            created_at: Millis(1_700_000_000_000),
            updated_at: Millis(1_700_000_000_000),
        }
    };
    let mut automations: Vec<Automation> = (0..)
        .zip(KEYWORDS.iter().take(number.saturating_sub(OTHER_FLOWS)))
        .map(|(place, keywords)| Automation {
            steps: conversation(place),
            ..made(place, AutomationType::DmAutomation, keywords)
        })
        .collect();
    let words = [COMMENT_KEYWORD, "link", "price"];
    automations.push(Automation {
        steps: Steps {
            reaction: Some(ReactionStep {
                enabled: true,
                reaction: "love".into(),
            }),
            ..conversation(3)
        },
        ..made(12, AutomationType::StoryReplyFlow, &words)
    });
    let comment = Steps {
        public_reply: Some(PublicReplyStep {
            enabled: true,
            texts: ["Sent!", "Look into your inbox", "On its way"]
                .map(Into::into)
                .into(),
        }),
        ..conversation(3)
    };
    automations.push(Automation {
        target: Target::Media(post(account, 0).into()),
        steps: comment.clone(),
        ..made(13, AutomationType::CommentReplyFlow, &words)
    });
    automations.push(Automation {
        steps: comment,
        ..made(14, AutomationType::CommentReplyFlow, &words)
    });
    automations.extend((WITH_KEYWORDS + OTHER_FLOWS..number).map(|place| {
        let words = ["one", "two", "three", "four"].map(|word| format!("unsaid{place}{word}"));
        let number = i32::try_from(place).unwrap_or_default();
        Automation {
            priority: if place % 2 == 0 { number } else { -number },
            steps: conversation(place),
            ..made(
                place,
                AutomationType::DmAutomation,
                &words.each_ref().map(String::as_str),
            )
        }
    }));
    WorkspaceFile {
        heliograph: WorkspaceFile::VERSION,
        workspace: Workspace {
            id: workspace_id,
            name: format!("Bench {account}"),
        },
        accounts: vec![Account {
            id: format!("1784140000000{account:04}").into(),
            workspace_id: format!("bench-workspace-{account:04}").into(),
            username: format!("bench.{account}"),
            is_active: true,
            aliases: Vec::new(),
            settings: Default::default(),
        }],
        automations,
        contacts: Vec::new(),
    }
}

/// One of the posts and stories of an account.
pub(super) fn post(account: usize, number: u32) -> String {
    format!("18{account:06}000{number:06}")
}

fn trigger(keywords: &[&str]) -> Trigger {
    let keyword = |text: &&str| Keyword {
        text: (*text).into(),
        kind: KeywordMatch::WholeWord,
    };
    Trigger {
        mode: TriggerMode::SpecificKeywords,
        keywords: keywords.iter().map(keyword).collect(),
        include_replies: false,
    }
}

/// The steps of an automation, of which there are four kinds in turn: with an address
/// asked for, with an ask to follow, with the main message alone, with an opening alone.
fn conversation(place: usize) -> Steps {
    let opening = (place % 4 != 2).then(|| OpeningStep {
        enabled: true,
        text: "Hi {{contact.first_name|there}}! Shall I send it to you?".into(),
        button: OPENING_BUTTON.into(),
        delay_seconds: 0,
    });
    let email = place.is_multiple_of(4).then(|| EmailStep {
        enabled: true,
        text: "Where should it go? Type your email address.".into(),
        retry_text: None,
        skip_when_known: false,
        most_asks: 3,
        when_exhausted: WhenExhausted::End,
        delay_seconds: 0,
    });
    let follow = (place % 4 == 1).then(|| FollowStep {
        enabled: true,
        text: "Follow us to get it.".into(),
        button: FOLLOW_BUTTON.into(),
        verify: false,
        skip_when_following: false,
        retry_text: None,
        most_asks: 3,
        when_exhausted: WhenExhausted::End,
        delay_seconds: 0,
    });
    Steps {
        opening,
        follow,
        email,
        main: Some(main(place)),
        ..Steps::default()
    }
}

fn main(place: usize) -> MainStep {
    let shop = |title: &str| Button {
        title: title.into(),
        action: ButtonAction::Url("https://shop.example/all".into()),
    };
    let message = match place % 3 {
        0 => Message::Text {
            text: "Here it is, {{contact.username|friend}}: https://shop.example/it".into(),
            quick_replies: Vec::new(),
        },
        1 => Message::Buttons {
            text: "Have a look at what you asked for.".into(),
            buttons: vec![shop("To the shop"), shop("All offers")],
        },
        _ => Message::Carousel {
            cards: ["One", "Two", "Three"]
                .map(|title| Card {
                    title: title.into(),
                    subtitle: Some("From 9.90".into()),
                    image_url: Some("https://shop.example/card.jpg".into()),
                    buttons: vec![shop("Buy")],
                })
                .into(),
        },
    };
    MainStep {
        enabled: true,
        messages: vec![message],
        delay_seconds: 0,
    }
}
