//! What Meta's errors mean: one table, by code and subcode.
//!
//! From Meta's pages "Error codes" (Messenger Platform), "Handle errors" and "Rate
//! limiting". The status says little (nearly everything is a 400, and 401 was seen for a
//! missing person), and so does `type`, which is `OAuthException` on nearly everything:
//! only the code and the subcode count, where the table has them.

use crate::wire::Again;
use heliograph_model::{ErrorClass, Millis};

/// What a code means for the one who retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It did not happen; try again after at least so many milliseconds.
    Later(i64),
    /// It may have happened, and trying again is worth it unless only one is allowed.
    Doubtful,
    /// It has probably happened: not again, unless a second one is harmless.
    Happened,
    /// The token, a permission or the account: nothing goes until somebody acts.
    Account,
    /// Never for this request.
    Never,
    /// Not before the person writes.
    Window,
}

impl Meaning {
    /// The class of the error, given what a second request would do.
    #[must_use]
    pub fn class(self, again: Again) -> ErrorClass {
        match (self, again) {
            (Self::Later(_), _) | (Self::Doubtful, Again::Repeats) => ErrorClass::Retry,
            (Self::Doubtful | Self::Happened, Again::Harmless) => ErrorClass::Retry,
            (Self::Doubtful, Again::OneShot) => ErrorClass::Unknown,
            (Self::Happened, Again::Repeats | Again::OneShot) => ErrorClass::Unknown,
            (Self::Account, _) => ErrorClass::Token,
            (Self::Never, _) => ErrorClass::Permanent,
            (Self::Window, _) => ErrorClass::Window,
        }
    }

    /// How long to wait at least where Instagram does not say.
    #[must_use]
    pub fn wait_ms(self) -> Option<i64> {
        match self {
            Self::Later(wait) => Some(wait),
            Self::Doubtful | Self::Happened | Self::Account | Self::Never | Self::Window => None,
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The code; `None` where the subcode alone decides.
    pub code: Option<i32>,
    /// The subcode; `None` is every subcode that has no line of its own.
    pub subcode: Option<i32>,
    /// What it means.
    pub meaning: Meaning,
    /// What happened and what to do, for people.
    pub says: &'static str,
}

const fn row(code: i32, subcode: i32, meaning: Meaning, says: &'static str) -> Row {
    Row {
        code: Some(code),
        subcode: Some(subcode),
        meaning,
        says,
    }
}

const fn any(code: i32, meaning: Meaning, says: &'static str) -> Row {
    Row {
        code: Some(code),
        subcode: None,
        meaning,
        says,
    }
}

/// A call limit that counts by the second.
const SOON: Meaning = Meaning::Later(Millis::SECOND);
/// A call limit that counts by the hour, or an outage.
const MINUTE: Meaning = Meaning::Later(Millis::MINUTE);
/// A restriction for policy reasons.
const HOUR: Meaning = Meaning::Later(Millis::HOUR);

const RECONNECT: &str =
    "Instagram no longer accepts this account's access token. Reconnect the account.";
const PERMISSION: &str = "The app lacks a permission on this account. Reconnect the account and allow messages and comments.";
const LIMIT: &str = "Instagram's call limit is reached. It is tried again later by itself.";
const OUTAGE: &str = "Instagram has a temporary fault. It is tried again by itself.";
const WINDOW: &str = "The 24-hour window has closed. The person has to write first.";
const UNREACHABLE: &str =
    "The person cannot be reached: blocked, deactivated or not receiving messages.";
const FILE: &str = "Instagram could not use the media file. Check its address, type and size.";
const OTHER_APP: &str =
    "Another app owns this conversation. Give this app control in Meta's conversation routing.";

/// The table.
pub const TABLE: &[Row] = &[
    any(
        1,
        Meaning::Doubtful,
        "Instagram had an unknown fault, and the message may have arrived.",
    ),
    row(
        1,
        99,
        Meaning::Never,
        "Instagram refused it without a reason, often for a missing permission. Check the account's permissions.",
    ),
    row(
        1,
        1_357_046,
        Meaning::Happened,
        "Instagram answered with an error although the message was sent. Look into the conversation before sending it again.",
    ),
    any(2, Meaning::Doubtful, OUTAGE),
    row(2, 1_545_133, MINUTE, OUTAGE),
    any(4, MINUTE, LIMIT),
    any(10, Meaning::Account, PERMISSION),
    row(10, 2_018_065, Meaning::Window, WINDOW),
    row(10, 2_018_278, Meaning::Window, WINDOW),
    row(10, 2_534_022, Meaning::Window, WINDOW),
    row(10, 2_018_108, Meaning::Never, UNREACHABLE),
    row(10, 2_018_300, Meaning::Never, OTHER_APP),
    row(
        10,
        1_893_063,
        HOUR,
        "Instagram has restricted this account's messages for a while for policy reasons. Check the account status in the Instagram app.",
    ),
    row(
        10,
        2_534_077,
        Meaning::Account,
        "The link between the Instagram account, its user and its Page is not verified. Check two-factor sign-in and reconnect the account.",
    ),
    any(17, MINUTE, LIMIT),
    any(32, MINUTE, LIMIT),
    any(
        100,
        Meaning::Never,
        "Instagram refused a value in the request. Check the message.",
    ),
    row(
        100,
        33,
        Meaning::Never,
        "What the request is about does not exist any more or cannot be seen by the app.",
    ),
    row(
        100,
        2_018_001,
        Meaning::Never,
        "Instagram knows nobody with this id.",
    ),
    row(100, 2_018_008, Meaning::Never, FILE),
    row(100, 2_018_047, Meaning::Never, FILE),
    row(100, 2_018_294, Meaning::Never, FILE),
    row(
        100,
        2_018_109,
        Meaning::Never,
        "The media file is too large for Instagram. Use a smaller one.",
    ),
    row(
        100,
        2_534_013,
        Meaning::Account,
        "The Page is not linked to an Instagram account. Link them in Meta's business settings and reconnect.",
    ),
    row(
        100,
        2_534_014,
        Meaning::Never,
        "Instagram knows nobody with this id on this account.",
    ),
    row(
        100,
        2_534_015,
        Meaning::Never,
        "Instagram refused the message's content. Check texts, buttons and addresses.",
    ),
    row(
        100,
        2_534_025,
        Meaning::Never,
        "The comment cannot get a private reply: it has one already, is older than seven days, or is gone.",
    ),
    row(
        100,
        2_534_029,
        Meaning::Account,
        "Instagram has blocked this business from messaging. Check the account status in the Instagram app.",
    ),
    row(100, 2_534_037, Meaning::Never, OTHER_APP),
    Row {
        code: None,
        subcode: Some(2_534_068),
        meaning: Meaning::Never,
        says: "Several pictures in one message are not enabled for this account. Send them one by one.",
    },
    any(102, Meaning::Account, RECONNECT),
    any(190, Meaning::Account, RECONNECT),
    row(
        190,
        458,
        Meaning::Account,
        "The account's owner removed the app. Reconnect the account.",
    ),
    row(
        190,
        459,
        Meaning::Account,
        "Instagram asks the account's owner to confirm something. Sign in to Instagram, then reconnect the account.",
    ),
    row(
        190,
        460,
        Meaning::Account,
        "The account's password was changed. Reconnect the account.",
    ),
    row(
        190,
        463,
        Meaning::Account,
        "The account's access token has expired. Reconnect the account.",
    ),
    row(190, 467, Meaning::Account, RECONNECT),
    row(200, 1_545_041, Meaning::Never, UNREACHABLE),
    row(
        200,
        2_018_028,
        Meaning::Account,
        "The app is not approved for messages yet: only people with a role in it can be written to. Finish Meta's app review.",
    ),
    row(
        200,
        2_534_041,
        Meaning::Account,
        "The account's owner switched off message access for connected tools. Switch it on in Instagram's settings under Messages.",
    ),
    row(
        200,
        2_534_048,
        Meaning::Account,
        "The app lacks Advanced Access to messages. Request it in Meta's app dashboard.",
    ),
    any(
        230,
        Meaning::Window,
        "The person has not agreed to share their profile yet. They have to write first.",
    ),
    any(341, MINUTE, LIMIT),
    any(
        368,
        HOUR,
        "Instagram has blocked this action for a while for policy reasons. Check the account status in the Instagram app.",
    ),
    any(
        506,
        Meaning::Never,
        "Instagram refused the same text twice in a row.",
    ),
    any(551, Meaning::Never, UNREACHABLE),
    row(551, 1_545_041, Meaning::Never, UNREACHABLE),
    any(613, SOON, LIMIT),
    row(613, 2_534_040, SOON, LIMIT),
    row(613, 1996, MINUTE, LIMIT),
    row(
        613,
        2_018_338,
        HOUR,
        "Instagram has slowed this account down for its use of tags. It is tried again later by itself.",
    ),
    any(
        2022,
        Meaning::Account,
        "Instagram has switched off this account's messages after a violation. Check the account status in the Instagram app.",
    ),
    any(
        2200,
        Meaning::Never,
        "Instagram asked the callback URL and did not get its challenge back.",
    ),
    any(80_001, MINUTE, LIMIT),
    any(80_002, MINUTE, LIMIT),
    any(80_006, MINUTE, LIMIT),
    any(9010, Meaning::Never, "Instagram knows nobody with this id."),
    any(2_018_300, Meaning::Never, OTHER_APP),
    any(9_000_001, Meaning::Never, "The message was deleted."),
];

const ANY_PERMISSION: Row = any(200, Meaning::Account, PERMISSION);
const TRANSIENT: Row = any(0, Meaning::Doubtful, OUTAGE);
const LIMITED: Row = any(0, SOON, LIMIT);
const UNLISTED: Row = any(0, Meaning::Never, "Instagram refused the request.");

/// The line for an error: the one with its code and subcode, else that of the subcode
/// alone, else that of the code, else a permission for 200 to 299, else what the HTTP status
/// and `is_transient` say: of a code that nobody knows, they are all there is.
#[must_use]
pub fn look_up(code: i32, subcode: Option<i32>, status: u16, is_transient: bool) -> &'static Row {
    let find = |code, subcode| {
        TABLE
            .iter()
            .find(|row| row.code == code && row.subcode == subcode)
    };
    let exact = subcode
        .and_then(|subcode| find(Some(code), Some(subcode)).or_else(|| find(None, Some(subcode))));
    if let Some(row) = exact.or_else(|| find(Some(code), None)) {
        return row;
    }
    match (code, status) {
        (200..=299, _) => &ANY_PERMISSION,
        (_, 429) => &LIMITED,
        (_, 500..) => &TRANSIENT,
        _ if is_transient => &TRANSIENT,
        _ => &UNLISTED,
    }
}

/// Whether the access token itself is refused, so that no request can pass with it.
#[must_use]
pub fn is_about_token(code: Option<i32>) -> bool {
    matches!(code, Some(102 | 190))
}

/// Whether a limit is that of the app or the whole account, rather than that of the kind
/// of request that ran into it: private replies have one of their own, and messages go on
/// when it is used up.
#[must_use]
pub fn is_about_account(code: Option<i32>, subcode: Option<i32>) -> bool {
    matches!(
        (code, subcode),
        (Some(4 | 17 | 32 | 341 | 368), _) | (Some(10), Some(1_893_063))
    )
}
