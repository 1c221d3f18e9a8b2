import { z } from 'zod';

const side = z.int().min(1).max(2_000);
const size = z.strictObject({ cols: side, rows: side });
const bytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const id = bytes;
const path = z.string().min(1).max(4_096);
const key = z.string().max(200);
const name = z.string().min(1).max(255);

/** Longest text of statements, in UTF-16 units: what every gateway reads under rules. */
export const LONGEST_TEXT = 60_000;
/** Most rows of one result, on the screen and in a file. */
export const MOST_ROWS = { screen: 10_000, file: 1_000_000 } as const;

/** What a browser says first: for a terminal its size, for an SQL prompt where it begins. */
export const beginning = z.union([
  z.strictObject({ key, ...size.shape }),
  z.strictObject({ key, prompt: z.strictObject({ database: z.string().min(1).max(63).nullable() }) }),
]);
export type Beginning = z.output<typeof beginning>;

/** What is asked about files. */
const ofFiles = z.union([
  z.strictObject({ shown: bytes }),
  z.strictObject({ id, list: path }),
  z.strictObject({ id, get: path }),
  z.strictObject({ id, put: path, size: bytes, replace: z.boolean() }),
  z.strictObject({ id, stop: z.literal(true) }),
]);
export type FilesMessage = z.output<typeof ofFiles>;

/** What is said beside the bytes: the terminal has shown so many, has another size; or something about files. */
export const spoken = z.union([
  z.strictObject({ shown: bytes }),
  z.strictObject({ resize: size }),
  z.strictObject({ files: ofFiles }),
]);

/** What is said on an SQL prompt: run a text, stop what runs, so much is shown, what tables or columns there are. */
export const prompted = z.union([
  z.strictObject({ shown: bytes }),
  z.strictObject({ cancel: z.literal(true) }),
  z.strictObject({
    run: z
      .strictObject({
        id,
        text: z.string().max(LONGEST_TEXT),
        most: z.int().min(1).max(MOST_ROWS.file),
        into: z.enum(['screen', 'file']),
      })
      .refine(({ most, into }) => most <= MOST_ROWS[into]),
  }),
  z.strictObject({ look: z.strictObject({ id, table: z.strictObject({ schema: name, name }).optional() }) }),
]);
export type PromptMessage = z.output<typeof prompted>;

/** JSON, or undefined where it is none. */
export function readJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** An error's words; they are of the gateway or the target, or were made for the person. */
export const words = (error: unknown): string => (error instanceof Error ? error.message : 'it failed');
