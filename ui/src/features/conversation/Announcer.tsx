import { useEffect, useRef, useState } from "react";
import type { Person } from "@/host";
import { texts } from "@/texts";
import { spokenContent } from "./threads";

/** Says new messages of the account to those who do not see them. */
export function Announcer({ person, account }: { person: Person; account: string }) {
  const seen = useRef({ person: person.id, length: person.conversation.length });
  const [said, setSaid] = useState("");

  useEffect(() => {
    const before = seen.current;
    seen.current = { person: person.id, length: person.conversation.length };
    if (before.person !== person.id || person.conversation.length <= before.length) return;
    const words = person.conversation
      .slice(before.length)
      .filter((bubble) => bubble.from !== "person")
      .map((bubble) =>
        bubble.from === "note"
          ? spokenContent(bubble)
          : texts.conversation.saidBy(`@${account}`, spokenContent(bubble)),
      );
    if (words.length > 0) setSaid(words.join(". "));
  }, [person, account]);

  return (
    <div className="visually-hidden" aria-live="polite">
      {said}
    </div>
  );
}
