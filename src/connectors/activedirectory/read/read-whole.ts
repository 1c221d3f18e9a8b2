/** The whole domain in pieces: groups first, which are held, then people, which are not. */
import { LdapError } from '#kit/ldap/index.ts';
import { TargetError, type ReadAccount, type ReadHolding, type Reading, type ReadingPiece } from '../../port.ts';
import { seesDeleted, type Directory, type Domain } from '../directory.ts';
import { askForChanges, changesCookie } from '../wire/controls.ts';
import { accountAttributes, accountFilter } from './account-entry.ts';
import { nestingOf, readGroups, toEntitlement, type Group, type GroupGraph } from './group-graph.ts';
import { privilegedNow, readResume, writeMark, writeResume, type ResumePoint } from './mark.ts';
import { holdingsOf, memberAccount, readMember } from './member.ts';
import type { Privileges } from './privileges.ts';
import { readPrivileges } from './read-privileges.ts';

/** Logically empty: only the cookie is wanted. */
const nothing = '(&(objectClass=domainDNS)(!(objectClass=domainDNS)))';

/**
 * Where the domain's changes stand now; undefined where Reeve's account may not follow them: it needs the right "Replicating Directory
 * Changes", and sight of what was deleted. The controller walks through everything once for it and sends nothing.
 */
async function currentCookie(directory: Directory): Promise<Buffer | undefined> {
  const { ldap, domain } = directory;
  if (!(await seesDeleted(directory))) return undefined;
  let cookie = Buffer.alloc(0);
  for (;;) {
    const answers = ldap.search(
      { base: domain.base, scope: 'sub', filter: nothing, attributes: ['objectGUID'] },
      { controls: [askForChanges(cookie)], references: 'ignore' },
    );
    try {
      let step = await answers.next();
      while (step.done !== true) step = await answers.next();
      const answer = changesCookie(step.value);
      cookie = Buffer.from(answer.cookie);
      if (!answer.more) return cookie;
    } catch (error) {
      if (error instanceof LdapError && error.code === 'refused') return undefined;
      throw error;
    }
  }
}

/** Slices of the domain, by when this controller learned of an account: so many that a broken reading loses little. */
const SLICES = 200n;
const MIN_SLICE = 50_000n;

/**
 * Goes on after `from`, if given. Throws TargetError `failed` where that place is on another controller, or this one was put back to
 * an earlier day.
 */
export async function* wholeInPieces(directory: Directory, from?: string): AsyncGenerator<ReadingPiece, void> {
  const { domain, settings } = directory;
  const earlier = from === undefined ? undefined : resumePoint(domain, from);
  const cookie = earlier ? undefined : await currentCookie(directory);
  const graph = await readGroups(directory);
  const { privileges, members } = await readPrivileges(directory, graph);
  const privileged = privilegedNow(graph, privileges, members, domain.sid);
  const mark = earlier
    ? earlier.mark
    : cookie &&
      privileged &&
      writeMark({ invocationId: domain.invocationId, usn: domain.highestUsn, at: directory.now, cookie, privileged });
  const began = earlier?.began ?? domain.highestUsn;
  const told = new Set<Group>(earlier ? graph.all().filter((group) => group.created <= began) : []);
  if (!earlier) yield* groupPieces(graph, privileges, told, settings.pageSize);
  const width = began / SLICES > MIN_SLICE ? began / SLICES : MIN_SLICE;
  for (let done = earlier?.readTo ?? -1n; done < began;) {
    const to = done + width < began ? done + width : began;
    yield* accountPieces(directory, graph, privileges, `(uSNCreated>=${done + 1n})(uSNCreated<=${to})`);
    done = to;
    if (done < began) yield { resumeAt: writeResume({ invocationId: domain.invocationId, readTo: done, began, mark }) };
  }
  // Groups that were made while this ran, and are held already.
  yield* groupPieces(graph, privileges, told, settings.pageSize);
  yield { whole: mark === undefined ? {} : { mark } };
}

function resumePoint(domain: Domain, from: string): ResumePoint {
  const point = readResume(from);
  if (point?.invocationId === domain.invocationId && point.began <= domain.highestUsn) return point;
  throw new TargetError('failed', `${domain.host} is not the controller this reading began on; read it whole again`);
}

async function* accountPieces(
  directory: Directory,
  graph: GroupGraph,
  privileges: Privileges,
  slice: string,
): AsyncGenerator<ReadingPiece> {
  const { ldap, domain, settings } = directory;
  const filter = `(&${accountFilter}${slice})`;
  const search = { base: domain.base, scope: 'sub', filter, attributes: accountAttributes } as const;
  let accounts: ReadAccount[] = [];
  let holdings: ReadHolding[] = [];
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize, references: 'ignore' })) {
    const member = await readMember(directory, graph, entry);
    accounts.push(memberAccount(member, privileges.ofAccount(member)));
    for (const entitlement of holdingsOf(member)) holdings.push({ account: member.facts.name, entitlement });
    if (accounts.length < settings.pageSize) continue;
    yield { accounts, holdings };
    [accounts, holdings] = [[], []];
  }
  if (accounts.length > 0) yield { accounts, holdings };
}

function* groupPieces(
  graph: GroupGraph,
  privileges: Privileges,
  told: Set<Group>,
  size: number,
): Generator<ReadingPiece> {
  const groups = graph.all().filter((group) => !group.foreign && !told.has(group));
  for (let at = 0; at < groups.length; at += size) {
    const some = groups.slice(at, at + size);
    for (const group of some) told.add(group);
    yield {
      entitlements: some.map((group) => toEntitlement(group, privileges.ofGroup(group))),
      nesting: some.flatMap((group) => nestingOf(group, graph)),
    };
  }
}

/** All pieces as one reading. */
export async function wholeReading(directory: Directory): Promise<Reading> {
  const accounts: Reading['accounts'][number][] = [];
  const entitlements: Reading['entitlements'][number][] = [];
  const holdings: Reading['holdings'][number][] = [];
  const nesting: Reading['nesting'][number][] = [];
  let mark: string | undefined;
  for await (const piece of wholeInPieces(directory)) {
    accounts.push(...(piece.accounts ?? []));
    entitlements.push(...(piece.entitlements ?? []));
    holdings.push(...(piece.holdings ?? []));
    nesting.push(...(piece.nesting ?? []));
    mark = piece.whole?.mark;
  }
  return { accounts, entitlements, holdings, nesting, ...(mark === undefined ? {} : { mark }) };
}
