/** The way to the failed sends, from anywhere. */

import type { Stores } from "@/features/session/context";
import { queueOf } from "../context";
import { sendsOf } from "./context";

export function goToFailedSends({ session, navigation }: Stores): void {
  const { host } = session.getState();
  const queue = queueOf(host);
  navigation.getState().go("queue");
  queue.getState().showSends();
  // Where nothing is known yet, it is told as soon as the screen is there.
  const { news } = queue.getState();
  if (news) sendsOf(host).getState().told(news);
}
