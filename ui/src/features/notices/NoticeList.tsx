import { type KeyboardEvent, useEffect, useState } from "react";
import { useSession } from "@/features/session/context";
import type { Notice, NoticeKind, NoticeScreen, NoticesNews } from "@/host";
import { HostError } from "@/host";
import { Button } from "@/shared/Button";
import { Icon, type IconName } from "@/shared/Icon";
import { arrowTarget } from "@/shared/roving";
import { Switch } from "@/shared/Switch";
import { ago, exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Notices.module.css";

const t = texts.notices;
const KINDS = Object.keys(t.kinds) as NoticeKind[];

/** What needs a person, the latest first; each leads to where it is mended. */
export function NoticeList({
  news,
  onGo,
}: {
  news: NoticesNews;
  onGo: (screen: NoticeScreen) => void;
}) {
  const host = useSession((session) => session.host.notices);
  const tell = useSession((session) => session.tell);
  const isOver = news.notices.some((notice) => !notice.stands);
  const now = useNow();
  const clear = () =>
    host.clear().catch((thrown) => tell({ kind: "warning", text: HostError.from(thrown).message }));

  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2>{t.title}</h2>
        {isOver && (
          <Button look="quiet" data-testid="notices-clear" onClick={() => void clear()}>
            {t.clear}
          </Button>
        )}
      </div>
      {news.notices.length === 0 ? (
        <div className={styles.empty} data-testid="notices-empty">
          <strong>{t.empty}</strong>
          <p>{t.emptyHint}</p>
        </div>
      ) : (
        <ul className={styles.list} onKeyDown={move}>
          {news.notices.map((notice) => (
            <Row key={notice.id} notice={notice} now={now} onGo={onGo} />
          ))}
        </ul>
      )}
      <Wishes hasTray={news.hasTray} />
    </div>
  );
}

function Row({
  notice,
  now,
  onGo,
}: {
  notice: Notice;
  now: number;
  onGo: (screen: NoticeScreen) => void;
}) {
  const is = notice.stands ? "stands" : notice.overAt === null ? "happened" : "over";
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        data-is={is}
        data-testid="notice-row"
        onClick={() => onGo(notice.screen)}
      >
        <Icon name={ICON[is]} size={16} className={styles.mark} />
        <span className={styles.words}>
          <span className={styles.title}>
            {notice.title}
            {!notice.read && <span className={styles.new}>{t.unread}</span>}
          </span>
          <span className={styles.text}>{notice.text}</span>
          <span className={styles.foot}>
            <span title={hoverTime(notice.overAt ?? notice.at)}>{when(notice, now)}</span>
            {notice.times > 1 && <span>{t.times(notice.times)}</span>}
            <span className={styles.mend}>
              {t.mend(notice.screen)}
              <Icon name="arrow" size={12} />
            </span>
          </span>
        </span>
      </button>
    </li>
  );
}

const ICON: Record<"stands" | "happened" | "over", IconName> = {
  stands: "failed",
  happened: "warning",
  over: "check",
};

function when(notice: Notice, now: number): string {
  if (notice.stands) return `${t.now}, ${t.since(exactTime(notice.at))}`;
  if (notice.overAt !== null) return t.over(ago(now - notice.overAt));
  return ago(now - notice.at);
}

/** Times are relative, so they grow while one looks. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 20_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function move(event: KeyboardEvent<HTMLElement>) {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const target = arrowTarget(event.key, at, rows.length, "vertical");
  if (target === null) return;
  event.preventDefault();
  rows[target]?.focus();
}

/** What is shown outside of the window, and whether the application stays without one. */
function Wishes({ hasTray }: { hasTray: boolean }) {
  const settings = useSession((session) => session.settings);
  const save = useSession((session) => session.saveSettings);
  const muted = new Set(settings.mutedNotices);
  const mute = (kind: NoticeKind, on: boolean) =>
    void save({
      mutedNotices: KINDS.filter((each) => (each === kind ? !on : muted.has(each))),
    });
  return (
    <div className={styles.wishes}>
      <Switch
        label={t.notify}
        on={settings.notify}
        testId="notices-notify"
        onChange={(notify) => void save({ notify })}
      />
      <p className={styles.hint}>{t.notifyHint}</p>
      {settings.notify && (
        <details className={styles.which}>
          <summary data-testid="notices-which">{t.which}</summary>
          {KINDS.map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                checked={!muted.has(kind)}
                data-testid={`notices-kind-${kind}`}
                onChange={(event) => mute(kind, event.target.checked)}
              />
              {t.kinds[kind]}
            </label>
          ))}
        </details>
      )}
      <Switch
        label={t.keep}
        on={settings.keepInTray}
        disabled={!hasTray && !settings.keepInTray}
        testId="notices-keep"
        onChange={(keepInTray) => void save({ keepInTray })}
      />
      <p className={styles.hint} data-testid="notices-tray">
        {hasTray ? t.keepHint : t.noTray}
      </p>
    </div>
  );
}
