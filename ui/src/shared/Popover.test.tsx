// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef, useState } from "react";
import { expect, it, vi } from "vitest";
import { MenuItem } from "./Menu";
import { Popover } from "./Popover";

function Opener({
  name,
  role,
  onClose,
  children,
}: {
  name: string;
  role?: "dialog" | "menu";
  onClose?: () => void;
  children: React.ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    onClose?.();
  };
  return (
    <>
      <button ref={anchor} type="button" onClick={() => setOpen(!open)}>
        {`open ${name}`}
      </button>
      <Popover anchor={anchor} open={open} onClose={close} label={name} role={role}>
        {children}
      </Popover>
    </>
  );
}

async function nested() {
  const chosen = vi.fn();
  const user = userEvent.setup({ delay: null });
  render(
    <main>
      <button type="button">elsewhere</button>
      <Opener name="panel">
        <button type="button">beside the menu</button>
        <Opener name="menu" role="menu">
          <MenuItem onChoose={chosen}>One</MenuItem>
          <MenuItem onChoose={chosen}>Two</MenuItem>
        </Opener>
      </Opener>
    </main>,
  );
  await user.click(screen.getByRole("button", { name: "open panel" }));
  await user.click(screen.getByRole("button", { name: "open menu" }));
  return { user, chosen };
}

const shown = (role: "dialog" | "menu", name: string) => screen.queryByRole(role, { name });

it("stays while something is chosen from a menu that was opened inside of it", async () => {
  const { user, chosen } = await nested();
  await user.click(screen.getByRole("menuitem", { name: "Two" }));
  expect(chosen).toHaveBeenCalledOnce();
  expect(shown("dialog", "panel")).toBeTruthy();
});

it("closes only the menu when the click is beside it", async () => {
  const { user } = await nested();
  await user.click(screen.getByRole("button", { name: "beside the menu" }));
  expect(shown("menu", "menu")).toBeNull();
  expect(shown("dialog", "panel")).toBeTruthy();
});

it("closes with what was opened inside of it when the click is elsewhere", async () => {
  const { user } = await nested();
  await user.click(screen.getByRole("button", { name: "elsewhere" }));
  expect(shown("menu", "menu")).toBeNull();
  expect(shown("dialog", "panel")).toBeNull();
});

it("leaves the keys to the menu, and Escape closes one after the other", async () => {
  const { user } = await nested();
  expect(document.activeElement).toBe(screen.getByRole("menuitem", { name: "One" }));
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(screen.getByRole("menuitem", { name: "Two" }));
  await user.keyboard("{Escape}");
  expect(shown("menu", "menu")).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "open menu" }));
  await user.keyboard("{Escape}");
  expect(shown("dialog", "panel")).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "open panel" }));
});
