import { sql, type Queryable } from '#kit/db/index.ts';
import { foldEdge, type NodeRef } from '../tree/frontier.ts';
import type { NodeReader } from '../tree/proofs.ts';

/** Levels between two stored levels: a tile is a complete subtree of 2^8 children. */
export const TILE_LEVELS = 8;

/** True for the inner nodes that are stored; all others are folded from these or from the leaves. */
export const isStored = (ref: NodeRef): boolean => ref.level > 0 && ref.level % TILE_LEVELS === 0;

interface Span {
  readonly base: number;
  readonly start: number;
  readonly count: number;
}

const spanOf = ({ level, index }: NodeRef): Span => {
  const base = level - (level % TILE_LEVELS);
  const count = 2 ** (level - base);
  return { base, start: index * count, count };
};

/** Reads complete subtrees' roots from the stored leaves and tiles: at most 256 rows each, in one query a level. */
export function nodeReader(db: Queryable): NodeReader {
  return async (refs) => {
    const spans = refs.map(spanOf);
    const read = new Map<string, Buffer>();
    for (const base of new Set(spans.map((s) => s.base))) {
      const mine = spans.filter((s) => s.base === base);
      const starts = mine.map((s) => s.start);
      const ends = mine.map((s) => s.start + s.count);
      const rows = await db.many<{ index: number; hash: Buffer }>(
        base === 0
          ? sql`select l.seq as index, l.hash from unnest(${starts}::bigint[], ${ends}::bigint[]) as span (a, b)
                join audit_leaf l on l.seq >= span.a and l.seq < span.b`
          : sql`select n.index, n.hash from unnest(${starts}::bigint[], ${ends}::bigint[]) as span (a, b)
                join audit_node n on n.level = ${base} and n.index >= span.a and n.index < span.b`,
      );
      for (const row of rows) read.set(`${base}/${row.index}`, row.hash);
    }
    return spans.map(({ base, start, count }) => {
      const hashes = Array.from({ length: count }, (_, i) => read.get(`${base}/${start + i}`) ?? MISSING);
      return foldComplete(hashes);
    });
  };
}

/** Stands for a hash that is gone; what is folded from it verifies nowhere. */
const MISSING = Buffer.alloc(32);

function foldComplete(hashes: readonly Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1) {
    const pairs = level;
    level = Array.from({ length: pairs.length / 2 }, (_, i) => foldEdge(pairs.slice(i * 2, i * 2 + 2)));
  }
  return level[0] as Buffer;
}
