import { useId, useState } from "react";
import type { Target } from "@/host";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import { useInspector, usePut, useValue } from "./context";
import styles from "./Inspector.module.css";

const say = texts.builder.inspector;
const BY_ID = "by id";

/** All posts, one that is known here, or any other by its id; stories likewise. */
export function TargetField({ type }: { type: "story_reply_flow" | "comment_reply_flow" }) {
  const { media } = useInspector();
  const target = useValue<Target>("target") ?? "all";
  const put = usePut();
  const id = useId();
  const kind = type === "story_reply_flow" ? "story" : "post";
  const choices = media.filter((each) => (each.kind === "story") === (kind === "story"));
  const chosen = typeof target === "object" ? target.media : "";
  const isKnown = choices.some((each) => each.id === chosen);
  const [asked, setAsked] = useState(false);
  const byId = asked || (chosen !== "" && !isKnown);
  const label = say.target[kind];
  return (
    <div className={styles.field}>
      <label className={field.label} htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className={field.select}
        value={byId ? BY_ID : chosen}
        data-testid="field-target"
        onChange={({ target: { value } }) => {
          setAsked(value === BY_ID);
          // The place for the id is still empty: until it is filled, nothing is narrowed.
          if (value !== BY_ID) put("target", label, value ? { media: value } : "all");
        }}
      >
        <option value="">{kind === "story" ? say.allStories : say.allPosts}</option>
        {choices.map((each) => (
          <option key={each.id} value={each.id}>
            {say.mediaOption(each.kind, each.title)}
          </option>
        ))}
        <option value={BY_ID}>{say.byId[kind]}</option>
      </select>
      {byId && <MediaId kind={kind} value={chosen} />}
    </div>
  );
}

function MediaId({ kind, value }: { kind: "story" | "post"; value: string }) {
  const { editing } = useInspector();
  const put = usePut();
  /** What was typed and is no id: it stays in the field and nowhere else. */
  const [wrong, setWrong] = useState<string | null>(null);
  const id = useId();
  const label = say.mediaId[kind];
  return (
    <>
      <input
        className={`${field.input} ${styles.mediaId}`}
        aria-label={label}
        aria-describedby={id}
        aria-invalid={wrong !== null || undefined}
        placeholder={say.mediaIdPlaceholder}
        autoComplete="off"
        spellCheck={false}
        value={wrong ?? value}
        data-testid="field-target-id"
        onChange={(event) => {
          const typed = event.target.value.trim();
          const isId = /^[\d_]*$/.test(typed);
          setWrong(isId ? null : typed);
          if (isId) put("target", label, typed === "" ? "all" : { media: typed }, "target");
        }}
        onBlur={() => editing.getState().settle()}
      />
      {wrong !== null && (
        <p className={styles.notAnId} role="alert">
          {say.mediaIdIsNone}
        </p>
      )}
      <p className={field.hint} id={id}>
        {say.mediaIdHint[kind]}
      </p>
    </>
  );
}
