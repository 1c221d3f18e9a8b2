import { open, type Keys } from '#kit/crypto/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Decide, Principal } from '#spine/decide/index.ts';
import { eventContext } from '../event-context.ts';
import { openPlace, sealPlace, type Place } from './sealed-cursor.ts';
import { SEARCH_KEY, searchTokens } from './words.ts';

/** So many events are opened for one answer; what is beyond comes with the next. */
const MOST_LOOKED_AT = 2_000;
const AT_A_TIME = 200;
const LONGEST_SHOWN = 400;

/** What is looked for, and where. */
export interface SessionSearch {
  readonly words: string;
  readonly identityId?: string | undefined;
  readonly systemId?: string | undefined;
  readonly type?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Something that was run in a session, and where in its recording. */
export interface FoundEvent {
  readonly sessionId: string;
  readonly n: number;
  readonly atMs: number;
  readonly at: Date;
  readonly type: string;
  readonly class: string;
  readonly text: string;
  readonly protocol: string;
  readonly identityId: string;
  readonly identityName: string;
  readonly accountName: string;
  readonly systemName: string;
  readonly purged: boolean;
}

interface Row extends Omit<FoundEvent, 'text'> {
  readonly sealedDetail: Buffer;
}

/**
 * Finds what was run, newest first, in all sessions the asker may watch: the index says where all words are, and what is
 * there is opened and held against what was asked. What a row says that does not open, since somebody moved it, is not
 * told.
 */
export async function findInSessions(
  edges: { readonly keys: Keys; readonly decide: Decide },
  tx: Tx,
  principal: Principal,
  search: SessionSearch,
): Promise<{ readonly items: readonly FoundEvent[]; readonly nextCursor: string | null }> {
  const tokens = searchTokens(edges.keys.derive(SEARCH_KEY), search.words);
  if (tokens.length === 0)
    throw invalid('/words', 'has no word of two letters or more', 'name a command, a file or a table');
  const terms = search.words.toLowerCase().split(/\s+/u).filter(Boolean);
  const key = edges.keys.sealing('session events');
  const may = new Map<string, boolean>();
  const found: FoundEvent[] = [];
  let last = openPlace(edges.keys, principal.id, search.cursor);
  let looked = 0;
  let more = true;
  while (more && found.length <= search.limit && looked < MOST_LOOKED_AT) {
    const rows = await candidates(tx, search, tokens, last);
    looked += rows.length;
    more = rows.length === AT_A_TIME;
    await judge(edges.decide, tx, principal, rows, may);
    for (const { sealedDetail, ...row } of rows) {
      if (found.length > search.limit) break;
      last = row;
      if (may.get(row.sessionId) !== true) continue;
      const text = textOf(() => open(key, sealedDetail, eventContext(row.sessionId, row.n)));
      const low = text?.toLowerCase();
      if (text === undefined || !terms.every((term) => low?.includes(term))) continue;
      found.push({ ...row, text: text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text });
    }
  }
  const items = found.slice(0, search.limit);
  // with more than were asked for it goes on after the last one shown, else after the last one looked at
  const place = found.length > search.limit ? items.at(-1) : more ? last : undefined;
  return { items, nextCursor: place === undefined ? null : sealPlace(edges.keys, principal.id, place) };
}

/** Whoever may not watch a session does not find it. */
async function judge(
  decide: Decide,
  tx: Tx,
  principal: Principal,
  rows: readonly Row[],
  may: Map<string, boolean>,
): Promise<void> {
  const ids = [...new Set(rows.map((row) => row.sessionId))].filter((id) => !may.has(id));
  if (ids.length === 0) return;
  const resources = ids.map((id) => ({ type: 'Session', id }));
  const decisions = await decide.mayMany(tx, principal, 'session.replay', resources);
  for (const [i, id] of ids.entries()) may.set(id, decisions[i]?.allowed === true);
}

function textOf(opens: () => Buffer): string | undefined {
  try {
    return opens().toString('utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'crypto.does_not_open') return undefined;
    throw error;
  }
}

const candidates = (
  tx: Tx,
  search: SessionSearch,
  tokens: readonly string[],
  after: Place | undefined,
): Promise<Row[]> =>
  tx.many<Row>(sql`
    select e.session_id, e.n, e.at_ms, s.started_at + make_interval(secs => e.at_ms / 1000.0) as at, e.type, e.class,
           e.sealed_detail, s.protocol, s.identity_id, f.display_name as identity_name, a.name as account_name,
           y.name as system_name, s.recording_purged_at is not null as purged
      from session_event e join session s on s.id = e.session_id join account a on a.id = s.account_id
      join system y on y.id = s.system_id
      join lateral (select display_name from identity_facts f where f.identity_id = s.identity_id order by valid_from desc limit 1) f on true
     where e.words @> ${sql.array(tokens)}::bigint[]
       and (${search.identityId ?? null}::uuid is null or s.identity_id = ${search.identityId ?? null})
       and (${search.systemId ?? null}::uuid is null or s.system_id = ${search.systemId ?? null})
       and (${search.type ?? null}::text is null or e.type = ${search.type ?? ''})
       and (${search.from ?? null}::timestamptz is null or s.started_at >= ${search.from ?? null})
       and (${search.to ?? null}::timestamptz is null or s.started_at < ${search.to ?? null})
       and (${after?.sessionId ?? null}::uuid is null
            or (e.session_id, e.n) < (${after?.sessionId ?? null}::uuid, ${after?.n ?? 0}::int))
     order by e.session_id desc, e.n desc limit ${AT_A_TIME}`);
