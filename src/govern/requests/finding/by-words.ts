import { sql, type Tx } from '#kit/db/index.ts';
import { searchCatalogue } from '#govern/entitlements/index.ts';
import { getEntitlements, type Entitlement } from '#spine/graph/index.ts';
import type { Found, Reason } from './model.ts';

/** Words of asking, not of what is asked for. */
const FILLERS = new Set(
  'a access able an and ask be can for get give have i in into it me my need needs of on please request the to use want with would'.split(
    ' ',
  ),
);

/** What somebody typed without what only says that they ask; all of it where nothing else is left. */
export const meant = (typed: string): string => {
  const words = typed.trim().split(/\s+/u);
  const telling = words.filter((word) => !FILLERS.has(word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')));
  return (telling.length === 0 ? words : telling).join(' ');
};

/** What has these words in its name, other names, description, tags or system, also a little mistyped; then roles. */
export const byWords = async (
  tx: Tx,
  typed: string,
  limit: number,
): Promise<{ readonly found: readonly Found[]; readonly correctedTo: string | null }> => {
  const text = meant(typed);
  const look = (words: string) =>
    searchCatalogue(tx, { filter: { text: words, requestable: true }, limit, facets: false });
  let { items, correctedTo } = await look(text);
  const straight = items.length > 0 ? undefined : await untwisted(tx, text);
  if (straight !== undefined) {
    ({ items, correctedTo } = await look(straight));
    correctedTo ??= items.length > 0 ? straight : null;
  }
  const words = (correctedTo ?? text)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w !== '');
  const whole = new Map(
    (
      await getEntitlements(
        tx,
        items.map((i) => i.id),
      )
    ).map((e) => [e.id, e]),
  );
  const roles = await tx.many<{ id: string; name: string; inName: boolean }>(sql`
    select id, name, lower(name) like all(${words.map((w) => `%${w}%`)}::text[]) or word_similarity(${words.join(' ')}, lower(name)) >= 0.5 as in_name
      from role
     where requestable and valid_to is null
       and (lower(name || ' ' || coalesce(description, '')) like all(${words.map((w) => `%${w}%`)}::text[])
            or word_similarity(${words.join(' ')}, lower(name)) >= 0.5)
     order by 3 desc, name, id limit ${limit}`);
  return {
    found: [
      ...roles.map((role): Found => ({
        kind: 'role',
        id: role.id,
        reasons: [role.inName ? { kind: 'name', text: 'its name' } : { kind: 'description', text: 'its description' }],
      })),
      ...items.map((item): Found => ({
        kind: 'entitlement',
        id: item.id,
        reasons: [whyFound(words, item.systemName, whole.get(item.id))],
      })),
    ],
    correctedTo,
  };
};

/** The same with letters put right that changed places: what is most mistyped, and what is least alike by trigrams. */
const untwisted = async (tx: Tx, text: string): Promise<string | undefined> => {
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w !== '')
    .slice(0, 8);
  const straight: string[] = [];
  for (const word of words) {
    const letters = [...word];
    const swapped = letters
      .slice(1)
      .map((letter, i) => [...letters.slice(0, i), letter, letters[i] ?? '', ...letters.slice(i + 2)].join(''));
    const known = await tx.maybe<{ word: string }>(sql`
      select word from catalogue_word where word = any(${letters.length < 4 ? [] : [word, ...swapped]}::text[])
       order by word <> ${word}, word limit 1`);
    straight.push(known?.word ?? word);
  }
  return straight.some((word, i) => word !== words[i]) ? straight.join(' ') : undefined;
};

const whyFound = (words: readonly string[], systemName: string, e: Entitlement | undefined): Reason => {
  const [first = ''] = words;
  const has = (text: string | null | undefined): boolean => text?.toLowerCase().includes(first) === true;
  if (has(e?.name)) return { kind: 'name', text: 'its name' };
  const alias = e?.aliases.find((a) => has(a));
  if (alias !== undefined) return { kind: 'other_name', text: `also called ${alias}` };
  const tag = [...(e?.tags ?? []), ...(e?.regulated ?? [])].find((t) => has(t));
  if (tag !== undefined) return { kind: 'tag', text: `tagged ${tag}` };
  return has(e?.description) ? { kind: 'description', text: 'its description' } : { kind: 'system', text: systemName };
};
