//! What goes wrong on purpose.

use super::{Run, Stuck};
use crate::scenario::format::Trouble;
use crate::simulator::Done;

impl Run<'_> {
    pub(super) async fn trouble(&mut self, trouble: Trouble) -> Result<(), Stuck> {
        self.world(trouble.subject(), &trouble.in_words());
        Ok(self.stage.perform(Done::Went(trouble)).await?)
    }
}
