import { useEffect, useState } from "react";
import { firstName } from "@/features/people/names";
import { useOpened, useSession } from "@/features/session/context";
import type { Difference, MomentDetail } from "@/host";
import pane from "@/shared/Pane.module.css";
import { exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Changes.module.css";

const t = texts.playback.changes;

/** What a moment changed of what is stored: before and after, field by field. */
export function Changes({ moment }: { moment: number }) {
  const host = useSession((session) => session.host);
  const playback = useOpened((opened) => opened.playback);
  const people = useOpened((opened) => opened.people);
  const [detail, setDetail] = useState<MomentDetail | null | "reading">("reading");

  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when the line changes.
  useEffect(() => {
    let shown = true;
    host.playback.moment(moment).then(
      (found) => {
        if (shown) setDetail(found);
      },
      () => {
        if (shown) setDetail(null);
      },
    );
    return () => {
      shown = false;
    };
  }, [host, moment, playback]);

  if (detail === "reading") return null;
  if (detail === null) return <p className={styles.none}>{t.gone}</p>;
  const persons = [...new Set(detail.differences.map((each) => each.person))];
  return (
    <section className={styles.changes} aria-label={t.title} data-testid="changes">
      <h3 className={pane.section}>{t.title}</h3>
      {persons.length === 0 && <p className={styles.none}>{t.none}</p>}
      {persons.map((person) => (
        <table key={person} className={styles.table}>
          <caption className={persons.length > 1 ? styles.caption : "visually-hidden"}>
            {firstName(people[person]?.name ?? person)}
          </caption>
          <tbody>
            {detail.differences
              .filter((each) => each.person === person)
              .map((each) => (
                <Row key={`${each.of}-${each.field}`} difference={each} />
              ))}
          </tbody>
        </table>
      ))}
    </section>
  );
}

function Row({ difference }: { difference: Difference }) {
  const { field, before, after, of } = difference;
  return (
    <tr>
      <th scope="row" title={t.documents[of]}>
        {t.field(field)}
      </th>
      <td className={styles.before}>
        <Value value={before} difference={difference} />
      </td>
      <td className={styles.after}>
        <Value value={after} difference={difference} />
      </td>
    </tr>
  );
}

function Value({ value, difference }: { value: string | null; difference: Difference }) {
  const automations = useOpened((opened) => opened.automations);
  if (value === null) return <span className={styles.absent}>{t.absent}</span>;
  if (difference.isTime) {
    const at = Number(value);
    return (
      <time className="selectable" title={hoverTime(at)}>
        {exactTime(at)}
      </time>
    );
  }
  if (difference.field === "automationId") {
    return <span className="selectable">{automations[value]?.name ?? value}</span>;
  }
  if (difference.of === "state" && difference.field === "state") {
    const words = texts.awaiting[value as keyof typeof texts.awaiting] ?? value;
    return <span className="selectable">{words}</span>;
  }
  if (value === "true" || value === "false") return value === "true" ? "yes" : "no";
  return <span className="selectable">{value}</span>;
}
