import { ConnectionsScreen } from "@/features/connections/ConnectionsScreen";

/** Profiles, how webhooks come in, and the audit log. */
export function Connections() {
  return <ConnectionsScreen />;
}
