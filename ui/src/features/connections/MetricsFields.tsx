import { useId, useState } from "react";
import { useSession } from "@/features/session/context";
import type { MetricsTest } from "@/host";
import { HostError } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import styles from "./Connections.module.css";

interface MetricsFieldsProps {
  addresses: readonly string[];
  onChange: (addresses: string[]) => void;
}

/** Where the metrics of the profile's workers are: a list that is added to and tested. */
export function MetricsFields({ addresses, onChange }: MetricsFieldsProps) {
  const t = texts.connections.editor.metrics;
  // One empty field stands for an empty list.
  const shown = addresses.length === 0 ? [""] : addresses;
  const replace = (at: number, value: string) =>
    onChange(shown.map((each, index) => (index === at ? value : each)));
  return (
    <fieldset className={styles.metrics}>
      <legend className={field.label}>{t.label}</legend>
      {shown.map((address, at) => (
        <Address
          // biome-ignore lint/suspicious/noArrayIndexKey: an address is its place in the list.
          key={at}
          number={at}
          address={address}
          onChange={(value) => replace(at, value)}
          onRemove={
            shown.length > 1 ? () => onChange(shown.filter((_, index) => index !== at)) : null
          }
        />
      ))}
      <div className={styles.metricsFoot}>
        <p className={field.hint}>{t.hint}</p>
        <Button
          look="quiet"
          icon="add"
          data-testid="profile-metrics-add"
          disabled={shown.at(-1) === ""}
          onClick={() => onChange([...shown, ""])}
        >
          {t.add}
        </Button>
      </div>
    </fieldset>
  );
}

interface AddressProps {
  number: number;
  address: string;
  onChange: (address: string) => void;
  onRemove: (() => void) | null;
}

function Address({ number, address, onChange, onRemove }: AddressProps) {
  const id = useId();
  const host = useSession((session) => session.host.connections);
  const [found, setFound] = useState<MetricsTest | "asking" | null>(null);
  const t = texts.connections.editor.metrics;
  const test = async () => {
    setFound("asking");
    try {
      setFound(await host.testMetrics(address));
    } catch (thrown) {
      const says = HostError.from(thrown).message;
      setFound({ good: false, says, toDo: null, startedAt: null });
    }
  };
  return (
    <div>
      <div className={styles.secret}>
        <input
          id={id}
          className={`${field.input} ${styles.mono}`}
          value={address}
          placeholder={t.placeholder}
          aria-label={t.address(number + 1)}
          aria-describedby={found && found !== "asking" ? `${id}-found` : undefined}
          spellCheck={false}
          autoComplete="off"
          data-testid={`profile-metrics-${number}`}
          onChange={(event) => {
            setFound(null);
            onChange(event.target.value);
          }}
        />
        <Button
          look="quiet"
          data-testid={`profile-metrics-test-${number}`}
          disabled={address.trim() === "" || found === "asking"}
          onClick={() => void test()}
        >
          {found === "asking" ? texts.connections.testing : texts.connections.test}
        </Button>
        {onRemove && (
          <IconButton
            small
            icon="trash"
            label={t.remove(number + 1)}
            data-testid={`profile-metrics-remove-${number}`}
            onClick={onRemove}
          />
        )}
      </div>
      {found && found !== "asking" && (
        <p
          id={`${id}-found`}
          className={styles.check}
          data-outcome={found.good ? "ok" : "failed"}
          role="status"
          data-testid={`profile-metrics-found-${number}`}
        >
          <Icon name={found.good ? "check" : "failed"} size={14} />
          <span className="selectable">
            {found.says} {found.toDo}
          </span>
        </p>
      )}
    </div>
  );
}
