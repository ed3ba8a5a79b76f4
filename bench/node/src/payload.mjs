// What a button sends back: its automation and its step, as both systems write it.

const LETTERS = { dm_automation: 'd', story_reply_flow: 's', comment_reply_flow: 'c' };
const TYPES = Object.fromEntries(Object.entries(LETTERS).map(([type, letter]) => [letter, type]));

/** The payload of the button of a step. */
export function encode(automation, step) {
  const media = automation.postId ?? automation.storyId ?? '';
  return `hg1|${LETTERS[automation.type]}|${automation._id}|${media}|${step}`;
}

/** The automation and step of a payload, or null where the button is none of ours. */
export function decode(payload) {
  const [mark, letter, automationId, media, step] = payload?.split('|') ?? [];
  if (mark !== 'hg1' || !step) return null;
  return { type: TYPES[letter], automationId, mediaId: media || null, step };
}
