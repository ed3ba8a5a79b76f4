import { type MouseEvent, useRef, useState } from "react";
import { useLooking, useSession } from "@/features/session/context";
import type { Bubble, Person } from "@/host";
import { IconButton } from "@/shared/Button";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import styles from "./Conversation.module.css";
import { isPublic, parentComment, spokenContent } from "./threads";
import type { WhyBubble } from "./why";

const REACTIONS = ["❤️", "😂", "👍"];

/** Opens the menu of the message that was clicked with the other button. */
export function openActions(event: MouseEvent<HTMLElement>) {
  if (window.getSelection()?.toString()) return;
  event.preventDefault();
  event.currentTarget.querySelector<HTMLElement>("[data-actions]")?.click();
}

interface BubbleActionsProps {
  bubble: Bubble;
  person: Person;
  why: WhyBubble;
}

/** Why, and what the person can do with a message: react, edit, delete, reply. */
export function BubbleActions({ bubble, person, why }: BubbleActionsProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const act = useSession((session) => session.act);
  const write = useLooking((looking) => looking.write);
  const { content } = bubble;
  const inComments = isPublic(bubble);
  const parent = inComments ? parentComment(person.conversation, bubble) : null;
  const own = bubble.from === "person";
  const choices = {
    react: !own && !inComments && content.type === "message",
    edit: own && !inComments && content.type === "text",
    delete: own && !inComments && (content.type === "text" || content.type === "attachment"),
    reply:
      inComments &&
      bubble.mediaId !== null &&
      parent !== null &&
      bubble.surface === "comment" &&
      (content.type === "text" || content.type === "public_reply"),
  };
  const any = Object.values(choices).some(Boolean);
  const choose = (run: () => void) => () => {
    setOpen(false);
    run();
  };

  return (
    <span className={`${styles.actions} ${open ? styles.actionsOpen : ""}`}>
      {why.canShow && (
        <IconButton small icon="why" label={texts.conversation.why} onClick={why.show} />
      )}
      {any && (
        <>
          <IconButton
            ref={anchor}
            small
            icon="more"
            label={texts.conversation.actions}
            aria-haspopup="menu"
            aria-expanded={open}
            data-actions
            onClick={() => setOpen(!open)}
          />
          <Popover
            anchor={anchor}
            open={open}
            onClose={() => setOpen(false)}
            label={texts.conversation.actions}
            role="menu"
          >
            {choices.react &&
              REACTIONS.map((emoji) => (
                <MenuItem
                  key={emoji}
                  icon="heart"
                  onChoose={choose(
                    () => void act({ do: "react", person: person.id, bubble: bubble.id, emoji }),
                  )}
                >
                  {texts.conversation.react(emoji)}
                </MenuItem>
              ))}
            {choices.react && (
              <>
                <MenuItem
                  icon="minus"
                  onChoose={choose(
                    () => void act({ do: "unreact", person: person.id, bubble: bubble.id }),
                  )}
                >
                  {texts.playback.conversation.takeReactionBack}
                </MenuItem>
                <MenuItem
                  icon="check"
                  onChoose={choose(
                    () => void act({ do: "read", person: person.id, bubble: bubble.id }),
                  )}
                >
                  {texts.playback.conversation.markRead}
                </MenuItem>
              </>
            )}
            {choices.reply && (
              <MenuItem
                icon="reply"
                onChoose={choose(() => {
                  if (!bubble.mediaId || !parent) return;
                  write(
                    {
                      mode: "reply",
                      parent,
                      media: bubble.mediaId,
                      text: spokenContent(bubble),
                    },
                    "",
                  );
                })}
              >
                {texts.conversation.replyTo}
              </MenuItem>
            )}
            {choices.edit && (
              <MenuItem
                icon="hand"
                onChoose={choose(() =>
                  write({ mode: "edit", bubble: bubble.id }, spokenContent(bubble)),
                )}
              >
                {texts.conversation.edit}
              </MenuItem>
            )}
            {choices.delete && (
              <MenuItem
                icon="trash"
                onChoose={choose(
                  () => void act({ do: "delete_message", person: person.id, bubble: bubble.id }),
                )}
              >
                {texts.conversation.delete}
              </MenuItem>
            )}
          </Popover>
        </>
      )}
    </span>
  );
}
