import type { WebSocket } from 'ws';
import { z } from 'zod';

const side = z.int().min(1).max(2_000);
const size = { cols: side, rows: side };

/** What a browser says first. */
export const beginning = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('terminal'), key: z.string().max(200), ...size }),
  z.strictObject({ kind: z.literal('files'), key: z.string().max(200) }),
]);

/** What a terminal says beside what is typed: it has shown so many bytes, or has another size. */
export const ofTerminal = z.union([
  z.strictObject({ shown: z.int().min(0).max(Number.MAX_SAFE_INTEGER) }),
  z.strictObject({ resize: z.strictObject(size) }),
]);

const id = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const path = z.string().min(1).max(4_096);

/** What is asked about files: one thing after the other. */
export const ofFiles = z.union([
  z.strictObject({ shown: z.int().min(0).max(Number.MAX_SAFE_INTEGER) }),
  z.strictObject({ id, list: path }),
  z.strictObject({ id, get: path }),
  z.strictObject({ id, put: path, size: z.int().min(0).max(Number.MAX_SAFE_INTEGER), replace: z.boolean() }),
  z.strictObject({ id, stop: z.literal(true) }),
]);
export type FilesMessage = z.output<typeof ofFiles>;

/** JSON, or undefined where it is none. */
export function readJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}

export function tell(ws: WebSocket, message: object): void {
  if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(message));
}

/** An error's words, where it was made for the person; they are of the gateway or the target. */
export const words = (error: unknown): string => (error instanceof Error ? error.message : 'it failed');
