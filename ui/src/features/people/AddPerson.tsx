import { useId, useState } from "react";
import { useLooking, useOpened, useSession } from "@/features/session/context";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import { LanguageChoice } from "./LanguageChoice";
import styles from "./People.module.css";

/** A name, a language, and whether the person follows the account. */
export function AddPerson({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [follows, setFollows] = useState(false);
  const username = useOpened((opened) => opened.account.username);
  const add = useSession((session) => session.addPerson);
  const choose = useLooking((looking) => looking.choosePerson);
  const [language, setLanguage] = useState<string | null>(null);
  const nameId = useId();
  const languageId = useId();

  return (
    <form
      className={styles.add}
      aria-label={texts.people.addTitle}
      onSubmit={async (event) => {
        event.preventDefault();
        if (!name.trim()) return;
        const id = await add(name.trim(), follows, language);
        if (!id) return;
        choose(id);
        onDone();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
    >
      <label className={field.label} htmlFor={nameId}>
        {texts.people.name}
      </label>
      <input
        id={nameId}
        className={field.input}
        value={name}
        dir="auto"
        maxLength={60}
        placeholder={texts.people.namePlaceholder}
        autoComplete="off"
        data-testid="person-name"
        ref={focusOnce}
        onChange={(event) => setName(event.target.value)}
      />
      <label className={field.label} htmlFor={languageId}>
        {texts.people.language}
      </label>
      <LanguageChoice
        id={languageId}
        value={language}
        onChange={setLanguage}
        testId="person-language"
      />
      <label className={field.check}>
        <input
          type="checkbox"
          checked={follows}
          data-testid="person-follows"
          onChange={(event) => setFollows(event.target.checked)}
        />
        {texts.people.followsAccount(username)}
      </label>
      <div className={styles.addButtons}>
        <Button look="quiet" onClick={onDone}>
          {texts.people.cancel}
        </Button>
        <Button type="submit" look="primary" disabled={!name.trim()} data-testid="person-create">
          {texts.people.create}
        </Button>
      </div>
    </form>
  );
}

/** The form was asked for, so its first field takes the focus when it appears. */
function focusOnce(element: HTMLInputElement | null) {
  element?.focus();
}
