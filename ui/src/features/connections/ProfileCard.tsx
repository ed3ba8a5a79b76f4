import { useRef, useState } from "react";
import { useSession } from "@/features/session/context";
import type { ProfileCard } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { ago, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { Checks } from "./Checks";
import styles from "./Connections.module.css";
import { useConnection, useConnections, useConnectionsStore } from "./context";
import { INDEXES } from "./IndexesDialog";
import { GuardChip } from "./strip/GuardChip";

/** One profile: what it points at, how its last test ended, and what can be done with it. */
export function ProfileCardView({ card }: { card: ProfileCard }) {
  const store = useConnectionsStore();
  const connection = useConnection();
  const soFar = useConnections((state) => state.testing[card.name] ?? null);
  const busy = useSession((session) => session.busy > 0);
  const t = texts.connections;
  const inFront = connection?.profile === card.name;
  const connecting = connection?.connecting === card.name;
  const failed = connection?.failure?.profile === card.name ? connection.failure : null;
  // A test that was made since says what is wrong now.
  const outdated = useConnections((state) => state.outdated[card.name]);
  const failure = failed?.message === outdated ? null : failed;

  return (
    <li
      className={styles.card}
      data-level={inFront ? connection?.level : card.level}
      data-front={inFront || undefined}
      data-testid={`profile-${card.name}`}
    >
      <header className={styles.cardHead}>
        <h3 title={card.name}>{card.name}</h3>
        <GuardChip level={inFront && connection ? connection.level : card.level} />
        {inFront && <span className={styles.inFront}>{t.inFront}</span>}
        <span className={styles.spring} />
        <More card={card} inFront={inFront} />
      </header>
      <dl className={styles.points} aria-label={t.pointsAt}>
        {card.pointsAt.map(({ what, place }) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd className="selectable" title={place}>
              {place}
            </dd>
          </div>
        ))}
      </dl>
      {failure && (
        <div className={styles.failure} role="alert" data-testid="connect-failure">
          <Icon name="failed" size={14} />
          <div>
            <p>{t.failedTo(card.name)}</p>
            <p className="selectable">{failure.message}</p>
          </div>
        </div>
      )}
      {soFar ? (
        <Checks name={card.name} checks={soFar} running />
      ) : card.report ? (
        <Checks
          name={card.name}
          checks={card.report.checks}
          running={false}
          remedies={{ [INDEXES]: <CreateIndexes name={card.name} /> }}
        />
      ) : null}
      <footer className={styles.cardFoot}>
        {inFront ? (
          <Button
            data-testid={`disconnect-${card.name}`}
            disabled={busy}
            onClick={() => void store.getState().disconnect()}
          >
            {t.disconnect}
          </Button>
        ) : (
          <Button
            look="primary"
            data-testid={`connect-${card.name}`}
            disabled={busy || connecting}
            onClick={() => void store.getState().connect(card.name)}
          >
            {connecting ? t.connecting : t.connect}
          </Button>
        )}
        <Button
          icon="check"
          data-testid={`test-${card.name}`}
          disabled={soFar !== null}
          onClick={() => void store.getState().test(card.name, false)}
        >
          {soFar ? t.testing : t.test}
        </Button>
        <span className={styles.spring} />
        <span
          className={styles.quiet}
          title={card.report ? hoverTime(card.report.at) : undefined}
          data-testid={`tested-${card.name}`}
        >
          {card.report ? t.tested(ago(Date.now() - card.report.at)) : t.neverTested}
        </span>
      </footer>
    </li>
  );
}

/** Creates what the test found to be missing, where that is allowed. */
function CreateIndexes({ name }: { name: string }) {
  const store = useConnectionsStore();
  const connection = useConnection();
  const t = texts.connections.indexes;
  const refusal =
    connection?.profile !== name
      ? t.notConnected
      : connection.level === "live"
        ? null
        : t.notLive(texts.connections.levels[connection.level]);
  return (
    <p className={styles.remedy}>
      <Button
        data-testid={`create-indexes-${name}`}
        disabled={refusal !== null}
        title={refusal ?? undefined}
        onClick={() => store.getState().askIndexes(name)}
      >
        {t.open}
      </Button>
      {refusal && <span>{refusal}</span>}
    </p>
  );
}

function More({ card, inFront }: { card: ProfileCard; inFront: boolean }) {
  const store = useConnectionsStore();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const t = texts.connections;
  const choose = (run: () => void) => () => {
    setOpen(false);
    run();
  };
  return (
    <>
      <IconButton
        small
        icon="hand"
        label={`${t.edit} ${card.name}`}
        data-testid={`edit-${card.name}`}
        onClick={() => void store.getState().edit(card.name)}
      />
      <IconButton
        ref={anchor}
        small
        icon="more"
        label={t.more(card.name)}
        aria-haspopup="menu"
        aria-expanded={open}
        data-testid={`more-${card.name}`}
        onClick={() => setOpen(!open)}
      />
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={t.more(card.name)}
        role="menu"
      >
        <MenuItem
          icon="copy"
          testId={`duplicate-${card.name}`}
          onChoose={choose(() => void store.getState().duplicate(card.name))}
        >
          {t.duplicate}
        </MenuItem>
        <MenuItem
          icon="message"
          testId={`test-online-${card.name}`}
          onChoose={choose(() => void store.getState().test(card.name, true))}
        >
          {t.testOnline}
        </MenuItem>
        <MenuItem
          icon="trash"
          disabled={inFront}
          testId={`remove-${card.name}`}
          onChoose={choose(() => void store.getState().remove(card.name))}
        >
          {t.remove}
        </MenuItem>
      </Popover>
    </>
  );
}
