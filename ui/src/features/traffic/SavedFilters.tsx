import { useRef, useState } from "react";
import { useSession } from "@/features/session/context";
import { HostError, type SavedFilter } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { useTraffic, useTrafficHost, useTrafficStore } from "./context";
import styles from "./Traffic.module.css";

/** Filters under names of their own. */
export function SavedFilters() {
  const host = useTrafficHost();
  const store = useTrafficStore();
  const tell = useSession((session) => session.tell);
  const filter = useTraffic((state) => state.applied);
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [saved, setSaved] = useState<SavedFilter[]>([]);
  const [name, setName] = useState("");
  const t = texts.traffic.saved;

  const ask = async (wanted: Promise<SavedFilter[]>) => {
    try {
      setSaved(await wanted);
      return true;
    } catch (thrown) {
      tell({ kind: "warning", text: HostError.from(thrown).message });
      return false;
    }
  };
  const putBack = ({ name, filter }: SavedFilter) => {
    tell(null);
    return ask(
      host.filters().then((now) => {
        const isTaken = now.some((one) => one.name === name);
        if (isTaken) tell({ kind: "warning", text: t.sameName(name) });
        return isTaken ? now : host.saveFilter(name, filter);
      }),
    );
  };
  const forget = async (one: SavedFilter) => {
    if (!(await ask(host.forgetFilter(one.name)))) return;
    tell({
      kind: "note",
      text: t.forgotten(one.name),
      action: { label: t.undo, run: () => void putBack(one) },
    });
  };

  return (
    <>
      <IconButton
        ref={anchor}
        icon="flag"
        label={t.title}
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="traffic-saved"
        onClick={() => {
          setOpen(!open);
          if (!open) void ask(host.filters());
        }}
      />
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={t.title}
        width={340}
      >
        <div className={styles.saved}>
          {saved.length === 0 && <p className={styles.quiet}>{t.none}</p>}
          <ul>
            {saved.map((one) => (
              <li key={one.name}>
                <button
                  type="button"
                  data-testid={`saved-${one.name}`}
                  onClick={() => {
                    store.getState().write(one.filter);
                    void store.getState().apply(one.filter);
                    setOpen(false);
                  }}
                >
                  <span>{one.name}</span>
                  <code>{one.filter}</code>
                </button>
                <IconButton
                  small
                  icon="trash"
                  label={t.forget(one.name)}
                  data-testid={`forget-${one.name}`}
                  onClick={() => void forget(one)}
                />
              </li>
            ))}
          </ul>
          {filter.trim() === "" ? (
            <p className={styles.quiet}>{t.nothing}</p>
          ) : (
            <form
              onSubmit={async (event) => {
                event.preventDefault();
                if (await ask(host.saveFilter(name, filter))) setName("");
              }}
            >
              <label style={{ flex: 1 }}>
                <span className={field.label}>{t.name}</span>
                <input
                  className={field.input}
                  value={name}
                  data-testid="traffic-save-name"
                  onChange={(event) => setName(event.target.value)}
                />
              </label>
              <Button type="submit" disabled={name.trim() === ""} data-testid="traffic-save-filter">
                {t.save}
              </Button>
            </form>
          )}
        </div>
      </Popover>
    </>
  );
}
