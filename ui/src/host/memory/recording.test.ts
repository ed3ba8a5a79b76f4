import { expect, it } from "vitest";
import { HostError } from "../host";
import { recordingHost } from ".";
import { MAYA, mayaAsksForTheMenu } from "./maya";
import type { RecordedStep, Wish } from "./recording";
import { sameWish } from "./recording";

type RecordingHost = ReturnType<typeof recordingHost>;

function wish(host: RecordingHost, { wish }: RecordedStep) {
  switch (wish.wish) {
    case "act":
      return host.act(wish.action);
    case "let_pass":
      return host.letPass(wish.millis);
    case "run":
      return host.playback.run(wish.speed);
    case "set_follows":
      return host.setFollows(wish.person, wish.follows);
    case "set_unsubscribed":
      return host.setUnsubscribed(wish.person, wish.unsubscribed);
  }
}

it("plays every recorded step in turn, and every button it taps is there", async () => {
  const host = recordingHost({ at: 0 });
  for (const step of mayaAsksForTheMenu().steps) {
    const before = await host.simulatorView();
    if (step.wish.wish === "act" && step.wish.action.do === "tap") {
      const { person, bubble } = step.wish.action;
      const tapped = before.people
        .find((each) => each.id === person)
        ?.conversation.find((each) => each.id === bubble);
      expect(tapped?.from, step.title).toBe("account");
    }
    expect(await wish(host, step), step.title).toEqual(step.view);
  }
  await expect(host.letPass(1)).rejects.toThrow("The recording ends here");
});

it("refuses what was not recorded, and names the next step", async () => {
  const host = recordingHost({ at: 0 });
  const refused = host.act({ do: "say", person: MAYA, text: "something else" });
  await expect(refused).rejects.toBeInstanceOf(HostError);
  await expect(refused).rejects.toThrow("This is a recording, not the engine");
});

it("compares words without case and outer space", () => {
  const said = (text: string): Wish => ({ wish: "act", action: { do: "say", person: MAYA, text } });
  expect(sameWish(said(" Menu "), said("menu"))).toBe(true);
  expect(sameWish(said("menus"), said("menu"))).toBe(false);
});

it("hands out the webhook of a delivery as JSON", async () => {
  const host = recordingHost({ at: 1 });
  expect(JSON.parse((await host.deliveryBody(1)) ?? "")).toMatchObject({ object: "instagram" });
  expect(await host.deliveryBody(99)).toBeNull();
});
