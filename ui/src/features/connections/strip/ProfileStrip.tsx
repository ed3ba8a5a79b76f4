import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useNavigation, useSession } from "@/features/session/context";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { countdown, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useConnection, useConnections, useConnectionsStore } from "../context";
import { ArmDialog } from "./ArmDialog";
import { GuardChip } from "./GuardChip";
import styles from "./Strip.module.css";

/** The profile in front, its guard level, and the way to another: on every screen. */
export function ProfileStrip() {
  const workspace = useSession((session) => session.opened?.workspace.name ?? texts.product);
  const account = useSession((session) => session.opened?.account.username);
  const recording = useSession((session) => session.host.kind === "recording");
  const connection = useConnection();
  const screen = useNavigation((navigation) => navigation.screen);
  const store = useConnectionsStore();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const arming = useConnections((state) => state.arming);
  const t = texts.connections.strip;
  const profile = connection?.profile ?? null;
  const level = connection?.level ?? "offline";
  const name = profile ?? workspace;

  return (
    <div className={styles.profile} data-level={level} data-testid="strip">
      <button
        ref={anchor}
        type="button"
        className={styles.open}
        aria-haspopup="menu"
        aria-expanded={open}
        title={t.title(name, texts.connections.levels[level])}
        data-testid="profile-menu"
        onClick={() => {
          if (!open) void store.getState().load();
          setOpen(!open);
        }}
      >
        <span className={styles.name}>{name}</span>
        {!profile && account && <span className={styles.account}>@{account}</span>}
        <GuardChip level={level} />
        <Icon name="down" size={12} />
      </button>
      {profile && (screen === "simulator" || screen === "builder") && (
        <span className={styles.here} title={t.hereHint(workspace, profile)}>
          {t.here(workspace)}
        </span>
      )}
      {level === "dry_run" && (
        <span className={styles.here} title={t.dryRunHint(name)} data-testid="dry-run">
          {t.dryRun}
        </span>
      )}
      {connection?.connecting && (
        <span className={styles.connecting} role="status" data-testid="connecting">
          {t.connecting(connection.connecting)}
        </span>
      )}
      {level === "live" && connection && (
        <>
          <TimeLeft until={connection.until} />
          {connection.worksHere && <span className={styles.working}>{t.working}</span>}
          <Button
            look="danger"
            className={styles.disarm}
            data-testid="disarm"
            title={t.liveOn(name)}
            onClick={() => void store.getState().disarm()}
          >
            {t.disarm}
          </Button>
        </>
      )}
      {recording && (
        <span className={styles.recording} title={texts.window.recordingHint}>
          {texts.window.recording}
        </span>
      )}
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={t.menu}
        role="menu"
        width={300}
      >
        <Choices
          offline={workspace}
          onDone={() => setOpen(false)}
          onArm={() => {
            setOpen(false);
            store.getState().askArm(profile);
          }}
        />
      </Popover>
      {profile &&
        arming === profile &&
        // Inside the landmark that everything else is in.
        createPortal(
          <ArmDialog profile={profile} onClose={() => store.getState().askArm(null)} />,
          document.querySelector("main") ?? document.body,
        )}
    </div>
  );
}

/** The profiles, and what can be allowed on the one in front. */
function Choices({
  offline,
  onDone,
  onArm,
}: {
  offline: string;
  onDone: () => void;
  onArm: () => void;
}) {
  const store = useConnectionsStore();
  const connection = useConnection();
  const profiles = useConnections((state) => state.view?.profiles ?? []);
  const go = useNavigation((navigation) => navigation.go);
  const t = texts.connections.strip;
  const front = connection?.profile ?? null;
  const choose = (run: () => void) => () => {
    onDone();
    run();
  };
  return (
    <>
      <MenuItem
        icon={front === null ? "check" : "store"}
        testId="choose-offline"
        onChoose={choose(() => {
          if (front !== null) void store.getState().disconnect();
        })}
      >
        {offline} <GuardChip level="offline" />
      </MenuItem>
      {profiles.map((card) => (
        <MenuItem
          key={card.name}
          icon={front === card.name ? "check" : "link"}
          testId={`choose-${card.name}`}
          onChoose={choose(() => {
            if (front !== card.name) void store.getState().connect(card.name);
          })}
        >
          {card.name} <GuardChip level={card.level} />
        </MenuItem>
      ))}
      <hr className={styles.rule} />
      {connection?.canBeArmed && (
        <MenuItem icon="bolt" testId="arm-open" onChoose={onArm}>
          {connection.level === "live" ? t.armLonger : t.arm}
        </MenuItem>
      )}
      {connection?.canBeArmed && connection.level === "live" && (
        <MenuItem
          icon={connection.worksHere ? "check" : "play"}
          testId="work-toggle"
          onChoose={choose(() => void store.getState().letWork(!connection.worksHere))}
        >
          {texts.connections.arm.work}
        </MenuItem>
      )}
      <MenuItem icon="link" testId="connections-open" onChoose={choose(() => go("connections"))}>
        {t.all}
      </MenuItem>
    </>
  );
}

/** Counts down, second by second. */
function TimeLeft({ until }: { until: number | null }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  if (until === null) return null;
  const left = countdown(until - now).replace(/^00:/, "");
  return (
    <span
      className={styles.left}
      role="timer"
      aria-label={texts.connections.strip.endsLabel}
      title={hoverTime(until)}
      data-testid="live-left"
    >
      {texts.connections.strip.ends(left)}
    </span>
  );
}
