import { QueueScreen } from "@/features/queue/QueueScreen";

/** The queue: how it stands, what failed and why, and moving jobs on purpose. */
export function Queue() {
  return <QueueScreen />;
}
