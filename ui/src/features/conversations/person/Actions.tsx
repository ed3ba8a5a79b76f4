import { useEffect, useState } from "react";
import { useSession } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { type ChangeKind, HostError, type OpenedContact } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { texts } from "@/texts";
import { useConversations, useConversationsStore } from "../context";
import { useWhyNot } from "../hand";
import { left, nameOf } from "../names";
import type { Asking } from "../store";
import { MoveDialog } from "./MoveDialog";
import styles from "./Person.module.css";

/** What can be set by hand, where the profile allows it; each asks first. */
export function Actions({ opened }: { opened: OpenedContact }) {
  const store = useConversationsStore();
  const profile = useConversations((state) => state.news?.profile ?? "");
  const observes = useConversations((state) => state.news?.guard === "observe");
  const stale = useConversations((state) => state.failure !== null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const whyNot = useWhyNot();
  const { person, holdings } = opened;
  // What the row's menu asked for.
  const wish = useConversations((state) => state.wish);
  useEffect(() => {
    if (wish === null) return;
    store.setState({ wish: null });
    setAsking(wish);
  }, [store, wish]);
  const t = texts.conversations.actions;
  const does = (asked: Asking) => {
    const why = stale ? texts.conversations.open.stale : whyNot(asked, person, holdings);
    return {
      disabled: why !== undefined,
      title: why,
      "data-testid": `person-${asked.replace("_", "-")}`,
      onClick: () => setAsking(asked),
    };
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons in a row have no element.
    <div role="group" className={styles.actions} aria-label={t.label}>
      <Button icon="undo" {...does("release")}>
        {t.release}
      </Button>
      <Button icon="trash" {...does("clear")}>
        {t.clear}
      </Button>
      <Button icon="arrow" {...does("move")}>
        {t.move}
      </Button>
      {person.unsubscribed ? (
        <Button icon="check" {...does("subscribe")}>
          {t.subscribe}
        </Button>
      ) : (
        <Button icon="muted" {...does("unsubscribe")}>
          {t.unsubscribe}
        </Button>
      )}
      {person.silencedUntil !== null && (
        <Button icon="play" {...does("end_takeover")}>
          {t.endTakeover}
        </Button>
      )}
      {observes && (
        <p className={styles.why} data-testid="person-observes">
          {t.observe(profile)}
        </p>
      )}
      {asking === "move" && <MoveDialog opened={opened} onClose={() => setAsking(null)} />}
      {asking && asking !== "move" && (
        <Confirm opened={opened} asking={asking} onClose={() => setAsking(null)} />
      )}
    </div>
  );
}

/** What a person sets; what was taken away is put back by its number. */
type ByHand = Extract<ChangeKind, { change: Asking }>;

/** Sets something and says so; what went wrong stays in the dialog. */
export function useSetting(opened: OpenedContact, onClose: () => void) {
  const store = useConversationsStore();
  const host = useSession((session) => session.host.conversations);
  const tell = useSession((session) => session.tell);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const whyNot = useWhyNot();
  const set = async (change: ByHand, done: string) => {
    // It may have become so while the question was open.
    const why = whyNot(change.change, opened.person, opened.holdings);
    if (why !== undefined) {
      setProblem(why);
      return;
    }
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
