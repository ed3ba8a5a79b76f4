/** What the list of notices says; the notices themselves come as sentences. */

import type { NoticeKind, NoticeScreen } from "@/host";
import { plural } from "@/shared/number";

const kinds: Record<NoticeKind, string> = {
  listener: "The listener does not run",
  tunnel: "The tunnel ended or is away",
  address: "The tunnel’s address changed",
  connection: "A profile or one of its servers cannot be reached",
  live_ended: "Live ended by itself",
  token: "An account cannot send: its token is refused",
  refused: "Messages were not sent, or may not have arrived",
  dead_letter: "Jobs are in the dead letter",
  hit_rate: "A hit rate is low for ten minutes",
  disk: "The disk is nearly full",
  audit: "The audit log cannot be written, so nothing is sent",
};

const screens: Record<NoticeScreen, string> = {
  cache: "Cache",
  queue: "Queue",
  failed_sends: "the failed sends",
  connections: "Connections",
};

export const notices = {
  title: "Notices",
  button: (unread: number) => (unread === 0 ? "Notices" : `Notices, ${unread} new`),
  open: "Show the notices",
  empty: "Nothing needs you.",
  emptyHint:
    "What does is listed here: a listener that cannot start, a server that is gone, jobs that failed.",
  clear: "Clear what is over",
  mend: (screen: NoticeScreen) => `Open ${screens[screen]}`,
  now: "Still so",
  since: (time: string) => `since ${time}`,
  over: (time: string) => `Over, ${time}`,
  times: (times: number) => plural(times, "time", "times"),
  unread: "New",
  notify: "Show them on the desktop too",
  notifyHint: "Only while no window of Heliograph is in front.",
  which: "Which",
  kinds,
  keep: "Keep listening when the window is closed",
  keepHint: "The icon beside the clock brings the window back, and quits.",
  noTray: "This desktop shows no icon beside its clock, so closing the last window quits.",
};
