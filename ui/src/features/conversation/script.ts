/** How texts are set: in their language, and in the direction of their letters. */

import type { Author, Person } from "@/host";

interface Script {
  lang: string | undefined;
  dir: "auto";
}

/** Only people have a language; what the account says is in whatever it is written in. */
export function scriptOf(person: Person, from: Author): Script {
  return { lang: (from === "person" && person.language) || undefined, dir: "auto" };
}
