import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BuilderProvider } from "@/features/library/context";
import { StoresProvider } from "@/features/session/context";
import { shownBy } from "@/features/windows/address";
import { openHost } from "@/host";
import pane from "@/shared/Pane.module.css";
import { isTyping } from "@/shared/roving";
import { texts } from "@/texts";
import { createStores } from "@/views/stores";
import { noteUsable } from "@/views/usable";
import { Window } from "@/views/Window";
import "@/shared/base.css";

// A web view's own menu (back, reload) has no place in an instrument; text keeps its own.
document.addEventListener("contextmenu", (event) => {
  if (!isTyping(event.target) && !window.getSelection()?.toString()) event.preventDefault();
});

async function begin() {
  const element = document.getElementById("root");
  if (!element) throw new Error("the page has no place for the window");
  const root = createRoot(element);
  const host = await openHost();
  if (!host) {
    root.render(
      <div className={pane.empty}>
        <strong>{texts.window.noHost}</strong>
        <p>{texts.window.noHostHint}</p>
      </div>,
    );
    return;
  }
  const { stores, builder } = createStores(host, shownBy(window.location.search));
  noteUsable(stores.session);
  root.render(
    <StrictMode>
      <StoresProvider stores={stores}>
        <BuilderProvider stores={builder}>
          <Window ahead />
        </BuilderProvider>
      </StoresProvider>
    </StrictMode>,
  );
}

void begin();
