import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { REEVE_SYSTEM_ID, type RolePart } from '#spine/graph/index.ts';
import type { RoleParameter, RolePattern, Values } from './model.ts';
import { filled, inWords, placesIn } from './patterns.ts';

interface Found {
  readonly id: string;
  readonly systemId: string;
  readonly text: string;
  readonly live: boolean;
  readonly byId: boolean;
}

/** One choice of values to make parts for. */
export interface ToResolve {
  readonly chosen: Values;
  /** What it is made of now: that of it which is gone at its source stays, and gives nothing. */
  readonly has: ReadonlySet<string>;
}

const keyOf = (systemId: string, text: string): string => `${systemId} ${text}`;

/**
 * The parts that patterns make of each choice of values, many looked up at once: the live entitlement of that native id,
 * else the one live entitlement of that name. Throws where there is none, naming pattern, parameter and value.
 */
export async function resolvePatterns(
  tx: Tx,
  of: { readonly parameters: readonly RoleParameter[]; readonly patterns: readonly RolePattern[] },
  choices: readonly ToResolve[],
): Promise<readonly (readonly RolePart[])[]> {
  const wanted = choices.flatMap(({ chosen }) =>
    of.patterns.map(({ systemId, pattern }) => ({ systemId, text: filled(pattern, chosen) })),
  );
  const found = new Map<string, Found[]>();
  for (const row of await entitlementsNamed(tx, wanted)) {
    const key = keyOf(row.systemId, row.text);
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  return choices.map(({ chosen, has }) =>
    of.patterns.map((one, n) => {
      const meant = pick(found.get(keyOf(one.systemId, filled(one.pattern, chosen))) ?? [], has);
      if (meant === undefined || meant === 'several')
        throw unresolved(of.parameters, chosen, { n, pattern: one.pattern, several: meant === 'several' });
      const at = (instant: string | null): Date | null => (instant === null ? null : new Date(instant));
      return { entitlementId: meant, roleId: null, validFrom: at(one.validFrom), validTo: at(one.validTo) };
    }),
  );
}

function pick(rows: readonly Found[], has: ReadonlySet<string>): string | 'several' | undefined {
  const live = rows.filter((row) => row.live);
  const best = live.find((row) => row.byId);
  if (best !== undefined) return best.id;
  if (live.length > 1) return 'several';
  return live[0]?.id ?? rows.find((row) => has.has(row.id))?.id;
}

const entitlementsNamed = async (
  tx: Tx,
  wanted: readonly { readonly systemId: string; readonly text: string }[],
): Promise<readonly Found[]> =>
  wanted.length === 0
    ? []
    : await tx.many<Found>(sql`
        with wanted as (
          select distinct "systemId" as system_id, text
            from jsonb_to_recordset(${sql.json(wanted)}::jsonb) as r("systemId" uuid, text text)
           where "systemId" <> ${REEVE_SYSTEM_ID}
        )
        select e.id, e.system_id, w.text, e.valid_to is null or e.valid_to > ${tx.now} as live, e.native_id = w.text as by_id
          from wanted w join entitlement e on e.system_id = w.system_id and (e.native_id = w.text or e.name = w.text)
         order by e.valid_to desc nulls first, e.id`);

function unresolved(
  parameters: readonly RoleParameter[],
  chosen: Values,
  { n, pattern, several }: { readonly n: number; readonly pattern: string; readonly several: boolean },
): Error {
  const [first] = placesIn(pattern);
  const with_ = inWords(
    parameters.filter(({ name }) => placesIn(pattern).includes(name)),
    chosen,
  );
  return invalid(
    `/values/${first ?? n}`,
    `with ${with_}, the pattern "${pattern}" names ${several ? 'several entitlements' : 'no entitlement its system has'}: "${filled(pattern, chosen)}"`,
    several
      ? 'let the pattern be a native id, which is one entitlement’s'
      : 'choose another value, or have the system read first',
  );
}
