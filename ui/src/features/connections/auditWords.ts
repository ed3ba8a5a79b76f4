/** What a line of the audit log says of something that was sent. */

import { texts } from "@/texts";

interface Sent {
  message?: { type?: string; text?: string };
  text?: string;
  reaction?: string;
  automation?: string;
  step?: string;
}

/** The text that was sent, or what kind of message it was, and who says it; null for what is
 * no message. */
export function sentIn(after: string | null): string | null {
  if (after === null) return null;
  let sent: Sent | null;
  try {
    sent = JSON.parse(after);
  } catch {
    return null;
  }
  if (typeof sent?.automation !== "string") return null;
  const t = texts.connections.audit;
  const kinds: Record<string, string> = t.kinds;
  const { message, automation, step } = sent;
  const text = message?.text ?? sent.text ?? sent.reaction ?? kinds[message?.type ?? ""];
  if (text === undefined) return null;
  return t.said(text, step === undefined ? automation : `${automation}, ${step}`);
}
