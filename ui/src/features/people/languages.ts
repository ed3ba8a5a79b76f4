/** Languages in which simulated people write, as BCP 47 tags with names. */

import { texts } from "@/texts";

/** The ones that can be chosen by name. */
export const COMMON: readonly string[] = Object.keys(texts.people.languages);

/** What a language is called; its tag where nobody knows a name. */
export function languageName(tag: string): string {
  const common = texts.people.languages[tag];
  if (common) return common;
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A tag as it is usually written; null when it is none. */
export function languageTag(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text.trim().replaceAll("_", "-"))[0] ?? null;
  } catch {
    return null;
  }
}
