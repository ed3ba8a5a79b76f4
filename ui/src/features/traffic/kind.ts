/** The picture of each kind of event. */

import type { EventKind } from "@/host";
import type { IconName } from "@/shared/Icon";

export const KIND_ICON: Record<EventKind, IconName> = {
  dm_text: "message",
  dm_attachment: "image",
  quick_reply: "tap",
  postback: "tap",
  story_reply: "story",
  story_mention: "story",
  reaction: "heart",
  read: "check",
  referral: "link",
  optin: "followed",
  echo: "reply",
  deleted: "trash",
  edited: "hand",
  unsupported: "warning",
  standby: "silenced",
  comment: "comment",
  live_comment: "live",
  mention: "comment",
  other: "file",
};
