// What the page and its worker say to each other.

export interface Question { query: string; wasm: string; graph: string }

export interface Term { type: "uri" | "literal" | "bnode" | "triple"; value: unknown; "xml:lang"?: string; datatype?: string }

/** SPARQL 1.1 results in JSON. */
export interface Results {
  head: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Record<string, Term>[] };
}

export type Answer =
  | { kind: "loaded"; triples: number }
  | { kind: "table"; results: Results; csv: string; milliseconds: number }
  | { kind: "graph"; turtle: string; milliseconds: number }
  | { kind: "refused"; words: string };
