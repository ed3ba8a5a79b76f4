import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hours, menu } from "@/host/memory/workspace";
import { setOn } from "./document/change";
import { removeAt, setAt } from "./document/path";
import { createEditing } from "./editing";

function opened() {
  const editing = createEditing();
  editing.getState().load(menu);
  const now = () => editing.getState();
  const type = (text: string) =>
    [...text].forEach((_, at) => {
      now().change("edit name", (draft) => setAt(draft, "name", text.slice(0, at + 1)), "name");
    });
  return { now, type };
}

describe("one history per draft", () => {
  it("undoes and does again, with what was selected", () => {
    const { now } = opened();
    now().select("step-email");
    now().change("switch off email", (draft) => setOn(draft, "email", false));
    expect(now()).toMatchObject({ dirty: true, canUndo: true, undoLabel: "switch off email" });
    now().select("trigger");
    now().undo();
    expect(now()).toMatchObject({ dirty: false, selected: "step-email", canUndo: false });
    expect(now().redoLabel).toBe("switch off email");
    now().redo();
    expect(now().draft?.steps?.email?.enabled).toBe(false);
    expect(now().selected).toBe("trigger");
  });

  it("takes what is typed in one field for one step, until it is left", () => {
    const { now, type } = opened();
    type("Bread");
    now().settle();
    type("Bread and cake");
    now().undo();
    expect(now().draft?.name).toBe("Bread");
    now().undo();
    expect(now().draft?.name).toBe("Menu");
  });

  it("does not join what is typed after an undo with what was typed before", () => {
    const { now, type } = opened();
    type("Bread");
    now().change("off", (draft) => setOn(draft, "email", false));
    now().undo();
    type("Cake");
    now().undo();
    expect(now().draft?.name).toBe("Bread");
  });

  it("remembers no change that changes nothing", () => {
    const { now } = opened();
    now().change("nothing", (draft) => setAt(draft, "name", "Menu"));
    expect(now().canUndo).toBe(false);
  });

  it("keeps each automation's own while the others are edited", () => {
    const { now } = opened();
    now().change("rename", (draft) => setAt(draft, "name", "Bread"));
    now().load(hours);
    expect(now()).toMatchObject({ canUndo: false, dirty: false });
    now().load(menu);
    expect(now().draft?.name).toBe("Bread");
    expect(now().undoLabel).toBe("rename");
  });

  it("selects the neighbour of what was taken out", () => {
    const { now } = opened();
    now().select("message-1");
    now().change("remove", (draft) => removeAt(draft, "steps.main.messages.1"));
    expect(now().selected).toBe("message-0");
  });

  it("always comes back to where it began", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.boolean())), (edits) => {
        const { now } = opened();
        for (const [name, keyed] of edits) {
          now().change("edit", (draft) => setAt(draft, "name", name), keyed ? "name" : undefined);
        }
        const last = now().draft;
        let steps = 0;
        for (; now().canUndo; steps += 1) now().undo();
        expect(now().draft).toEqual(menu);
        for (; steps > 0; steps -= 1) now().redo();
        expect(now().draft).toEqual(last);
      }),
    );
  });
});

describe("a new base", () => {
  it("is taken over with the draft's history when it was saved", () => {
    const { now } = opened();
    now().change("rename", (draft) => setAt(draft, "name", "Bread"));
    now().saved({ ...menu, name: "Bread" });
    expect(now()).toMatchObject({ dirty: false, canUndo: true });
  });

  it("replaces what was not edited, and leaves alone what was", () => {
    const { now } = opened();
    now().load({ ...menu, name: "Changed elsewhere" });
    expect(now().draft?.name).toBe("Changed elsewhere");
    now().change("rename", (draft) => setAt(draft, "name", "Mine"));
    now().load({ ...menu, name: "Again" });
    expect(now().draft?.name).toBe("Mine");
    now().rebase({ ...menu, name: "Again" }, { ...menu, name: "Mine", priority: 3 }, "merge");
    expect(now()).toMatchObject({ dirty: true, undoLabel: "merge", base: { name: "Again" } });
    now().undo();
    expect(now().draft?.priority).toBe(10);
  });

  it("is forgotten when the automation is deleted", () => {
    const { now } = opened();
    now().forget(menu.id);
    expect(now()).toMatchObject({ base: null, draft: null, canUndo: false });
  });
});
