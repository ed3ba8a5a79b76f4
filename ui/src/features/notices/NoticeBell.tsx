import { useEffect, useRef, useState } from "react";
import { goToFailedSends } from "@/features/queue/sends/leading";
import { type Stores, useStores } from "@/features/session/context";
import type { NoticeScreen, NoticesNews } from "@/host";
import { IconButton } from "@/shared/Button";
import { count } from "@/shared/number";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { NoticeList } from "./NoticeList";
import styles from "./Notices.module.css";
import { onNoticesWanted } from "./wanted";

const t = texts.notices;

/** How many notices are new, in the frame; the list opens from here. */
export function NoticeBell() {
  const stores = useStores();
  const { session } = stores;
  const [news, setNews] = useState<NoticesNews | null>(null);
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);

  useEffect(
    () =>
      session.getState().host.notices.watch((news) => {
        setNews(news);
        // Somebody clicked a notification, or asked in the tray.
        if (news.go) go(stores, news.go);
      }),
    [session, stores],
  );
  useEffect(() => onNoticesWanted(() => setOpen(true)), []);

  const unread = news?.unread ?? 0;
  const stands = news?.notices.some((notice) => notice.stands) ?? false;
  const close = () => {
    setOpen(false);
    // Seen when the list is left, so that what is new is marked while it is read.
    if (unread > 0)
      session
        .getState()
        .host.notices.read()
        .catch(() => undefined);
  };

  return (
    <>
      <span className={styles.bell} data-stands={stands || undefined}>
        <IconButton
          ref={anchor}
          icon="bell"
          label={t.button(unread)}
          aria-haspopup="dialog"
          aria-expanded={open}
          data-testid="notices"
          onClick={() => (open ? close() : setOpen(true))}
        />
        {unread > 0 && (
          <span className={styles.count} aria-hidden="true" data-testid="notices-count">
            {unread > 99 ? "99+" : count(unread)}
          </span>
        )}
      </span>
      {/* Told without taking the focus. */}
      <span className="visually-hidden" role="status">
        {unread > 0 ? t.button(unread) : ""}
      </span>
      <Popover
        anchor={anchor}
        open={open && news !== null}
        onClose={close}
        label={t.title}
        width={460}
      >
        {news && (
          <NoticeList
            news={news}
            onGo={(screen) => {
              close();
              go(stores, screen);
            }}
          />
        )}
      </Popover>
    </>
  );
}

function go(stores: Stores, screen: NoticeScreen) {
  if (screen === "failed_sends") goToFailedSends(stores);
  else stores.navigation.getState().go(screen);
}
