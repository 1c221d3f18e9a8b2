import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { canonicalJson } from '../record/canonical-json.ts';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { formatLogKey, parseLogKey, type LogKey } from '../checkpoint/log-key.ts';
import { documentText } from '../record/entry.ts';
import { leafHash } from '../tree/hash.ts';
import { NO_HASH, type SeenEntry } from './compare-batch.ts';
import type { Verification } from './finding.ts';
import { LogVerifier } from './log-verifier.ts';
import { readLines, UnreadableText } from './read-lines.ts';

/** The lines of an export (JSON Lines), each written in canonical JSON. */
export const exportHeader = z.strictObject({
  kind: z.literal('header'),
  format: z.literal('reeve-audit-export/1'),
  origin: z.string(),
  publicKey: z.string(),
  /** Entries before this copy begins, with the checkpoint and right edge it begins at. */
  from: z.int().min(0),
  edge: z.array(z.base64()),
  start: z.string().nullable(),
});
export const exportEvent = z.strictObject({
  kind: z.literal('event'),
  seq: z.int(),
  id: z.string(),
  /** Null where the database has a number without an event behind it. */
  entry: z.looseObject({ id: z.string(), at: z.string() }).nullable(),
});
export const exportCheckpoint = z.strictObject({ kind: z.literal('checkpoint'), note: z.string() });
const line = z.discriminatedUnion('kind', [exportHeader, exportEvent, exportCheckpoint]);
export type ExportLine = z.output<typeof line>;

export interface VerifyOptions {
  /** Signed notes kept elsewhere: the witness file, or checkpoints an auditor wrote down. */
  readonly witnesses?: readonly string[];
  /** How far an entry's time may lie from the checkpoints around it; default one hour. */
  readonly slackMs?: number;
}

/**
 * Checks an exported copy of the log with nothing but that copy and the public key: offline, in one pass, with one
 * batch in memory. A cut-off tail can only be seen with a witness. Throws 422 for a key or witness that is none;
 * whatever is wrong with the copy is a finding.
 */
export async function verifyExport(
  source: AsyncIterable<string | Uint8Array>,
  publicKey: string | LogKey,
  options: VerifyOptions = {},
): Promise<Verification> {
  const key = typeof publicKey === 'string' ? parseLogKey(publicKey) : publicKey;
  const { witnesses = [], ...rest } = options;
  const verifier = new LogVerifier(key, { ...rest, witnesses: witnesses.map((note) => openWitness(key, note)) });
  let number = 0;
  try {
    for await (const text of readLines(source)) {
      number += 1;
      if (verifier.over) break;
      const problem = takeLine(verifier, key, text, number === 1);
      if (problem === undefined) continue;
      verifier.report({ kind: 'unreadable', seq: verifier.size, id: undefined, detail: `line ${number}: ${problem}` });
      if (number === 1) break;
    }
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    verifier.report({
      kind: 'unreadable',
      seq: verifier.size,
      id: undefined,
      detail: `after line ${number}: ${error.message}`,
    });
  }
  if (number === 0) verifier.report({ kind: 'unreadable', seq: 0, id: undefined, detail: 'the file is empty' });
  return verifier.finish();
}

/** A witness' note as a checkpoint. Throws 422. */
export function openWitness(key: LogKey, note: string): Checkpoint {
  const opened = openCheckpoint(key, note);
  if (!('refused' in opened)) return opened;
  throw invalid(
    '/witness',
    `the witness is not a checkpoint of this log: ${opened.refused}`,
    'check that key and witness belong together',
  );
}

/** Returns what is wrong with the line as such. */
function takeLine(verifier: LogVerifier, key: LogKey, text: string, first: boolean): string | undefined {
  let parsed: ExportLine;
  try {
    const value: unknown = JSON.parse(text);
    // One value has one text here: doubled members or odd spellings could show a reader what is not hashed.
    if (canonicalJson(value) !== text) return 'it is not in canonical form';
    parsed = line.parse(value);
  } catch {
    return 'it is not a line of an export';
  }
  if (first !== (parsed.kind === 'header')) return first ? 'an export begins with its header' : 'a second header';
  switch (parsed.kind) {
    case 'header':
      if (parsed.origin !== key.origin) return `this is the log ${parsed.origin}, the key is of ${key.origin}`;
      if (parsed.publicKey !== formatLogKey(key)) return 'it names another public key';
      if (parsed.from === 0)
        return parsed.start === null && parsed.edge.length === 0
          ? undefined
          : 'it begins at nothing, and says from where';
      verifier.startAt(
        { note: parsed.start ?? '', size: parsed.from },
        parsed.edge.map((hash) => Buffer.from(hash, 'base64')),
      );
      return undefined;
    case 'event':
      if (parsed.entry !== null && parsed.entry.id !== parsed.id) return 'it names another event than it holds';
      verifier.entry(seenOf(parsed));
      return undefined;
    case 'checkpoint':
      verifier.checkpoint(parsed.note);
      return undefined;
  }
}

function seenOf(event: z.output<typeof exportEvent>): SeenEntry {
  const { entry, seq, id } = event;
  if (entry === null) return { id, seq, hash: undefined, at: undefined };
  try {
    return { id: entry.id, seq, hash: leafHash(documentText(entry)), at: new Date(entry.at) };
  } catch {
    return { id, seq, hash: NO_HASH, at: undefined };
  }
}
