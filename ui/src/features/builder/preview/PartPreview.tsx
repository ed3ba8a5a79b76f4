import { useState } from "react";
import type { Automation } from "@/host";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import type { Place } from "../document/nodes";
import { sampled, VARIABLES } from "../document/variables";
import { Preview } from "./Preview";
import styles from "./Preview.module.css";
import { type Said, saidBy } from "./said";

const say = texts.builder.preview;
type Theme = "light" | "dark";

const SAMPLE = VARIABLES.find((variable) => variable.name === "contact.first_name")?.sample ?? "";

/** How a part looks to a person, light or dark, whatever the window is. */
export function PartPreview({ draft, place }: { draft: Automation; place: Place }) {
  const [chosen, setChosen] = useState<Theme | null>(null);
  const theme = chosen ?? themeOfWindow();
  const said = saidBy(draft, place);
  return (
    <div className={styles.preview}>
      <header className={styles.head}>
        <h3>{say.title}</h3>
        <span className={styles.who}>{say.asSeen(SAMPLE)}</span>
        <Segments
          label={say.theme}
          value={theme}
          segments={[
            { value: "light", label: say.light, icon: "sun", testId: "preview-light" },
            { value: "dark", label: say.dark, icon: "moon", testId: "preview-dark" },
          ]}
          onChange={setChosen}
        />
      </header>
      <section
        className={styles.phone}
        data-theme={theme}
        data-testid="preview"
        aria-label={say.excerpt}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys.
        tabIndex={0}
      >
        {said.length === 0 && <p className={styles.nothing}>{say.nothing}</p>}
        {said.map((each, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what is said has no ids.
          <Line key={index} said={each} />
        ))}
      </section>
    </div>
  );
}

function Line({ said }: { said: Said }) {
  switch (said.as) {
    case "person":
      return (
        <div className={styles.theirs}>
          <p className={styles.theirsText}>{sampled(said.text)}</p>
          {said.reaction && <span className={styles.reaction}>{said.reaction}</span>}
        </div>
      );
    case "comment":
      return (
        <div className={said.reply ? styles.commentReply : styles.comment}>
          <span className={styles.avatar} aria-hidden="true" />
          <p>
            <strong>{said.who}</strong> {sampled(said.text)}
          </p>
        </div>
      );
    case "note":
      return <p className={styles.nothing}>{said.text}</p>;
    case "message":
      return (
        <div className={styles.ours}>
          <Preview message={said.message} first={said.first} />
        </div>
      );
  }
}

function themeOfWindow(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return window.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
