import { useEffect, useState } from "react";
import { useSession } from "@/features/session/context";
import type { AutomationType, Template } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { arrowTarget } from "@/shared/roving";
import { useBuilder } from "./context";
import { EVERYTHING } from "./order";
import styles from "./Templates.module.css";

const TYPE_ICON: Record<AutomationType, IconName> = {
  comment_reply_flow: "comment",
  dm_automation: "message",
  story_reply_flow: "story",
};

/** What a draft may begin with; arrow keys move between them. */
export function Templates({
  autoFocus = false,
  onChoose,
}: {
  autoFocus?: boolean;
  onChoose?: () => void;
}) {
  const { drafting, view } = useBuilder();
  const host = useSession((session) => session.host.builder);
  const [templates, setTemplates] = useState<readonly Template[]>([]);

  useEffect(() => {
    // They are part of the program: without them the list is empty, and says nothing wrong.
    host.templates().then(setTemplates, () => undefined);
  }, [host]);

  const move = (event: React.KeyboardEvent<HTMLElement>, index: number) => {
    const target = arrowTarget(event.key, index, templates.length, "vertical");
    const list = event.currentTarget.closest("ul");
    if (target === null || !list) return;
    event.preventDefault();
    list.querySelectorAll("button")[target]?.focus();
  };

  return (
    <ul className={styles.templates}>
      {templates.map((template, index) => (
        <li key={template.id}>
          <button
            type="button"
            className={styles.template}
            // They come after the panel that they are in.
            ref={autoFocus && index === 0 ? focus : undefined}
            data-testid={`template-${template.id}`}
            onKeyDown={(event) => move(event, index)}
            onClick={() => {
              onChoose?.();
              // What is begun is seen and edited, whatever was looked for before.
              view.setState({ side: "edit", filter: EVERYTHING });
              void drafting.getState().create(template.id);
            }}
          >
            <Icon name={TYPE_ICON[template.automation.type]} />
            <span>
              <strong>{template.name}</strong>
              <span className={styles.about}>{template.about}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function focus(element: HTMLElement | null) {
  element?.focus();
}
