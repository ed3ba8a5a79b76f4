import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import type { Message } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import { buttonsOf, type CanvasNode, type Tappable } from "../document/canvas";
import { plain, textOn } from "../document/says";
import styles from "./Canvas.module.css";
import type { CanvasFlowNode } from "./flow";
import { Findings, NodeFrame } from "./NodeFrame";
import { Words } from "./Words";

export const MESSAGE_ICON: Record<Message["type"], IconName> = {
  text: "message",
  buttons: "tap",
  carousel: "cards",
  media: "image",
};

const say = texts.builder.canvas;
/** What a card leaves for them, without the room for how many more there are. */
const REPLIES_ROOM = 240;

export const MessageNode = memo(function MessageNode({ data }: NodeProps<CanvasFlowNode>) {
  const { node, findings } = data;
  if (node.kind !== "message") return null;
  const text = textOn(node);
  const { type } = node.message;
  return (
    <NodeFrame
      id={node.id}
      look={styles.part}
      off={!node.on}
      label={say.node(say.message(node.at + 1, type), text && plain(text))}
      findings={findings}
    >
      <p className={styles.head}>
        <Icon name={MESSAGE_ICON[type]} size={14} />
        <span className={styles.hint}>{texts.builder.messages[type]}</span>
        <Findings findings={findings} />
      </p>
      {text && <Words text={text} />}
      {type === "text" ? <Replies node={node} /> : <Taps taps={buttonsOf(node)} />}
    </NodeFrame>
  );
});

export const CardNode = memo(function CardNode({ data }: NodeProps<CanvasFlowNode>) {
  const { node, findings } = data;
  if (node.kind !== "card") return null;
  const { card } = node;
  return (
    <NodeFrame
      id={node.id}
      look={styles.part}
      off={!node.on}
      label={say.node(say.card(node.at + 1), plain(card.title))}
      findings={findings}
    >
      <p className={styles.head}>
        {card.imageUrl && <Icon name="image" size={14} />}
        <span className={styles.cardTitle}>{plain(card.title) || say.silent}</span>
        <Findings findings={findings} />
      </p>
      {card.subtitle && <Words text={card.subtitle} />}
      <Taps taps={buttonsOf(node)} />
    </NodeFrame>
  );
});

/** Buttons one below the other, each with where it leads. */
function Taps({ taps }: { taps: readonly Tappable[] }) {
  return taps.map((tap, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the buttons of a message have no ids.
    <p key={index} className={styles.tapRow}>
      <span className={styles.tapTitle}>{plain(tap.title) || "…"}</span>
      <span className={styles.leads}>
        {tap.step ? (
          say.leadsTo(tap.step)
        ) : (
          <Icon name="link" size={12} label={texts.builder.inspector.opensLink} />
        )}
      </span>
    </p>
  ));
}

/** Quick replies in one line, and how many more there are. */
function Replies({ node }: { node: CanvasNode }) {
  const taps = buttonsOf(node);
  if (taps.length === 0) return null;
  const shown = fitting(taps.map((tap) => plain(tap.title)));
  return (
    <p className={styles.replies}>
      {taps.slice(0, shown).map((tap, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: quick replies have no ids.
        <span key={index} className={styles.reply}>
          {plain(tap.title) || "…"}
        </span>
      ))}
      {taps.length > shown && <span className={styles.hint}>{say.more(taps.length - shown)}</span>}
    </p>
  );
}

/** How many of these titles fit beside each other; their width is a guess on the safe side. */
function fitting(titles: readonly string[]): number {
  let left = REPLIES_ROOM;
  const cut = titles.findIndex((title) => {
    left -= title.length * 7 + 22;
    return left < 0;
  });
  return cut === -1 ? titles.length : Math.max(1, cut);
}
