import {
  type CSSProperties,
  type KeyboardEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { firstName } from "@/features/people/names";
import { AWAITING_CLASS, AWAITING_ICON } from "@/features/people/StateMark";
import { useLooking, useOpened, useSession } from "@/features/session/context";
import type { Moment, Person } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { arrowTarget } from "@/shared/roving";
import { hoverTime, shortTime } from "@/shared/time";
import { texts } from "@/texts";
import {
  columnLabel,
  isOfTheWorld,
  lanesOf,
  MOMENT_ICON,
  markOf,
  met,
  momentSentence,
  weightOfMark,
} from "./marks";
import styles from "./Timeline.module.css";

const t = texts.playback.timeline;

/** Everything that was done, moment by moment, with a lane for each person. */
export function Timeline() {
  const playback = useOpened((opened) => opened.playback);
  const people = useOpened((opened) => opened.people);
  const order = useOpened((opened) => opened.peopleOrder);
  const [open, setOpen] = useState(true);
  const { moments, position } = playback;
  const lanes = useMemo(
    () =>
      lanesOf(
        playback,
        order.flatMap((id) => people[id] ?? []),
      ),
    [playback, people, order],
  );

  return (
    <section className={styles.timeline} aria-label={t.title} data-testid="timeline">
      <header className={styles.head}>
        <IconButton
          small
          icon={open ? "down" : "right"}
          label={open ? t.fold : t.unfold}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
        <h2 className={styles.title}>{t.title}</h2>
        <Chosen moments={moments} position={position} />
      </header>
      {open &&
        (moments.length === 0 ? (
          <p className={styles.empty}>{t.empty}</p>
        ) : (
          <Grid moments={moments} position={position} lanes={lanes} />
        ))}
    </section>
  );
}

/** The chosen moment in words, and where one can go from it. */
function Chosen({ moments, position }: { moments: readonly Moment[]; position: number }) {
  const number = useLooking((looking) => looking.moment);
  const choose = useLooking((looking) => looking.chooseMoment);
  const people = useOpened((opened) => opened.people);
  const stopped = useOpened((opened) => opened.playback.stopped);
  const goTo = useSession((session) => session.goTo);
  const busy = useSession((session) => session.busy > 0);
  const moment = moments.find((each) => each.number === number);
  const undone = (moments.at(-1)?.number ?? 0) - position;
  const go = async (to: number) => {
    if (await goTo(to)) choose(null);
  };

  return (
    <>
      {moment ? (
        <p className={styles.chosen} title={hoverTime(moment.at)} data-testid="moment-chosen">
          <Icon name={MOMENT_ICON[moment.kind]} size={14} />
          <time className={styles.clock}>{shortTime(moment.at)}</time>
          <span className={styles.words}>
            {momentSentence(moment, (id) => firstName(people[id]?.name ?? id))}
          </span>
        </p>
      ) : (
        <p className={stopped ? styles.stopped : styles.chosen} data-testid="playback-stopped">
          {stopped && <Icon name="warning" size={14} />}
          <span className={styles.words} title={stopped ?? undefined}>
            {stopped}
          </span>
        </p>
      )}
      {moment && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row here.
        <div role="group" aria-label={t.goBack} className={styles.go}>
          <span aria-hidden="true">{t.goBack}</span>
          <Button
            disabled={busy || moment.number - 1 === position}
            title={t.beforeHint}
            data-testid="go-before"
            onClick={() => void go(moment.number - 1)}
          >
            {t.before}
          </Button>
          <Button
            disabled={busy || moment.number === position}
            title={t.afterHint}
            data-testid="go-after"
            onClick={() => void go(moment.number)}
          >
            {t.after}
          </Button>
          <IconButton small icon="close" label={t.leave} onClick={() => choose(null)} />
        </div>
      )}
      {undone > 0 && (
        <Button
          icon="arrow"
          disabled={busy}
          title={t.redoHint(undone)}
          data-testid="go-forward"
          onClick={() => void go(moments.at(-1)?.number ?? position)}
        >
          {t.redo}
        </Button>
      )}
    </>
  );
}

interface GridProps {
  moments: readonly Moment[];
  position: number;
  lanes: readonly Person[];
}

function Grid({ moments, position, lanes }: GridProps) {
  const number = useLooking((looking) => looking.moment);
  const choose = useLooking((looking) => looking.chooseMoment);
  const show = useLooking((looking) => looking.show);
  const inFront = useLooking((looking) => looking.person);
  const now = useOpened((opened) => opened.now);
  const people = useOpened((opened) => opened.people);
  const scroller = useRef<HTMLDivElement>(null);
  const buttons = useRef(new Map<number, HTMLButtonElement>());
  const last = moments.at(-1)?.number ?? 0;

  // What is new comes into view, and what was chosen stays there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the line grows or is cut.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && number === null) element.scrollLeft = element.scrollWidth;
  }, [last, position]);
  useEffect(() => {
    if (number !== null) {
      buttons.current.get(number)?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    }
  }, [number]);

  const pick = (moment: Moment) => {
    const marked =
      moment.marks.find((mark) => mark.person === (moment.person ?? inFront)) ?? moment.marks[0];
    choose(moment.number, moment.person ?? marked?.person, marked?.deliveryId ?? undefined);
  };
  const onKey = (event: KeyboardEvent, at: number) => {
    if (event.key === "Enter") {
      show("why");
      return;
    }
    const target = arrowTarget(event.key, at, moments.length, "both");
    const next = target === null ? undefined : moments[target];
    if (!next) return;
    event.preventDefault();
    pick(next);
    buttons.current.get(next.number)?.focus();
  };
  const focusable = number ?? position;
  const places = useMemo(() => new Map(lanes.map(({ id }, at) => [id as string, at])), [lanes]);
  const laneOf = (person: string) => places.get(person) ?? 0;

  return (
    <div ref={scroller} className={styles.scroller}>
      <div className={styles.names} aria-hidden="true">
        <span className={styles.corner} />
        {lanes.map((person) => (
          <span key={person.id} className={styles.name} title={person.name}>
            {firstName(person.name)}
          </span>
        ))}
      </div>
      <div
        role="listbox"
        aria-label={t.list}
        aria-orientation="horizontal"
        className={styles.grid}
        style={{ "--lanes": lanes.length } as CSSProperties}
      >
        {moments.map((moment, at) => {
          const next = moments[at + 1]?.at ?? now;
          const sentence = momentSentence(moment, (id) => firstName(people[id]?.name ?? id));
          const undone = moment.number > position;
          return (
            <button
              key={moment.number}
              ref={(element) => {
                if (element) buttons.current.set(moment.number, element);
                else buttons.current.delete(moment.number);
              }}
              type="button"
              role="option"
              aria-selected={moment.number === number}
              aria-label={undone ? `${sentence}, ${t.undone}` : sentence}
              tabIndex={moment.number === focusable || (focusable === 0 && at === 0) ? 0 : -1}
              title={`${hoverTime(moment.at)}\n${sentence}`}
              className={styles.moment}
              data-undone={undone || undefined}
              data-now={moment.number === position || undefined}
              data-world={isOfTheWorld(moment) || undefined}
              data-testid={`moment-${moment.number}`}
              onClick={() => pick(moment)}
              onKeyDown={(event) => onKey(event, at)}
            >
              {/* What is drawn is said by the label, so it is no text of its own. */}
              <span
                className={styles.above}
                data-label={
                  isOfTheWorld(moment)
                    ? columnLabel(moment, next)
                    : shortTimeIfNew(moment, moments[at - 1])
                }
              >
                {isOfTheWorld(moment) && <Icon name={MOMENT_ICON[moment.kind]} size={12} />}
              </span>
              {met(moment).map((person) => (
                <Cell key={person} moment={moment} person={person} lane={laneOf(person)} />
              ))}
            </button>
          );
        })}
      </div>
    </div>
  );
}

/** The minute, where it is another one than before. */
function shortTimeIfNew(moment: Moment, before: Moment | undefined): string | null {
  const time = shortTime(moment.at);
  return before && !isOfTheWorld(before) && shortTime(before.at) === time ? null : time;
}

interface CellProps {
  moment: Moment;
  person: string;
  lane: number;
}

/** What a moment is for one person: event, decision, sends, state, cache. */
function Cell({ moment, person, lane }: CellProps) {
  const mark = markOf(moment, person);
  const own = moment.person === person;
  return (
    // The first row is the time.
    <span className={styles.cell} style={{ gridRow: lane + 2 }}>
      {own && <Icon name={MOMENT_ICON[moment.kind]} size={14} className={styles.event} />}
      {mark && (mark.reason !== null || mark.sent + mark.waiting + mark.failed > 0) && (
        <span
          className={styles.decision}
          data-weight={weightOfMark(mark)}
          data-count={mark.sent + mark.waiting + mark.failed || undefined}
        />
      )}
      {mark?.moved &&
        (mark.awaiting ? (
          <span className={`${styles.state} ${AWAITING_CLASS[mark.awaiting]}`}>
            <Icon name={AWAITING_ICON[mark.awaiting]} size={12} />
          </span>
        ) : (
          <span className={styles.state}>
            <Icon name="ring" size={12} />
          </span>
        ))}
      {mark && mark.misses > 0 && <span className={styles.miss} />}
    </span>
  );
}
