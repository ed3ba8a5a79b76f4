// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { recordingHost } from "@/host/memory";
import { cacheInMemory } from "@/host/memory/cache";
import { row, trafficInMemory } from "@/host/memory/traffic";
import { hoverTime } from "@/shared/time";
import { openScreen } from "./inTests";

const UTC = /^\w{3} \d+ \w+ \d{4}, [\d:]{8} \(UTC\) · \d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/;

it("a row and the delivery behind it say when it arrived, in UTC on hover", async () => {
  const { at } = row(1);
  const traffic = trafficInMemory([row(1)]);
  const { user } = await openScreen({ ...recordingHost({ at: 4 }), traffic }, 3, "traffic-filter");
  const line = await screen.findByTestId("traffic-row");
  expect(line.querySelector("time")?.title).toBe(hoverTime(at));
  expect(hoverTime(at)).toMatch(UTC);
  await user.click(line);
  const side = await screen.findByTestId("traffic-side");
  await waitFor(() => expect(side.querySelector("h2 + time")).toBeTruthy());
  const arrived = side.querySelector<HTMLElement>("h2 + time");
  expect(arrived?.textContent).toBe("Mon 21 Sept, 14:13:21");
  expect(arrived?.title).toBe(hoverTime(at));
});

it("a delivery of the Simulator says what its clock was, too", async () => {
  const memory = trafficInMemory([row(1)]);
  const engine = row(1).at + 2 * 86_400_000;
  const traffic = {
    ...memory,
    open: async (...of: Parameters<typeof memory.open>) => ({
      ...(await memory.open(...of)),
      receivedAt: engine,
    }),
  };
  const { user } = await openScreen({ ...recordingHost({ at: 4 }), traffic }, 3, "traffic-filter");
  await user.click(await screen.findByTestId("traffic-row"));
  const side = await screen.findByTestId("traffic-side");
  await waitFor(() => expect(side.querySelector("h2 + time")).toBeTruthy());
  const lines = side.querySelector<HTMLElement>("h2 + time")?.title.split("\n");
  expect(lines?.[0]).toBe(hoverTime(row(1).at));
  expect(lines?.[1]).toContain(hoverTime(engine));
});

it("a chart says the times at its axis and below the pointer", async () => {
  const host = { ...recordingHost({ at: 4 }), cache: cacheInMemory() };
  await openScreen(host, 5, "cache-table");
  const chart = await screen.findByTestId("cache-chart");
  await waitFor(() => expect(chart.querySelectorAll("path").length).toBeGreaterThan(0));
  const axis = [...chart.querySelectorAll("text > title")].map((title) => title.textContent);
  expect(axis).toHaveLength(3);
  for (const time of axis) expect(time).toMatch(UTC);
  const picture = within(chart).getByRole("img");
  expect(picture.querySelector(":scope > title")).toBeNull();
  fireEvent.pointerMove(picture, { clientX: 300 });
  expect(picture.querySelector(":scope > title")?.textContent).toMatch(UTC);
});
