/**
 * A closer look at a target for privilege: what is there, as facts with a place a person can look it up. Whether that is
 * power, and how much, is for whoever asked. It only reads, keeps to its limits, and gives no secret away.
 */

export type Fact = string | number | boolean | readonly string[];

/** Something seen that may make somebody privileged. */
export interface Observation {
  /** What sort of thing: the rule of that kind says what it means. Shared by kinds of target where the thing is the same. */
  readonly kind: string;
  /** Native id of the account it is about; '' where it is about everybody. */
  readonly account: string;
  /** What tells it from others of its kind about the same account: a path, a rule, a group. The same from look to look. */
  readonly about: string;
  /** Where it can be looked up: file and line, catalogue, distinguished name. */
  readonly place: string;
  /** Never a secret, a hash or a value that was found. */
  readonly facts: Readonly<Record<string, Fact>>;
}

/** A key of SSH seen on a target. */
export interface KeySighting {
  readonly account: string;
  readonly fingerprint: string;
  /** `opens`: whoever has it may log in as the account; `holds`: the account has the private half, or the pair. */
  readonly how: 'opens' | 'holds';
  readonly place: string;
  readonly comment: string;
  /** Limits written before the key (`from="…"`, `command="…"`). */
  readonly options: readonly string[];
}

/** A log-on as the target itself recorded it. */
export interface Logon {
  readonly account: string;
  /** ISO instant. */
  readonly at: string;
  /** Address it came from, as recorded; '' where unknown. */
  readonly from: string;
  /** `publickey SHA256:…`, `password`, `session`… */
  readonly how: string;
}

export interface InspectionLimits {
  /** Longest time the look may take on the target, in seconds. */
  readonly seconds: number;
  /** Most files that are opened. */
  readonly files: number;
  /** Largest part of one file that is looked at, in bytes. */
  readonly bytes: number;
  /** A keyed fingerprint of a value, so that the same secret is known again without being kept. */
  readonly fingerprint: (value: string) => string;
  /** What the last look remembered, where this one may go by it; absent: everything is looked at. */
  readonly memory?: string;
  /** Log-ons before this are not told. */
  readonly logonsSince: Date;
  readonly now: Date;
}

export interface Inspection {
  /** What the next look may go by, as this kind writes it: no secret. Absent where a kind always looks at everything. */
  readonly memory?: string;
  /** Files that were not read again, since they are as they were. */
  readonly spared?: number;
  readonly observations: readonly Observation[];
  readonly keys: readonly KeySighting[];
  readonly logons: readonly Logon[];
  /** Native ids of accounts that can become every other on this target: root, superusers. */
  readonly masters: readonly string[];
  /** What could not be looked at, or only in part, in words. What was found before stays found for these kinds. */
  readonly leftOut: readonly { readonly kind: string; readonly because: string }[];
}

/** Orders and thins observations: one of a kind, account and thing. Two looks at an unchanged target are equal. */
export function inOrder(observations: readonly Observation[]): readonly Observation[] {
  const byKey = new Map<string, Observation>();
  for (const one of observations) {
    const key = JSON.stringify([one.kind, one.account, one.about]);
    const known = byKey.get(key);
    if (known === undefined || one.place < known.place) byKey.set(key, one);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** What readings call privileged anyway, as observations; the words of the reading are the facts. */
export const fromReading = (
  accounts: readonly {
    readonly nativeId: string;
    readonly state: string;
    readonly privilegedBecause: readonly { readonly reason: string; readonly evidence: string }[];
  }[],
  kind: string,
): readonly Observation[] =>
  accounts.flatMap(({ nativeId, state, privilegedBecause }) =>
    privilegedBecause.map(({ reason, evidence }) => ({
      kind,
      account: nativeId,
      about: reason,
      place: evidence,
      facts: { reason, locked: state === 'locked' },
    })),
  );

/** The password in a text of people, as they write one beside what it opens; undefined where there is none. */
export const passwordInWords = (text: string): string | undefined =>
  /\b(?:pass(?:word|wd|phrase)?|pwd|pw|kennwort)\s*(?:is|[:=])\s*(\S{4,})/iu.exec(text)?.[1];
