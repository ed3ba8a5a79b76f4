//! What the simulator plays: people, posts, comments and messages that come and go.

use super::{
    comments::{Comment, Media},
    core::SimulatedInstagram,
    people::Person,
};
use heliograph_model::{AccountId, CommentId, ContactId, MessageId, Millis};

impl SimulatedInstagram {
    /// Adds a person whom an account may meet, or replaces them; when they last wrote
    /// never moves backwards.
    pub fn add_person(&self, account: &AccountId, mut person: Person) {
        let mut state = self.state();
        let key = (account.clone(), person.id.clone());
        if let Some(before) = state.people.peek(&key) {
            person.last_message_at = person.last_message_at.max(before.last_message_at);
        }
        state.people.insert(key, person);
    }

    /// A person.
    #[must_use]
    pub fn person(&self, account: &AccountId, person: &ContactId) -> Option<Person> {
        let key = (account.clone(), person.clone());
        self.state().people.peek(&key).cloned()
    }

    /// Everybody whom an account may meet, by id.
    #[must_use]
    pub fn people(&self, account: &AccountId) -> Vec<Person> {
        let state = self.state();
        let mut people: Vec<_> = state
            .people
            .iter()
            .filter(|((of, _), _)| of == account)
            .map(|(_, person)| person.clone())
            .collect();
        people.sort_by(|a, b| a.id.cmp(&b.id));
        people
    }

    /// Whether the person follows the account from now on. Whether there is such a person.
    pub fn set_follows(&self, account: &AccountId, person: &ContactId, follows: bool) -> bool {
        self.change_person(account, person, |person| person.follows = follows)
    }

    /// Whether the person blocks the account from now on. Whether there is such a person.
    pub fn set_blocked(&self, account: &AccountId, person: &ContactId, blocked: bool) -> bool {
        self.change_person(account, person, |person| person.blocked = blocked)
    }

    fn change_person(
        &self,
        account: &AccountId,
        person: &ContactId,
        change: impl FnOnce(&mut Person),
    ) -> bool {
        let key = (account.clone(), person.clone());
        let mut state = self.state();
        let found = state.people.get_mut(&key);
        found.is_some_and(|person| {
            change(person);
            true
        })
    }

    /// Adds a post, a story or a live video, or replaces it.
    pub fn add_media(&self, media: Media) {
        self.state().media.insert(media.id.clone(), media);
    }

    /// Adds a comment. The commenter exists from then on, though without consent to read
    /// the profile.
    pub fn add_comment(&self, comment: Comment) {
        self.state().take_in_comment(comment);
    }

    /// A comment.
    #[must_use]
    pub fn comment(&self, id: &CommentId) -> Option<Comment> {
        self.state().comments.peek(id).cloned()
    }

    /// The author deletes a comment. Whether there is such a comment.
    pub fn delete_comment(&self, id: &CommentId) -> bool {
        self.change_comment(id, |comment| comment.deleted = true)
    }

    /// Somebody hides a comment or shows it again. Whether there is such a comment.
    pub fn set_comment_hidden(&self, id: &CommentId, hidden: bool) -> bool {
        self.change_comment(id, |comment| comment.hidden = hidden)
    }

    fn change_comment(&self, id: &CommentId, change: impl FnOnce(&mut Comment)) -> bool {
        let mut state = self.state();
        let found = state.comments.get_mut(id);
        found.is_some_and(|comment| {
            change(comment);
            true
        })
    }

    /// A person wrote or clicked at `at`: the window opens, and the message can be
    /// reacted and replied to. Somebody unknown exists from then on.
    pub fn person_wrote(
        &self,
        account: &AccountId,
        person: &ContactId,
        message: Option<MessageId>,
        at: Millis,
    ) {
        self.state().take_in_message(account, person, message, at);
    }

    /// The author deletes a message. Whether there is such a message.
    pub fn delete_message(&self, id: &MessageId) -> bool {
        let mut state = self.state();
        let found = state.messages.get_mut(id);
        found.is_some_and(|message| {
            message.deleted = true;
            true
        })
    }

    /// An id for a message of a person, as Meta would give it.
    #[must_use]
    pub fn new_message_id(&self) -> MessageId {
        self.state().ids.message()
    }

    /// An id for a comment, a person or a post, as Meta would give it.
    #[must_use]
    pub fn new_numeric_id(&self) -> String {
        self.state().ids.number()
    }
}
