import type { EntryDetail } from '../../api/catalogue.ts';
import type { Prerequisites, Sayings } from '../../api/entry-edits.ts';
import { ProblemError, fieldErrors } from '../../api/errors.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** An entry as its form has it: every field as it is typed. */
export interface Draft {
  readonly description: string;
  readonly owner: Named | null;
  readonly risk: EntryDetail['risk'];
  readonly dataClass: NonNullable<Sayings['dataClass']> | '';
  readonly regulated: string;
  readonly tags: string;
  readonly aliases: string;
  readonly requestable: boolean;
  readonly longest: string;
  readonly needs: readonly Named[];
  readonly facts: string;
  readonly licence: string;
  readonly licenceCost: string;
  readonly licenceCurrency: string;
}

/** All that the form says, as the operations take it. */
export interface Said {
  readonly sayings: Omit<Required<Sayings>, 'reviewed' | 'markedPrivileged'>;
  readonly prerequisites: Prerequisites;
}

export interface Changes {
  readonly sayings: Sayings;
  readonly prerequisites?: Prerequisites;
}

/** Field name → what is wrong there. */
export type FieldErrors = Readonly<Record<string, string>>;

const units: readonly (readonly [RegExp, string, number])[] = [
  [/^d(ays?)?$/, 'd', 86_400],
  [/^h(ours?)?$/, 'h', 3_600],
  [/^m(in(utes?)?)?$/, 'min', 60],
  [/^s(ec(onds?)?)?$/, 's', 1],
];

/** `8 h`, in the largest unit that says it exactly. */
export const lengthOf = (seconds: number | null): string => {
  if (seconds === null) return '';
  const [, unit, of] = units.find(([, , size]) => seconds % size === 0) ?? [undefined, 's', 1];
  return `${String(seconds / of)} ${unit}`;
};
/** Seconds of `8 h`; null where nothing is typed, undefined where it cannot be read. */
export const secondsOf = (text: string): number | null | undefined => {
  if (text.trim() === '') return null;
  const [, count = '', word = ''] = /^(\d{1,8})\s*([a-z]+)$/.exec(text.trim().toLowerCase()) ?? [];
  const unit = units.find(([like]) => like.test(word));
  return unit === undefined ? undefined : Number(count) * unit[2];
};

const parts = (text: string, by: RegExp): string[] => [
  ...new Set(
    text
      .split(by)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
];
const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

export const draftOf = (entry: EntryDetail): Draft => ({
  description: entry.description ?? '',
  owner: entry.ownerId === null ? null : { id: entry.ownerId, name: entry.ownerName ?? entry.ownerId },
  risk: entry.risk,
  dataClass: entry.dataClass === null || entry.dataClass === 'unclassified' ? '' : entry.dataClass,
  regulated: entry.regulated.join(', '),
  tags: entry.tags.join(', '),
  aliases: entry.aliases.join('; '),
  requestable: entry.requestable,
  longest: lengthOf(entry.maxSeconds),
  needs: entry.prerequisites.flatMap(({ needsId, name }) => (needsId === null ? [] : [{ id: needsId, name }])),
  facts: entry.prerequisites
    .flatMap(({ attribute, value }) =>
      attribute === null ? [] : [value === null ? attribute : `${attribute}: ${value}`],
    )
    .join('\n'),
  licence: entry.licence ?? '',
  licenceCost: entry.licenceCost === null ? '' : entry.licenceCost.toFixed(2),
  licenceCurrency: entry.licenceCurrency ?? '',
});

const factOf = (line: string): Prerequisites['facts'][number] => {
  const at = line.indexOf(':');
  return at < 0
    ? { attribute: line, value: null }
    : { attribute: line.slice(0, at).trim(), value: orNull(line.slice(at + 1)) };
};

/** What a form says. What cannot be read at all is named here; everything else the server judges. */
export const saidOf = (draft: Draft): { readonly said: Said; readonly errors: FieldErrors } => {
  const maxSeconds = secondsOf(draft.longest);
  const licence = orNull(draft.licence);
  // Without a product there is no cost either; the server takes both away with it.
  const cost = licence === null ? null : orNull(draft.licenceCost);
  const licenceCost = cost === null ? null : Number(cost.replace(',', '.'));
  return {
    said: {
      sayings: {
        description: orNull(draft.description),
        ownerId: draft.owner?.id ?? null,
        risk: draft.risk,
        dataClass: draft.dataClass === '' ? null : draft.dataClass,
        regulated: parts(draft.regulated, /[\s,;]+/),
        tags: parts(draft.tags, /[\s,;]+/),
        aliases: parts(draft.aliases, /;/),
        requestable: draft.requestable,
        maxSeconds: maxSeconds ?? null,
        licence,
        licenceCost,
        licenceCurrency: licence === null ? null : (orNull(draft.licenceCurrency)?.toUpperCase() ?? null),
      },
      prerequisites: { needs: draft.needs.map(({ id }) => id), facts: parts(draft.facts, /\n/).map(factOf) },
    },
    errors: {
      ...(maxSeconds === undefined ? { maxSeconds: 'Say a number and min, h or d, for instance 8 h.' } : {}),
      ...(licenceCost !== null && Number.isNaN(licenceCost)
        ? { licenceCost: 'Say a number, for instance 12.50.' }
        : {}),
    },
  };
};

/** Lists are the same in any order. */
const plain = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) ? value.map((one) => JSON.stringify(one)).toSorted() : value);

/** What has to be said so that `from` becomes `to`; swapped, what undoes it. */
export const changesBetween = (from: Said, to: Said): Changes => {
  const fields = Object.keys(to.sayings) as (keyof Said['sayings'])[];
  const same =
    plain(from.prerequisites.needs) === plain(to.prerequisites.needs) &&
    plain(from.prerequisites.facts) === plain(to.prerequisites.facts);
  return {
    sayings: Object.fromEntries(
      fields
        .filter((field) => plain(from.sayings[field]) !== plain(to.sayings[field]))
        .map((field) => [field, to.sayings[field]]),
    ),
    ...(same ? {} : { prerequisites: to.prerequisites }),
  };
};

export const isNothing = ({ sayings, prerequisites }: Changes): boolean =>
  Object.keys(sayings).length === 0 && prerequisites === undefined;

/** Whether what was changed is still as it was left, so that undoing takes back nobody else's word. */
export const stillSo = (now: Said, left: Said, changes: Changes): boolean => {
  const since = changesBetween(left, now);
  return (
    !Object.keys(changes.sayings).some((field) => field in since.sayings) &&
    (changes.prerequisites === undefined || since.prerequisites === undefined)
  );
};

/** The fields that rules of several fields are shown at. */
const fieldOfCode: Readonly<Record<string, string>> = {
  'graph.requestable_entitlement_has_owner_and_description': 'requestable',
  'graph.entitlement_owner_is_an_identity': 'ownerId',
  'graph.entitlement_licence_cost_is_of_a_licence': 'licence',
  'graph.entitlement_licence_cost_is_in_a_currency': 'licenceCurrency',
  'entitlement.needs_itself': 'needs',
};

/** What a refusal says at which field; the place in a list counts as the list. */
export const errorsOf = (error: unknown): FieldErrors => {
  if (!(error instanceof ProblemError)) return {};
  const field = fieldOfCode[error.code];
  if (field !== undefined) return { [field]: error.message };
  const errors = error.problem.errors?.map((one) => ({ ...one, pointer: `/${one.pointer.split('/')[1] ?? ''}` })) ?? [];
  return fieldErrors(new ProblemError({ ...error.problem, errors }, error.status));
};
