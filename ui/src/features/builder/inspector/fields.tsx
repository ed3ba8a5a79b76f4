import { useEffect, useId, useState } from "react";
import field from "@/shared/Field.module.css";
import { Segments } from "@/shared/Segments";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import { useInspector, usePut, useValue } from "./context";
import { FieldFindings } from "./FieldFindings";
import styles from "./Inspector.module.css";

const say = texts.builder.inspector;

/** Something that is so or not. */
export function SwitchField({
  path,
  label,
  fallback = false,
}: {
  path: string;
  label: string;
  fallback?: boolean;
}) {
  const on = useValue<boolean>(path) ?? fallback;
  const put = usePut();
  return (
    <div className={styles.field}>
      <Switch
        label={label}
        on={on}
        testId={`field-${path}`}
        onChange={(next) => put(path, label, next)}
      />
      <FieldFindings path={path} />
    </div>
  );
}

/** A whole number. What is typed and is none yet changes nothing. */
export function NumberField({
  path,
  label,
  fallback,
  least,
  most,
  unit,
  hint,
}: {
  path: string;
  label: string;
  fallback: number;
  least: number;
  most: number;
  unit?: string;
  hint?: string | undefined;
}) {
  const { editing } = useInspector();
  const value = useValue<number>(path) ?? fallback;
  const put = usePut();
  const id = useId();
  return (
    <div className={styles.field}>
      <label className={field.label} htmlFor={id}>
        {label}
      </label>
      <span className={styles.row}>
        <NumberInput
          id={id}
          testId={`field-${path}`}
          value={value}
          least={least}
          most={most}
          onChange={(next) => put(path, label, next, path)}
          onSettle={() => editing.getState().settle()}
        />
        {unit && <span className={styles.unit}>{unit}</span>}
      </span>
      <FieldFindings path={path} />
      {hint && <p className={field.hint}>{hint}</p>}
    </div>
  );
}

function NumberInput({
  id,
  testId,
  value,
  least,
  most,
  onChange,
  onSettle,
}: {
  id: string;
  testId: string;
  value: number;
  least: number;
  most: number;
  onChange: (value: number) => void;
  onSettle: () => void;
}) {
  const [typed, setTyped] = useState(String(value));
  // Undo and other edits change it from outside.
  useEffect(
    () => setTyped((was) => (Number(was) === value && was !== "" ? was : String(value))),
    [value],
  );
  return (
    <input
      id={id}
      type="number"
      className={`${field.input} ${styles.number}`}
      min={least}
      max={most}
      value={typed}
      data-testid={testId}
      onChange={(event) => {
        setTyped(event.target.value);
        const next = Number(event.target.value);
        if (event.target.value.trim() === "" || !Number.isInteger(next)) return;
        onChange(Math.min(most, Math.max(least, next)));
      }}
      onBlur={() => {
        setTyped(String(value));
        onSettle();
      }}
    />
  );
}

/** One of a few values. */
export function ChoiceField<T extends string>({
  path,
  label,
  fallback,
  choices,
}: {
  path: string;
  label: string;
  fallback: T;
  choices: Readonly<Record<T, string>>;
}) {
  const value = useValue<T>(path) ?? fallback;
  const put = usePut();
  return (
    <div className={styles.field}>
      <span className={field.label}>{label}</span>
      <Segments
        label={label}
        value={value}
        segments={(Object.keys(choices) as T[]).map((each) => ({
          value: each,
          label: choices[each],
          testId: `field-${path}-${each}`,
        }))}
        onChange={(next) => put(path, label, next)}
      />
      <FieldFindings path={path} />
    </div>
  );
}

const UNITS = [3600, 60, 1] as const;
type Unit = (typeof UNITS)[number];

/** How long to wait before sending, in the unit that suits it. */
export function DelayField({ path }: { path: string }) {
  const { editing } = useInspector();
  const seconds = useValue<number>(path) ?? 0;
  const put = usePut();
  const id = useId();
  const [chosen, setChosen] = useState<Unit | null>(null);
  const fitting = seconds === 0 ? 60 : (UNITS.find((unit) => seconds % unit === 0) ?? 1);
  // A unit that no longer divides it was chosen for another value.
  const unit = chosen !== null && seconds % chosen === 0 ? chosen : fitting;
  const write = (value: number, key?: string) =>
    put(path, say.delay, value === 0 ? undefined : Math.min(value, 7 * 24 * 3600), key);
  return (
    <div className={styles.field}>
      <label className={field.label} htmlFor={id}>
        {say.delay}
      </label>
      <span className={styles.row}>
        <NumberInput
          id={id}
          testId={`field-${path}`}
          value={seconds / unit}
          least={0}
          most={9999}
          onChange={(value) => write(value * unit, path)}
          onSettle={() => editing.getState().settle()}
        />
        <select
          className={`${field.select} ${styles.units}`}
          aria-label={say.delayUnit}
          value={unit}
          onChange={(event) => {
            const next = Number(event.target.value) as Unit;
            setChosen(next);
            write((seconds / unit) * next);
          }}
        >
          {UNITS.toReversed().map((each) => (
            <option key={each} value={each}>
              {say.units[each]}
            </option>
          ))}
        </select>
      </span>
      <FieldFindings path={path} />
    </div>
  );
}
