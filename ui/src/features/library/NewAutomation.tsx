import { useEffect, useRef, useState } from "react";
import { useSession } from "@/features/session/context";
import type { AutomationType, Template } from "@/host";
import { Button } from "@/shared/Button";
import { Icon, type IconName } from "@/shared/Icon";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { useBuilder } from "./context";
import styles from "./NewAutomation.module.css";

const TYPE_ICON: Record<AutomationType, IconName> = {
  comment_reply_flow: "comment",
  dm_automation: "message",
  story_reply_flow: "story",
};

/** Begins a draft from a template. */
export function NewAutomation() {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const { drafting } = useBuilder();
  const host = useSession((session) => session.host.builder);
  const [templates, setTemplates] = useState<readonly Template[]>([]);

  useEffect(() => {
    if (!open || templates.length > 0) return;
    // They are part of the program: without them the list is empty, and says nothing wrong.
    host.templates().then(setTemplates, () => undefined);
  }, [open, templates.length, host]);

  return (
    <>
      <Button
        ref={anchor}
        look="primary"
        icon="add"
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="new-automation"
        onClick={() => setOpen(!open)}
      >
        {texts.library.new}
      </Button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={texts.library.newTitle}
        width={380}
      >
        <h2 className={styles.title}>{texts.library.newTitle}</h2>
        <p className={styles.hint}>{texts.library.newHint}</p>
        <ul className={styles.templates}>
          {templates.map((template, index) => (
            <li key={template.id}>
              <button
                type="button"
                className={styles.template}
                data-autofocus={index === 0 ? true : undefined}
                data-testid={`template-${template.id}`}
                onClick={() => {
                  setOpen(false);
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
      </Popover>
    </>
  );
}
