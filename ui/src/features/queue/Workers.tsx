import { useRef, useState } from "react";
import type { QueueNews } from "@/host";
import { Button } from "@/shared/Button";
import { Popover } from "@/shared/Popover";
import { spoken } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Queue.module.css";

/** Who works on the queue, from where, and with what. */
export function Workers({ news }: { news: QueueNews }) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const t = texts.queue;
  const { workers, figures } = news;
  return (
    <>
      <Button
        ref={anchor}
        look="quiet"
        icon={workers?.length === 0 ? "warning" : "people"}
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="queue-workers"
        onClick={() => setOpen(!open)}
      >
        {workers === null ? t.workersHere : t.workers(workers.length)}
      </Button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={t.workersTitle}
        width={360}
      >
        <h2 className={styles.sectionTitle}>{t.workersTitle}</h2>
        {workers === null && <p>{t.workersSelf}</p>}
        {workers?.length === 0 && <p>{t.workersNone}</p>}
        {figures?.openedBy && (
          <p className="selectable" data-testid="queue-opened-by">
            {t.openedBy(figures.openedBy)}
          </p>
        )}
        <ul className={styles.workers} data-testid="queue-worker-list">
          {workers?.map((worker) => (
            <li key={worker.address} className="selectable">
              <b>{worker.name ?? t.workerUnnamed}</b>
              <span>
                <code>{worker.address}</code> ·{" "}
                {t.workerFor(spoken(worker.connectedFor * 1_000) || "0 s")}
              </span>
              {worker.program && <span>{worker.program}</span>}
              <span>{worker.library ?? t.workerLibrary}</span>
            </li>
          ))}
        </ul>
      </Popover>
    </>
  );
}
