// One event, from what is known of it to everything sent and saved.

import { Conversation, isLater, stepOf } from './conversation.mjs';
import { firstMatch, folded } from './match.mjs';
import { decode } from './payload.mjs';

const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}/i;

/** Handles events with what a process has: cache, documents, Instagram. */
export class Handler {
  constructor({ cache, documents, instagram }) {
    Object.assign(this, { cache, documents, instagram });
  }

  /** Handles an event once. Whatever it led to is sent and saved when this returns. */
  async handle(event) {
    const [isNew, account] = await Promise.all([
      this.cache.claim(event.id),
      this.cache.account(event.accountId),
    ]);
    if (!isNew || !account?.isActive) return;
    try {
      await this.#decide(event, account);
      await this.documents.processedEvents.insertOne({ _id: event.id, at: new Date() });
    } catch (error) {
      await this.cache.release(event.id);
      throw error;
    }
  }

  async #decide(event, account) {
    const clicked = decode(event.payload);
    const [type, mediaId] = wanted(event, clicked);
    const { workspaceId } = account;
    const [own, forAll, state, contact] = await Promise.all([
      mediaId ? this.cache.automations(workspaceId, type, mediaId) : [],
      this.cache.automations(workspaceId, type),
      this.cache.userState(event.accountId, event.senderId),
      this.#upsertContact(event),
    ]);
    const isSilenced = contact.silencedUntil > Date.now();
    if (contact.unsubscribed || isSilenced || (state && event.at < olderThan(event, state))) return;
    const { cache, instagram } = this;
    const talk = new Conversation({ event, account, contact, state, instagram, cache });
    const automations = [...own, ...forAll];
    if (clicked) {
      await this.#click(talk, automations, clicked);
    } else if (!(await this.#answersState(talk, automations))) {
      const automation = firstMatch(automations, event);
      if (automation) await this.#start(talk, automation);
    }
    await this.#saveContact(talk);
  }

  /** A click on a button names its automation and its step. */
  async #click(talk, automations, { automationId, step }) {
    const automation = automations.find(({ _id }) => _id === automationId);
    if (!automation?.steps[step]?.enabled) return;
    const { state } = talk;
    if (state?.automationId === automationId && isLater(stepOf(state.state), step)) {
      await talk.ask(automation, stepOf(state.state), { asked: state.asked });
    } else {
      await talk.continueAfter(automation, step);
    }
  }

  /** Whether the event answered what was awaited of the contact. */
  async #answersState(talk, automations) {
    const { event, state } = talk;
    if (!state || !['dm', 'quick_reply'].includes(event.kind)) return false;
    const automation =
      automations.find(({ _id }) => _id === state.automationId) ??
      (await this.#find(talk.account, state));
    if (!automation) return false;
    const step = stepOf(state.state);
    if (step !== 'email') {
      const { button } = automation.steps[step];
      if (!event.text || folded(event.text) !== folded(button)) return false;
      await talk.continueAfter(automation, step);
      return true;
    }
    const [email] = EMAIL.exec(event.text ?? '') ?? [];
    const { mostAsks = 3, whenExhausted } = automation.steps.email;
    if (email) {
      talk.contactChange.email = email;
      talk.contact.email = email;
      await talk.continueAfter(automation, 'email');
    } else if (state.asked < mostAsks) {
      await talk.ask(automation, 'email', { again: true, asked: state.asked + 1 });
    } else if (whenExhausted === 'skip') {
      await talk.continueAfter(automation, 'email');
    } else {
      await talk.end();
    }
    return true;
  }

  /** The automation that a state names, where it is of another type or for another post. */
  async #find(account, { automationId, automationType, target }) {
    const set = await this.cache.automations(account.workspaceId, automationType, target?.media);
    return set.find(({ _id }) => _id === automationId);
  }

  /** A flow starts: with what everybody sees, then the conversation. */
  async #start(talk, automation) {
    const { event, account } = talk;
    const { publicReply, reaction } = automation.steps;
    if (event.kind === 'comment' && publicReply?.enabled) {
      const { texts } = publicReply;
      const text = texts[Math.floor(Math.random() * texts.length)];
      await this.instagram.reply(account, event.id, text);
    }
    if (event.kind === 'story_reply' && reaction?.enabled) {
      await this.instagram.react(account, event.senderId, event.id, reaction.reaction);
    }
    await talk.start(automation);
  }

  /** The contact as it is now, with what the event says of them. */
  #upsertContact({ accountId, senderId, username, isMessage, at }) {
    const now = new Date();
    return this.documents.contacts.findOneAndUpdate(
      { instagramUserId: accountId, senderId },
      {
        $set: { updatedAt: now, ...(username && { username }) },
        ...(isMessage && { $max: { lastMessageAt: new Date(Math.min(at, now.getTime())) } }),
        $setOnInsert: { unsubscribed: false, createdAt: now },
      },
      { upsert: true, returnDocument: 'after' },
    );
  }

  async #saveContact({ contact, contactChange }) {
    if (Object.keys(contactChange).length === 0) return;
    await this.documents.contacts.updateOne({ _id: contact._id }, { $set: contactChange });
  }
}

/** The automations that an event may set off: their type, and the post or story. */
function wanted(event, clicked) {
  if (clicked) return [clicked.type, clicked.mediaId];
  switch (event.kind) {
    case 'comment':
      return ['comment_reply_flow', event.postId];
    case 'story_reply':
      return ['story_reply_flow', event.storyId];
    default:
      return ['dm_automation', null];
  }
}

/** What happened before this came late. Comments have whole seconds only. */
function olderThan({ kind }, { eventAt }) {
  return kind === 'comment' ? Math.floor(eventAt / 1_000) * 1_000 : eventAt;
}
