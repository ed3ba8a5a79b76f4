//! What goes wrong on purpose.

use super::{Run, Stuck};
use crate::scenario::format::{BadAnswer, Trouble};
use heliograph_instagram::simulated::{Failure, Fault, Requests};

impl Run<'_> {
    pub(super) async fn trouble(&mut self, trouble: Trouble) -> Result<(), Stuck> {
        match trouble {
            Trouble::Instagram { answer, times } => {
                let (failure, words) = match answer {
                    BadAnswer::ServerError => (Failure::Status(500), "a server error"),
                    BadAnswer::TooMany => (Failure::limited(613, 60), "“too many requests”"),
                    BadAnswer::TokenExpired => (Failure::TokenExpired, "“the token has expired”"),
                    BadAnswer::DropsAfter => {
                        (Failure::DropAfter, "nothing, after having taken it,")
                    }
                    BadAnswer::DropsBefore => (Failure::DropBefore, "nothing"),
                    BadAnswer::Refuses => (Failure::error(100, 2_534_015), "a refusal"),
                };
                let how_often = match times {
                    None => "until it recovers".to_owned(),
                    Some(1) => "once".to_owned(),
                    Some(times) => format!("{times} times"),
                };
                self.world("instagram", &format!("answers with {words} {how_often}"));
                let fault = match times {
                    Some(times) => Fault::next(times, failure),
                    None => Fault::always(failure),
                };
                self.stage.instagram().fail(fault.on(Requests::Sends));
            }
            Trouble::Recovers => {
                self.world("instagram", "answers well again");
                self.stage.instagram().lift_all();
                // As when the account is connected again with a new token.
                let instagram = self.stage.runtime().instagram();
                instagram.reset(self.stage.account_id()).await?;
            }
            Trouble::CacheLost => {
                self.world("cache", "has lost everything");
                self.stage.lose_cache().await?;
            }
        }
        Ok(())
    }
}
