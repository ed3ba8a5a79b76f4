import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { useSession } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { type ChangeKind, HostError, type OpenedContact } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { texts } from "@/texts";
import { useConversations, useConversationsStore } from "../context";
import { left, nameOf } from "../names";
import { isSame, whomOf } from "../store";
import { NO_WISH, wishes } from "../wish";
import { MoveDialog } from "./MoveDialog";
import styles from "./Person.module.css";

export type Asking = "release" | "clear" | "move" | "unsubscribe" | "subscribe" | "end_takeover";

/** What can be set by hand, where the profile allows it; each asks first. */
export function Actions({ opened }: { opened: OpenedContact }) {
  const profile = useConversations((state) => state.news?.profile ?? "");
  const observes = useConversations((state) => state.news?.guard === "observe");
  const [asking, setAsking] = useState<Asking | null>(null);
  const { person } = opened;
  // What the row's menu asked for.
  const wish = useStore(wishes);
  useEffect(() => {
    if (wish.asking === null || !isSame(wish.whom, whomOf(person))) return;
    wishes.setState(NO_WISH);
    setAsking(wish.asking);
  }, [wish, person]);
  const t = texts.conversations.actions;
  const why = observes ? t.observe(profile) : undefined;
  const held = isHeld(opened);
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons in a row have no element.
    <div role="group" className={styles.actions} aria-label={t.label}>
      <Button
        icon="undo"
        disabled={observes || !person.stands}
        title={why ?? (person.stands ? undefined : t.nothingToRelease)}
        data-testid="person-release"
        onClick={() => setAsking("release")}
      >
        {t.release}
      </Button>
      <Button
        icon="trash"
        disabled={observes || !held}
        title={why ?? (held ? undefined : t.nothingToClear)}
        data-testid="person-clear"
        onClick={() => setAsking("clear")}
      >
        {t.clear}
      </Button>
      <Button
        icon="arrow"
        disabled={observes}
        title={why}
        data-testid="person-move"
        onClick={() => setAsking("move")}
      >
        {t.move}
      </Button>
      <Button
        icon={person.unsubscribed ? "check" : "muted"}
        disabled={observes}
        title={why}
        data-testid={person.unsubscribed ? "person-subscribe" : "person-unsubscribe"}
        onClick={() => setAsking(person.unsubscribed ? "subscribe" : "unsubscribe")}
      >
        {person.unsubscribed ? t.subscribe : t.unsubscribe}
      </Button>
      {person.silencedUntil !== null && (
        <Button
          icon="play"
          disabled={observes}
          title={why}
          data-testid="person-end-takeover"
          onClick={() => setAsking("end_takeover")}
        >
          {t.endTakeover}
        </Button>
      )}
      {observes && (
        <p className={styles.why} data-testid="person-observes">
          {why}
        </p>
      )}
      {asking === "move" && <MoveDialog opened={opened} onClose={() => setAsking(null)} />}
      {asking && asking !== "move" && (
        <Confirm opened={opened} asking={asking} onClose={() => setAsking(null)} />
      )}
    </div>
  );
}

/** Whether anything of a state is held anywhere, also one that has expired or cannot be read. */
function isHeld({ person, holdings }: OpenedContact): boolean {
  const held = holdings.find(({ what }) => what === "user_state");
  const cached = held?.cached ?? null;
  return person.stands !== null || (cached !== null && cached !== "null") || held?.stored != null;
}

/** Sets something and says so; what went wrong stays in the dialog. */
export function useSetting(opened: OpenedContact, onClose: () => void) {
  const store = useConversationsStore();
  const host = useSession((session) => session.host.conversations);
  const tell = useSession((session) => session.tell);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const set = async (change: ChangeKind, done: string) => {
    setBusy(true);
    setProblem(null);
    const { accountId, contactId, stands } = opened.person;
    try {
      const seen = stands?.since ?? null;
      const undo = await host.set({ accountId, contactId, change, seen });
      const takeBack = async (number: number) => {
        tell(null);
        try {
          await host.undo(number);
        } catch (thrown) {
          tell(noticeOf(HostError.from(thrown)));
        }
      };
      const action = undo !== null && {
        label: texts.conversations.bulk.undo,
        run: () => void takeBack(undo),
      };
      tell({ kind: "note", text: done, ...(action ? { action } : {}) });
      onClose();
      await store.getState().renew();
    } catch (thrown) {
      setProblem(HostError.from(thrown).message);
      // It may not be any more as it is shown.
      void store.getState().renew();
    } finally {
      setBusy(false);
    }
  };
  return { set, busy, problem };
}

function Confirm({
  opened,
  asking,
  onClose,
}: {
  opened: OpenedContact;
  asking: Exclude<Asking, "move">;
  onClose: () => void;
}) {
  const { set, busy, problem } = useSetting(opened, onClose);
  const t = texts.conversations.actions;
  const who = nameOf(opened.person);
  const said = wordsOf(asking, opened);
  // What takes something away is not what Enter does.
  const takes = asking === "release" || asking === "clear" || asking === "unsubscribe";
  return (
    <Dialog
      title={said.title}
      onClose={onClose}
      testId={`confirm-${asking}`}
      buttons={
        <>
          <Button data-autofocus={takes || undefined} onClick={onClose}>
            {t.cancel}
          </Button>
          <Button
            look={takes ? "danger" : "primary"}
            disabled={busy}
            data-autofocus={!takes || undefined}
            data-testid="confirm"
            onClick={() => void set({ change: asking }, t.done[asking](who))}
          >
            {busy ? t.busy : said.button}
          </Button>
        </>
      }
    >
      <p>{said.what}</p>
      {asking === "clear" && <p className={styles.onProfile}>{t.clearStays}</p>}
      <OnProfile />
      <Problem text={problem} />
    </Dialog>
  );
}

/** Whose data this changes, where it is not this machine's. */
export function OnProfile() {
  const profile = useConversations((state) => state.news?.profile ?? "");
  const local = useConversations((state) => state.news?.guard === "offline");
  if (local) return null;
  return <p className={styles.onProfile}>{texts.conversations.actions.onProfile(profile)}</p>;
}

export function Problem({ text }: { text: string | null }) {
  if (!text) return null;
  return (
    <p className={styles.problem} role="alert" data-testid="confirm-problem">
      {text}
    </p>
  );
}

function wordsOf(asking: Exclude<Asking, "move">, opened: OpenedContact) {
  const { person, now } = opened;
  const t = texts.conversations.actions;
  const who = nameOf(person);
  switch (asking) {
    case "release":
      return {
        title: t.releaseTitle(who),
        button: t.release,
        what: person.stands
          ? t.releaseWhat(
              who,
              texts.conversations.waitsFor[person.stands.state],
              person.stands.automation ?? texts.conversations.deletedAutomation,
            )
          : t.nothingToRelease,
      };
    case "clear":
      return {
        title: t.clearTitle(who),
        button: t.clear,
        what: t.clearWhat(who, opened.cache, opened.documents),
      };
    case "unsubscribe":
      return {
        title: t.unsubscribeTitle(who),
        button: t.unsubscribe,
        what: t.unsubscribeWhat(who),
      };
    case "subscribe":
      return { title: t.subscribeTitle(who), button: t.subscribe, what: t.subscribeWhat(who) };
    case "end_takeover":
      return {
        title: t.endTakeoverTitle(who),
        button: t.endTakeover,
        what: t.endTakeoverWhat(who, left(person.silencedUntil ?? now, now)),
      };
  }
}
