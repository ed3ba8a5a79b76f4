/** Finding what somebody means who types a few letters. */

/** How well a text fits what was typed, or null: all words of it must be found. */
export function scoreOf(text: string, typed: string): number | null {
  const where = fold(text);
  const words = fold(typed).split(/\s+/).filter(Boolean);
  let sum = 0;
  for (const word of words) {
    const one = wordScore(where, word);
    if (one === null) return null;
    sum += one;
  }
  return sum;
}

/** The start of the text is best, then the start of a word, then anywhere, then letters. */
function wordScore(text: string, word: string): number | null {
  const at = text.indexOf(word);
  if (at === 0) return 100 - text.length / 100;
  if (at > 0) {
    const starts = !/[\p{L}\p{N}]/u.test(text[at - 1] ?? " ");
    return (starts ? 80 : 50) - at / 100;
  }
  if (word.length < 2) return null;
  // Its letters one behind the other, such as "nwl" for "new lead".
  let from = 0;
  let gaps = 0;
  for (const letter of word) {
    const found = text.indexOf(letter, from);
    if (found < 0) return null;
    gaps += found - from;
    from = found + 1;
  }
  return gaps > text.length / 2 ? null : 20 - gaps / 10;
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The best of them, in the order in which they fit; all of them when nothing was typed. */
export function best<T>(
  items: readonly T[],
  typed: string,
  text: (item: T) => string,
  most: number,
) {
  if (typed.trim() === "") return items.slice(0, most);
  return items
    .map((item) => ({ item, score: scoreOf(text(item), typed) }))
    .filter((each): each is { item: T; score: number } => each.score !== null)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ item }) => item);
}
