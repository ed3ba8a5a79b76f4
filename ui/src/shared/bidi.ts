/** Texts that are written from right to left, inside of sentences that are not. */

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * A sentence whose quotations keep their own order: without that, the words and the
 * punctuation of an Arabic or Hebrew quotation trade places with what stands around it.
 */
export function quotesApart(sentence: string): string {
  if (!RIGHT_TO_LEFT.test(sentence)) return sentence;
  return sentence.replace(/“([^”]*)”/g, (whole, quoted: string) =>
    RIGHT_TO_LEFT.test(quoted) ? `“\u2068${quoted}\u2069”` : whole,
  );
}
