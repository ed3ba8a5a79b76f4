import { useEffect, useRef, useState } from "react";
import type { PeopleKind, PeopleOrder } from "@/host";
import { IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import styles from "./Conversations.module.css";
import { useConversations, useConversationsStore } from "./context";

/** After so many milliseconds without a key what was typed is looked for. */
const PAUSE = 150;
const ORDERS: readonly PeopleOrder[] = ["oldest", "newest", "expiring"];
const KINDS: readonly PeopleKind[] = ["with_email", "following", "unsubscribed", "silenced"];

/** The search, and what is chosen beside it. */
export function Filters() {
  const store = useConversationsStore();
  const look = useConversations((state) => state.look);
  const accounts = useConversations((state) => state.news?.accounts ?? NONE);
  const automations = useConversations((state) => state.news?.automations ?? NONE);
  const t = texts.conversations;
  const change = store.getState().change;
  const standing = look.list !== "contacts";
  return (
    <div className={styles.filters}>
      <Search />
      {accounts.length > 1 && (
        <select
          className={`${field.select} ${styles.choice}`}
          aria-label={t.account}
          value={look.accountId ?? ""}
          data-testid="people-account"
          onChange={(event) => void change({ accountId: event.target.value || null })}
        >
          <option value="">{t.allAccounts}</option>
          {accounts.map(({ id, username }) => (
            <option key={id} value={id}>
              @{username}
            </option>
          ))}
        </select>
      )}
      {standing ? (
        <>
          <select
            className={`${field.select} ${styles.choice}`}
            aria-label={t.automation}
            value={look.automationId ?? ""}
            data-testid="people-automation"
            onChange={(event) => void change({ automationId: event.target.value || null })}
          >
            <option value="">{t.allAutomations}</option>
            {automations.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <select
            className={`${field.select} ${styles.choice}`}
            aria-label={t.order}
            value={look.order}
            data-testid="people-order"
            onChange={(event) => void change({ order: event.target.value as PeopleOrder })}
          >
            {ORDERS.map((order) => (
              <option key={order} value={order}>
                {t.orders[order]}
              </option>
            ))}
          </select>
        </>
      ) : (
        <select
          className={`${field.select} ${styles.choice}`}
          aria-label={t.kind}
          value={look.kind ?? ""}
          data-testid="people-kind"
          onChange={(event) => void change({ kind: (event.target.value || null) as PeopleKind })}
        >
          <option value="">{t.allKinds}</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t.kinds[kind]}
            </option>
          ))}
        </select>
      )}
      <span className={styles.spring} />
      <Shown />
    </div>
  );
}

const NONE: never[] = [];

function Search() {
  const store = useConversationsStore();
  const applied = useConversations((state) => state.look.text);
  const [typed, setTyped] = useState(applied);
  const input = useRef<HTMLInputElement>(null);
  const t = texts.conversations;
  // What was cleared elsewhere is cleared here.
  useEffect(() => setTyped(applied), [applied]);
  useEffect(() => {
    if (typed === store.getState().look.text) return;
    const timer = setTimeout(() => void store.getState().change({ text: typed }), PAUSE);
    return () => clearTimeout(timer);
  }, [typed, store]);
  const clear = () => {
    setTyped("");
    void store.getState().change({ text: "" });
    input.current?.focus();
  };
  return (
    <div className={styles.search}>
      <Icon name="search" size={14} />
      <input
        ref={input}
        type="text"
        className={field.input}
        aria-label={t.search}
        placeholder={t.searchPlaceholder}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        data-testid="people-search"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && typed !== "") {
            event.preventDefault();
            clear();
          }
          if (event.key === "ArrowDown") {
            event.preventDefault();
            document.querySelector<HTMLElement>('[data-testid="people-list"]')?.focus();
          }
        }}
      />
      {typed !== "" && <IconButton small icon="close" label={t.clear} onClick={clear} />}
    </div>
  );
}

function Shown() {
  const total = useConversations((state) => state.news?.total ?? null);
  if (total === null) return null;
  return (
    <span className={styles.shown} role="status" data-testid="people-shown">
      {texts.conversations.rows(total)}
    </span>
  );
}
