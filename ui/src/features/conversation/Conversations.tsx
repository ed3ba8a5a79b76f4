import { useOpened, usePerson } from "@/features/session/context";
import { usePlaced } from "./beside";
import styles from "./Conversation.module.css";
import { ConversationOf, ConversationPane } from "./ConversationPane";

/** As many conversations side by side as there is room for. */
export function Conversations({ most }: { most: number }) {
  const front = usePerson();
  const people = useOpened((opened) => opened.people);
  const order = useOpened((opened) => opened.peopleOrder);
  const shown = usePlaced(front?.id ?? null, order, most);
  if (shown.length < 2) return <ConversationPane />;
  return (
    <div className={styles.beside}>
      {shown.map((id) => (
        <ConversationOf key={id} person={people[id] ?? null} front={id === front?.id} />
      ))}
    </div>
  );
}
