// The Graph API over kept connections.

import { Agent, request } from 'undici';

const VERSION = 'v25.0';

/** Sends, and reads profiles. */
export class Instagram {
  sent = 0;

  constructor(base) {
    this.base = `${base}/${VERSION}`;
    this.agent = new Agent({ connections: 64, keepAliveTimeout: 60_000 });
  }

  /** A direct message. */
  message(account, recipient, message) {
    return this.#post(account, `${account.instagramUserId}/messages`, { recipient, message });
  }

  /** A reaction to a message. */
  react(account, senderId, messageId, reaction) {
    return this.#post(account, `${account.instagramUserId}/messages`, {
      recipient: { id: senderId },
      sender_action: 'react',
      payload: { message_id: messageId, reaction },
    });
  }

  /** A reply below a comment. */
  reply(account, commentId, text) {
    return this.#post(account, `${commentId}/replies`, { message: text });
  }

  /** What a person's profile says. */
  profile(account, senderId) {
    const fields = 'name,username,is_user_follow_business';
    return this.#call(account, 'GET', `${senderId}?fields=${fields}`);
  }

  close() {
    return this.agent.close();
  }

  async #post(account, path, body) {
    const answer = await this.#call(account, 'POST', path, body);
    this.sent += 1;
    return answer;
  }

  async #call(account, method, path, body) {
    const { statusCode, body: answer } = await request(`${this.base}/${path}`, {
      method,
      dispatcher: this.agent,
      headers: {
        authorization: `Bearer ${account.accessToken}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
    });
    const document = await answer.json();
    if (statusCode >= 400) throw new Error(`Instagram answered ${statusCode}`);
    return document;
  }
}
