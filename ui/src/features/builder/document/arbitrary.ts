/** Any automation, for tests: whatever the types allow, and fields that nobody knows. */

import fc from "fast-check";
import type { Automation } from "@/host";

const text = fc.string({ maxLength: 30 });
const step = fc.constantFrom("opening", "follow", "email", "main");
const maybe = { requiredKeys: [] as never[] };

const button = fc.oneof(fc.record({ title: text, url: text }), fc.record({ title: text, step }));
const card = fc.record(
  {
    title: text,
    subtitle: fc.option(text),
    imageUrl: text,
    buttons: fc.array(button, { maxLength: 3 }),
  },
  { requiredKeys: ["title"] },
);
const message = fc.oneof(
  fc.record(
    {
      type: fc.constant("text"),
      text,
      quickReplies: fc.array(fc.record({ title: text, step }, { requiredKeys: ["title"] }), {
        maxLength: 4,
      }),
    },
    { requiredKeys: ["type", "text"] },
  ),
  fc.record({ type: fc.constant("buttons"), text, buttons: fc.array(button, { maxLength: 4 }) }),
  fc.record({ type: fc.constant("carousel"), cards: fc.array(card, { maxLength: 4 }) }),
  fc.record({
    type: fc.constant("media"),
    kind: fc.constantFrom("image", "video", "audio", "file"),
    url: text,
    later: fc.integer(),
  }),
);

const asks = {
  enabled: fc.boolean(),
  text,
  retryText: fc.option(text),
  mostAsks: fc.nat(9),
  whenExhausted: fc.constantFrom("end", "skip"),
  delaySeconds: fc.nat(100000),
};
const steps = fc.record(
  {
    publicReply: fc.record({ enabled: fc.boolean(), texts: fc.array(text, { maxLength: 4 }) }),
    reaction: fc.option(fc.record({ reaction: text })),
    opening: fc.record({ enabled: fc.boolean(), text, button: text }),
    follow: fc.record(
      { ...asks, button: text, verify: fc.boolean() },
      { requiredKeys: ["text", "button"] },
    ),
    email: fc.option(fc.record({ ...asks, unheardOf: fc.jsonValue() }, { requiredKeys: ["text"] })),
    main: fc.record(
      {
        enabled: fc.boolean(),
        messages: fc.array(message, { maxLength: 5 }),
        delaySeconds: fc.nat(9),
      },
      { requiredKeys: ["messages"] },
    ),
    stepOfTomorrow: fc.record({ text }),
  },
  maybe,
);

export const anyAutomation = fc.record(
  {
    id: fc.uuid(),
    workspaceId: fc.constant("bakery"),
    type: fc.constantFrom("dm_automation", "story_reply_flow", "comment_reply_flow"),
    name: text,
    isActive: fc.boolean(),
    priority: fc.integer(),
    target: fc.oneof(fc.constant("all"), fc.record({ media: fc.uuid() })),
    trigger: fc.record(
      {
        mode: fc.constantFrom("any_reply", "specific_keywords"),
        keywords: fc.array(
          fc.record(
            { text, match: fc.constantFrom("whole_word", "anywhere", "exactly") },
            { requiredKeys: ["text"] },
          ),
          { maxLength: 5 },
        ),
        includeReplies: fc.boolean(),
        filter: text,
      },
      { requiredKeys: ["mode"] },
    ),
    steps,
    version: fc.nat(),
    notesOfNode: fc.jsonValue(),
  },
  { requiredKeys: ["id", "workspaceId", "type", "name", "trigger"] },
) as fc.Arbitrary<unknown> as fc.Arbitrary<Automation>;
