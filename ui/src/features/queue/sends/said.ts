/** What a send says, to be read and copied. */

import type { Effect, SendRow } from "@/host";
import { texts } from "@/texts";

export interface Said {
  text: string;
  /** What stands on its buttons and quick replies. */
  buttons: string[];
}

export function saidBy(effect: Effect): Said {
  switch (effect.effect) {
    case "reply_to_comment":
      return { text: effect.text, buttons: [] };
    case "react":
      return { text: effect.reaction === "love" ? "❤️" : effect.reaction, buttons: [] };
    case "send": {
      const { message } = effect;
      switch (message.type) {
        case "text":
          return {
            text: message.text,
            buttons: (message.quickReplies ?? []).map((reply) => reply.title),
          };
        case "buttons":
          return { text: message.text, buttons: message.buttons.map((button) => button.title) };
        case "carousel":
          return {
            text: message.cards
              .map((card) => [card.title, card.subtitle].filter(Boolean).join("\n"))
              .join("\n\n"),
            buttons: message.cards.flatMap((card) =>
              (card.buttons ?? []).map((button) => button.title),
            ),
          };
        case "media":
          return { text: message.url, buttons: [] };
      }
    }
  }
}

/** For whom it was: the handle, else the id, else whose comment it answers. */
export function forWhom({ contact, contactId }: SendRow): string {
  return contact ?? contactId ?? texts.queue.sends.nobody;
}
