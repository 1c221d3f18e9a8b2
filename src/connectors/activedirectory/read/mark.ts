/**
 * Where a reading ended and the next one goes on: the controller's own cookie, which database it belongs to, and who was privileged
 * then and why. The last is there because a permission or a group far away can change that without a trace on the account.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ridOf } from '../wire/identifiers.ts';
import { everybody, type GroupGraph } from './group-graph.ts';
import type { Member } from './member.ts';
import type { Privileges } from './privileges.ts';
import type { Because } from './tier-zero.ts';

export interface Mark {
  readonly invocationId: string;
  readonly usn: bigint;
  readonly at: Date;
  readonly cookie: Buffer;
  /** Last part of the SID of each privileged account and group → {@link hashOf} its reasons. */
  readonly privileged: ReadonlyMap<number, number>;
}

/** More privileged accounts and groups than this do not fit a mark: such a domain is read whole each time. */
const MAX_PRIVILEGED = 10_000;
/** A reading that broke off: who was read already, and what its mark would have been. */
export interface ResumePoint {
  readonly invocationId: string;
  /** Accounts this controller learned of up to this change are read. */
  readonly readTo: bigint;
  /** The reading began at this one; what came later is told as a change. */
  readonly began: bigint;
  /** As {@link writeMark} writes it, where there is one. */
  readonly mark: string | undefined;
}

const MARK = 'ad1.';
const RESUME = 'ad1-from.';

const usn = z.string().regex(/^\d{1,20}$/u);
const markShape = z.strictObject({
  invocationId: z.string(),
  usn,
  at: z.iso.datetime(),
  cookie: z.base64(),
  privileged: z.base64(),
});
const resumeShape = z.strictObject({ invocationId: z.string(), readTo: usn, began: usn, mark: z.string().optional() });

export function writeMark(mark: Mark): string {
  const records = Buffer.alloc(8 * mark.privileged.size);
  let at = 0;
  for (const [rid, hash] of [...mark.privileged].sort(([one], [other]) => one - other)) {
    at = records.writeUInt32LE(rid, at);
    at = records.writeUInt32LE(hash, at);
  }
  const plain: z.infer<typeof markShape> = {
    invocationId: mark.invocationId,
    usn: String(mark.usn),
    at: mark.at.toISOString(),
    cookie: mark.cookie.toString('base64'),
    privileged: records.toString('base64'),
  };
  return encoded(MARK, plain);
}

/** Undefined for what is no mark of this kind: then the domain is read whole. */
export function readMark(text: string): Mark | undefined {
  const plain = decoded(MARK, text, markShape);
  const records = Buffer.from(plain?.privileged ?? '', 'base64');
  if (!plain || records.length % 8 !== 0) return undefined;
  const privileged = new Map<number, number>();
  for (let at = 0; at < records.length; at += 8) privileged.set(records.readUInt32LE(at), records.readUInt32LE(at + 4));
  return {
    invocationId: plain.invocationId,
    usn: BigInt(plain.usn),
    at: new Date(plain.at),
    cookie: Buffer.from(plain.cookie, 'base64'),
    privileged,
  };
}

export function writeResume({ invocationId, readTo, began, mark }: ResumePoint): string {
  const plain: z.infer<typeof resumeShape> = { invocationId, readTo: String(readTo), began: String(began) };
  return encoded(RESUME, mark === undefined ? plain : { ...plain, mark });
}

/** Undefined for what is no such place. */
export function readResume(text: string): ResumePoint | undefined {
  const plain = decoded(RESUME, text, resumeShape);
  return plain && { ...plain, readTo: BigInt(plain.readTo), began: BigInt(plain.began), mark: plain.mark };
}

const encoded = (prefix: string, plain: unknown): string =>
  prefix + Buffer.from(JSON.stringify(plain)).toString('base64url');

function decoded<Plain>(prefix: string, text: string, shape: z.ZodType<Plain>): Plain | undefined {
  if (!text.startsWith(prefix)) return undefined;
  try {
    const json: unknown = JSON.parse(Buffer.from(text.slice(prefix.length), 'base64url').toString('utf8'));
    return shape.safeParse(json).data;
  } catch {
    return undefined;
  }
}

/** The mark's part about privilege; undefined where there are too many. */
export function privilegedNow(
  graph: GroupGraph,
  privileges: Privileges,
  members: ReadonlyMap<string, Member>,
  domainSid: string,
): ReadonlyMap<number, number> | undefined {
  const found = new Map<number, number>();
  const put = (sid: string, because: readonly Because[]): void => {
    if (because.length > 0) found.set(ridOf(sid), hashOf(because));
  };
  for (const group of graph.all()) put(group.sid, privileges.ofGroup(group));
  for (const [sid, member] of members) put(sid, privileges.ofAccount(member));
  for (const sid of everybody(domainSid)) put(sid, privileges.ofEverybodyBy(sid));
  return found.size > MAX_PRIVILEGED ? undefined : found;
}

/** 32 bits of the reasons: one change in four thousand million passes unseen until the next whole reading. */
export const hashOf = (because: readonly Because[]): number =>
  createHash('sha256').update(JSON.stringify(because)).digest().readUInt32LE(0);
