import { useEffect, useId, useRef, useState } from "react";
import type { Completion, FilterError } from "@/host";
import { IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import { useTraffic, useTrafficHost, useTrafficStore } from "./context";
import styles from "./Traffic.module.css";

/** The filter as it is typed, with what can be written next and what cannot be read. */
export function FilterBar({ onError }: { onError: (error: FilterError | null) => void }) {
  const store = useTrafficStore();
  const host = useTrafficHost();
  const text = useTraffic((state) => state.filter);
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const [offered, setOffered] = useState<Completion[]>([]);
  const [at, setAt] = useState(-1);
  const [wrong, setWrong] = useState(false);
  const asked = useRef(0);
  const seen = useRef(text);

  const read = async (filter: string, caret: number, offers: boolean) => {
    seen.current = filter;
    asked.current += 1;
    const mine = asked.current;
    try {
      const { error, completions } = await host.filter(filter, caret);
      if (mine !== asked.current) return;
      const typing = document.activeElement === input.current;
      setOffered(offers && typing ? completions : []);
      setAt(-1);
      setWrong(error !== null);
      // What is only begun is no mistake yet.
      const begun = offers && completions.length > 0 && error && error.at + error.length >= caret;
      onError(begun ? null : error);
      if (!error) void store.getState().apply(filter);
    } catch {
      // Only a closing application does not answer.
    }
  };

  const write = (filter: string, caret: number, offers = true) => {
    store.getState().write(filter);
    void read(filter, caret, offers);
  };

  const take = (completion: Completion) => {
    const next = text.slice(0, completion.from) + completion.insert + text.slice(completion.to);
    const caret = completion.from + completion.insert.length;
    write(next, caret);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(caret, caret);
    });
  };

  const close = () => {
    setOffered([]);
    setAt(-1);
  };

  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    const open = offered.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      setAt((at + by + offered.length + (at < 0 && by < 0 ? 1 : 0)) % offered.length);
      return;
    }
    const chosen = offered[at] ?? (event.key === "Tab" && text !== "" ? offered[0] : undefined);
    if (open && chosen && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      take(chosen);
      return;
    }
    if (event.key === "Enter") {
      close();
      void read(text, text.length, false);
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      if (open) close();
      else if (text) write("", 0, false);
    }
  };

  // What was written from elsewhere, such as the palette, is read too: what was wrong before
  // is not any more. What is typed has been read when it comes here.
  useEffect(() => {
    if (text !== seen.current) void read(text, text.length, false);
  });

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = (event.ctrlKey || event.metaKey) && !event.altKey;
      if (!command || event.key !== "f") return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <div className={styles.filter}>
      <div className={styles.filterField}>
        <input
          ref={input}
          type="text"
          role="combobox"
          className={field.input}
          aria-label={texts.traffic.filter.label}
          aria-expanded={offered.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={at >= 0 ? `${list}-${at}` : undefined}
          aria-invalid={wrong && offered.length === 0 ? true : undefined}
          aria-keyshortcuts="Control+F"
          placeholder={texts.traffic.filter.placeholder}
          spellCheck={false}
          autoComplete="off"
          value={text}
          data-testid="traffic-filter"
          onChange={(event) =>
            write(event.target.value, event.target.selectionStart ?? event.target.value.length)
          }
          onFocus={() => {
            if (text === "") void read("", 0, true);
          }}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
        {text !== "" && (
          <IconButton
            small
            icon="close"
            label={texts.traffic.filter.clear}
            data-testid="traffic-filter-clear"
            onClick={() => {
              write("", 0, false);
              input.current?.focus();
            }}
          />
        )}
      </div>
      <div
        id={list}
        role="listbox"
        aria-label={texts.traffic.filter.completions}
        className={styles.completions}
        hidden={offered.length === 0}
      >
        {offered.map((completion, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the field's.
          // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus.
          <div
            key={completion.label}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles.completion}
            data-testid={`completion-${completion.label}`}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(completion)}
          >
            <code>{completion.label}</code>
            {completion.about && <span>{completion.about}</span>}
          </div>
        ))}
      </div>
    </div>
  );
}
