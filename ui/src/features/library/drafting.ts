/**
 * The automation that is open in the Builder, as the library has it: what is published,
 * which save its draft is, and the saving itself. What is typed is in the editing store;
 * a moment after the last change it is kept.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import { TRIGGER } from "@/features/builder/document/nodes";
import type { EditingStore } from "@/features/builder/editing";
import type { NavigationStore } from "@/features/session/navigation";
import { noticeOf, type SessionStore } from "@/features/session/session";
import type { Automation, AutomationId, Opened } from "@/host";
import { HostError } from "@/host";
import { texts } from "@/texts";

/** So long after the last change a draft is saved, in milliseconds. */
const REST = 250;

export interface Drafting {
  /** What the host last said of the automation that is open. */
  opened: Opened | null;
  saving: "kept" | "saving" | "failed";
  /** Why the draft could not be saved. */
  failure: HostError | null;
  /** What another window saved meanwhile, while it is compared with what is here. */
  elsewhere: Opened | null;

  open(id: AutomationId | null): Promise<void>;
  /** Saves what is not saved yet; false when that failed. */
  flush(): Promise<boolean>;
  /** Throws the draft away and shows what is published. */
  discard(): Promise<void>;
  /** Opens it anew, without what was not saved. */
  reopen(): Promise<void>;
  /** Looks at what another window saved. */
  compare(): Promise<void>;
  /** Goes on with this, after what another window saved; null: with what is here. */
  settle(merged: Automation | null): Promise<void>;
  /** Publishes the draft; `over` names the version that is knowingly replaced. */
  publish(over: number | null): Promise<HostError | null>;
  /** Goes on from what is published now, with both changes in it. */
  takeIn(merged: Automation): Promise<void>;

  create(template: string): Promise<void>;
  duplicate(id: AutomationId): Promise<void>;
  toggle(id: AutomationId, isActive: boolean): Promise<void>;
  reorder(order: AutomationId[]): Promise<void>;
  archive(id: AutomationId): Promise<void>;
  remove(id: AutomationId): Promise<void>;
  bringBack(id: AutomationId): Promise<void>;
  exportFile(ids: AutomationId[]): Promise<void>;
  importText(text: string): Promise<void>;
}

export type DraftingStore = StoreApi<Drafting>;

interface Around {
  session: SessionStore;
  editing: EditingStore;
  navigation: NavigationStore;
}

const versionOf = (opened: Opened) => opened.published?.version ?? 0;

export function createDrafting({ session, editing, navigation }: Around): DraftingStore {
  const host = session.getState().host.builder;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The save that is under way; the next one waits for it. */
  let saving: Promise<boolean> = Promise.resolve(true);
  /** The draft that the host has. */
  let kept: Automation | null = null;

  const store = createStore<Drafting>()((set, get) => {
    const complain = (thrown: unknown) => {
      const error = HostError.from(thrown);
      session.getState().tell(noticeOf(error));
      return error;
    };
    const attempt = async <T>(run: () => Promise<T>): Promise<T | null> => {
      try {
        return await run();
      } catch (thrown) {
        complain(thrown);
        return null;
      }
    };
    const nameOf = (id: AutomationId) =>
      session.getState().library?.entries.find((entry) => entry.id === id)?.name ?? id;

    const show = (opened: Opened | null) => {
      kept = opened?.automation ?? null;
      set({ opened, saving: "kept", failure: null, elsewhere: null });
    };

    async function save(onto: number | null = null): Promise<boolean> {
      clearTimeout(timer);
      timer = undefined;
      await saving;
      const { opened } = get();
      const { draft } = editing.getState();
      if (!opened || !draft || draft.id !== opened.automation.id) return true;
      if (draft === kept && onto === null) return get().failure === null;
      set({ saving: "saving" });
      saving = (async () => {
        try {
          // The version says what the editor saw when it was opened.
          const version = opened.published?.version ?? 0;
          const saved = await host.save({ ...draft, version }, opened.revision, onto);
          kept = draft;
          set((state) => ({
            saving: "kept",
            failure: null,
            opened: state.opened && {
              ...state.opened,
              automation: draft,
              revision: saved.revision,
              conflict: saved.entry.conflict,
              ...(onto !== null && { base: state.opened.published }),
              ...(saved.revision === 0 && { base: state.opened.published }),
            },
          }));
          return true;
        } catch (thrown) {
          set({ saving: "failed", failure: HostError.from(thrown) });
          return false;
        }
      })();
      return saving;
    }

    /** Takes an automation out of the library and offers to undo that. */
    async function takeOut(
      id: AutomationId,
      run: (id: AutomationId) => Promise<void>,
      said: (name: string) => string,
    ) {
      const name = nameOf(id);
      if (navigation.getState().automation === id) await get().flush();
      if ((await attempt(() => run(id).then(() => true))) === null) return;
      editing.getState().forget(id);
      if (navigation.getState().automation === id) navigation.getState().openAutomation(null);
      session.getState().tell({
        kind: "note",
        text: said(name),
        action: { label: texts.library.undo, run: () => void get().bringBack(id) },
      });
    }

    return {
      opened: null,
      saving: "kept",
      failure: null,
      elsewhere: null,

      async open(id) {
        await get().flush();
        if (id === null) {
          editing.getState().close();
          show(null);
          return;
        }
        const opened = await attempt(() => host.open(id));
        // Somebody may have chosen another one meanwhile.
        if (!opened || navigation.getState().automation !== id) return;
        show(opened);
        editing.getState().load(opened.automation);
        const { draft, selected } = editing.getState();
        if (draft && draft !== opened.automation) kept = draft;
        if (selected === null) editing.getState().select(TRIGGER);
      },
      flush: () => save(),
      async discard() {
        const id = get().opened?.automation.id;
        if (!id) return;
        clearTimeout(timer);
        await saving;
        if ((await attempt(() => host.discard(id).then(() => true))) === null) return;
        await get().reopen();
      },
      async reopen() {
        const id = get().opened?.automation.id;
        if (!id) return;
        clearTimeout(timer);
        editing.getState().forget(id);
        show(null);
        const opened = await attempt(() => host.open(id));
        if (!opened || navigation.getState().automation !== id) return;
        show(opened);
        editing.getState().load(opened.automation);
      },
      async compare() {
        const id = get().opened?.automation.id;
        const elsewhere = id ? await attempt(() => host.open(id)) : null;
        if (elsewhere && get().opened?.automation.id === id) set({ elsewhere });
      },
      async settle(merged) {
        const { elsewhere } = get();
        if (!elsewhere) return;
        show(elsewhere);
        if (merged) editing.getState().rebase(elsewhere.automation, merged, texts.library.merged);
        await save();
      },
      async publish(over) {
        const id = get().opened?.automation.id;
        if (!id) return null;
        if (!(await save())) return get().failure;
        try {
          const opened = await host.publish(id, over);
          const { draft } = editing.getState();
          set({ opened, saving: "kept", failure: null });
          // What is on the screen is what is published; its history goes on.
          kept = draft;
          if (draft) editing.getState().saved(draft);
          session.getState().tell({
            kind: "note",
            text: texts.library.published(opened.automation.name),
          });
          return null;
        } catch (thrown) {
          const error = HostError.from(thrown);
          if (error.code === "conflict") {
            const opened = await attempt(() => host.open(id));
            if (opened) set({ opened });
          }
          return error;
        }
      },
      async takeIn(merged) {
        const published = get().opened?.published;
        if (!published) return;
        editing.getState().rebase(published, merged, texts.library.merged);
        await save(published.version ?? 0);
      },

      async create(template) {
        const id = await attempt(() => host.create(template));
        if (id) navigation.getState().openAutomation(id);
      },
      async duplicate(id) {
        await get().flush();
        const copy = await attempt(() => host.duplicate(id));
        if (copy) navigation.getState().openAutomation(copy);
      },
      async toggle(id, isActive) {
        await get().flush();
        await attempt(() => host.toggle(id, isActive));
        if (get().opened?.automation.id === id) await follow(id);
      },
      async reorder(order) {
        await attempt(() => host.reorder(order));
        const open = get().opened?.automation.id;
        if (open && order.includes(open)) await follow(open);
      },
      archive: (id) => takeOut(id, host.archive, texts.library.archived),
      remove: (id) => takeOut(id, host.delete, texts.library.deleted),
      async bringBack(id) {
        const back = await attempt(() => host.bringBack(id).then(() => true));
        if (!back) return;
        session.getState().tell(null);
        navigation.getState().openAutomation(id);
      },
      async exportFile(ids) {
        await get().flush();
        const path = await attempt(() => host.exportFile(ids));
        if (path) session.getState().tell({ kind: "note", text: texts.library.exported(path) });
      },
      async importText(text) {
        const ids = await attempt(() => host.importText(text));
        if (!ids) return;
        session.getState().tell({ kind: "note", text: texts.library.imported(ids.length) });
        if (ids[0]) navigation.getState().openAutomation(ids[0]);
      },
    };

    /** Order and switch are no part of a draft: what is open learns them and goes on. */
    async function follow(id: AutomationId) {
      const opened = await attempt(() => host.open(id));
      if (!opened || get().opened?.automation.id !== id) return;
      const { isActive, priority } = opened.automation;
      const { draft, base } = editing.getState();
      if (draft && base?.id === id) {
        editing.getState().adopt({ isActive: isActive ?? false, priority: priority ?? 0 });
        kept = editing.getState().draft;
      }
      set({ opened });
    }
  });

  /** Whether an automation is open, and everything that was typed in it is kept. */
  const isQuiet = (id: AutomationId) => {
    const { opened, saving: state, elsewhere } = store.getState();
    const { draft } = editing.getState();
    return opened?.automation.id === id && state === "kept" && !elsewhere && draft === kept;
  };

  /**
   * Another window may have saved what is open here. Where nothing of it waits to be saved,
   * it is shown as it is now, as one step of the history; otherwise the next save finds out.
   */
  async function catchUp(id: AutomationId) {
    if (!isQuiet(id)) return;
    const fresh = await host.open(id).catch(() => null);
    const { opened } = store.getState();
    if (!fresh || !opened || !isQuiet(id)) return;
    const { isActive, priority } = fresh.automation;
    editing.getState().adopt({ isActive: isActive ?? false, priority: priority ?? 0 });
    if (fresh.revision !== opened.revision || versionOf(fresh) !== versionOf(opened)) {
      kept = fresh.automation;
      editing.getState().rebase(fresh.automation, fresh.automation, texts.library.followed);
    }
    kept = editing.getState().draft;
    store.setState({ opened: fresh });
  }

  session.subscribe((now, before) => {
    const id = store.getState().opened?.automation.id;
    if (!id || now.library === before.library) return;
    const entryIn = (library: typeof now.library) =>
      library?.entries.find((entry) => entry.id === id);
    if (entryIn(now.library) !== entryIn(before.library)) void catchUp(id);
  });
  editing.subscribe((now, before) => {
    if (now.draft === before.draft || !now.draft) return;
    const { opened } = store.getState();
    if (opened?.automation.id !== now.draft.id || now.draft === kept) return;
    clearTimeout(timer);
    timer = setTimeout(() => void store.getState().flush(), REST);
  });
  navigation.subscribe((now, before) => {
    if (now.automation !== before.automation) void store.getState().open(now.automation);
  });
  return store;
}
