import { instantOf } from '#kit/ldap/index.ts';

/** When something was, by the server's own clock: a change number for each of its masters (`entryCSN`), and the second of the latest. */
export interface Moment {
  readonly csns: ReadonlyMap<string, string>;
  /** `YYYYMMDDhhmmss` */
  readonly second: string;
  /** The same, some seconds earlier: what the server does behind a change (refint renaming members) is over by then. */
  readonly shortlyBefore: string;
}

const SHORTLY_MS = 10_000;

/** The moment of a cookie as OpenLDAP writes it (`rid=000,csn=…;…`); undefined for any other. */
export function momentOf(cookie: string | undefined): Moment | undefined {
  const list = /(?:^|,)csn=([^,]+)/u.exec(cookie ?? '')?.[1]?.split(';') ?? [];
  const csns = new Map<string, string>();
  for (const csn of list) {
    const master = masterOf(csn);
    if (master === undefined) return undefined;
    csns.set(master, csn);
  }
  const latest = [...csns.values()].sort().at(-1);
  if (latest === undefined) return undefined;
  const second = latest.slice(0, 14);
  const instant = instantOf(`${second}Z`);
  if (instant === undefined) return undefined;
  const before = new Date(Date.parse(instant) - SHORTLY_MS).toISOString();
  return { csns, second, shortlyBefore: before.replace(/\D/gu, '').slice(0, 14) };
}

/** The master of a change number (`20261125211132.552340Z#000000#000#000000`: time, count, master, part). */
const masterOf = (csn: string): string | undefined =>
  /^\d{14}\.\d{6}Z#[0-9a-f]{6}#([0-9a-f]{3})#[0-9a-f]{6}$/u.exec(csn)?.[1];

/** Whether a change number is part of what was at that moment. */
export function isWithin(csn: string, moment: Moment): boolean {
  const latest = moment.csns.get(masterOf(csn) ?? '');
  return latest !== undefined && csn <= latest;
}
