// A webhook becomes events. What can never set anything off is left out here.

/** The events of a webhook that somebody wrote or tapped, in their order. */
export function eventsOf(webhook) {
  const events = [];
  for (const entry of webhook.entry ?? []) {
    for (const item of entry.messaging ?? []) {
      const event = fromMessaging(entry, item);
      if (event) events.push(event);
    }
    for (const change of entry.changes ?? []) {
      const event = fromChange(entry, change);
      if (event) events.push(event);
    }
  }
  return events;
}

function fromMessaging(entry, item) {
  const { message, postback } = item;
  const accountId = String(entry.id);
  const senderId = item.sender?.id;
  // Echoes, and whatever else the account itself did.
  if (!senderId || senderId === accountId || message?.is_echo) return null;
  const common = { accountId, senderId, at: item.timestamp, isMessage: true };
  if (postback) {
    const { mid, title, payload } = postback;
    return { ...common, kind: 'postback', id: mid, text: title, payload };
  }
  if (!message || message.is_deleted || message.is_unsupported) return null;
  const { mid, text, attachments, quick_reply: quickReply, reply_to: replyTo } = message;
  if (quickReply) {
    return { ...common, kind: 'quick_reply', id: mid, text, payload: quickReply.payload };
  }
  if (replyTo?.story) {
    return { ...common, kind: 'story_reply', id: mid, text, storyId: replyTo.story.id };
  }
  if (text || attachments) return { ...common, kind: 'dm', id: mid, text };
  return null;
}

function fromChange(entry, { field, value }) {
  if (field !== 'comments' || !value?.id) return null;
  const accountId = String(entry.id);
  const senderId = value.from?.id;
  if (!senderId || senderId === accountId) return null;
  return {
    kind: 'comment',
    id: value.id,
    accountId,
    senderId,
    username: value.from.username,
    text: value.text,
    postId: value.media?.id,
    isReply: Boolean(value.parent_id) && value.parent_id !== value.media?.id,
    at: entry.time * 1_000,
    isMessage: false,
  };
}
