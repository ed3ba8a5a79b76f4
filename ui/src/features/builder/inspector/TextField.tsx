import { type RefObject, useId, useRef, useState } from "react";
import { IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { type Limit, measure } from "../document/limits";
import { VARIABLES, written } from "../document/variables";
import { useFindings, useInspector, usePut, useValue } from "./context";
import { FieldFindings } from "./FieldFindings";
import styles from "./Inspector.module.css";

const say = texts.builder.inspector;

type Input = HTMLInputElement | HTMLTextAreaElement;

interface TextFieldProps {
  path: string;
  label: string;
  /** Where the label stands elsewhere, such as above a list. */
  hideLabel?: boolean;
  limit?: Limit;
  /** Several lines. */
  long?: boolean;
  /** Without a text there is none in the document either. */
  optional?: boolean;
  variables?: boolean;
  hint?: string;
  placeholder?: string;
}

/** A text of the document, with its counter, its variables and what was found about it. */
export function TextField({
  path,
  label,
  hideLabel,
  limit,
  long,
  optional,
  variables,
  hint,
  placeholder,
}: TextFieldProps) {
  const { editing } = useInspector();
  const value = useValue<string>(path) ?? "";
  const put = usePut();
  const isWrong = useFindings(path).some((finding) => finding.severity === "error");
  const id = useId();
  const input = useRef<Input>(null);
  const caret = useRef<Caret | null>(null);
  const write = (text: string) =>
    put(path, label, optional && text === "" ? undefined : text, path);
  // Short ones have room for it beside the text.
  const inside = !long && !variables && limit;
  const same = {
    id,
    ref: input as RefObject<never>,
    value,
    placeholder,
    autoComplete: "off",
    "aria-invalid": isWrong || undefined,
    "aria-describedby": `${id}-more`,
    "data-testid": `field-${path}`,
    onChange: (event: { target: Input }) => write(event.target.value),
    onSelect: ({ currentTarget: { selectionStart, selectionEnd } }: { currentTarget: Input }) => {
      if (selectionStart !== null) {
        caret.current = { from: selectionStart, to: selectionEnd ?? selectionStart };
      }
    },
    onBlur: () => editing.getState().settle(),
  };
  return (
    <div className={styles.field}>
      <label className={hideLabel ? "visually-hidden" : field.label} htmlFor={id}>
        {label}
      </label>
      {long ? (
        <textarea {...same} className={`${field.input} ${styles.area}`} rows={rowsFor(value)} />
      ) : (
        <span className={inside ? styles.counted : undefined}>
          <input {...same} className={field.input} />
          {inside && <Counter path={path} text={value} limit={inside} />}
        </span>
      )}
      <div className={styles.below} id={`${id}-more`}>
        <div className={styles.remarks}>
          <FieldFindings path={path} />
          {hint && <p className={field.hint}>{hint}</p>}
        </div>
        {variables && <VariableMenu input={input} caret={caret} value={value} onWrite={write} />}
        {limit && !inside && <Counter path={path} text={value} limit={limit} />}
      </div>
    </div>
  );
}

function Counter({ path, text, limit }: { path: string; text: string; limit: Limit }) {
  const { used, most, unit, state } = measure(text, limit);
  return (
    <span
      className={`${styles.counter} ${styles[state]}`}
      title={`${say.counter(used, most, unit)}. ${say.counterHint[state]}`}
      data-testid={`counter-${path}`}
      data-state={state}
    >
      <span aria-hidden="true">
        {used}/{most}
      </span>
      <span className="visually-hidden">{say.counter(used, most, unit)}</span>
    </span>
  );
}

interface Caret {
  from: number;
  to: number;
}

/** Writes a variable where the caret is, or at the end where it never was in the text. */
function VariableMenu({
  input,
  caret,
  value,
  onWrite,
}: {
  input: RefObject<Input | null>;
  caret: RefObject<Caret | null>;
  value: string;
  onWrite: (text: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const insert = (words: string) => {
    // Undo may have made the text shorter than it was.
    const from = Math.min(caret.current?.from ?? value.length, value.length);
    const to = Math.min(caret.current?.to ?? from, value.length);
    onWrite(value.slice(0, from) + words + value.slice(to));
    setOpen(false);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(from + words.length, from + words.length);
    });
  };
  return (
    <>
      <IconButton
        ref={anchor}
        icon="braces"
        small
        label={say.variables}
        aria-haspopup="menu"
        aria-expanded={open}
        data-testid="variables"
        onClick={() => setOpen((is) => !is)}
      />
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={say.variables}
        role="menu"
      >
        {VARIABLES.map((variable) => (
          <MenuItem
            key={variable.name}
            icon="braces"
            testId={`variable-${variable.name}`}
            onChoose={() => insert(written(variable))}
          >
            {say.variableLabels[variable.name]}
            <span className={styles.variableSays}>{say.variableSays(variable.fallback)}</span>
          </MenuItem>
        ))}
      </Popover>
    </>
  );
}

/** As many lines as it has, within bounds: it grows as one types. */
function rowsFor(text: string): number {
  const lines = text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 42), 0);
  return Math.min(9, Math.max(2, lines));
}
