import { useMemo } from "react";
import { useOpened, useSession } from "@/features/session/context";
import type { Automation, Person } from "@/host";
import { texts } from "@/texts";
import styles from "./Conversation.module.css";
import { suggestionsFor } from "./suggestions";

/** First things to try, from the workspace's own keywords; before them what `about` answers. */
export function Suggestions({ person, about }: { person: Person; about: Automation | null }) {
  const automations = useOpened((opened) => opened.automations);
  const order = useOpened((opened) => opened.automationOrder);
  const media = useOpened((opened) => opened.media);
  const mediaOrder = useOpened((opened) => opened.mediaOrder);
  const act = useSession((session) => session.act);
  const suggestions = useMemo(
    () =>
      suggestionsFor(
        person.id,
        order.flatMap((id) => automations[id] ?? []),
        mediaOrder.flatMap((id) => media[id] ?? []),
        about,
      ),
    [person.id, automations, order, media, mediaOrder, about],
  );
  if (suggestions.length === 0) return null;
  return (
    <>
      <p>{texts.conversation.tryOne}</p>
      <ul className={styles.suggestions}>
        {suggestions.map((suggestion) => (
          <li key={suggestion.label}>
            <button
              type="button"
              className={styles.suggestion}
              data-testid="suggestion"
              onClick={() => void act(suggestion.action)}
            >
              {suggestion.label}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
