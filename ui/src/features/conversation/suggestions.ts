/** First things to say, from the workspace's own automations. */

import type { Action, Automation, AutomationType, ContactId, Media } from "@/host";
import { texts } from "@/texts";

export interface Suggestion {
  label: string;
  action: Action;
}

/** How many first things to say there are of each type: a bit of everything. */
const OF_EACH = { dm_automation: 2, story_reply_flow: 1, comment_reply_flow: 1 } as const;

/** What sets off `about`; then at most one for each active automation, and a few of each type. */
export function suggestionsFor(
  person: ContactId,
  automations: readonly Automation[],
  media: readonly Media[],
  about: Automation | null = null,
): Suggestion[] {
  const post = media.find((each) => each.kind === "post");
  const story = media.find((each) => each.kind === "story");
  const targeted = (automation: Automation, otherwise: Media | undefined) => {
    const target = automation.target;
    if (typeof target !== "object") return otherwise;
    return media.find((each) => each.id === target.media);
  };
  const active = automations.filter((automation) => automation.isActive);
  const ofEach = (Object.keys(OF_EACH) as AutomationType[]).flatMap((type) =>
    active
      .filter((automation) => automation.type === type)
      .flatMap(firstOf)
      .filter(isFirst)
      .slice(0, OF_EACH[type]),
  );
  return [...(about ? firstOf(about) : []), ...ofEach].filter(isFirst);

  function firstOf(automation: Automation): Suggestion[] {
    const word = automation.trigger.keywords?.find((keyword) => keyword.text)?.text;
    switch (automation.type) {
      case "dm_automation": {
        const text = word ?? texts.suggestions.hello;
        return [{ label: texts.suggestions.say(text), action: { do: "say", person, text } }];
      }
      case "story_reply_flow": {
        const on = targeted(automation, story);
        const text = word ?? texts.suggestions.anything;
        if (!on) return [];
        return [
          {
            label: texts.suggestions.reply(text, on.title),
            action: { do: "reply_to_story", person, story: on.id, text },
          },
        ];
      }
      case "comment_reply_flow": {
        const on = targeted(automation, post);
        const text = word ?? texts.suggestions.anything;
        if (!on) return [];
        return [
          {
            label: texts.suggestions.comment(text, on.title),
            action: { do: "comment", person, media: on.id, text, parent: null },
          },
        ];
      }
    }
  }
}

function isFirst({ label }: Suggestion, at: number, all: readonly Suggestion[]): boolean {
  return all.findIndex((other) => other.label === label) === at;
}
