import { useOpened, useSession } from "@/features/session/context";
import type { Person } from "@/host";
import { Switch } from "@/shared/Switch";
import { countdown, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { EmailFact, PutState } from "./ByHand";
import { LanguageChoice } from "./LanguageChoice";
import styles from "./People.module.css";
import { windowOf } from "./window";

/** What is known of the person in front, and what can be set. */
export function PersonDetails({ person }: { person: Person }) {
  const now = useOpened((opened) => opened.now);
  const username = useOpened((opened) => opened.account.username);
  const setFollows = useSession((session) => session.setFollows);
  const setLanguage = useSession((session) => session.setLanguage);
  const setUnsubscribed = useSession((session) => session.setUnsubscribed);
  const { contact } = person;
  const window = windowOf(person, now);
  const silenced =
    contact?.silencedUntil && contact.silencedUntil > now ? contact.silencedUntil : null;

  return (
    <section className={styles.details} aria-label={texts.people.details(person.name)}>
      <p className={styles.handle}>
        @{person.username}
        <span className={`${styles.id} selectable`} title={person.id}>
          {person.id}
        </span>
      </p>
      <Switch
        label={texts.people.followsAccount(username)}
        on={person.follows}
        testId="set-follows"
        onChange={(follows) => void setFollows(person.id, follows)}
      />
      <Switch
        label={texts.people.unsubscribedSwitch}
        on={contact?.unsubscribed === true}
        testId="set-unsubscribed"
        onChange={(unsubscribed) => void setUnsubscribed(person.id, unsubscribed)}
      />
      <dl className={styles.facts}>
        <div>
          <dt title={texts.people.languageHint}>{texts.people.language}</dt>
          <dd>
            <LanguageChoice
              key={person.id}
              value={person.language}
              onChange={(language) => void setLanguage(person.id, language)}
              testId="set-language"
            />
          </dd>
        </div>
        <div>
          <dt>{texts.people.email}</dt>
          <EmailFact person={person} />
        </div>
        <div>
          <dt>{texts.people.stateOf}</dt>
          <PutState person={person} />
        </div>
        <div>
          <dt title={texts.people.windowHint}>{texts.people.window}</dt>
          <dd
            className={window.state === "open" ? undefined : styles.quiet}
            title={window.state === "open" ? hoverTime(window.closesAt) : undefined}
          >
            {window.state === "open"
              ? texts.people.windowOpen(countdown(window.left))
              : window.state === "closed"
                ? texts.people.windowClosed
                : texts.people.windowNever}
          </dd>
        </div>
        {silenced && (
          <div>
            <dt>{texts.people.silenced}</dt>
            <dd title={hoverTime(silenced)}>
              {texts.people.silencedFor(countdown(silenced - now))}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
