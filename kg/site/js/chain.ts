// How two concepts are connected: the rules of kg/path.py, over the graph that the page carries.
//
// Identities and equalities up to a group are walked both ways. A reduction composes with others only in its own
// direction, so a chain of equivalence takes all its reductions forwards or all of them backwards. Other claims
// only support a connection, and are asked for when no equivalence is found.
import type { MapData, MapNode } from "./graph";

export interface Step { start: string; end: string; claim: MapNode; isReversed: boolean }

export interface Connection { steps: Step[]; isEquivalence: boolean }

interface Link { left: string; right: string; claim: MapNode; cost: number }

/** The number of steps counts first, then the evidence. */
const STEP = 1000;

export function connection(data: MapData, start: string, end: string): Connection | null {
  const { equivalences = [], supports = [] } = data.connects ?? {};
  const links = linked(data);
  const of = (kinds: string[]): Link[] => links.filter(({ claim }) => kinds.includes(claim.kind[1] ?? ""));
  const isTwoWay = ({ claim }: Link): boolean => claim.kind[1] !== "Reduction";
  const forwards = walk(of(equivalences), start, end, isTwoWay);
  const backwards = walk(of(equivalences), end, start, isTwoWay)?.reverse().map(
    (step): Step => ({ ...step, start: step.end, end: step.start, isReversed: !step.isReversed }),
  );
  const cost = (steps: Step[]): number => steps.reduce((sum, { claim }) => sum + STEP + (claim.rank ?? 0), 0);
  const found = [forwards, backwards].filter((steps) => steps !== undefined).sort((a, b) => cost(a) - cost(b))[0];
  if (found) return { steps: found, isEquivalence: true };
  const loose = walk(of([...equivalences, ...supports]), start, end, () => true);
  return loose ? { steps: loose, isEquivalence: false } : null;
}

/** Claims that join two different concepts and are not known to fail; the build marked them with a rank. */
function linked(data: MapData): Link[] {
  const sides = new Map<string, { left?: string; right?: string }>();
  for (const [source, target, relation] of data.edges) {
    if (relation !== "left" && relation !== "right") continue;
    sides.set(source, { ...sides.get(source), [relation]: target });
  }
  return data.nodes.flatMap((claim) => {
    const { left, right } = sides.get(claim.id) ?? {};
    if (claim.rank === undefined || !left || !right || left === right) return [];
    return [{ left, right, claim, cost: STEP + claim.rank }];
  });
}

function walk(links: Link[], start: string, end: string, isTwoWay: (link: Link) => boolean): Step[] | undefined {
  const out = new Map<string, { step: Step; cost: number }[]>();
  for (const link of links) {
    const { left, right, claim, cost } = link;
    const add = (step: Step): void => { out.set(step.start, [...(out.get(step.start) ?? []), { step, cost }]); };
    add({ start: left, end: right, claim, isReversed: false });
    if (isTwoWay(link)) add({ start: right, end: left, claim, isReversed: true });
  }
  // A few hundred concepts: scanning for the nearest one is as quick as keeping a heap.
  const best = new Map<string, { cost: number; by?: Step }>([[start, { cost: 0 }]]);
  const open = new Set([start]);
  while (open.size) {
    const here = [...open].reduce((a, b) => ((best.get(a)?.cost ?? 0) <= (best.get(b)?.cost ?? 0) ? a : b));
    if (here === end) break;
    open.delete(here);
    for (const { step, cost } of out.get(here) ?? []) {
      const total = (best.get(here)?.cost ?? 0) + cost;
      if (total >= (best.get(step.end)?.cost ?? Infinity)) continue;
      best.set(step.end, { cost: total, by: step });
      open.add(step.end);
    }
  }
  const steps: Step[] = [];
  for (let by = best.get(end)?.by; by; by = best.get(by.start)?.by) steps.unshift(by);
  return steps.length ? steps : undefined;
}

/** What a chain says of its two ends, in words. */
export function said(found: Connection, title: (id: string) => string): string {
  const { steps, isEquivalence } = found;
  let [start, end] = [steps[0]?.start ?? "", steps[steps.length - 1]?.end ?? ""];
  if (!isEquivalence) {
    return `No chain of equivalences joins “${title(start)}” and “${title(end)}”. They are connected, which does not make them equal:`;
  }
  const reductions = steps.filter(({ claim }) => claim.kind[1] === "Reduction");
  if (reductions.some((step) => step.isReversed)) [start, end] = [end, start];
  const groups = [...new Set(steps.flatMap(({ claim }) => (claim.kind[1] === "EqualUpTo" ? [claim.upTo] : [])))];
  const upTo = groups.length ? `, up to ${groups.join(" and ")}` : "";
  return `“${title(start)}” is ${reductions.length ? "a case of " : ""}“${title(end)}”${upTo}:`;
}

/** The claim of a chain whose evidence is weakest. */
export function weakest(steps: Step[]): MapNode | undefined {
  return steps.map((step) => step.claim).sort((a, b) => (b.rank ?? 0) - (a.rank ?? 0))[0];
}

/** Every named condition of a chain, each once; all of them must hold. */
export function conditions(steps: Step[]): string[] {
  return [...new Set(steps.flatMap(({ claim }) => claim.conditions ?? []))];
}
