/** The sentences and labels of the first start. */

import type { Purpose, Step } from "@/features/welcome/path";

export const welcome = {
  title: "What do you want to do first?",
  intro:
    "A demo workspace is open, with automations and people to try them. Nothing leaves this machine until you connect a profile.",
  choices: {
    build: {
      title: "Build an automation",
      about: "Change the demo automation, talk to it as a customer, and publish it.",
    },
    receive: {
      title: "Receive webhooks on this machine",
      about:
        "Lead Meta's webhooks here, see each delivery, and read why each automation did or did not answer.",
    },
    look: {
      title: "Look at production",
      about:
        "Connect to Redis and MongoDB for reading only: hit rates, conversations, failed jobs.",
    },
  } satisfies Record<Purpose, { title: string; about: string }>,
  around: "Just look around",
  again: "First steps",
  path: "First steps",
  steps: {
    edit: "Change a text",
    talk: "Say a keyword as Maya",
    publish: "Publish it",
    listen: "Start the listener",
    address: "Give it a public address",
    delivery: "See the first delivery",
    connect: "Connect a profile",
    rates: "Read the hit rates",
    conversation: "Find a conversation",
  } satisfies Record<Step, string>,
  done: (step: string) => `${step}: done`,
  finished: "That was all. The rest is behind Ctrl K.",
  close: "Close the first steps",
} as const;
