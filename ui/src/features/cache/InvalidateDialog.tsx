import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { type Collection, HostError } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { texts } from "@/texts";
import { useCache, useCacheStore } from "./context";
import styles from "./Keys.module.css";
import { COLLECTIONS } from "./series";

const BEGINNINGS: Record<Collection, string> = {
  workspace: "workspace:",
  automations: "automation:",
  user_state: "user_state:",
  contact: "contact:",
};

/** So many keys are named; of more, the first ones. */
const NAMED = 6;

/** Asks before anything is invalidated, in words of what it is. */
export function InvalidateDialog() {
  const store = useCacheStore();
  const { session } = useStores();
  const wish = useCache((state) => state.wish);
  const t = texts.cache.ask;
  if (!wish) return null;
  const close = () => store.getState().ask(null);
  const doIt = async () => {
    session.getState().tell(null);
    try {
      const done = await store.getState().invalidate();
      if (done) {
        const text = texts.cache.done(done);
        session.getState().tell({ kind: "note", text });
      }
    } catch (thrown) {
      session.getState().tell(noticeOf(HostError.from(thrown)));
    }
  };
  const keys = wish.wish === "keys" ? wish.keys : [];
  const of =
    wish.wish === "all"
      ? wish.collection
      : COLLECTIONS.find((each) => keys.every((key) => key.startsWith(BEGINNINGS[each])));
  const title =
    wish.wish === "all"
      ? t.titleAll(wish.collection)
      : of
        ? t.title(keys.length, of)
        : t.titleMany(keys.length);
  return (
    <Dialog
      title={title}
      onClose={close}
      testId="cache-ask"
      buttons={
        <>
          <Button data-autofocus onClick={close}>
            {t.cancel}
          </Button>
          <Button look="danger" data-testid="cache-ask-do" onClick={() => void doIt()}>
            {wish.wish === "all" ? t.doAll : t.doIt(keys.length)}
          </Button>
        </>
      }
    >
      <p>{wish.wish === "all" ? t.bodyAll(BEGINNINGS[wish.collection]) : t.body}</p>
      {of === "user_state" && <p className={styles.second}>{t.bodyState}</p>}
      {keys.length > 0 && (
        <ul className={styles.named}>
          {keys.slice(0, NAMED).map((key) => (
            <li key={key}>
              <code>{key}</code>
            </li>
          ))}
          {keys.length > NAMED && <li>… {keys.length - NAMED}</li>}
        </ul>
      )}
    </Dialog>
  );
}
