import { z } from 'zod';

const side = z.int().min(1).max(2_000);
const size = z.strictObject({ cols: side, rows: side });
const bytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const id = bytes;
const path = z.string().min(1).max(4_096);

/** What a browser says first. */
export const beginning = z.strictObject({ key: z.string().max(200), ...size.shape });

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
