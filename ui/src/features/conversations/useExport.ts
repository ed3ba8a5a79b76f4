import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { HostError, type Picked } from "@/host";
import { texts } from "@/texts";
import { useConversationsStore } from "./context";

/** Writes those who are looked for, or only these, as a table, and says where it is. */
export function useExport() {
  const store = useConversationsStore();
  const { session } = useStores();
  return async (chosen: readonly Picked[] | null) => {
    const { host, tell } = session.getState();
    tell(null);
    try {
      const { look } = store.getState();
      const { path, contacts } = await host.conversations.exportPeople(look, chosen);
      const text = texts.conversations.exported(contacts, path, look.list === "contacts");
      tell({ kind: "note", text });
    } catch (thrown) {
      tell(noticeOf(HostError.from(thrown)));
    }
  };
}
