import { useEffect, useId, useMemo, useState } from "react";
import type { EventKind, WebhookTemplate } from "@/host";
import field from "@/shared/Field.module.css";
import { SearchField } from "@/shared/SearchField";
import { texts } from "@/texts";
import { useTrafficHost } from "../context";
import styles from "./Compose.module.css";

/** Webhooks to begin with, by kind: those that were saved here, then the fixtures'. */
export function Templates({ onChoose }: { onChoose: (template: WebhookTemplate) => void }) {
  const host = useTrafficHost();
  const id = useId();
  const [all, setAll] = useState<WebhookTemplate[]>([]);
  const [wanted, setWanted] = useState("");
  const [chosen, setChosen] = useState("");
  const t = texts.traffic.compose;

  useEffect(() => {
    let current = true;
    host.templates().then(
      (templates) => {
        if (current) setAll(templates);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [host]);

  const groups = useMemo(() => grouped(all, wanted), [all, wanted]);
  const template = all.find((one) => one.name === chosen);
  return (
    <div className={styles.templates}>
      <div className={styles.finding}>
        <label htmlFor={`${id}-template`} className={field.label}>
          {t.template}
        </label>
        <SearchField
          label={t.search}
          clear={texts.window.clearSearch}
          value={wanted}
          testId="compose-find"
          onChange={setWanted}
        />
      </div>
      <select
        id={`${id}-template`}
        className={styles.list}
        size={6}
        value={chosen}
        data-testid="compose-template"
        onChange={(event) => {
          setChosen(event.target.value);
          const found = all.find((one) => one.name === event.target.value);
          if (found) onChoose(found);
        }}
      >
        {groups.map(({ title, templates }) => (
          <optgroup key={title} label={title}>
            {templates.map((one) => (
              <option key={one.name} value={one.name}>
                {one.title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <p className={field.hint}>
        {groups.length === 0 && all.length > 0 ? t.noTemplate : (template?.about ?? " ")}
      </p>
    </div>
  );
}

interface Group {
  title: string;
  templates: WebhookTemplate[];
}

/** The templates that hold every word that is wanted, by kind. */
export function grouped(all: readonly WebhookTemplate[], wanted: string): Group[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, WebhookTemplate[]>();
  for (const one of all) {
    const kind: EventKind = one.kind;
    const text = `${one.title} ${one.about} ${one.name} ${texts.kinds[kind]}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    const title = one.own ? texts.traffic.compose.own : texts.kinds[kind];
    groups.set(title, [...(groups.get(title) ?? []), one]);
  }
  return [...groups].map(([title, templates]) => ({ title, templates }));
}
