import { useEffect } from "react";
import { useSession, useStores } from "@/features/session/context";
import type { PeopleList as PeopleListName } from "@/host";
import { Button } from "@/shared/Button";
import { count } from "@/shared/number";
import pane from "@/shared/Pane.module.css";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { BulkBar } from "./bulk/BulkBar";
import styles from "./Conversations.module.css";
import { useConversations, useConversationsStore } from "./context";
import { Filters } from "./Filters";
import { Funnel } from "./Funnel";
import { PeopleList } from "./PeopleList";
import { Person } from "./person/Person";
import { NoStrays, StraysBar } from "./Strays";
import { EVERYBODY, isNarrowed } from "./store";
import { useExport } from "./useExport";

/** Who stands where for how long, one contact's history, and setting by hand. */
export function ConversationsScreen() {
  const store = useConversationsStore();
  const host = useSession((session) => session.host.conversations);
  const open = useConversations((state) => state.shown !== null);
  useEffect(() => {
    const stop = host.watch((news) => store.getState().told(news));
    // Who is open may have gone on while another screen was in front.
    void store.getState().renew();
    return () => {
      stop();
      // What a row's menu was asked for is not asked on the way back.
      store.setState({ wish: null });
    };
  }, [host, store]);
  return (
    <>
      <Bar />
      <Filters />
      <div className={styles.halves} data-open={open || undefined}>
        <div className={styles.left}>
          <Failure />
          <BulkBar />
          <ListOrNothing narrow={open} />
        </div>
        {open && <Person />}
      </div>
    </>
  );
}

function Bar() {
  const store = useConversationsStore();
  const exporting = useExport();
  const news = useConversations((state) => state.news);
  const list = useConversations((state) => state.look.list);
  const total = useConversations((state) => state.news?.total ?? 0);
  const t = texts.conversations;
  const waiting = news ? news.funnel.opening + news.funnel.follow + news.funnel.email : 0;

  const hasCache = news?.hasCache ?? false;
  // Of another profile there may be no such list.
  const gone = news !== null && !hasCache && list === "only_cached";
  useEffect(() => {
    if (gone) void store.getState().change({ list: "standing" });
  }, [gone, store]);

  return (
    <div className={styles.bar}>
      <h1 className={styles.title}>{t.title}</h1>
      <Segments<PeopleListName>
        label={t.listLabel}
        value={list}
        segments={[
          {
            value: "standing",
            label: t.lists.standing,
            testId: "people-standing",
            badge: news ? count(waiting) : undefined,
          },
          {
            value: "contacts",
            label: t.lists.contacts,
            testId: "people-contacts",
            badge: news ? count(news.contacts) : undefined,
          },
          ...(hasCache
            ? [
                {
                  value: "only_cached" as const,
                  label: t.lists.only_cached,
                  testId: "people-only_cached",
                  badge: news?.strays ? count(news.strays.found) : undefined,
                },
              ]
            : []),
        ]}
        onChange={(value) => void store.getState().change({ list: value })}
      />
      <Funnel />
      <span className={styles.spring} />
      <Button
        icon="file"
        disabled={total === 0}
        title={t.exportHint(total, list === "contacts")}
        data-testid="people-export"
        onClick={() => void exporting(null)}
      >
        {t.export}
      </Button>
    </div>
  );
}

/** Why there is nothing newer to see. */
function Failure() {
  const listed = useConversations((state) => state.listFailure?.message ?? null);
  const told = useConversations((state) => state.news?.failure ?? null);
  const store = useConversationsStore();
  const message = listed ?? told;
  if (!message) return null;
  return (
    <div className={styles.failure} role="alert" data-testid="people-failure">
      <p className="selectable">{message}</p>
      <Button onClick={() => void store.getState().change({})}>
        {texts.conversations.open.again}
      </Button>
    </div>
  );
}

function ListOrNothing({ narrow }: { narrow: boolean }) {
  const store = useConversationsStore();
  const { navigation } = useStores();
  const look = useConversations((state) => state.look);
  const nothing = useConversations(({ news }) => news !== null && news.total === 0);
  const strays = useConversations(({ news }) => news?.strays ?? null);
  const t = texts.conversations.empty;
  if (look.list === "only_cached" && !(nothing && strays?.found)) {
    return (
      <>
        {strays && <StraysBar strays={strays} />}
        {nothing ? <NoStrays /> : <PeopleList narrow={narrow} />}
      </>
    );
  }
  if (!nothing) return <PeopleList narrow={narrow} />;
  if (isNarrowed(look)) {
    return (
      <div className={pane.empty} data-testid="people-empty">
        <strong>{t.filtered}</strong>
        <p>{t.filteredHint}</p>
        <Button
          look="primary"
          data-testid="people-clear"
          onClick={() => void store.getState().change({ ...EVERYBODY, list: look.list })}
        >
          {t.clear}
        </Button>
      </div>
    );
  }
  const contacts = look.list === "contacts";
  return (
    <div className={pane.empty} data-testid="people-empty">
      <strong>{contacts ? t.contactsTitle : t.title}</strong>
      <p>{contacts ? t.contactsHint : t.hint}</p>
      <Button look="primary" onClick={() => navigation.getState().go("simulator")}>
        {t.go}
      </Button>
    </div>
  );
}
