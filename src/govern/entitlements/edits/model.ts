import { licenceOf, type Entitlement, type EntitlementDescription } from '#spine/graph/index.ts';

/** What is to be said of one entitlement; what is left out stays. */
export interface Edit {
  readonly entitlementId: string;
  readonly say: EntitlementDescription;
}

export const FIELDS = [
  'description',
  'ownerId',
  'risk',
  'requestable',
  'maxSeconds',
  'dataClass',
  'regulated',
  'tags',
  'aliases',
  'licence',
  'licenceCost',
  'licenceCurrency',
] as const;
export type Field = (typeof FIELDS)[number] | 'markedPrivileged' | 'reviewed';

export interface FieldChange {
  readonly field: Field;
  readonly from: unknown;
  readonly to: unknown;
}

/** An entitlement with the mark people gave it, beside whether it is privileged. */
export type Marked = Entitlement & { readonly markedPrivileged: boolean };

/** A change to many: values are set, lists are added to and taken from. */
export interface BulkChange extends EntitlementDescription {
  readonly addTags?: readonly string[] | undefined;
  readonly removeTags?: readonly string[] | undefined;
  readonly addRegulated?: readonly string[] | undefined;
  readonly removeRegulated?: readonly string[] | undefined;
}

const sorted = (list: readonly string[]): string[] => [...new Set(list)].sort();
const listOf = (
  now: readonly string[],
  add: readonly string[] | undefined,
  remove: readonly string[] | undefined,
): string[] | undefined =>
  add === undefined && remove === undefined
    ? undefined
    : sorted([...now, ...(add ?? [])]).filter((one) => !(remove ?? []).includes(one));

/** What a change to many says of one of them. */
export function editOf(entitlement: Marked, change: BulkChange): Edit {
  const { addTags, removeTags, addRegulated, removeRegulated, ...say } = change;
  const tags = say.tags ?? listOf(entitlement.tags, addTags, removeTags);
  const regulated = say.regulated ?? listOf(entitlement.regulated, addRegulated, removeRegulated);
  return {
    entitlementId: entitlement.id,
    say: { ...say, ...(tags === undefined ? {} : { tags }), ...(regulated === undefined ? {} : { regulated }) },
  };
}

/** What an edit would change, field by field; empty where all of it is so already. Pure. */
export function changesOf(entitlement: Marked, { say }: Edit): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const field of FIELDS) {
    const said = say[field];
    if (said === undefined) continue;
    const [from, to] = [entitlement[field], said].map((v) => (Array.isArray(v) ? sorted(v as string[]) : v));
    if (JSON.stringify(from) !== JSON.stringify(to)) changes.push({ field, from, to });
  }
  if (say.markedPrivileged !== undefined && say.markedPrivileged !== entitlement.markedPrivileged)
    changes.push({ field: 'markedPrivileged', from: entitlement.markedPrivileged, to: say.markedPrivileged });
  if (say.reviewed === true)
    changes.push({ field: 'reviewed', from: entitlement.reviewedAt?.toISOString() ?? null, to: 'now' });
  return changes;
}

/** Why an edit cannot be: undefined where it can. Pure; the database keeps the same rule. */
export function refusalOf(entitlement: Marked, { say }: Edit): string | undefined {
  if (entitlement.validTo !== null) return 'is gone from its system';
  const { licence, licenceCost, licenceCurrency } = licenceOf(entitlement, say);
  if (licenceCost !== null && licence === null) return 'would have the cost of no licence';
  if ((licenceCost === null) !== (licenceCurrency === null)) return 'would have a cost in no currency';
  const requestable = say.requestable ?? entitlement.requestable;
  const ownerId = say.ownerId === undefined ? entitlement.ownerId : say.ownerId;
  const description = say.description === undefined ? entitlement.description : say.description;
  if (!requestable) return undefined;
  if (ownerId === null) return 'would be requestable without an owner';
  return description === null || description.trim() === '' ? 'would be requestable without a description' : undefined;
}
