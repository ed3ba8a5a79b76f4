import { useId, useState } from "react";
import type { Account, AccountsView } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import field from "@/shared/Field.module.css";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import styles from "./Connections.module.css";
import { useConnections, useConnectionsStore } from "./context";
import { Pair, Text } from "./Fields";

/** The choice of an account of its own, in the list of those that an id may belong to. */
const OF_ITS_OWN = "";

/** An account, added or edited; a new id may also be one more of an account that is there. */
export function AccountDialog({ account, isNew }: { account: Account; isNew: boolean }) {
  const store = useConnectionsStore();
  const view = useConnections((state) => state.accounts);
  const [typed, setTyped] = useState(() => asTyped(account));
  const [owner, setOwner] = useState(OF_ITS_OWN);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const t = texts.connections.accounts;
  const close = () => store.getState().close();
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const known = view?.accounts.find(({ id }) => id === owner);

  const save = async () => {
    setBusy(true);
    setProblem(null);
    const refused = known
      ? await store.getState().saveAccount(withId(known, typed.id), false)
      : await store.getState().saveAccount(asSaved(account, typed), isNew);
    setBusy(false);
    if (refused) setProblem(refused.message);
  };

  return (
    <Dialog
      title={isNew ? t.addTitle : t.editTitle(account.username)}
      onClose={close}
      testId="account-dialog"
      buttons={
        <>
          <Button look="quiet" onClick={close}>
            {t.cancel}
          </Button>
          <Button
            look="primary"
            disabled={busy || typed.id.trim() === ""}
            data-testid="account-save"
            onClick={() => void save()}
          >
            {t.save}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {problem && (
          <p className={field.problem} role="alert" data-testid="account-problem">
            {problem}
          </p>
        )}
        {isNew ? (
          <Text
            label={t.id}
            value={typed.id}
            placeholder="17841400000000001"
            hint={t.idHint}
            mono
            autoFocus
            testId="account-id"
            onChange={(id) => change({ id })}
          />
        ) : (
          <p>
            <span className={field.label}>{t.id}</span>
            <code className="selectable">{account.id}</code>
          </p>
        )}
        {isNew && view && view.accounts.length > 0 && (
          <Owner view={view} owner={owner} onChange={setOwner} />
        )}
        {!known && <Fields typed={typed} view={view} isNew={isNew} onChange={change} />}
        {/* Enter saves from every field. */}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** Whose id it is: of an account of its own, or of one that is there. */
function Owner({
  view,
  owner,
  onChange,
}: {
  view: AccountsView;
  owner: string;
  onChange: (owner: string) => void;
}) {
  const id = useId();
  const t = texts.connections.accounts;
  return (
    <div>
      <label className={field.label} htmlFor={id}>
        {t.owner}
      </label>
      <select
        id={id}
        className={field.select}
        value={owner}
        data-testid="account-owner"
        onChange={(event) => onChange(event.target.value)}
      >
        <option value={OF_ITS_OWN}>{t.ofItsOwn}</option>
        {view.accounts.map((account) => (
          <option key={account.id} value={account.id}>
            {t.anotherIdOf(account.username)}
          </option>
        ))}
      </select>
      <p className={field.hint}>{owner === OF_ITS_OWN ? t.ofItsOwnHint : t.anotherIdHint}</p>
    </div>
  );
}

function Fields({
  typed,
  view,
  isNew,
  onChange,
}: {
  typed: Typed;
  view: AccountsView | null;
  isNew: boolean;
  onChange: (part: Partial<Typed>) => void;
}) {
  const id = useId();
  const t = texts.connections.accounts;
  return (
    <>
      <Text
        label={t.username}
        value={typed.username}
        placeholder="bakery.example"
        autoFocus={!isNew}
        testId="account-username"
        onChange={(username) => onChange({ username })}
      />
      {isNew && view && view.workspaces.length > 1 && (
        <div>
          <label className={field.label} htmlFor={id}>
            {t.workspace}
          </label>
          <select
            id={id}
            className={field.select}
            value={typed.workspaceId}
            data-testid="account-workspace"
            onChange={(event) => onChange({ workspaceId: event.target.value })}
          >
            {view.workspaces.map((workspace) => (
              <option key={workspace.id} value={workspace.id}>
                {workspace.name}
              </option>
            ))}
          </select>
        </div>
      )}
      <Text
        label={t.aliases}
        value={typed.aliases}
        hint={t.aliasesHint}
        mono
        testId="account-aliases"
        onChange={(aliases) => onChange({ aliases })}
      />
      <Switch
        label={t.answers}
        on={typed.isActive}
        testId="account-active"
        onChange={(isActive) => onChange({ isActive })}
      />
      <Text
        label={t.silence}
        value={typed.silence}
        hint={t.silenceHint}
        testId="account-silence"
        onChange={(silence) => onChange({ silence: silence.replace(/\D/g, "").slice(0, 6) })}
      />
      <Pair even>
        <Text
          label={t.unsubscribe}
          value={typed.unsubscribe}
          placeholder={t.wordsPlaceholder}
          testId="account-unsubscribe"
          onChange={(unsubscribe) => onChange({ unsubscribe })}
        />
        <Text
          label={t.resubscribe}
          value={typed.resubscribe}
          testId="account-resubscribe"
          onChange={(resubscribe) => onChange({ resubscribe })}
        />
      </Pair>
      <p className={field.hint}>{t.wordsHint}</p>
    </>
  );
}

/** What the fields hold. */
interface Typed {
  id: string;
  username: string;
  workspaceId: string;
  aliases: string;
  isActive: boolean;
  silence: string;
  unsubscribe: string;
  resubscribe: string;
}

function asTyped({ id, username, workspaceId, aliases, isActive, settings }: Account): Typed {
  const minutes = settings?.silenceAfterHumanMinutes ?? 0;
  return {
    id,
    username,
    workspaceId,
    aliases: (aliases ?? []).join(", "),
    isActive: isActive !== false,
    silence: minutes > 0 ? String(minutes) : "",
    unsubscribe: (settings?.unsubscribeKeywords ?? []).join(", "),
    resubscribe: (settings?.resubscribeKeywords ?? []).join(", "),
  };
}

function asSaved(account: Account, typed: Typed): Account {
  return {
    ...account,
    id: typed.id.trim(),
    username: typed.username,
    workspaceId: typed.workspaceId,
    aliases: parts(typed.aliases),
    isActive: typed.isActive,
    settings: {
      ...account.settings,
      silenceAfterHumanMinutes: typed.silence === "" ? null : Number(typed.silence),
      unsubscribeKeywords: parts(typed.unsubscribe),
      resubscribeKeywords: parts(typed.resubscribe),
    },
  };
}

function withId(account: Account, id: string): Account {
  return { ...account, aliases: [...(account.aliases ?? []), id.trim()] };
}

function parts(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}
