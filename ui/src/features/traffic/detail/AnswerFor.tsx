import { connectionsOf } from "@/features/connections/context";
import { useStores } from "@/features/session/context";
import type { AccountId, OpenedDelivery } from "@/host";
import { Button } from "@/shared/Button";
import { texts } from "@/texts";

/** The way out where no workspace knows an account: it is added in Connections. */
export function AnswerFor({ opened }: { opened: OpenedDelivery }) {
  const { session, navigation } = useStores();
  const unknown = new Set<AccountId>();
  for (const { event, decision } of opened.decisions) {
    if (decision.trace.reason === "unknown_account" && event.accountId) {
      unknown.add(event.accountId);
    }
  }
  const add = async (id: AccountId) => {
    const connections = connectionsOf(session).getState();
    navigation.getState().go("connections");
    await connections.loadAccounts();
    connections.addAccount(id);
  };
  return [...unknown].map((id) => (
    <Button key={id} icon="add" data-testid="answer-for" onClick={() => void add(id)}>
      {texts.connections.accounts.answerFor(id)}
    </Button>
  ));
}
