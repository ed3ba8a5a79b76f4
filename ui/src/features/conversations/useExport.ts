import { useStores } from "@/features/session/context";
import { noticeOf, type SessionStore } from "@/features/session/session";
import { HostError, type PeopleLook, type Picked } from "@/host";
import { texts } from "@/texts";
import { useConversationsStore } from "./context";

/** Writes those who are looked for, or only these, as a table, and says where it is. */
export function useExport() {
  const store = useConversationsStore();
  const { session } = useStores();
  return (chosen: readonly Picked[] | null) => exportPeople(session, store.getState().look, chosen);
}

/** The same from anywhere, such as the palette. */
export async function exportPeople(
  session: SessionStore,
  look: PeopleLook,
  chosen: readonly Picked[] | null,
): Promise<void> {
  const { host, tell } = session.getState();
  tell(null);
  try {
    const { path, contacts } = await host.conversations.exportPeople(look, chosen);
    const text = texts.conversations.exported(contacts, path, look.list === "contacts");
    tell({ kind: "note", text });
  } catch (thrown) {
    tell(noticeOf(HostError.from(thrown)));
  }
}
