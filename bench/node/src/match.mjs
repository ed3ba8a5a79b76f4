// Which automation a text sets off.

const MARKS = /\p{M}+/gu;
const BETWEEN_WORDS = /[^\p{L}\p{N}]+/gu;

/** A text without case and accents, its words apart by one space and one at the ends. */
export function folded(text) {
  const bare = text.normalize('NFKD').replace(MARKS, '').toLowerCase();
  return ` ${bare.replace(BETWEEN_WORDS, ' ').trim()} `;
}

/** The first automation that matches; they come in the order in which they are tried. */
export function firstMatch(automations, { text, isReply }) {
  const words = text ? folded(text) : null;
  return automations.find(({ trigger }) => {
    if (isReply && !trigger.includeReplies) return false;
    if (trigger.mode === 'any_reply') return true;
    return words !== null && trigger.keywords.some((keyword) => matches(keyword, words));
  });
}

function matches({ text, match }, words) {
  const keyword = folded(text);
  switch (match) {
    case 'anywhere':
      return words.includes(keyword.trim());
    case 'exactly':
      return words === keyword;
    default:
      return words.includes(keyword);
  }
}
