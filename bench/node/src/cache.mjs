// What is read for every event: through Redis, and from MongoDB on a miss.

const HOUR = 3_600;
const DAY = 86_400;

/** The times of a user state: dates in MongoDB, milliseconds everywhere else. */
const TIMES = ['eventAt', 'updatedAt', 'expiresAt'];

/** Reads and writes through the cache. */
export class Cache {
  constructor(redis, documents) {
    this.redis = redis;
    this.documents = documents;
  }

  /** The account that a webhook is for, with its workspace and its token. */
  account(instagramId) {
    return this.#through(`workspace:${instagramId}`, HOUR, () =>
      this.documents.accounts.findOne({ instagramUserId: instagramId }),
    );
  }

  /** The active automations of a type for one post or story, or for all of them. */
  automations(workspaceId, type, mediaId) {
    return this.#through(`automation:${workspaceId}:${type}:${mediaId ?? 'all'}`, HOUR, () => {
      const target = {};
      if (type === 'comment_reply_flow') target.postId = mediaId ?? null;
      if (type === 'story_reply_flow') target.storyId = mediaId ?? null;
      return this.documents.automations
        .find({ workspaceId, type, isActive: true, ...target })
        .sort({ priority: 1, createdAt: 1, _id: 1 })
        .toArray();
    });
  }

  /** Where a contact stands. That they stand nowhere is remembered as well. */
  async userState(accountId, senderId) {
    const state = await this.#through(stateKey(accountId, senderId), DAY, async () => {
      const found = await this.documents.userStates.findOne(
        { accountId, senderId },
        { projection: { _id: 0 } },
      );
      return found && withTimes(found, (date) => date.getTime());
    });
    return state && state.expiresAt > Date.now() ? state : null;
  }

  /** Writes where a contact stands now to both. */
  async setUserState(state) {
    const { accountId, senderId } = state;
    await Promise.all([
      this.redis.set(stateKey(accountId, senderId), JSON.stringify(state), 'EX', DAY),
      this.documents.userStates.updateOne(
        { accountId, senderId },
        { $set: withTimes(state, (millis) => new Date(millis)) },
        { upsert: true },
      ),
    ]);
  }

  /** Nothing is awaited of a contact any more. */
  async clearUserState({ accountId, senderId }) {
    await Promise.all([
      this.redis.set(stateKey(accountId, senderId), 'null', 'EX', DAY),
      this.documents.userStates.deleteOne({ accountId, senderId }),
    ]);
  }

  /** Whether nobody has handled this event yet; from now on somebody has. */
  async claim(eventId) {
    return (await this.redis.set(`dedup:${eventId}`, '1', 'EX', DAY, 'NX')) === 'OK';
  }

  /** Gives an event back that could not be handled, so that the next attempt can. */
  release(eventId) {
    return this.redis.del(`dedup:${eventId}`);
  }

  async #through(key, seconds, load) {
    const cached = await this.redis.get(key);
    if (cached !== null) return JSON.parse(cached);
    const loaded = await load();
    await this.redis.set(key, JSON.stringify(loaded ?? null), 'EX', seconds);
    return loaded;
  }
}

function stateKey(accountId, senderId) {
  return `user_state:${accountId}:${senderId}`;
}

function withTimes(state, as) {
  return { ...state, ...Object.fromEntries(TIMES.map((name) => [name, as(state[name])])) };
}
