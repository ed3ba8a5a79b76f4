/** What sending the draft would do. */

import type { Writing } from "@/features/session/looking";
import type { Action, ContactId, MediaId, MediaSurface, Surface } from "@/host";

/** What a surface is written on; a direct message stands by itself. */
export function mediaKindFor(surface: Surface): MediaSurface | null {
  switch (surface) {
    case "dm":
      return null;
    case "story_reply":
      return "story";
    case "comment":
      return "post";
    case "live_comment":
      return "live";
  }
}

/** Null while there is nothing to send, or nothing to write it on. */
export function actionFor(
  person: ContactId,
  writing: Writing,
  surface: Surface,
  media: MediaId | null,
  draft: string,
): Action | null {
  const text = draft.trim();
  if (!text) return null;
  switch (writing.mode) {
    case "by_hand":
      return { do: "human_reply", person, text };
    case "link":
      return { do: "open_link", person, reference: text };
    case "edit":
      return { do: "edit_message", person, bubble: writing.bubble, text };
    case "reply":
      return { do: "comment", person, media: writing.media, text, parent: writing.parent };
    case "person":
      switch (surface) {
        case "dm":
          return { do: "say", person, text };
        case "story_reply":
          return media ? { do: "reply_to_story", person, story: media, text } : null;
        case "comment":
        case "live_comment":
          return media ? { do: "comment", person, media, text, parent: null } : null;
      }
  }
}
