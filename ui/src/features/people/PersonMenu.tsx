import type { RefObject } from "react";
import { useOpened, useSession } from "@/features/session/context";
import type { Person } from "@/host";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";

/** What can be done with a person, where the other mouse button or the menu key asks. */
export function PersonMenu({
  person,
  anchor,
  open,
  onClose,
}: {
  person: Person;
  anchor: RefObject<HTMLButtonElement | null>;
  open: boolean;
  onClose: () => void;
}) {
  const username = useOpened((opened) => opened.account.username);
  const setFollows = useSession((session) => session.setFollows);
  const setUnsubscribed = useSession((session) => session.setUnsubscribed);
  const unsubscribed = person.contact?.unsubscribed === true;
  const choose = (run: () => void) => () => {
    onClose();
    anchor.current?.focus();
    run();
  };
  return (
    <Popover
      anchor={anchor}
      open={open}
      onClose={onClose}
      label={texts.people.details(person.name)}
      role="menu"
    >
      <MenuItem
        icon={person.follows ? "follow" : "followed"}
        onChoose={choose(() => void setFollows(person.id, !person.follows))}
      >
        {person.follows ? texts.people.unfollow(username) : texts.people.follow(username)}
      </MenuItem>
      <MenuItem
        icon="muted"
        onChoose={choose(() => void setUnsubscribed(person.id, !unsubscribed))}
      >
        {unsubscribed ? texts.people.subscribe : texts.people.unsubscribe}
      </MenuItem>
    </Popover>
  );
}
