/** Scenarios that are kept as long as the page is open: for the browser and for tests. */

import type { KeptScenario, ScenarioOutcome } from "../bindings";
import { HostError } from "../host";
import type { ScenariosHost } from "../playback";

const PASSED: ScenarioOutcome = {
  passed: true,
  steps: 12,
  took: "11 minutes",
  failures: [],
  problem: null,
};

const FAILED: ScenarioOutcome = {
  passed: false,
  steps: 8,
  took: "no time",
  failures: [
    {
      line: 17,
      step: "maya state",
      message: "maya stands elsewhere",
      diff: ["- state: awaiting opening response", "+ state: awaiting email", "  automation: Menu"],
    },
  ],
  problem: null,
};

const kept = (file: string, name: string, about: string | null): KeptScenario => ({
  file,
  name,
  about,
  workspace: "bakery",
  steps: 8,
  problem: null,
  last: null,
});

export function scenariosInMemory(): ScenariosHost {
  let all = [
    kept("asks-for-the-menu.yaml", "Asks for the menu", "The keyword, the button, the address."),
    kept("changes-her-mind.yaml", "Changes her mind", null),
  ];
  const found = (file: string) => {
    const scenario = all.find((each) => each.file === file);
    if (scenario) return scenario;
    throw new HostError({ code: "not_found", message: `There is no scenario “${file}” any more.` });
  };
  const add = (name: string, about: string | null) => {
    const file = `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.yaml`;
    all = [...all, kept(file, name, about)];
    return file;
  };
  return {
    list: async () => structuredClone(all),
    async save(name, about) {
      const file = add(name, about || null);
      return { file, kept: structuredClone(all), differs: false };
    },
    async open(file) {
      return { name: found(file).name, stopped: null, failures: 0 };
    },
    async run(file) {
      const scenario = found(file);
      scenario.last = file.startsWith("changes") ? FAILED : PASSED;
      return structuredClone(scenario.last);
    },
    async rename(file, name) {
      found(file).name = name;
      return file;
    },
    async delete(file) {
      const { name } = found(file);
      all = all.filter((each) => each.file !== file);
      return `scenario: ${name}\nsteps: []\n`;
    },
    async putBack(file, text) {
      all = [...all, kept(file, /^scenario: (.*)$/m.exec(text)?.[1] ?? file, null)];
    },
    async import(text) {
      const name = /^scenario: (.*)$/m.exec(text)?.[1];
      if (!name) {
        throw new HostError({
          code: "invalid",
          message: "this is no scenario:\nline 1, column 1: a scenario needs a name",
        });
      }
      return add(name, null);
    },
    text: async (file) => `scenario: ${found(file).name}\nsteps: []\n`,
    path: async (file) => `/scenarios/${found(file).file}`,
  };
}
