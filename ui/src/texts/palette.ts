/** The sentences and labels of the command palette. */

import type { Theme } from "@/host";

const HOUR = 60 * 60 * 1000;

export const palette = {
  title: "Search or run",
  opener: "Search or run…",
  placeholder: "An automation, a contact, a message id, or what to do",
  none: "Nothing is called that.",
  searching: "Searching…",
  go: (screen: string) => `Go to the ${screen}`,
  openAutomation: (name: string) => `Open “${name}” in the Builder`,
  automation: (name: string, workspace: string, isActive: boolean) =>
    `Show in Traffic what “${name}” does (${workspace}${isActive ? "" : ", off"})`,
  contact: (name: string, known: string) => `Show the conversation of ${name} (${known})`,
  delivery: (id: number, text: string) =>
    text ? `Show delivery ${id} in Traffic: “${text}”` : `Show delivery ${id} in Traffic`,
  refused: (why: string) => `Show the refused request in Traffic: “${why}”`,
  pauseTraffic: "Pause Traffic",
  resumeTraffic: "Resume Traffic",
  filterTraffic: "Filter Traffic",
  clearTraffic: "Clear the filter of Traffic",
  refusedTraffic: "Show the requests that were refused",
  findConversation: "Find a conversation",
  exportContacts: "Export all contacts as CSV",
  invalidate: (collection: string) => `Invalidate all of “${collection}” in the Cache…`,
  pauseQueue: "Pause the queue…",
  resumeQueue: "Resume the queue",
  retryFailed: "Retry all failed jobs…",
  failedSends: "Show the failed sends in the queue",
  scanCache: "Scan the cache for what should not be there",
  jobs: (state: string) => `Show the jobs in the queue: ${state.toLowerCase()}`,
  talk: (name: string) => `Talk as ${name}`,
  undo: (name: string) => `Undo in “${name}”`,
  redo: (name: string) => `Redo in “${name}”`,
  duplicate: (name: string) => `Duplicate “${name}”`,
  exportOne: (name: string) => `Export “${name}”`,
  remove: (name: string) => `Delete “${name}”`,
  startListener: (port: number) => `Start the listener on port ${port}`,
  connect: (profile: string) => `Connect ${profile}`,
  arm: (profile: string) => `Arm live on ${profile}…`,
  armLonger: (profile: string) => `Live on ${profile} for longer…`,
  disarm: (profile: string) => `End live on ${profile}`,
  startTunnel: "Start the tunnel",
  stopTunnel: "Stop the tunnel",
  disconnect: (profile: string) => `Disconnect ${profile}`,
  stopListener: (port: number) => `Stop the listener on port ${port}`,
  letPass: (time: string) => `Let ${time} pass in the Simulator`,
  times: [
    ["11 minutes", 11 * 60 * 1000],
    ["an hour", HOUR],
    ["24 hours", 24 * HOUR],
  ] satisfies [string, number][],
  theme: {
    system: "Light or dark as the system has it",
    light: "Light theme",
    dark: "Dark theme",
  } satisfies Record<Theme, string>,
  zoom: { in: "Larger", out: "Smaller", normal: "Normal size" },
} as const;
