// One event of one contact: what was read for it, what it sends, where it leads.
//
// It knows the steps that the reference workload uses, with the rules that both systems
// share; follow gates that are verified, media and delays are not among them.

import { encode } from './payload.mjs';

const STEPS = ['opening', 'follow', 'email', 'main'];
const DAY_MS = 86_400_000;

/** What is awaited after a step has asked. */
const AWAITING = {
  opening: 'awaiting_opening_response',
  follow: 'awaiting_follow_confirmation',
  email: 'awaiting_email',
};

/** The step that asked for what is awaited. */
export function stepOf(awaiting) {
  return STEPS.find((step) => AWAITING[step] === awaiting);
}

/** Whether one step stands behind another. */
export function isLater(step, than) {
  return STEPS.indexOf(step) > STEPS.indexOf(than);
}

export class Conversation {
  /** What is to be written to the contact. */
  contactChange = {};

  constructor({ event, account, contact, state, instagram, cache }) {
    Object.assign(this, { event, account, contact, state, instagram, cache });
  }

  /** Goes through the steps from the first one on. */
  start(automation) {
    return this.#goThrough(automation, STEPS, null);
  }

  /** Goes on behind a step that was answered. */
  continueAfter(automation, step) {
    const startedBy =
      this.state?.automationId === automation._id ? this.state.startedBy : undefined;
    return this.#goThrough(automation, STEPS.slice(STEPS.indexOf(step) + 1), startedBy);
  }

  /** Says once more what is awaited. */
  async ask(automation, step, { again = false, asked }) {
    await this.#send(await this.#question(automation, step, again));
    await this.#awaits(automation, step, asked, this.state.startedBy);
  }

  /** Nothing is awaited any more. */
  async end() {
    if (this.state) await this.cache.clearUserState(this.state);
  }

  async #goThrough(automation, steps, startedBy) {
    for (const step of steps) {
      if (!automation.steps[step]?.enabled) continue;
      if (step === 'main') {
        const { messages } = automation.steps.main;
        // Instagram takes one private reply for a comment.
        const most = this.event.kind === 'comment' ? 1 : messages.length;
        for (const message of messages.slice(0, most)) await this.#send(await this.#main(message));
        continue;
      }
      if (step === 'email' && automation.steps.email.skipWhenKnown && this.contact.email) continue;
      await this.#send(await this.#question(automation, step, false));
      return this.#awaits(automation, step, 1, startedBy);
    }
    return this.end();
  }

  #awaits(automation, step, asked, startedBy) {
    const { event, state } = this;
    const now = Date.now();
    return this.cache.setUserState({
      accountId: event.accountId,
      senderId: event.senderId,
      automationId: automation._id,
      automationType: automation.type,
      ...targetOf(automation),
      state: AWAITING[step],
      asked,
      startedBy: startedBy ?? event.id,
      eventAt: Math.max(event.at, state?.eventAt ?? 0),
      updatedAt: now,
      expiresAt: now + DAY_MS,
    });
  }

  async #question(automation, name, again) {
    const step = automation.steps[name];
    const text = await this.#text((again && step.retryText) || step.text);
    if (name === 'email') return { text };
    const title = await this.#text(step.button);
    const button = { type: 'postback', title, payload: encode(automation, name) };
    return template({ template_type: 'button', text, buttons: [button] });
  }

  async #main(message) {
    switch (message.type) {
      case 'text':
        return { text: await this.#text(message.text) };
      case 'buttons':
        return template({
          template_type: 'button',
          text: await this.#text(message.text),
          buttons: links(message.buttons),
        });
      case 'carousel':
        return template({
          template_type: 'generic',
          elements: message.cards.map((card) => ({
            title: card.title,
            subtitle: card.subtitle,
            image_url: card.imageUrl,
            buttons: links(card.buttons),
          })),
        });
      default:
        throw new Error(`a message of type ${message.type} is not known`);
    }
  }

  #send(message) {
    const { event, account } = this;
    const recipient = event.kind === 'comment' ? { comment_id: event.id } : { id: event.senderId };
    return this.instagram.message(account, recipient, message);
  }

  /** A text with its variables filled in; reads the profile when that could tell one. */
  async #text(text) {
    if (!text.includes('{{')) return text;
    const wanted = [...text.matchAll(/\{\{\s*([\w.]+)/g)].map(([, name]) => name);
    if (wanted.some((name) => !this.#value(name)) && this.#mayReadProfile()) {
      await this.#readProfile();
    }
    return text.replace(/\{\{\s*([\w.]+)\s*(?:\|([^}]*))?\}\}/g, (_, name, fallback) => {
      return this.#value(name) ?? fallback?.trim() ?? '';
    });
  }

  #value(name) {
    switch (name) {
      case 'contact.first_name':
        return this.contact.name?.split(/\s+/)[0];
      case 'contact.username':
        return this.contact.username;
      case 'contact.email':
        return this.contact.email;
      case 'account.username':
        return this.account.username;
      default:
        return this.event.text;
    }
  }

  /** A profile is read once, and not before the person has written. */
  #mayReadProfile() {
    const { name, follows, lastMessageAt } = this.contact;
    return name == null && follows == null && lastMessageAt != null;
  }

  async #readProfile() {
    const profile = await this.instagram.profile(this.account, this.event.senderId);
    const { name, username, is_user_follow_business: follows } = profile;
    Object.assign(this.contactChange, { name, username, follows });
    Object.assign(this.contact, this.contactChange);
  }
}

function targetOf({ postId, storyId }) {
  const media = postId ?? storyId;
  return media ? { target: { media } } : {};
}

function template(payload) {
  return { attachment: { type: 'template', payload } };
}

function links(buttons) {
  return buttons.map(({ title, url }) => ({ type: 'web_url', url, title }));
}
