import { useMemo } from "react";
import type { Automation, Media } from "@/host";
import { IconButton } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import { removePart, toggleStep } from "../canvas/actions";
import type { Finding } from "../contract";
import { isOn } from "../document/change";
import {
  messageNode,
  type NodeId,
  nodeAt,
  type Place,
  placeOf,
  stepNode,
  TRIGGER,
} from "../document/nodes";
import { getAt } from "../document/path";
import { type EditingStore, useEditing } from "../editing";
import { focusCanvas } from "../focus";
import { PartPreview } from "../preview/PartPreview";
import { InspectorProvider, useInspector } from "./context";
import { FindingList } from "./FieldFindings";
import styles from "./Inspector.module.css";
import { CardPanel, MessagePanel } from "./MessagePanels";
import { StepPanel } from "./StepPanels";
import { TriggerPanel } from "./TriggerPanel";

const say = texts.builder.inspector;

interface InspectorProps {
  editing: EditingStore;
  findings: readonly Finding[];
  media: readonly Media[];
  /** The automations of the workspace, which are tried before or after this one. */
  others: readonly Automation[];
  onFix: (finding: Finding) => void;
}

/** Everything that can be said about the part that is selected, and how it looks then. */
export function Inspector({ editing, findings, media, others, onFix }: InspectorProps) {
  const draft = useEditing(editing, (state) => state.draft);
  const selected = useEditing(editing, (state) => state.selected);
  const context = useMemo(
    () => ({ editing, findings, media, others, onFix }),
    [editing, findings, media, others, onFix],
  );
  const place = selected ? placeOf(selected) : null;
  return (
    <InspectorProvider value={context}>
      <section
        className={styles.inspector}
        aria-label={say.title}
        data-inspector
        data-testid="inspector"
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          focusCanvas();
        }}
      >
        {draft && selected && place ? (
          <>
            <Head draft={draft} id={selected} place={place} />
            <div className={styles.fields} key={`${draft.id} ${selected}`} data-fields>
              <GeneralFindings draft={draft} id={selected} />
              <Panel place={place} />
            </div>
            <PartPreview draft={draft} place={place} />
          </>
        ) : (
          <div className={pane.empty}>
            <strong>{say.nothing}</strong>
            <p>{say.nothingHint}</p>
          </div>
        )}
      </section>
    </InspectorProvider>
  );
}

function Panel({ place }: { place: Place }) {
  switch (place.kind) {
    case "trigger":
      return <TriggerPanel />;
    case "step":
      return <StepPanel step={place.step} />;
    case "message":
      return <MessagePanel at={place.message} />;
    case "card":
      return <CardPanel message={place.message} card={place.card} />;
  }
}

function Head({ draft, id, place }: { draft: Automation; id: NodeId; place: Place }) {
  const { editing } = useInspector();
  const up = parentOf(place);
  return (
    <header className={pane.head}>
      {up && (
        <IconButton
          icon="left"
          small
          label={say.parent(titleOf(draft, placeOf(up)))}
          data-testid="inspector-up"
          onClick={() => editing.getState().select(up)}
        />
      )}
      <h2 className={pane.title}>{titleOf(draft, place)}</h2>
      {place.kind === "step" && (
        <Switch
          bare
          label={texts.builder.canvas.switchStep(place.step)}
          on={isOn(draft, place.step)}
          testId="step-on"
          onChange={() => toggleStep(editing.getState(), place.step)}
        />
      )}
      {place.kind !== "trigger" && (
        <IconButton
          icon="trash"
          label={REMOVE[place.kind]}
          data-testid="remove"
          onClick={() => {
            removePart(editing.getState(), id);
            requestAnimationFrame(focusCanvas);
          }}
        />
      )}
    </header>
  );
}

const REMOVE = { step: say.removeStep, message: say.removeMessage, card: say.removeCard };

function titleOf(draft: Automation, place: Place | null): string {
  switch (place?.kind) {
    case "step":
      return texts.steps[place.step];
    case "message": {
      const type = draft.steps?.main?.messages[place.message]?.type ?? "text";
      return texts.builder.canvas.message(place.message + 1, type);
    }
    case "card":
      return texts.builder.canvas.card(place.card + 1);
    default:
      return texts.builder.canvas.trigger;
  }
}

function parentOf(place: Place): NodeId | null {
  switch (place.kind) {
    case "message":
      return stepNode("main");
    case "card":
      return messageNode(place.message);
    default:
      return null;
  }
}

/** What was found about this part and about no field that is shown. */
function GeneralFindings({ draft, id }: { draft: Automation; id: NodeId }) {
  const { findings } = useInspector();
  const own = findings.filter(({ path }) => {
    if (nodeAt(draft, path) !== id) return false;
    if (!path) return true;
    if (id === TRIGGER) return !/^(name|type|target|priority|trigger\.)/.test(path);
    // A step, message or card as a whole; cards show theirs by themselves.
    return path.split(".").length <= 2 || (id.startsWith("message-") && isWhole(draft, path));
  });
  return <FindingList findings={own} />;
}

function isWhole(draft: Automation, path: string): boolean {
  return /^steps\.main\.messages\.\d+$/.test(path) && getAt(draft, path) !== undefined;
}
