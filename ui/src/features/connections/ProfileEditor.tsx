import { useState } from "react";
import type { DraftGraph, DraftPlace, DraftServers, GuardLevel, ProfileDraft } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import field from "@/shared/Field.module.css";
import { Segments } from "@/shared/Segments";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import styles from "./Connections.module.css";
import { useConnection, useConnections, useConnectionsStore } from "./context";
import { Pair, SecretField, Text } from "./Fields";
import { MetricsFields } from "./MetricsFields";

type ServersDraft = { kind: "servers" } & DraftServers;
type GraphDraft = { kind: "graph" } & DraftGraph;
type Secret = "redisPassword" | "mongoPassword" | "queuePassword";

/** A profile, edited. Secrets are never shown: they are kept, replaced or forgotten. */
export function ProfileEditor({
  draft: begun,
  instead,
}: {
  draft: ProfileDraft;
  instead: string | null;
}) {
  const store = useConnectionsStore();
  const connection = useConnection();
  const place = useConnections((state) => state.view?.secrets.place ?? "");
  const [draft, setDraft] = useState(begun);
  const [more, setMore] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const t = texts.connections.editor;
  const close = () => store.getState().close();
  const change = (part: Partial<ProfileDraft>) => setDraft({ ...draft, ...part });

  const save = async (thenTest: boolean) => {
    setBusy(true);
    const refused = await store.getState().save(draft, instead);
    setBusy(false);
    if (refused) setProblem(refused.message);
    else if (thenTest) void store.getState().test(draft.name.trim(), false);
  };

  return (
    <Dialog
      title={instead === null ? t.create : t.edit(instead)}
      onClose={close}
      testId="profile-editor"
      buttons={
        <>
          <Button look="quiet" onClick={close}>
            {t.cancel}
          </Button>
          <Button
            disabled={busy || draft.name.trim() === ""}
            data-testid="profile-save"
            onClick={() => void save(false)}
          >
            {t.save}
          </Button>
          <Button
            look="primary"
            disabled={busy || draft.name.trim() === ""}
            data-testid="profile-save-test"
            onClick={() => void save(true)}
          >
            {t.saveAndTest}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (draft.name.trim() !== "") void save(true);
        }}
      >
        {problem && (
          <p className={field.problem} role="alert" data-testid="profile-problem">
            {problem}
          </p>
        )}
        {connection?.profile === instead && instead !== null && (
          <p className={field.hint}>{t.changedInFront}</p>
        )}
        <Text
          label={t.name}
          value={draft.name}
          placeholder={t.namePlaceholder}
          testId="profile-name"
          autoFocus
          onChange={(name) => change({ name })}
        />
        <div>
          <span className={field.label}>{t.where}</span>
          <Segments
            label={t.where}
            value={draft.place.kind}
            segments={(["servers", "file"] as const).map((value) => ({
              value,
              label: t.kinds[value],
              testId: `profile-kind-${value}`,
            }))}
            onChange={(kind) => setDraft(withKind(draft, kind, begun))}
          />
        </div>
        {draft.place.kind === "servers" ? (
          <Servers
            place={draft.place}
            more={more}
            onChange={(changed) => change({ place: changed })}
          />
        ) : (
          <Text
            label={t.file}
            value={draft.place.file}
            hint={t.fileHint}
            mono
            testId="profile-file"
            onChange={(file) => change({ place: { kind: "file", file } })}
          />
        )}
        <Level draft={draft} onChange={(level) => change({ level })} />
        <div>
          <span className={field.label}>{t.instagram}</span>
          <Segments
            label={t.instagram}
            value={draft.instagram.kind}
            segments={(["simulated", "graph"] as const).map((value) => ({
              value,
              label: t.instagrams[value],
              testId: `profile-instagram-${value}`,
            }))}
            onChange={(kind) =>
              change({
                instagram:
                  kind === "graph"
                    ? begun.instagram.kind === "graph"
                      ? begun.instagram
                      : { kind, baseUrl: "", version: "", hasToken: false, token: null }
                    : { kind },
              })
            }
          />
        </div>
        {draft.instagram.kind === "graph" && (
          <Graph graph={draft.instagram} onChange={(instagram) => change({ instagram })} />
        )}
        {draft.place.kind === "servers" && (
          <MetricsFields addresses={draft.metrics} onChange={(metrics) => change({ metrics })} />
        )}
        {draft.place.kind === "servers" && !more && (
          <button type="button" className={styles.link} onClick={() => setMore(true)}>
            {t.more}
          </button>
        )}
        <p className={field.hint}>{t.passwordHint(place)}</p>
      </form>
    </Dialog>
  );
}

/** The other kind of place; what was typed of it before comes back. */
function withKind(
  draft: ProfileDraft,
  kind: DraftPlace["kind"],
  begun: ProfileDraft,
): ProfileDraft {
  if (draft.place.kind === kind) return draft;
  if (kind === "file") {
    return { ...draft, place: { kind, file: "" }, level: "offline" };
  }
  const place: DraftPlace = begun.place.kind === "servers" ? begun.place : USUAL;
  return { ...draft, place, level: "observe" };
}

const USUAL: ServersDraft = {
  kind: "servers",
  redisUrl: "redis://127.0.0.1:6379",
  hasRedisPassword: false,
  redisPassword: null,
  redisCaFile: "",
  keyPrefix: "heliograph",
  namespace: "",
  mongoUrl: "mongodb://127.0.0.1:27017",
  hasMongoPassword: false,
  mongoPassword: null,
  database: "heliograph",
  collections: [
    "workspaces",
    "accounts",
    "automations",
    "user_states",
    "contacts",
    "processed_events",
  ],
  sharedMarks: false,
  queueName: "instagram-webhooks",
  queuePrefix: "bull",
  queueUrl: "",
  hasQueuePassword: false,
  queuePassword: null,
  jobName: "webhook",
  takes: "",
  dataPath: "",
};

function Level({
  draft,
  onChange,
}: {
  draft: ProfileDraft;
  onChange: (level: GuardLevel) => void;
}) {
  const t = texts.connections;
  const levels: GuardLevel[] =
    draft.place.kind === "servers" ? ["observe", "dry_run"] : ["offline", "observe"];
  return (
    <div>
      <span className={field.label}>{t.editor.level}</span>
      <Segments
        label={t.editor.level}
        value={draft.level}
        segments={levels.map((value) => ({
          value,
          label: t.levels[value],
          testId: `profile-level-${value}`,
        }))}
        onChange={onChange}
      />
      <p className={field.hint}>{t.levelHints[draft.level]}</p>
    </div>
  );
}

function Servers({
  place,
  more,
  onChange,
}: {
  place: ServersDraft;
  more: boolean;
  onChange: (place: ServersDraft) => void;
}) {
  const t = texts.connections.editor;
  const text = (
    name: keyof ServersDraft & string,
    label: string,
    testId: string,
    hint?: string,
  ) => (
    <Text
      label={label}
      value={String(place[name])}
      mono
      testId={testId}
      hint={hint}
      onChange={(value) => onChange({ ...place, [name]: value })}
    />
  );
  const secret = (name: Secret, kept: boolean, label: string, testId: string) => (
    <SecretField
      label={label}
      kept={kept}
      value={place[name]}
      testId={testId}
      onChange={(value) => onChange({ ...place, [name]: value })}
    />
  );
  return (
    <>
      <Pair>
        {text("redisUrl", t.redis, "profile-redis")}
        {secret("redisPassword", place.hasRedisPassword, t.redisPassword, "profile-redis-password")}
      </Pair>
      <Pair>
        {text("mongoUrl", t.mongo, "profile-mongo")}
        {secret("mongoPassword", place.hasMongoPassword, t.mongoPassword, "profile-mongo-password")}
      </Pair>
      <Pair even>
        {text("database", t.database, "profile-database")}
        {text("queueName", t.queue, "profile-queue")}
      </Pair>
      {more && (
        <>
          <Pair>
            {text("queueUrl", t.queueUrl, "profile-queue-url")}
            {secret(
              "queuePassword",
              place.hasQueuePassword,
              t.queuePassword,
              "profile-queue-password",
            )}
          </Pair>
          <Pair even>
            {text("queuePrefix", t.queuePrefix, "profile-queue-prefix")}
            {text("jobName", t.jobName, "profile-job-name")}
          </Pair>
          <Pair even>
            {text("takes", t.takes, "profile-takes", t.takesHint)}
            {text("dataPath", t.dataPath, "profile-data-path", t.dataPathHint)}
          </Pair>
          <Pair even>
            {text("keyPrefix", t.keyPrefix, "profile-key-prefix")}
            {text("namespace", t.namespace, "profile-namespace")}
          </Pair>
          {text("redisCaFile", t.caFile, "profile-ca-file")}
          <fieldset className={styles.collections}>
            <legend className={field.label}>{t.collections}</legend>
            {t.collectionOf.map((label, at) => (
              <Text
                key={label}
                label={label}
                value={place.collections[at] ?? ""}
                mono
                testId={`profile-collection-${at}`}
                onChange={(value) =>
                  onChange({
                    ...place,
                    collections: place.collections.map((each, index) =>
                      index === at ? value : each,
                    ),
                  })
                }
              />
            ))}
          </fieldset>
          <div>
            <Switch
              label={t.sharedMarks}
              on={place.sharedMarks}
              testId="profile-shared-marks"
              onChange={(sharedMarks) => onChange({ ...place, sharedMarks })}
            />
            <p className={field.hint}>{t.sharedMarksHint}</p>
          </div>
        </>
      )}
    </>
  );
}

function Graph({ graph, onChange }: { graph: GraphDraft; onChange: (graph: GraphDraft) => void }) {
  const t = texts.connections.editor;
  return (
    <>
      <Pair>
        <Text
          label={t.graphUrl}
          value={graph.baseUrl}
          hint={t.graphUrlHint}
          mono
          testId="profile-graph-url"
          onChange={(baseUrl) => onChange({ ...graph, baseUrl })}
        />
        <Text
          label={t.graphVersion}
          value={graph.version}
          mono
          testId="profile-graph-version"
          onChange={(version) => onChange({ ...graph, version })}
        />
      </Pair>
      <SecretField
        label={t.token}
        kept={graph.hasToken}
        value={graph.token}
        hint={t.tokenHint}
        testId="profile-token"
        onChange={(token) => onChange({ ...graph, token })}
      />
    </>
  );
}
