/** Connections in a recording: there are none, and none can be made. */

import type { ConnectionStatus } from "../bindings";
import type { ConnectionsHost } from "../connections";
import { HostError } from "../host";

export const OFFLINE: ConnectionStatus = {
  profile: null,
  level: "offline",
  until: null,
  canBeArmed: false,
  worksHere: true,
  connecting: null,
  failure: null,
};

async function notRecorded(): Promise<never> {
  throw new HostError({
    code: "unavailable",
    message: "This is a recording. Open the application to connect to a profile.",
  });
}

export function connectionsInMemory(): ConnectionsHost {
  return {
    list: async () => ({
      profiles: [],
      last: null,
      secrets: { place: "the system's keyring" },
      notice: null,
    }),
    draft: notRecorded,
    save: notRecorded,
    duplicate: notRecorded,
    remove: notRecorded,
    putBack: notRecorded,
    check: notRecorded,
    testMetrics: notRecorded,
    createIndexes: notRecorded,
    forgetSeen: notRecorded,
    status: async () => OFFLINE,
    connect: notRecorded,
    disconnect: async () => OFFLINE,
    arm: notRecorded,
    disarm: notRecorded,
    letWork: notRecorded,
    readEnv: notRecorded,
    importEnv: notRecorded,
    listener: async () => ({
      path: "/api/webhooks/instagram",
      keepsToken: false,
      secrets: [],
      freePort: null,
    }),
    addSecret: notRecorded,
    removeSecret: notRecorded,
    putBackSecret: notRecorded,
    newToken: notRecorded,
    setToken: notRecorded,
    accounts: async () => ({ workspaces: [], accounts: [], isCut: false }),
    saveAccount: notRecorded,
    findAutomations: async () => [],
    audit: async () => ({
      entries: [],
      newer: 0,
      found: 0,
      all: 0,
      unreadable: 0,
      trouble: null,
    }),
    exportAudit: notRecorded,
  };
}
