// @vitest-environment jsdom
import { act, screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import type { Fault, Host, SimulatorView } from "@/host";
import { recordingHost } from "@/host/memory";
import { openWindow } from "./inTests";

async function open(at: number, change: (host: Host) => Partial<Host> = () => ({})) {
  const recording = recordingHost({ at });
  return openWindow({ ...recording, ...change(recording) });
}

/** A host whose view is changed, and that notes which faults it is asked for. */
function faulty(change: (view: SimulatorView) => void) {
  const asked: Fault[] = [];
  return {
    asked,
    change: (host: Host): Partial<Host> => {
      const view = async () => {
        const now = await host.simulatorView();
        change(now);
        return now;
      };
      return {
        simulatorView: view,
        playback: {
          ...host.playback,
          fault: async (fault) => {
            asked.push(fault);
            return view();
          },
        },
      };
    },
  };
}

describe("the timeline", () => {
  it("teaches while nothing was said", async () => {
    await open(0);
    expect(
      within(screen.getByTestId("timeline")).getByText(/Everything that is said/),
    ).toBeTruthy();
  });

  it("shows what a moment changed, and its decision", async () => {
    const { user } = await open(4);
    await user.click(screen.getByTestId("moment-1"));
    const changes = await screen.findByTestId("changes");
    expect(changes.textContent).toContain("waiting for the button");
    expect(screen.getByTestId("why-summary").textContent).toContain("“Menu” started");
    expect(screen.getByTestId("moment-chosen").textContent).toContain("Maya wrote");
  });

  it("moves with the arrow keys and leads to the reason with Enter", async () => {
    const { user, stores } = await open(4);
    await user.click(screen.getByTestId("moment-2"));
    await user.keyboard("{ArrowLeft}");
    expect(document.activeElement).toBe(screen.getByTestId("moment-1"));
    expect(screen.getByTestId("moment-1").getAttribute("aria-selected")).toBe("true");
    await user.keyboard("{End}{Enter}");
    expect(stores.looking.getState().pane).toBe("why");
    expect(stores.looking.getState().moment).toBe(4);
  });

  it("goes back to before a moment, and forward again", async () => {
    const { user, stores } = await open(4);
    await user.click(screen.getByTestId("moment-3"));
    await user.click(screen.getByTestId("go-before"));
    await waitFor(() => expect(stores.session.getState().opened?.playback.position).toBe(2));
    expect(screen.getByTestId("moment-3").getAttribute("aria-label")).toContain("undone");
    await user.click(screen.getByTestId("go-forward"));
    await waitFor(() => expect(stores.session.getState().opened?.playback.position).toBe(4));
    expect(screen.queryByTestId("go-forward")).toBeNull();
  });

  it("forgets the chosen moment when something new is said", async () => {
    const { user, stores } = await open(0);
    await user.type(screen.getByTestId("composer"), "what's the menu?{Enter}");
    await user.click(await screen.findByTestId("moment-1"));
    await user.click(screen.getByRole("button", { name: "Yes please" }));
    await waitFor(() => expect(stores.session.getState().opened?.playback.position).toBe(2));
    await user.click(screen.getByTestId("moment-1"));
    stores.looking.getState().chooseDelivery(null);
    expect(stores.looking.getState().moment).toBeNull();
  });
});

describe("the flow", () => {
  const gate = () => screen.queryByTestId("state-current")?.dataset.state;

  it("is of the chosen moment, and says so; of now when none is chosen", async () => {
    const { user, stores } = await open(3);
    expect(gate()).toBe("awaiting_follow_confirmation");
    expect(screen.queryByTestId("flow-then")).toBeNull();
    await user.click(screen.getByTestId("moment-1"));
    expect((await screen.findByTestId("flow-then")).textContent).toContain("Where Maya stood");
    expect(gate()).toBe("awaiting_opening_response");
    expect(screen.getByTestId("step-follow").dataset.status).toBe("ahead");
    await user.click(screen.getByTestId("moment-3"));
    await waitFor(() => expect(screen.queryByTestId("flow-then")).toBeNull());
    expect(gate()).toBe("awaiting_follow_confirmation");
    await user.click(screen.getByTestId("moment-2"));
    await screen.findByTestId("flow-then");
    act(() => stores.looking.getState().chooseMoment(null));
    expect(screen.queryByTestId("flow-then")).toBeNull();
  });

  it("says that it does not know what an undone moment led to", async () => {
    const { user } = await open(3);
    await user.click(screen.getByTestId("moment-2"));
    await user.click(screen.getByTestId("go-before"));
    await screen.findByTestId("go-forward");
    await user.click(screen.getByTestId("moment-3"));
    expect((await screen.findByTestId("flow-then")).textContent).toContain("is undone");
    expect(gate()).toBeUndefined();
    expect(screen.getByTestId("step-opening").dataset.status).toBe("ahead");
  });
});

describe("the clock", () => {
  it("lists what is due, and jumps to it", async () => {
    let jumped = 0;
    const { user } = await open(1, (host) => ({
      simulatorView: async () => {
        const view = await host.simulatorView();
        const person = view.people[0];
        view.playback.due = [
          {
            at: view.now + 3_600_000,
            kind: "state_expires",
            person: person?.id ?? null,
            awaiting: "awaiting_email",
            text: null,
          },
        ];
        return view;
      },
      playback: {
        ...host.playback,
        passUntil: async (at) => {
          jumped = at;
          return host.simulatorView();
        },
      },
    }));
    await user.click(screen.getByTestId("due-open"));
    expect(screen.getByText("Maya: the wait for the email expires")).toBeTruthy();
    expect(screen.getByText("in 01:00:00")).toBeTruthy();
    await user.click(screen.getByTestId("jump-state_expires"));
    await waitFor(() => expect(jumped).toBeGreaterThan(0));
  });

  it("runs at the chosen speed, and stops", async () => {
    const asked: number[] = [];
    const { user } = await open(0, (host) => ({
      playback: {
        ...host.playback,
        run: async (speed) => {
          asked.push(speed);
          const view = await host.simulatorView();
          view.playback.speed = speed;
          return view;
        },
      },
    }));
    await user.selectOptions(screen.getByTestId("clock-speed"), "600");
    await user.click(screen.getByRole("button", { name: "Let the clock run" }));
    await user.click(await screen.findByRole("button", { name: "Stop the clock" }));
    expect(asked).toEqual([600, 0]);
  });
});

describe("faults", () => {
  it("begin with how Instagram answers and how often", async () => {
    const { asked, change } = faulty(() => undefined);
    const { user } = await open(1, change);
    await user.click(screen.getByTestId("faults-open"));
    await user.selectOptions(screen.getByTestId("fault-answer"), "drops_after");
    await user.selectOptions(screen.getByTestId("fault-times"), "always");
    await user.click(screen.getByTestId("fault-begin"));
    await user.click(screen.getByTestId("fault-twice"));
    expect(asked).toEqual([
      { fault: "instagram", answer: "drops_after", times: null },
      { fault: "comes_twice", on: true },
    ]);
  });

  it("are seen for as long as they last, and are ended where they are seen", async () => {
    const { asked, change } = faulty((view) => {
      view.playback.faults.instagram = [{ answer: "server_error", times: 2 }];
    });
    const { user } = await open(1, change);
    expect(screen.getByText("Server error (500): the next 2 sends")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^End: Server error/ }));
    expect(asked).toEqual([{ fault: "recovers" }]);
  });
});

describe("why nothing happened", () => {
  it("is answered with the automation that came nearest, which is opened", async () => {
    const nearest = {
      automationId: "menu",
      name: "Menu",
      nearness: "almost_keyword",
      sentence: "“Menu” has the keyword “menu”, which is almost “mneu”.",
    } as const;
    const { user, stores } = await open(1, (host) => ({
      simulatorView: async () => {
        const view = await host.simulatorView();
        const record = view.people[0]?.decisions[0];
        if (record) record.decision.trace.reason = "no_match";
        return view;
      },
      playback: { ...host.playback, nearest: async () => nearest },
    }));
    expect((await screen.findByTestId("nothing")).textContent).toContain("almost “mneu”");
    await user.click(screen.getByTestId("open-nearest"));
    expect(stores.navigation.getState()).toMatchObject({ screen: "builder", automation: "menu" });
  });
});

/** A file; what draws in tests cannot read one. */
function file(name: string, text: string): File {
  return Object.assign(new File([text], name), { text: async () => text });
}

describe("scenarios", () => {
  it("are saved, run and shown with what is not as expected", async () => {
    const { user } = await open(2);
    await user.click(screen.getByTestId("scenarios-open"));
    await user.type(await screen.findByTestId("scenario-name"), "New one");
    await user.click(screen.getByTestId("scenario-save"));
    expect(await screen.findByTestId("scenario-new-one.yaml")).toBeTruthy();
    await user.click(screen.getByTestId("scenarios-run-all"));
    expect((await screen.findByTestId("scenarios-verdict")).textContent).toBe("2 passed, 1 failed");
    const failures = screen.getByTestId("scenario-failures");
    expect(failures.textContent).toContain("maya stands elsewhere");
    expect(failures.querySelector('[data-only="got"]')?.textContent).toContain("awaiting email");
  });

  it("are renamed, deleted, and brought back", async () => {
    const { user } = await open(2);
    await user.click(screen.getByTestId("scenarios-open"));
    await user.click(await screen.findByTestId("more-changes-her-mind.yaml"));
    await user.click(screen.getByTestId("rename-changes-her-mind.yaml"));
    const name = screen.getByTestId("scenario-rename");
    await user.clear(name);
    await user.type(name, "Thinks twice{Enter}");
    expect(await screen.findByText("Thinks twice")).toBeTruthy();
    await user.click(screen.getByTestId("more-changes-her-mind.yaml"));
    await user.click(screen.getByTestId("delete-changes-her-mind.yaml"));
    await waitFor(() => expect(screen.queryByText("Thinks twice")).toBeNull());
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await user.click(screen.getByTestId("scenarios-open"));
    await waitFor(async () => {
      if (!screen.queryByTestId("scenarios")) {
        await user.click(screen.getByTestId("scenarios-open"));
      }
      expect(screen.getByText("Thinks twice")).toBeTruthy();
    });
  });

  it("come from several files, and each that is none says why", async () => {
    const { user } = await open(0);
    await user.click(screen.getByTestId("scenarios-open"));
    const files = (await screen.findByTestId("scenario-files")) as HTMLInputElement;
    const picker = vi.spyOn(files, "click");
    await user.click(screen.getByTestId("scenario-add-files"));
    expect(picker).toHaveBeenCalledOnce();
    await user.upload(files, [
      file("ana.yaml", "scenario: Sent by Ana\nsteps: []\n"),
      file("letter.yml", "nonsense"),
      file("video.yaml", "x".repeat(1_000_001)),
    ]);
    expect(await screen.findByText("Sent by Ana")).toBeTruthy();
    expect((await screen.findByTestId("notice")).textContent).toContain("1 scenario is added");
    const notAdded = screen.getByTestId("scenario-not-added");
    expect([...notAdded.querySelectorAll("dt")].map((each) => each.textContent)).toEqual([
      "letter.yml",
      "video.yaml",
    ]);
    expect(notAdded.textContent).toContain("a scenario needs a name");
    expect(notAdded.textContent).toContain("larger than a megabyte");
    await user.click(within(notAdded).getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByTestId("scenario-not-added")).toBeNull();
  });

  it("say what is wrong with a text that is none", async () => {
    const { user } = await open(0);
    await user.click(screen.getByTestId("scenarios-open"));
    await user.click(await screen.findByTestId("scenario-import"));
    await user.type(screen.getByTestId("scenario-text"), "nonsense");
    await user.click(screen.getByRole("button", { name: "Add" }));
    expect((await screen.findByTestId("notice")).textContent).toContain("this is no scenario");
  });
});

describe("conversations side by side", () => {
  it("are as many as there is room for, and a touch brings one to the front", async () => {
    const wide = window.matchMedia;
    window.matchMedia = ((query: string) => ({
      matches: !query.includes("2240"),
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    })) as unknown as typeof window.matchMedia;
    try {
      const { user, stores } = await open(9);
      const maya = screen.getByTestId("conversation-Maya");
      const tom = screen.getByTestId("conversation-Tom");
      expect(maya.dataset.front).toBe("true");
      expect(screen.queryByTestId("conversation-Ana")).toBeNull();
      await user.click(within(tom).getByRole("button", { name: "Write as Tom…" }));
      expect(screen.getByTestId("conversation-Tom").dataset.front).toBe("true");
      expect(screen.getByTestId("conversation-Maya").dataset.front).toBe("false");
      const person = stores.looking.getState().person ?? "";
      expect(stores.session.getState().opened?.people[person]?.name).toBe("Tom");
    } finally {
      window.matchMedia = wide;
    }
  });
});

describe("a person", () => {
  /** A recording whose Maya writes in this language, and what it was asked to set. */
  function speaking(language: string | null) {
    const asked: unknown[] = [];
    const change = (host: Host): Partial<Host> => {
      let now = language;
      const view = async () => {
        const shown = await host.simulatorView();
        for (const person of shown.people.slice(0, 1)) person.language = now;
        return shown;
      };
      return {
        simulatorView: view,
        playback: {
          ...host.playback,
          setLanguage: async (_, wanted) => {
            asked.push(wanted);
            now = wanted;
            return view();
          },
        },
      };
    };
    return { asked, change };
  }

  it("writes in the language that is chosen, and is shown in it", async () => {
    const { asked, change } = speaking(null);
    const { user } = await open(2, change);
    await user.selectOptions(screen.getByTestId("set-language"), "Arabic");
    expect(await screen.findByRole("img", { name: "writes Arabic" })).toBeTruthy();
    const composer = screen.getByTestId("composer");
    expect([composer.lang, composer.dir]).toEqual(["ar", "auto"]);
    const said = screen.getByText("what's the menu?", { selector: "p" });
    expect([said.lang, said.dir]).toEqual(["ar", "auto"]);
    const answered = screen.getByText("Hi Maya! Want this week's menu?", {
      selector: "[data-testid=bubble] p",
    });
    expect([answered.lang, answered.dir]).toEqual(["", "auto"]);
    await user.selectOptions(screen.getByTestId("set-language"), "not set");
    await waitFor(() => expect(composer.lang).toBe(""));
    expect(asked).toEqual(["ar", null]);
  });

  it("writes in any other language by its tag", async () => {
    const { asked, change } = speaking(null);
    const { user } = await open(0, change);
    const select = screen.getByTestId("set-language") as HTMLSelectElement;
    await user.selectOptions(select, "Other…");
    const tag = screen.getByTestId("set-language-tag");
    expect(document.activeElement).toBe(tag);
    await user.type(tag, "Farsi please{Enter}");
    expect(screen.getByText(/Write a language tag/)).toBeTruthy();
    await user.clear(tag);
    await user.type(tag, "FA{Enter}");
    await waitFor(() => expect(select.selectedOptions[0]?.textContent).toBe("Persian"));
    expect(document.activeElement).toBe(select);
    await user.selectOptions(select, "Other…");
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("set-language-tag")).toBeNull();
    expect(asked).toEqual(["fa"]);
  });

  it("comes by a link with its reference", async () => {
    const acted: unknown[] = [];
    const { user } = await open(0, (host) => ({
      act: async (action) => {
        acted.push(action);
        return host.simulatorView();
      },
    }));
    await user.click(screen.getByTestId("composer-more"));
    await user.click(screen.getByTestId("composer-link"));
    const composer = screen.getByTestId("composer");
    expect(document.activeElement).toBe(composer);
    expect(screen.getByText(/Maya comes by a link/)).toBeTruthy();
    await user.type(composer, "spring-menu{Enter}");
    expect(acted).toEqual([
      { do: "open_link", person: expect.any(String), reference: "spring-menu" },
    ]);
    await waitFor(() => expect(screen.queryByText(/Maya comes by a link/)).toBeNull());
  });

  it("is put where the operator wants them", async () => {
    const put: unknown[] = [];
    const { user } = await open(1, (host) => ({
      playback: {
        ...host.playback,
        put: async (...args) => {
          put.push(args);
          return host.simulatorView();
        },
      },
    }));
    await user.click(screen.getByTestId("put-state"));
    await user.selectOptions(
      screen.getByTestId("put-choice"),
      screen.getByRole("option", { name: "Menu: waiting for an email" }),
    );
    await user.click(screen.getByTestId("put-submit"));
    expect(put).toEqual([[expect.any(String), ["menu", "awaiting_email"]]]);
  });
});

it("has no accessibility fault", async () => {
  const { user } = await open(
    4,
    faulty((view) => {
      view.playback.faults.comesTwice = true;
    }).change,
  );
  await user.click(screen.getByTestId("moment-2"));
  await screen.findByTestId("changes");
  await user.click(screen.getByTestId("scenarios-open"));
  await screen.findByTestId("scenarios-run-all");
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false } },
  });
  expect(violations.map((each) => [each.id, each.nodes.map((node) => node.html)])).toEqual([]);
}, 20_000);
