/** Everything that can be reached from the palette, as it is now. */

import { connectionsOf } from "@/features/connections/context";
import type { BuilderStores } from "@/features/library/context";
import { wantNotices } from "@/features/notices/wanted";
import type { Stores } from "@/features/session/context";
import type { Screen } from "@/features/session/navigation";
import { zoomed } from "@/features/settings/theme";
import { tunnelOf } from "@/features/tunnel/context";
import { leave, openWindow } from "@/features/windows/windows";
import type { Theme } from "@/host";
import type { IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import { liveCommands } from "./live";

export interface Command {
  id: string;
  /** What it does, in the words of the thing itself. */
  title: string;
  icon: IconName;
  /** More words by which it is found. */
  also?: string;
  /** The keys that do the same. */
  keys?: string;
  run: () => void;
}

const say = texts.palette;
const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** The commands, the most general first. */
export function commandsOf(
  stores: Stores,
  builder: BuilderStores,
  screens: readonly { screen: Screen; icon: IconName; key: string }[],
): Command[] {
  const { session, navigation, looking, welcome } = stores;
  const { editing, drafting } = builder;
  const { opened, library, listener, settings } = session.getState();
  const { draft, canUndo, canRedo } = editing.getState();
  const commands: Command[] = screens.map(({ screen, icon, key }) => ({
    id: `screen-${screen}`,
    title: say.go(texts.window.screen[screen]),
    icon,
    keys: `Alt ${key}`,
    run: () => navigation.getState().go(screen),
  }));
  for (const { screen, icon } of screens) {
    commands.push({
      id: `window-${screen}`,
      title: texts.windows.openScreen(texts.window.screen[screen]),
      icon,
      keys: screen === navigation.getState().screen ? "Ctrl ⇧ N" : undefined,
      run: () => void openWindow(stores, builder, screen),
    });
  }
  commands.push(
    {
      id: "window-close",
      title: texts.windows.close,
      icon: "close",
      keys: "Ctrl ⇧ W",
      run: () => void leave(stores, builder, false),
    },
    {
      id: "quit",
      title: texts.windows.quit,
      icon: "close",
      keys: "Ctrl Q",
      run: () => void leave(stores, builder, true),
    },
  );
  commands.push({
    id: "welcome",
    title: texts.welcome.again,
    icon: "check",
    run: () => welcome.getState().ask(),
  });
  commands.push({
    id: "notices",
    title: texts.notices.open,
    icon: "bell",
    run: wantNotices,
  });
  for (const entry of library?.entries ?? []) {
    commands.push({
      id: `automation-${entry.id}`,
      title: say.openAutomation(entry.name),
      icon: "flow",
      also: (entry.trigger.keywords ?? []).map((keyword) => keyword.text).join(" "),
      run: () => navigation.getState().openAutomation(entry.id),
    });
  }
  for (const id of opened?.peopleOrder ?? []) {
    const person = opened?.people[id];
    if (!person) continue;
    commands.push({
      id: `person-${id}`,
      title: say.talk(person.name),
      icon: "message",
      also: `${person.username} ${person.id} ${person.contact?.email ?? ""}`,
      run: () => {
        navigation.getState().go("simulator");
        looking.getState().choosePerson(id);
        looking.getState().show("conversation");
      },
    });
  }
  if (draft && canUndo) {
    commands.push({
      id: "undo",
      title: say.undo(draft.name),
      icon: "undo",
      keys: "Ctrl Z",
      run: () => editing.getState().undo(),
    });
  }
  if (draft && canRedo) {
    commands.push({
      id: "redo",
      title: say.redo(draft.name),
      icon: "redo",
      keys: "Ctrl ⇧ Z",
      run: () => editing.getState().redo(),
    });
  }
  if (draft) {
    const { id } = draft;
    commands.push(
      {
        id: "duplicate",
        title: say.duplicate(draft.name),
        icon: "copy",
        run: () => void drafting.getState().duplicate(id),
      },
      {
        id: "export",
        title: say.exportOne(draft.name),
        icon: "file",
        run: () => void drafting.getState().exportFile([id]),
      },
      {
        id: "delete",
        title: say.remove(draft.name),
        icon: "trash",
        run: () => void drafting.getState().remove(id),
      },
    );
  }
  if (listener) {
    const running = listener.state === "running";
    commands.push({
      id: "listener",
      title: running ? say.stopListener(listener.port) : say.startListener(settings.listenerPort),
      icon: "listener",
      run: () =>
        void (running
          ? session.getState().stopListener()
          : session.getState().startListener(settings.listenerPort)),
    });
  }
  const tunnel = tunnelOf(session.getState().host);
  const is = tunnel.getState().news?.status.state.is ?? "stopped";
  if (is !== "stopped" && is !== "failed") {
    commands.push({
      id: "tunnel",
      title: say.stopTunnel,
      icon: "link",
      run: () => void tunnel.getState().stop(),
    });
  } else if (listener?.state === "running") {
    commands.push({
      id: "tunnel",
      title: say.startTunnel,
      icon: "link",
      // Where it is seen what comes of it.
      run: () => {
        navigation.getState().go("connections");
        void tunnel
          .getState()
          .load()
          .then(() => tunnel.getState().start());
      },
    });
  }
  commands.push(...liveCommands(stores), ...ofConnections(stores));
  for (const [name, millis] of say.times) {
    commands.push({
      id: `time-${millis}`,
      title: say.letPass(name),
      icon: "clock",
      run: () => void session.getState().letPass(millis),
    });
  }
  for (const theme of THEMES) {
    if (theme === settings.theme) continue;
    commands.push({
      id: `theme-${theme}`,
      title: say.theme[theme],
      icon: theme === "dark" ? "moon" : theme === "light" ? "sun" : "system",
      run: () => void session.getState().saveSettings({ theme }),
    });
  }
  for (const direction of ["in", "out", "normal"] as const) {
    commands.push({
      id: `zoom-${direction}`,
      title: say.zoom[direction],
      icon: "fit",
      keys: { in: "Ctrl +", out: "Ctrl −", normal: "Ctrl 0" }[direction],
      run: () =>
        void session
          .getState()
          .saveSettings({ zoom: zoomed(session.getState().settings.zoom, direction) }),
    });
  }
  return commands;
}

function ofConnections({ session, navigation }: Stores): Command[] {
  const connections = connectionsOf(session);
  const { connection } = session.getState();
  const profile = connection?.profile ?? null;
  const commands: Command[] = (connections.getState().view?.profiles ?? [])
    .filter(({ name }) => name !== profile)
    .map(({ name }) => ({
      id: `connect-${name}`,
      title: say.connect(name),
      icon: "plug",
      run: () => void connections.getState().connect(name),
    }));
  if (connection && profile !== null) {
    const live = connection.level === "live";
    if (connection.canBeArmed) {
      commands.push({
        id: "arm",
        title: live ? say.armLonger(profile) : say.arm(profile),
        icon: "bolt",
        // It is never armed without the question.
        run: () => connections.getState().askArm(profile),
      });
    }
    if (live) {
      commands.push({
        id: "disarm",
        title: say.disarm(profile),
        icon: "lock",
        run: () => void connections.getState().disarm(),
      });
    }
    commands.push({
      id: "disconnect",
      title: say.disconnect(profile),
      icon: "plug",
      run: () => void connections.getState().disconnect(),
    });
  }
  const there = (then: () => void) => () => {
    navigation.getState().go("connections");
    then();
  };
  commands.push(
    {
      id: "new-profile",
      title: texts.connections.newProfile,
      icon: "add",
      run: there(() => void connections.getState().create()),
    },
    {
      id: "import-env",
      title: texts.connections.importEnv,
      icon: "file",
      run: there(() => connections.getState().startImport()),
    },
  );
  return commands;
}
