//! Doing things on a stage: each is logged, so that it can be done again.

use super::done::{Done, Fact};
use super::moves::{Move, Place};
use super::scene::Actor;
use super::settings::username_of;
use super::stage::Stage;
use super::standing::Standings;
use super::{NewPerson, Result, SimulatorError, webhook};
use heliograph_engine::route::route;
use heliograph_instagram::simulated::{Comment, Person};
use heliograph_model::{ContactId, DeliveryId, DeliverySource, NewDelivery};

impl Stage {
    /// Does something, and keeps it in the log when it could be done.
    pub(crate) async fn perform(&self, done: Done) -> Result<()> {
        self.look_around().await?;
        let is_new = self.seen().log.begin(done.clone(), self.now());
        let outcome = self.carry_out(&done).await;
        if outcome.is_err() && is_new {
            self.seen().log.take_back();
        }
        outcome
    }

    /// Takes in what came of what was done last.
    pub(crate) async fn look_around(&self) -> Result<()> {
        self.settle().await?;
        let standings = Standings::load(self).await?;
        self.take_in(standings).await
    }

    /// Takes in where everybody stands now, and what arrived from outside.
    pub(super) async fn take_in(&self, standings: Standings) -> Result<()> {
        let arrived = {
            let mut seen = self.seen();
            seen.stand(standings);
            std::mem::take(&mut seen.arrived)
        };
        let Some(journal) = self.runtime().journal() else {
            return Ok(());
        };
        for id in arrived {
            if let Some(record) = journal.delivery(id).await? {
                self.seen().log.arrived(id, &record.body);
            }
        }
        Ok(())
    }

    async fn carry_out(&self, done: &Done) -> Result<()> {
        match done {
            Done::Played(moves) => {
                let (body, bubbles) = self.enact(moves);
                self.hand_over(body, bubbles).await
            }
            Done::Again => self.repeat().await,
            Done::Arrived { body, .. } => {
                if !self.is_open_to_others() {
                    self.introduce(body);
                }
                self.hand_over(body.clone(), Vec::new()).await
            }
            Done::Passed { millis, .. } => self.advance(*millis).await,
            Done::Joined(new) => {
                self.enter(new);
                Ok(())
            }
            Done::Followed { person, follows } => {
                if self
                    .instagram()
                    .set_follows(self.account_id(), person, *follows)
                {
                    return Ok(());
                }
                Err(SimulatorError::NoPerson(person.to_string()))
            }
            Done::Spoke { person, language } => self.look(|scene| {
                let actor = scene
                    .person_mut(person)
                    .ok_or_else(|| SimulatorError::NoPerson(person.to_string()))?;
                actor.language.clone_from(language);
                Ok(())
            }),
            Done::Noted { person, fact } => self.note_fact(person, fact).await,
            Done::Put { person, standing } => self.put(person, standing.as_ref()).await,
            Done::PutBack { person, state } => self.put_back(person, state).await,
            Done::Went(trouble) => self.go_wrong(*trouble).await,
            Done::Operated(change) => self.operate(change).await,
            Done::Edited => Ok(()),
        }
    }

    /// Adds a person and says their id.
    pub(crate) async fn add_person(&self, new: &NewPerson) -> Result<ContactId> {
        let new = NewPerson {
            id: Some(self.id_for(new)),
            ..new.clone()
        };
        let id = new.id.clone().unwrap_or_else(|| self.id_for(&new));
        self.perform(Done::Joined(new)).await?;
        Ok(id)
    }

    fn id_for(&self, new: &NewPerson) -> ContactId {
        new.id.clone().unwrap_or_else(|| {
            // As long as the ids that Meta gives, and easy to tell apart.
            let number = 11 + self.seen().people_so_far;
            ContactId::from(format!("9000000000{number:05}"))
        })
    }

    /// A person is there from now on; says their id.
    pub(super) fn enter(&self, new: &NewPerson) -> ContactId {
        let id = self.id_for(new);
        let mut seen = self.seen();
        seen.people_so_far += 1;
        let mut username = new
            .username
            .clone()
            .unwrap_or_else(|| username_of(&new.name));
        if seen
            .scene
            .people
            .iter()
            .any(|other| other.username == username)
        {
            username = format!("{username}.{}", seen.people_so_far);
        }
        let mut person = Person::new(id.clone());
        if !new.hidden {
            person = Person::named(id.clone(), &new.name, &username);
        }
        person.follows = new.follows;
        self.instagram().add_person(self.account_id(), person);
        if seen.scene.person(&id).is_none() {
            let mut actor = Actor::new(id.clone(), new.name.clone(), username);
            actor.language.clone_from(&new.language);
            seen.scene.people.push(actor);
        }
        id
    }

    /// Plays moves that come in one delivery, and returns when it is accepted.
    pub(crate) async fn play(&self, moves: Vec<Move>) -> Result<()> {
        self.perform(Done::Played(moves)).await
    }

    /// A webhook of somebody who is not simulated arrives.
    pub(crate) async fn arrive(&self, body: String) -> Result<()> {
        let delivery = None;
        self.perform(Done::Arrived { body, delivery }).await
    }

    /// Lets virtual time pass: everything that falls due on the way happens at its time.
    pub(crate) async fn let_pass(&self, millis: i64) -> Result<()> {
        let by_itself = false;
        self.perform(Done::Passed { millis, by_itself }).await
    }

    /// Changes what is stored of somebody.
    pub(crate) async fn note(&self, person: &ContactId, fact: Fact) -> Result<()> {
        let person = person.clone();
        self.perform(Done::Noted { person, fact }).await
    }

    /// What the moves are for the simulated Instagram and the scene: the body of their
    /// delivery, and the bubbles that are in it.
    fn enact(&self, moves: &[Move]) -> (String, Vec<String>) {
        let mut items = Vec::with_capacity(moves.len());
        let mut bubbles = Vec::new();
        {
            let mut seen = self.seen();
            let place = Place {
                account: self.account_id(),
                username: self.username(),
                instagram: self.instagram(),
            };
            for one in moves {
                let (item, bubble) = one.play(&place, &mut seen.scene);
                items.push(item);
                bubbles.extend(bubble);
            }
        }
        // A comment has no time but that of its entry, and Meta writes an entry when the
        // last thing in it happens; a late delivery keeps that time.
        let written = moves.iter().map(|one| one.at).max();
        let written = written.unwrap_or_else(|| self.now());
        (webhook::body(self.account_id(), written, &items), bubbles)
    }

    /// Puts a body into the running engine's queue.
    pub(super) async fn deliver(&self, body: String, bubbles: &[String]) -> Result<DeliveryId> {
        let delivery = NewDelivery {
            received_at: self.now(),
            source: DeliverySource::Simulator,
            body: body.into(),
            secret: None,
            accounts: Vec::new(),
        };
        let id = self.runtime().queue().push(delivery).await?;
        self.look(|scene| scene.delivered(bubbles, id));
        Ok(id)
    }

    async fn advance(&self, millis: i64) -> Result<()> {
        let target = self.now() + millis.max(0);
        while let Some(due) = self.clock().next_due().filter(|due| *due <= target) {
            self.clock().advance_to(due);
            self.settle().await?;
        }
        self.clock().advance_to(target);
        self.settle().await
    }

    async fn note_fact(&self, person: &ContactId, fact: &Fact) -> Result<()> {
        self.change_contact(person, |contact| match fact {
            Fact::Email(email) => contact.email.clone_from(email),
            Fact::Unsubscribed(unsubscribed) => contact.unsubscribed = *unsubscribed,
        })
        .await
    }

    /// Makes the people and comments of a webhook known to the simulated Instagram, as
    /// they are to the real one that sent it.
    fn introduce(&self, body: &str) {
        // What cannot be routed concerns nobody; the engine will say what is wrong.
        let events = route(body.as_bytes(), self.now()).unwrap_or_default();
        let (instagram, account) = (self.instagram(), self.account_id());
        for event in events {
            let at = event.timestamp.unwrap_or(self.now());
            let id = event.event_id.as_ref().map(|id| id.as_str());
            if event.kind.is_message_from_contact()
                && let Some(person) = &event.contact_id
            {
                instagram.person_wrote(account, person, id.map(Into::into), at);
            }
            if event.kind.is_comment()
                && let Some(id) = id
            {
                let person = event.contact_id.clone();
                let text = event.text.as_deref().unwrap_or_default();
                let mut comment = Comment::of_person(id, account.clone(), person, text, at);
                comment.media_id.clone_from(&event.media_id);
                if instagram.comment(&comment.id).is_none() {
                    instagram.add_comment(comment);
                }
                if let (Some(person), Some(media)) = (&event.contact_id, &event.media_id) {
                    self.look(|scene| scene.commented(id.into(), person, media));
                }
            }
        }
    }
}
