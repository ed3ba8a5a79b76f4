/**
 * An automation as what stands on the canvas, and back. The parts that people edit are in
 * the nodes; whatever else the document holds stays in the frame, so nothing is lost.
 */

import type { Automation, Awaiting, Card, Message, StepName, Trigger } from "@/host";
import { isOn, missingSteps } from "./change";
import { cardNode, messageNode, type NodeId, stepNode, TRIGGER } from "./nodes";
import { isRecord } from "./path";
import { fits, GATES, STEP_FIELD, STEP_NAMES } from "./steps";
import { type WayOut, waysOutOf, waysOutOfTrigger } from "./ways";

type Fields = Record<string, unknown>;

export type CanvasNode =
  | {
      kind: "trigger";
      id: NodeId;
      trigger: Trigger;
      type: Automation["type"];
      target: Automation["target"];
    }
  | {
      kind: "step";
      id: NodeId;
      step: StepName;
      /** The step's own fields; the messages of the main step are nodes of their own. */
      fields: Fields;
      on: boolean;
      /** Whether an automation of this type may have it. */
      fits: boolean;
    }
  | {
      kind: "message";
      id: NodeId;
      at: number;
      message: Fields & Pick<Message, "type">;
      on: boolean;
    }
  | { kind: "card"; id: NodeId; message: number; at: number; card: Card; on: boolean }
  | { kind: "gate"; id: string; step: StepName; awaiting: Awaiting }
  | { kind: "ways"; id: string; from: "trigger" | Awaiting; ways: WayOut[] }
  | { kind: "add"; id: string; steps: StepName[] }
  | { kind: "addMessage"; id: string }
  | { kind: "addCard"; id: string; message: number }
  | { kind: "end"; id: string };

interface CanvasEdge {
  id: string;
  kind: "next" | "way" | "card" | "button";
  from: string;
  to: string;
  /** Which way out or which button it begins at. */
  at?: number;
}

export interface Canvas {
  nodes: CanvasNode[];
  edges: CanvasEdge[];
  /** The document without what the nodes hold. */
  frame: Fields;
}

export function toCanvas(automation: Automation): Canvas {
  const { trigger, type, target, steps, ...frame } = automation;
  const canvas: Canvas = { nodes: [], edges: [], frame: frameOf(frame, automation) };
  const chain = new Chain(canvas);
  chain.next({ kind: "trigger", id: TRIGGER, trigger, type, target });
  const lost = waysOutOfTrigger(automation);
  if (lost.length > 0)
    chain.beside({ kind: "ways", id: "ways-trigger", from: "trigger", ways: lost });

  const missing = missingSteps(automation);
  let offered = 0;
  const offer = (until: number) => {
    const between = missing.filter(
      (step) => STEP_NAMES.indexOf(step) >= offered && STEP_NAMES.indexOf(step) < until,
    );
    if (between.length > 0) chain.next({ kind: "add", id: `add-${between[0]}`, steps: between });
    offered = until;
  };
  for (const [order, step] of STEP_NAMES.entries()) {
    const value = steps?.[STEP_FIELD[step]];
    if (!isRecord(value)) continue;
    offer(order);
    const on = isOn(automation, step);
    const { messages, ...fields } = value as Fields;
    const isMain = step === "main" && Array.isArray(messages);
    chain.next({
      kind: "step",
      id: stepNode(step),
      step,
      fields: isMain ? fields : value,
      on,
      fits: fits(step, type),
    });
    if (isMain) chain.messages(messages as Message[], on);
    const awaiting = GATES.find(([name]) => name === step)?.[1];
    if (!on || !awaiting) continue;
    chain.next({ kind: "gate", id: `gate-${step}`, step, awaiting });
    chain.beside({
      kind: "ways",
      id: `ways-${step}`,
      from: awaiting,
      ways: waysOutOf(step, automation),
    });
  }
  offer(STEP_NAMES.length);
  chain.next({ kind: "end", id: "end" });
  chain.buttons();
  return canvas;
}

export function fromCanvas(canvas: Canvas): Automation {
  const automation: Fields = { ...canvas.frame };
  const steps: Fields = isRecord(automation.steps) ? { ...automation.steps } : {};
  const messages: (Fields & { cards?: Card[] })[] = [];
  for (const node of canvas.nodes) {
    switch (node.kind) {
      case "trigger":
        automation.trigger = node.trigger;
        automation.type = node.type;
        if (node.target !== undefined) automation.target = node.target;
        break;
      case "step":
        steps[STEP_FIELD[node.step]] =
          node.step === "main" && !("messages" in node.fields)
            ? { ...node.fields, messages }
            : node.fields;
        break;
      case "message":
        messages.push(
          node.message.type === "carousel" && !("cards" in node.message)
            ? { ...node.message, cards: [] }
            : node.message,
        );
        break;
      case "card":
        messages[node.message]?.cards?.push(node.card);
        break;
    }
  }
  if ("steps" in automation || Object.keys(steps).length > 0) automation.steps = steps;
  return automation as unknown as Automation;
}

/** What of the document no node holds: its own fields, and steps that nobody knows. */
function frameOf(rest: Fields, automation: Automation): Fields {
  if (!("steps" in automation)) return rest;
  const known = Object.values(STEP_FIELD) as string[];
  const others = Object.entries(automation.steps ?? {}).filter(
    ([name, value]) => !known.includes(name) || !isRecord(value),
  );
  return { ...rest, steps: Object.fromEntries(others) };
}

/** Puts nodes one below the other, with the edges that join them. */
class Chain {
  private last: string | null = null;
  private readonly canvas: Canvas;

  constructor(canvas: Canvas) {
    this.canvas = canvas;
  }

  next(node: CanvasNode) {
    this.canvas.nodes.push(node);
    if (this.last) this.edge("next", this.last, node.id);
    this.last = node.id;
  }

  beside(node: Extract<CanvasNode, { kind: "ways" }>) {
    this.canvas.nodes.push(node);
    for (const [at] of node.ways.entries()) {
      if (this.last) this.edge("way", this.last, node.id, at);
    }
  }

  messages(messages: readonly Message[], on: boolean) {
    for (const [at, message] of messages.entries()) {
      const { cards, ...rest } = message as Message & { cards?: Card[] };
      const holds = message.type === "carousel" && Array.isArray(cards);
      const id = messageNode(at);
      this.next({ kind: "message", id, at, message: holds ? rest : message, on });
      if (!holds) continue;
      for (const [place, card] of cards.entries()) {
        const own = cardNode(at, place);
        this.canvas.nodes.push({ kind: "card", id: own, message: at, at: place, card, on });
        this.edge("card", id, own);
      }
      const add = `add-card-${at}`;
      this.canvas.nodes.push({ kind: "addCard", id: add, message: at });
      this.edge("card", id, add);
    }
    this.next({ kind: "addMessage", id: "add-message" });
  }

  /** From each button that leads to a step, to that step. */
  buttons() {
    const ids = new Set(this.canvas.nodes.map((node) => node.id));
    for (const node of this.canvas.nodes) {
      for (const [at, button] of buttonsOf(node).entries()) {
        const to = button.step ? stepNode(button.step) : null;
        if (to && ids.has(to)) this.edge("button", node.id, to, at);
      }
    }
  }

  private edge(kind: CanvasEdge["kind"], from: string, to: string, at?: number) {
    const id = at === undefined ? `${from}→${to}` : `${from}.${at}→${to}`;
    this.canvas.edges.push(at === undefined ? { id, kind, from, to } : { id, kind, from, to, at });
  }
}

export interface Tappable {
  title: string;
  step?: StepName | null;
  url?: string;
}

/** What can be tapped on a node: buttons and quick replies, in the order in which they stand. */
export function buttonsOf(node: CanvasNode): readonly Tappable[] {
  switch (node.kind) {
    case "message":
      return listOf(
        node.message.type === "text" ? node.message.quickReplies : node.message.buttons,
      );
    case "card":
      return listOf(node.card.buttons);
    default:
      return [];
  }
}

function listOf(value: unknown): readonly Tappable[] {
  return Array.isArray(value) ? value : [];
}
