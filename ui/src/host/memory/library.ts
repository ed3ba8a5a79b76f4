/** A library in memory: enough to edit, publish and undo in a plain browser and in tests. */

import type {
  Automation,
  Entry,
  EntryState,
  Library,
  Opened,
  PutAway,
  SimulatorView,
  Version,
  WindowUpdate,
} from "../bindings";
import type { BuilderHost } from "../builder";
import { HostError } from "../host";

interface Draft {
  automation: Automation;
  base: Automation | null;
  revision: number;
}

export function libraryInMemory(
  { workspace, automations: all }: SimulatorView,
  push: (update: WindowUpdate) => void,
): BuilderHost {
  const automations = all ?? [];
  const published = new Map(automations.map((automation) => [automation.id, automation]));
  const drafts = new Map<string, Draft>();
  const versions = new Map<string, Version[]>();
  const away = new Map<string, { entry: PutAway; published?: Automation; draft?: Draft }>();
  let number = 0;

  const shown = (id: string): Automation => {
    const automation = drafts.get(id)?.automation ?? published.get(id);
    if (!automation) throw missing(id);
    return automation;
  };
  const state = (id: string): EntryState => {
    if (!published.has(id)) return "draft";
    return drafts.has(id) ? "changed" : "published";
  };
  const entry = (id: string): Entry => {
    const { name, type, isActive, priority, target, trigger, updatedAt } = shown(id);
    return {
      id,
      name,
      type,
      isActive: isActive ?? false,
      priority: priority ?? 0,
      target: target ?? "all",
      trigger,
      state: state(id),
      conflict: false,
      updatedAt: updatedAt ?? 0,
    };
  };
  const library = (): Library => ({
    workspace,
    entries: [...new Set([...published.keys(), ...drafts.keys()])]
      .map(entry)
      .sort((a, b) => a.type.localeCompare(b.type) || a.priority - b.priority),
    putAway: [...away.values()].map((one) => one.entry),
    findings: [],
    notes: [],
  });
  const changed = () => push({ update: "library", library: library() });
  const opened = (id: string): Opened => {
    const draft = drafts.get(id);
    const now = published.get(id) ?? null;
    return {
      automation: shown(id),
      published: now,
      base: draft ? draft.base : now,
      revision: draft?.revision ?? 0,
      conflict: false,
    };
  };
  const begin = (automation: Automation): string => {
    number += 1;
    const id = `new-${number}`;
    const draft = { ...automation, id, isActive: true, version: 0 };
    drafts.set(id, { automation: draft, base: null, revision: 1 });
    changed();
    return id;
  };
  const putAway = (id: string, why: PutAway["why"]) => {
    const { name, type } = shown(id);
    const [live, draft] = [published.get(id), drafts.get(id)];
    away.set(id, {
      entry: { id, name, type, at: Date.now(), why },
      ...(live && { published: live }),
      ...(draft && { draft }),
    });
    published.delete(id);
    drafts.delete(id);
    changed();
  };

  return {
    library: async () => library(),
    open: async (id) => opened(id),
    save: async (automation, revision) => {
      const known = drafts.get(automation.id);
      const base = known ? known.base : (published.get(automation.id) ?? null);
      drafts.set(automation.id, { automation, base, revision: revision + 1 });
      changed();
      return { entry: entry(automation.id), revision: revision + 1 };
    },
    discard: async (id) => {
      if (!published.has(id)) putAway(id, "deleted");
      drafts.delete(id);
      changed();
    },
    publish: async (id) => {
      const before = published.get(id);
      const automation = { ...shown(id), version: (before?.version ?? 0) + 1 };
      published.set(id, automation);
      drafts.delete(id);
      const version = { version: automation.version, at: Date.now(), automation };
      versions.set(id, [version, ...(versions.get(id) ?? [])]);
      changed();
      return opened(id);
    },
    templates: async () =>
      automations.map((automation) => ({
        id: automation.id,
        name: automation.name,
        about: "From the recording.",
        automation,
      })),
    create: async (template) => {
      const found = automations.find((automation) => automation.id === template);
      if (!found) throw missing(template);
      return begin(found);
    },
    duplicate: async (id) => begin({ ...shown(id), name: `${shown(id).name} (copy)` }),
    toggle: async (id, isActive) => {
      const live = published.get(id);
      const draft = drafts.get(id);
      if (live) published.set(id, { ...live, isActive });
      if (draft) drafts.set(id, { ...draft, automation: { ...draft.automation, isActive } });
      changed();
    },
    reorder: async (order) => {
      for (const [priority, id] of order.entries()) {
        const live = published.get(id);
        const draft = drafts.get(id);
        if (live) published.set(id, { ...live, priority });
        if (draft) drafts.set(id, { ...draft, automation: { ...draft.automation, priority } });
      }
      changed();
    },
    archive: async (id) => putAway(id, "archived"),
    delete: async (id) => putAway(id, "deleted"),
    bringBack: async (id) => {
      const found = away.get(id);
      if (!found) throw missing(id);
      if (found.published) published.set(id, found.published);
      if (found.draft) drafts.set(id, found.draft);
      away.delete(id);
      changed();
    },
    versions: async (id) => versions.get(id) ?? [],
    testTexts: async (automation, texts) =>
      texts.map((text) => {
        const words = automation.trigger.keywords ?? [];
        const hit = words.find((word) => text.toLowerCase().includes(word.text.toLowerCase()));
        return {
          text,
          matches: hit !== undefined,
          why: hit ? `matched: keyword “${hit.text}”` : "did not match",
          winner: null,
        };
      }),
    exportFile: async () => {
      throw new HostError({
        code: "unavailable",
        message: "A recording cannot write files. Open the application to export.",
      });
    },
    importText: async () => {
      throw new HostError({
        code: "unavailable",
        message: "A recording cannot read files. Open the application to import.",
      });
    },
    explore: async ({ id, name }) => ({
      automationId: id,
      name,
      ways: 0,
      states: 0,
      complete: true,
      findings: [],
    }),
    overlay: async () => ({ standing: [], ways: [], started: 0, finished: 0 }),
  };
}

function missing(id: string): HostError {
  return new HostError({ code: "not_found", message: `There is no ${id} in the recording.` });
}
