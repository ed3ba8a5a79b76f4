//! What can be set on the simulated Instagram.

use heliograph_model::limits;

/// How the simulated Instagram behaves. The default is as strict as the real one about
/// messages, and lenient about people: see [`SimulatedSettings::strict`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedSettings {
    /// Whether only people, comments and messages exist that were added one by one.
    /// Where it is off, a webhook that mentions somebody makes them exist
    /// ([`super::SimulatedInstagram::observe`]), so that a webhook of Meta's that is
    /// posted by hand is answered.
    pub strict: bool,
    /// Sends per second and account, or no limit. On a virtual clock that stands still,
    /// only so many are accepted before it moves.
    pub sends_per_second: Option<u32>,
    /// Private replies per hour and account to comments on posts, or no limit.
    pub private_replies_per_hour: Option<u32>,
    /// Whether a private reply may hold more than text. Meta's page shows text only;
    /// templates are widely sent and arrive.
    pub private_reply_templates: bool,
    /// How long a public reply may be, in characters.
    pub public_reply_chars: usize,
    /// How many of the last sends are kept to be listed.
    pub keep_sent: usize,
    /// How many people, and as many comments and messages each, are remembered; the ones
    /// that were not used for longest go first.
    pub remember: usize,
}

impl Default for SimulatedSettings {
    fn default() -> Self {
        Self {
            strict: false,
            sends_per_second: Some(limits::SENDS_PER_SECOND),
            private_replies_per_hour: Some(limits::PRIVATE_REPLIES_PER_HOUR),
            private_reply_templates: true,
            public_reply_chars: limits::PUBLIC_REPLY_CHARS,
            keep_sent: 10_000,
            remember: 100_000,
        }
    }
}

impl SimulatedSettings {
    /// For the simulator and for measurements: whoever is not added does not exist, and
    /// nothing limits how fast is sent.
    #[must_use]
    pub fn strict_and_unpaced() -> Self {
        Self {
            strict: true,
            sends_per_second: None,
            private_replies_per_hour: None,
            ..Self::default()
        }
    }
}
