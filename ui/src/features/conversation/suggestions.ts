/** First things to say, from the workspace's own automations. */

import type { Action, Automation, ContactId, Media } from "@/host";
import { texts } from "@/texts";

export interface Suggestion {
  label: string;
  action: Action;
}

/** At most one for each active automation, and four in all. */
export function suggestionsFor(
  person: ContactId,
  automations: readonly Automation[],
  media: readonly Media[],
): Suggestion[] {
  const post = media.find((each) => each.kind === "post");
  const story = media.find((each) => each.kind === "story");
  const targeted = (automation: Automation, otherwise: Media | undefined) => {
    const target = automation.target;
    if (typeof target !== "object") return otherwise;
    return media.find((each) => each.id === target.media);
  };
  return automations
    .filter((automation) => automation.isActive)
    .flatMap((automation) => firstOf(automation))
    .filter(
      (suggestion, index, all) =>
        all.findIndex((other) => other.label === suggestion.label) === index,
    )
    .slice(0, 4);

  function firstOf(automation: Automation): Suggestion[] {
    const word = automation.trigger.keywords?.[0]?.text;
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
