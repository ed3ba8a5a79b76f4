import { ConversationsScreen } from "@/features/conversations/ConversationsScreen";

/** Who stands where, one contact's history, and setting by hand what went wrong. */
export function Conversations() {
  return <ConversationsScreen />;
}
