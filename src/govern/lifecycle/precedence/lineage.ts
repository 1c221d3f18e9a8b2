import type { Tx } from '#kit/db/index.ts';
import type { Identity } from '#spine/graph/index.ts';
import { factsOfMerged } from './facts-of-merged.ts';
import { mergeRecords } from './merge-records.ts';
import { readSaid } from './read-said.ts';

/** Where one fact of somebody is from. */
export interface FactOrigin {
  /** Name of a fact, as in a source's mapping, or of an attribute. */
  readonly fact: string;
  readonly value: string | null;
  /** The source whose it is; null: it was put otherwise, by hand or by a source that is silent now. */
  readonly source: string | null;
  readonly externalId: string | null;
  /** What other sources say instead. */
  readonly others: readonly { readonly source: string; readonly value: string }[];
}

export interface Lineage {
  readonly sources: readonly {
    readonly source: string;
    readonly externalId: string;
    readonly present: boolean;
    readonly lifecycle: boolean;
    readonly rank: number;
  }[];
  readonly facts: readonly FactOrigin[];
}

const FACTS = ['displayName', 'email', 'username', 'department', 'orgUnit', 'jobTitle'] as const;

const inText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Which source each fact of somebody is from, and what the others say. */
export async function lineageOf(tx: Tx, identity: Identity): Promise<Lineage> {
  const said = (await readSaid(tx, [identity.id])).get(identity.id) ?? [];
  const merged = mergeRecords(said, tx.now);
  const counted = said.length === 0 ? {} : factsOfMerged(merged, identity);
  const present = said.filter((s) => s.present);
  const origin = (
    fact: string,
    now: unknown,
    counts: unknown,
    read: (s: (typeof said)[number]) => unknown,
  ): FactOrigin => {
    const from = merged.from.get(fact);
    const value = inText(now);
    // What was put by hand since is nobody's.
    const by = value === inText(counts) ? from : undefined;
    return {
      fact,
      value,
      source: by?.sourceName ?? null,
      externalId: by?.externalId ?? null,
      others: present.flatMap((s) => {
        const other = inText(read(s));
        return s === by || other === null ? [] : [{ source: s.sourceName, value: other }];
      }),
    };
  };
  const attributes = [
    ...new Set([...Object.keys(identity.attributes), ...present.flatMap((s) => Object.keys(s.record.attributes))]),
  ];
  return {
    sources: said.map((s) => ({
      source: s.sourceName,
      externalId: s.externalId,
      present: s.present,
      lifecycle: s.terms.lifecycle,
      rank: s.terms.rank,
    })),
    facts: [
      origin('status', identity.state, counted.state, (s) => (s.terms.lifecycle ? s.record.status : null)),
      ...FACTS.map((fact) => origin(fact, identity[fact], counted[fact], (s) => s.record[fact])),
      origin('manager', identity.managerId, counted.managerId, (s) => s.managerId),
      ...attributes
        .sort()
        .map((name) =>
          origin(name, identity.attributes[name], counted.attributes?.[name], (s) => s.record.attributes[name]),
        ),
    ],
  };
}
