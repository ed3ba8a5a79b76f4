import { useEffect, useRef, useState } from "react";
import { firstName } from "@/features/people/names";
import { useLooking, useOpened, useSession, useStores } from "@/features/session/context";
import type { Writing } from "@/features/session/looking";
import type { Media, Person, Sendable, Surface } from "@/host";
import { IconButton } from "@/shared/Button";
import { quotesApart } from "@/shared/bidi";
import field from "@/shared/Field.module.css";
import { Icon, type IconName } from "@/shared/Icon";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { type Segment, Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import styles from "./Composer.module.css";
import { scriptOf } from "./script";
import { actionFor, mediaKindFor } from "./writing";

const SURFACES: readonly Segment<Surface>[] = [
  { value: "dm", label: texts.surfaces.dm, icon: "message", testId: "surface-dm" },
  {
    value: "story_reply",
    label: texts.surfaces.story_reply,
    icon: "story",
    testId: "surface-story",
  },
  { value: "comment", label: texts.surfaces.comment, icon: "comment", testId: "surface-comment" },
  {
    value: "live_comment",
    label: texts.surfaces.live_comment,
    icon: "live",
    testId: "surface-live",
  },
];

/** What a person can send without words. */
const SENDABLE: readonly [Sendable, IconName][] = [
  ["image", "image"],
  ["video", "video"],
  ["audio", "audio"],
  ["file", "file"],
  ["ig_post", "link"],
  ["ig_reel", "link"],
  ["ig_story", "story"],
  ["like_heart", "heart"],
  ["unsupported", "warning"],
];

/** In which modes the person writes, in their language. */
const IS_OF_PERSON: Record<Writing["mode"], boolean> = {
  person: true,
  edit: true,
  reply: true,
  by_hand: false,
  link: false,
};

/** Writes as the person in front, on the chosen surface. Enter sends. */
export function Composer({ person }: { person: Person }) {
  const surface = useLooking((looking) => looking.surface);
  const writing = useLooking((looking) => looking.writing);
  const draft = useLooking((looking) => looking.draft);
  const chosenMedia = useLooking((looking) => looking.chosenMedia);
  const setDraft = useLooking((looking) => looking.setDraft);
  const chooseSurface = useLooking((looking) => looking.chooseSurface);
  const write = useLooking((looking) => looking.write);
  const chooseDelivery = useLooking((looking) => looking.chooseDelivery);
  const media = useOpened((opened) => opened.media);
  const mediaOrder = useOpened((opened) => opened.mediaOrder);
  const account = useOpened((opened) => opened.account.username);
  const act = useSession((each) => each.act);
  const { session } = useStores();
  const input = useRef<HTMLTextAreaElement>(null);

  const kind = mediaKindFor(surface);
  const choices = mediaOrder.flatMap((id) => media[id] ?? []).filter((each) => each.kind === kind);
  const target = choices.find((each) => each.id === chosenMedia[surface]) ?? choices[0] ?? null;
  const action = actionFor(person.id, writing, surface, target?.id ?? null, draft);

  // Whoever chose to edit, to reply or to answer by hand wants to write now.
  useEffect(() => {
    if (writing.mode !== "person") input.current?.focus();
  }, [writing]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the draft.
  useEffect(() => {
    const element = input.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, 120)}px`;
  }, [draft]);

  const send = async () => {
    if (!action) return;
    const text = draft;
    setDraft("");
    chooseDelivery(null);
    if (await act(action)) {
      if (writing.mode !== "by_hand") write({ mode: "person" });
      // What is awaited now is answered in the messages, wherever it began.
      if (surface !== "dm" && session.getState().opened?.people[person.id]?.state) {
        chooseSurface("dm");
      }
    } else {
      setDraft(text);
    }
    input.current?.focus();
  };

  const placeholder =
    writing.mode === "by_hand"
      ? texts.composer.handPlaceholder(account)
      : writing.mode === "link"
        ? texts.composer.linkPlaceholder
        : writing.mode === "edit"
          ? texts.composer.editPlaceholder
          : writing.mode === "reply" || surface === "comment" || surface === "live_comment"
            ? texts.composer.commentPlaceholder(firstName(person.name))
            : surface === "story_reply"
              ? texts.composer.storyPlaceholder(firstName(person.name))
              : texts.composer.placeholder(firstName(person.name));

  return (
    <form
      className={`${styles.composer} ${writing.mode === "by_hand" ? styles.byHand : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {writing.mode === "person" ? (
        <div className={styles.surfaces}>
          <Segments
            label={texts.composer.surface}
            value={surface}
            segments={SURFACES}
            onChange={chooseSurface}
          />
        </div>
      ) : (
        <WritingMode person={person} onLeave={() => write({ mode: "person" }, "")} />
      )}
      {writing.mode === "person" && kind && (
        <MediaChoice surface={surface} kind={kind} choices={choices} chosen={target} />
      )}
      <div className={styles.line}>
        <More person={person} />
        <textarea
          ref={input}
          id="composer"
          className={styles.field}
          rows={1}
          value={draft}
          {...scriptOf(person, IS_OF_PERSON[writing.mode] ? "person" : "account")}
          spellCheck={writing.mode !== "link"}
          placeholder={placeholder}
          aria-label={placeholder.replace("…", "")}
          aria-keyshortcuts="/"
          data-testid="composer"
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              void send();
            } else if (event.key === "Escape" && writing.mode !== "person") {
              event.stopPropagation();
              write({ mode: "person" }, "");
            }
          }}
        />
        <button
          type="submit"
          className={styles.send}
          disabled={!action}
          aria-label={texts.composer.send}
          title={texts.composer.send}
          data-testid="send"
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}

function MediaChoice({
  surface,
  kind,
  choices,
  chosen,
}: {
  surface: Surface;
  kind: Media["kind"];
  choices: readonly Media[];
  chosen: Media | null;
}) {
  const chooseMedia = useLooking((looking) => looking.chooseMedia);
  if (choices.length === 0) return <p className={field.problem}>{texts.composer.noMedia(kind)}</p>;
  return (
    <select
      className={field.select}
      aria-label={texts.composer.on(kind)}
      data-testid="surface-media"
      value={chosen?.id}
      onChange={(event) => chooseMedia(surface, event.target.value)}
    >
      {choices.map((each) => (
        <option key={each.id} value={each.id}>
          {each.title}
        </option>
      ))}
    </select>
  );
}

/** Says that the composer does something else than writing as the person. */
function WritingMode({ person, onLeave }: { person: Person; onLeave: () => void }) {
  const writing = useLooking((looking) => looking.writing);
  const account = useOpened((opened) => opened.account.username);
  const [icon, text]: [IconName, string] =
    writing.mode === "by_hand"
      ? ["hand", texts.composer.byHandActive(account)]
      : writing.mode === "link"
        ? ["link", texts.composer.linkActive(firstName(person.name))]
        : writing.mode === "reply"
          ? ["reply", texts.composer.replying(writing.text)]
          : ["hand", texts.composer.editing];
  return (
    <p className={styles.mode}>
      <Icon name={icon} size={14} />
      <span>{quotesApart(text)}</span>
      <IconButton small icon="close" label={texts.composer.leave} onClick={onLeave} />
    </p>
  );
}

function More({ person }: { person: Person }) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const act = useSession((session) => session.act);
  const write = useLooking((looking) => looking.write);
  const account = useOpened((opened) => opened.account.username);
  const choose = (run: () => void) => () => {
    setOpen(false);
    anchor.current?.focus();
    run();
  };
  return (
    <>
      <IconButton
        ref={anchor}
        icon="add"
        label={texts.composer.more}
        aria-haspopup="menu"
        aria-expanded={open}
        className={styles.more}
        data-testid="composer-more"
        onClick={() => setOpen(!open)}
      />
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={texts.composer.more}
        role="menu"
      >
        {SENDABLE.map(([what, icon]) => (
          <MenuItem
            key={what}
            icon={icon}
            onChoose={choose(() => void act({ do: "send", person: person.id, what }))}
          >
            {texts.playback.sendables[what]}
          </MenuItem>
        ))}
        <MenuItem
          icon="story"
          onChoose={choose(() => void act({ do: "mention_in_story", person: person.id }))}
        >
          {texts.composer.mention(account)}
        </MenuItem>
        <MenuItem
          icon="link"
          testId="composer-link"
          onChoose={choose(() => write({ mode: "link" }, ""))}
        >
          {texts.composer.link}
        </MenuItem>
        <MenuItem icon="hand" onChoose={choose(() => write({ mode: "by_hand" }, ""))}>
          {texts.composer.byHand(account)}
        </MenuItem>
      </Popover>
    </>
  );
}
