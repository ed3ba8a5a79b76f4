import { useEffect } from "react";
import { useSession, useStores } from "@/features/session/context";
import type { Collection } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import { SearchField } from "@/shared/SearchField";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { useCache, useCacheStore, useRefusal } from "./context";
import styles from "./Keys.module.css";
import { KeyTable } from "./KeyTable";
import { COLLECTIONS } from "./series";

/** The wait after a letter before the keys are looked for. */
const TYPING = 250;

/** The keys of a collection. */
export function Keys() {
  const store = useCacheStore();
  const collection = useCache((state) => state.collection);
  const text = useCache((state) => state.text);
  const keys = useCache((state) => state.keys);
  const selected = useCache((state) => state.selected);
  const searching = useCache((state) => state.searching);
  const refusal = useRefusal();
  const t = texts.cache.keys;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is looked for anew.
  useEffect(() => {
    const timer = setTimeout(() => void store.getState().list(), TYPING);
    return () => clearTimeout(timer);
  }, [store, text]);

  const all = keys.length > 0 && selected.size === keys.length;
  return (
    <>
      <div className={styles.bar}>
        <input
          type="checkbox"
          aria-label={t.selectAll}
          title={t.selectAll}
          checked={all}
          disabled={keys.length === 0}
          data-testid="cache-select-all"
          onChange={() =>
            store.getState().selectAll(
              keys.map((row) => row.key),
              !all,
            )
          }
        />
        <Segments<Collection>
          label={t.collections}
          value={collection}
          segments={COLLECTIONS.map((value) => ({
            value,
            label: texts.collections[value],
            testId: `cache-collection-${value}`,
          }))}
          onChange={(value) => void store.getState().list({ collection: value })}
        />
        <div className={styles.search}>
          <SearchField
            label={t.placeholder}
            clear={t.clear}
            value={text}
            testId="cache-filter"
            onChange={(value) => store.setState({ text: value })}
          />
        </div>
        <IconButton
          icon="retry"
          label={t.refresh}
          data-testid="cache-refresh"
          onClick={() => void store.getState().list()}
        />
        <Button
          icon="trash"
          disabled={refusal !== undefined || keys.length === 0}
          title={refusal}
          data-testid="cache-invalidate-all"
          onClick={() => store.getState().ask({ wish: "all", collection })}
        >
          {t.invalidateAll}
        </Button>
      </div>
      <ListOrNothing />
      <Foot searching={searching} />
    </>
  );
}

function ListOrNothing() {
  const store = useCacheStore();
  const { navigation } = useStores();
  const keys = useCache((state) => state.keys);
  const next = useCache((state) => state.next);
  const text = useCache((state) => state.text);
  const searching = useCache((state) => state.searching);
  const failure = useCache((state) => state.listFailure);
  // What workers elsewhere have cached since is there after another look.
  const offline = useSession((session) => session.connection?.profile == null);
  const t = texts.cache.keys;
  if (failure !== null) {
    return (
      <div className={styles.nothing} role="alert" data-testid="cache-list-failure">
        <p className="selectable">{failure}</p>
        <Button onClick={() => void store.getState().list()}>{t.refresh}</Button>
      </div>
    );
  }
  if (keys.length > 0 || searching || next !== null) {
    return <KeyTable keys={keys.map((row) => ({ row }))} label={t.list} />;
  }
  return (
    <div className={styles.nothing} data-testid="cache-empty">
      <strong>{text === "" ? t.none : t.noneFiltered}</strong>
      {text === "" ? (
        <>
          <p>{t.noneHint}</p>
          {offline ? (
            <Button look="primary" onClick={() => navigation.getState().go("simulator")}>
              {t.toSimulator}
            </Button>
          ) : (
            <Button icon="retry" onClick={() => void store.getState().list()}>
              {t.refresh}
            </Button>
          )}
        </>
      ) : (
        <Button look="primary" onClick={() => store.setState({ text: "" })}>
          {t.clear}
        </Button>
      )}
    </div>
  );
}

function Foot({ searching }: { searching: boolean }) {
  const store = useCacheStore();
  const number = useCache((state) => state.keys.length);
  const next = useCache((state) => state.next);
  const lookedAt = useCache((state) => state.lookedAt);
  const t = texts.cache.keys;
  return (
    <div className={styles.foot} role="status" data-testid="cache-found">
      <span>{searching ? t.searching : t.found(number, next !== null)}</span>
      {!searching && next !== null && <span>{t.lookedAt(lookedAt)}</span>}
      <span className={styles.spring} />
      {next !== null && (
        <Button
          disabled={searching}
          data-testid="cache-more"
          onClick={() => void store.getState().more()}
        >
          {t.more}
        </Button>
      )}
    </div>
  );
}
