import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Something that may be found nowhere but where it belongs. */
export interface Secret {
  /** What it is, for the report; never the value. */
  readonly what: string;
  readonly value: string | Buffer;
  /** Names of places it may be in: the answer that hands it over, the file that keeps it. */
  readonly belongs?: readonly string[];
}

/** A file or folder to look through, all of it, byte by byte. */
export interface Place {
  readonly name: string;
  readonly path: string;
  /** Files below it, by their names, that are other places. */
  readonly except?: readonly string[];
}

const LIMIT_MS = 120_000;

/**
 * Greps every place for every secret: as it is, in hex, in base64 and percent-encoded; a private key line by line.
 * One line a find: what, how it was written, and which file. Uses the machine's grep, which reads PostgreSQL's files
 * as bytes and knows nothing of Reeve.
 */
export async function findSecrets(secrets: readonly Secret[], places: readonly Place[]): Promise<string[]> {
  const forms = new Map<string, { readonly secret: Secret; readonly form: string }>();
  for (const secret of secrets)
    for (const [form, pattern] of formsOf(secret.value)) if (!forms.has(pattern)) forms.set(pattern, { secret, form });
  const folder = mkdtempSync(join(tmpdir(), 'patterns-'));
  try {
    const patterns = join(folder, 'patterns');
    writeFileSync(patterns, [...forms.keys()].join('\n'), { mode: 0o600 });
    const found: string[] = [];
    for (const place of places) {
      for (const { file, pattern } of await grep(patterns, place)) {
        const hit = forms.get(pattern);
        if (hit === undefined) throw new Error('grep found a pattern nobody gave it');
        if (hit.secret.belongs?.includes(place.name) === true) continue;
        found.push(`${hit.secret.what} (${hit.form}) in ${place.name}: ${file}`);
      }
    }
    return [...new Set(found)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Shorter ones would be found by chance in a hundred megabytes. */
const SHORTEST = 10;

function* formsOf(value: string | Buffer): Generator<readonly [form: string, pattern: string]> {
  if (typeof value === 'string' && value.includes('PRIVATE KEY')) {
    // What begins every key of a kind is no secret; the third line is all this key's own.
    const lines = value.trim().split('\n').slice(3, -1);
    for (const line of lines.filter((l) => l.length > SHORTEST)) yield ['as it is', line];
    return;
  }
  const bytes = Buffer.from(value);
  if (bytes.length < SHORTEST) throw new Error('too short to be looked for');
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes) && !/[\n\0]/.test(text)) {
    yield ['as it is', text];
    const encoded = encodeURIComponent(text);
    if (encoded !== text) yield ['percent-encoded', encoded];
  }
  yield ['in hex', bytes.toString('hex')];
  yield ['in base64', bytes.toString('base64').replace(/=+$/, '')];
  yield ['in base64url', bytes.toString('base64url')];
}

function grep(patterns: string, place: Place): Promise<{ readonly file: string; readonly pattern: string }[]> {
  const except = (place.except ?? []).map((name) => `--exclude=${name}`);
  const args = ['-r', '-a', '-o', '-H', '-Z', '-F', '-f', patterns, ...except, '--', place.path];
  return new Promise((done, fail) => {
    execFile(
      'grep',
      args,
      { encoding: 'latin1', env: { LC_ALL: 'C', PATH: process.env['PATH'] }, maxBuffer: 2 ** 28, timeout: LIMIT_MS },
      (error, out, err) => {
        // 1: nothing was found; anything else is a grep that did not look
        if (error !== null && error.code !== 1) return fail(new Error(`grep: ${err || error.message}`));
        const lines = out.split('\n').filter((line) => line !== '');
        done(
          lines.map((line) => {
            const [file = '', pattern = ''] = line.split('\0');
            return { file, pattern };
          }),
        );
      },
    );
  });
}
