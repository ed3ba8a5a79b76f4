// @vitest-environment jsdom
import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef, useState } from "react";
import { expect, it, vi } from "vitest";
import { useRowMenu } from "./RowMenu";

const ROWS = ["one", "two"];
const idOf = (row: string) => `row-${row}`;

function List({ done }: { done: (what: string) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<string | undefined>();
  const { menu, onContextMenu, onMenuKey } = useRowMenu({
    list,
    find: (id) => ROWS.find((row) => idOf(row) === id),
    idOf,
    chosen,
    choose: setChosen,
    label: (row) => `Menu of ${row}`,
    actions: (row) => [
      { id: "a", label: `Do ${row}`, run: () => done(row) },
      { id: "b", label: "Not now", disabled: true, title: "Because.", run: () => done("b") },
    ],
  });
  return (
    <main>
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label="list"
        onContextMenu={onContextMenu}
        onKeyDown={(event) => {
          if (!onMenuKey(event) && event.key === "ArrowDown") setChosen("one");
        }}
      >
        {ROWS.map((row) => (
          <div key={row} id={idOf(row)} role="option" aria-selected={row === chosen} tabIndex={-1}>
            <span>{row}</span>
          </div>
        ))}
      </div>
      {menu}
    </main>
  );
}

function open() {
  const done = vi.fn();
  render(<List done={done} />);
  return { user: userEvent.setup({ delay: null }), done, list: screen.getByRole("listbox") };
}

it("opens at the row below the pointer, which it chooses", async () => {
  const { user, done } = open();
  await user.pointer({ keys: "[MouseRight]", target: screen.getByText("two") });
  expect(screen.getByRole("menu", { name: "Menu of two" })).toBeTruthy();
  expect(screen.getByRole("option", { name: "two" }).getAttribute("aria-selected")).toBe("true");
  expect(screen.getByText("Not now").closest("button")?.title).toBe("Because.");
  await user.click(screen.getByText("Do two"));
  expect(done.mock.calls).toEqual([["two"]]);
  expect(screen.queryByRole("menu")).toBeNull();
});

it("opens for the row that the keys are at, by either key, and gives the focus back", async () => {
  const { user, done, list } = open();
  list.focus();
  await user.keyboard("{ContextMenu}");
  expect(screen.queryByRole("menu"), "no row is chosen").toBeNull();
  for (const key of ["{ContextMenu}", "{Shift>}{F10}{/Shift}"]) {
    await user.keyboard(`{ArrowDown}${key}`);
    expect(screen.getByRole("menu", { name: "Menu of one" })).toBeTruthy();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("menu")).toBeNull();
    expect(document.activeElement).toBe(list);
  }
  // Where the system tells of its menu key with an event of the list.
  fireEvent.contextMenu(list);
  await user.keyboard("{Enter}");
  expect(done.mock.calls).toEqual([["one"]]);
  expect(document.activeElement).toBe(list);
});
