import type { HeldVerdict, Holding, OpenedContact } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import { span } from "../names";
import styles from "./Person.module.css";

const ICON: Record<HeldVerdict, IconName> = {
  same: "check",
  times: "check",
  differs: "warning",
  only_cached: "warning",
  only_stored: "minus",
  nowhere: "minus",
  unreadable: "failed",
};

/** What the cache and the documents hold, side by side, with the differences marked. */
export function Held({ opened }: { opened: OpenedContact }) {
  return (
    <>
      {opened.holdings.map((holding) => (
        <One key={holding.key} holding={holding} opened={opened} />
      ))}
    </>
  );
}

function One({ holding, opened }: { holding: Holding; opened: OpenedContact }) {
  const t = texts.conversations.held;
  const { verdict, cached, stored, differences } = holding;
  const known = cached !== null && cached.trim() !== "null";
  return (
    <section className={styles.held} data-testid={`held-${holding.what}`}>
      <h3>
        {holding.what === "user_state" ? t.userState : t.contact}
        <span className={styles.verdict} data-verdict={verdict}>
          <Icon name={ICON[verdict]} size={12} />
          {t.verdicts[verdict]}
        </span>
      </h3>
      <p className={styles.under}>
        <code className="selectable">{holding.key}</code>
        {holding.forever && <span className={styles.error}>{t.forever}</span>}
        {holding.expiresIn !== null && <span>{t.expiresIn(span(holding.expiresIn))}</span>}
      </p>
      {holding.behind && (
        <p className={styles.warning}>
          <Icon name="clock" size={12} />
          {t.behind(opened.documents)}
        </p>
      )}
      {differences.length > 0 && (
        <table className={styles.table}>
          <caption className="visually-hidden">{t.differences}</caption>
          <thead>
            <tr>
              <th scope="col">{t.field}</th>
              <th scope="col">{opened.cache}</th>
              <th scope="col">{opened.documents}</th>
            </tr>
          </thead>
          <tbody>
            {differences.map((difference) => (
              <tr key={difference.field} data-matters={difference.matters || undefined}>
                <th scope="row">
                  <code>{difference.field}</code>
                </th>
                <td>
                  <code className="selectable">{difference.cached ?? t.nothing}</code>
                </td>
                <td>
                  <code className="selectable">{difference.stored ?? t.nothing}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {holding.what === "user_state" && (verdict === "differs" || verdict === "only_cached") && (
        <p className={styles.quiet}>{t.cacheCounts(opened.cache)}</p>
      )}
      <div className={styles.places}>
        <Place
          name={opened.cache}
          text={known ? cached : null}
          none={
            cached !== null
              ? t.knownAbsent
              : holding.what === "contact"
                ? t.contactFresh
                : t.notCached
          }
        />
        <Place name={opened.documents} text={stored} none={t.notStored} />
      </div>
    </section>
  );
}

function Place({ name, text, none }: { name: string; text: string | null; none: string }) {
  return (
    <div className={styles.place}>
      <h4>{name}</h4>
      {text === null ? (
        <p className={styles.quiet}>{none}</p>
      ) : (
        <pre className={`${styles.json} selectable`}>{text}</pre>
      )}
    </div>
  );
}
