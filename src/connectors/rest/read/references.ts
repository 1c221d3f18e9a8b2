/** Names of others in what a service shows: members of a group, groups of a user. */
import { TargetError } from '../../port.ts';
import type { ListedRefs, Refs } from '../description/parts.ts';
import { shown } from '../names.ts';
import { holds } from '../values/condition.ts';
import { valueAt } from '../values/pointer.ts';
import { plain } from '../values/template.ts';

/** An id as text; throws for what is none, since leaving it out would be less than there is. */
export function idAt(item: unknown, pointer: string, what: string): string {
  const id = plain(valueAt(item, pointer));
  if (id !== undefined && id !== '') return id;
  throw new TargetError('failed', `${what} has no id at \`${pointer}\` (text, or a number that keeps its digits)`);
}

/** The ids an item names, each once. */
export function namedIn(refs: Refs, item: unknown, what: string): readonly string[] {
  const list = valueAt(item, refs.at);
  if ((list === undefined || list === null) && refs.absent === 'none') return [];
  if (!Array.isArray(list)) throw new TargetError('failed', `${what} has no list at \`${refs.at}\``);
  return named(refs, list, what);
}

/** The ids that a list of its own names, each once. */
export function named(
  refs: Pick<ListedRefs, 'id' | 'when'>,
  list: readonly unknown[],
  what: string,
): readonly string[] {
  const inside = `what ${what} lists`;
  const { when } = refs;
  const meant = when === undefined ? list : list.filter((one) => holds(when, one, inside));
  return [...new Set(meant.map((one) => idAt(one, refs.id, inside)))];
}

/** Whether a named one is known. Throws for one that is not, unless the description lets it be. */
export function isListed(known: boolean, refs: Pick<ListedRefs, 'unlisted'>, id: string, what: string): boolean {
  if (known || refs.unlisted === 'ignore') return known;
  throw new TargetError(
    'failed',
    `${what} names \`${shown(id)}\`, which is in no list; where that is as it should be, say \`unlisted: ignore\``,
  );
}
