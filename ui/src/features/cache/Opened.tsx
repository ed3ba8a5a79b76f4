import { CopyButton } from "@/features/session/CopyButton";
import type { JsonLine, KeyAgreement } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import { Icon, type IconName } from "@/shared/Icon";
import pane from "@/shared/Pane.module.css";
import { spoken } from "@/shared/time";
import { texts } from "@/texts";
import { useCache, useCacheStore, useRefusal } from "./context";
import { Lives } from "./KeyTable";
import styles from "./Opened.module.css";
import { bytes } from "./words";

const ICON: Record<KeyAgreement, IconName> = {
  same: "check",
  times: "check",
  differs: "warning",
  orphan: "warning",
  unreadable: "failed",
  unknown: "why",
};

/** A key with its value, beside its document. */
export function Opened() {
  const store = useCacheStore();
  const opened = useCache((state) => state.opened);
  const failure = useCache((state) => state.openFailure);
  const chosen = useCache((state) => state.chosen);
  const t = texts.cache.open;
  const key = opened?.row.key ?? chosen ?? "";
  return (
    <section className={styles.opened} aria-label={t.label} data-testid="cache-opened">
      <header className={styles.head}>
        <h2 className={`${styles.key} selectable`} title={key}>
          {key}
        </h2>
        <CopyButton small text={key} label={t.copy} />
        <IconButton
          small
          icon="retry"
          label={t.again}
          data-testid="cache-open-again"
          onClick={() => void store.getState().open(key)}
        />
        <IconButton
          small
          icon="close"
          label={t.close}
          data-testid="cache-open-close"
          onClick={() => store.getState().close()}
        />
      </header>
      {failure !== null && (
        <div className={pane.empty} role="alert" data-testid="cache-open-failure">
          <p className="selectable">{failure}</p>
        </div>
      )}
      {failure === null && opened && <Body />}
    </section>
  );
}

function Body() {
  const store = useCacheStore();
  const opened = useCache((state) => state.opened);
  const now = useCache((state) => state.news?.now ?? 0);
  const refusal = useRefusal();
  const t = texts.cache.open;
  if (!opened) return null;
  const { agreement, row } = opened;
  const matters = opened.differences.filter((difference) => difference.matters).length;
  return (
    <>
      <div className={styles.facts}>
        <span
          className={styles.agreement}
          data-agreement={agreement}
          title={texts.cache.agreementHints[agreement]}
          data-testid="cache-agreement"
        >
          <Icon name={ICON[agreement]} size={14} />
          {texts.cache.agreements[agreement]}
          {matters > 0 && ` · ${t.differences(matters)}`}
        </span>
        <Lives expiresAt={row.expiresAt} now={now} />
        {row.bytes !== null && <span>{bytes(row.bytes)}</span>}
        {opened.idleMs !== null && opened.idleMs >= 1_000 && (
          <span>{t.idle(spoken(opened.idleMs))}</span>
        )}
        <span className={styles.spring} />
        <Button
          icon="trash"
          look="danger"
          disabled={refusal !== undefined}
          title={refusal}
          data-testid="cache-invalidate"
          onClick={() => store.getState().ask({ wish: "keys", keys: [row.key] })}
        >
          {t.invalidate}
        </Button>
      </div>
      <div className={styles.sides}>
        <Side title={t.cached} lines={opened.cached} testId="cache-value" />
        <Side
          title={t.stored}
          lines={opened.isStored ? opened.stored : []}
          nothing={agreement === "unknown" ? t.noComparison : t.noDocument}
          testId="cache-document"
        />
      </div>
    </>
  );
}

interface SideProps {
  title: string;
  lines: readonly JsonLine[];
  nothing?: string;
  testId: string;
}

function Side({ title, lines, nothing, testId }: SideProps) {
  return (
    <section className={styles.side} aria-label={title}>
      <h3>{title}</h3>
      {lines.length === 0 && nothing ? (
        <p className={styles.nothing} data-testid={testId}>
          {nothing}
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and is reached by Tab.
        <pre className="selectable" data-testid={testId} tabIndex={0}>
          {lines.map((line, at) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place.
              key={at}
              className={styles.line}
              data-differs={line.differs || undefined}
              style={{ paddingLeft: `${line.depth * 14 + 10}px` }}
            >
              {line.differs ? <mark>{line.text}</mark> : line.text}
              {"\n"}
            </span>
          ))}
        </pre>
      )}
    </section>
  );
}
