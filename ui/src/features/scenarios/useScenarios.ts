/** The saved scenarios, and what can be done with them. */

import { useCallback, useEffect, useRef, useState } from "react";
import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { HostError, type KeptScenario } from "@/host";
import { texts } from "@/texts";

const t = texts.playback.scenarios;

/** How far a run of all of them is. */
export interface Progress {
  done: number;
  all: number;
}

export interface ScenariosState {
  /** Null until they are read. */
  kept: readonly KeptScenario[] | null;
  /** The ones that run now. */
  running: ReadonlySet<string>;
  progress: Progress | null;
  busy: boolean;
  save(name: string, about: string): Promise<boolean>;
  run(file: string): Promise<void>;
  runAll(): Promise<void>;
  stop(): void;
  open(scenario: KeptScenario): Promise<boolean>;
  rename(file: string, name: string): Promise<boolean>;
  remove(scenario: KeptScenario): Promise<void>;
  add(text: string): Promise<boolean>;
  /** Adds what is a scenario, and answers with why the others are none. */
  addFiles(files: readonly File[]): Promise<readonly NotAdded[]>;
}

/** A file that is no scenario. */
export interface NotAdded {
  file: string;
  why: string;
}

/** Nothing is read that is larger, in bytes. */
const LARGEST = 1_000_000;

export function useScenarios(): ScenariosState {
  const { session } = useStores();
  const { host, tell } = session.getState();
  const { scenarios } = host;
  const [kept, setKept] = useState<readonly KeptScenario[] | null>(null);
  const [running, setRunning] = useState<ReadonlySet<string>>(new Set());
  const [progress, setProgress] = useState<Progress | null>(null);
  const [busy, setBusy] = useState(false);
  const stopped = useRef(false);

  const complain = useCallback((thrown: unknown) => tell(noticeOf(HostError.from(thrown))), [tell]);
  const load = useCallback(() => scenarios.list().then(setKept, complain), [scenarios, complain]);
  useEffect(() => {
    void load();
    return () => {
      stopped.current = true;
    };
  }, [load]);

  async function attempt<T>(run: () => Promise<T>): Promise<T | null> {
    setBusy(true);
    tell(null);
    try {
      return await run();
    } catch (thrown) {
      complain(thrown);
      return null;
    } finally {
      setBusy(false);
    }
  }

  async function run(file: string) {
    setRunning((now) => new Set([...now, file]));
    try {
      const last = await scenarios.run(file);
      setKept((all) => all?.map((each) => (each.file === file ? { ...each, last } : each)) ?? null);
    } catch (thrown) {
      complain(thrown);
    } finally {
      setRunning((now) => new Set([...now].filter((each) => each !== file)));
    }
  }

  return {
    kept,
    running,
    progress,
    busy,
    async save(name, about) {
      const saved = await attempt(() => scenarios.save(name, about));
      if (!saved) return false;
      setKept(saved.kept);
      tell({ kind: "note", text: saved.differs ? t.differs(name) : t.saved(name) });
      return true;
    },
    run,
    async runAll() {
      const files = (kept ?? []).map((each) => each.file);
      stopped.current = false;
      for (const [done, file] of files.entries()) {
        if (stopped.current) break;
        setProgress({ done, all: files.length });
        await run(file);
      }
      setProgress(null);
    },
    stop() {
      stopped.current = true;
    },
    async open(scenario) {
      const opened = await attempt(() => scenarios.open(scenario.file));
      if (!opened) return false;
      await session.getState().open();
      const otherwise = opened.failures > 0 || opened.stopped !== null;
      tell({
        kind: otherwise ? "warning" : "note",
        text: otherwise
          ? t.openedOtherwise(opened.name, opened.failures, opened.stopped)
          : t.opened(opened.name),
      });
      return true;
    },
    async rename(file, name) {
      const renamed = await attempt(() => scenarios.rename(file, name));
      if (renamed === null) return false;
      await load();
      return true;
    },
    async remove({ file, name }) {
      const text = await attempt(() => scenarios.delete(file));
      if (text === null) return;
      await load();
      const undo = () => {
        tell(null);
        scenarios.putBack(file, text).then(load, complain);
      };
      tell({ kind: "note", text: t.deleted(name), action: { label: t.undo, run: undo } });
    },
    async add(text) {
      const added = await attempt(() => scenarios.import(text));
      if (added === null) return false;
      await load();
      return true;
    },
    async addFiles(files) {
      const notAdded: NotAdded[] = [];
      setBusy(true);
      tell(null);
      for (const file of files) {
        try {
          if (file.size > LARGEST) throw new Error(t.tooLarge);
          await scenarios.import(await file.text());
        } catch (thrown) {
          notAdded.push({ file: file.name, why: HostError.from(thrown).message });
        }
      }
      setBusy(false);
      await load();
      const added = files.length - notAdded.length;
      if (added > 0) tell({ kind: "note", text: t.addedFiles(added) });
      return notAdded;
    },
  };
}
