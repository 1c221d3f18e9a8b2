import { createHash, type Hash } from 'node:crypto';
import type { ChannelRecorder, Recorder } from '#gateways/port.ts';
import { recordStatements } from './record-statements.ts';
import { recordFile } from './record-file.ts';
import type { ChunkWriter } from './write-chunks.ts';

/** A bulk channel (no terminal) is kept byte by byte up to this much, then as a running SHA-256 with a marker. */
const BULK_BYTES = 16 * 1024 * 1024;

/** Turns what flows through a session's channels into lines of its recording. */
export function recordSession(
  writer: ChunkWriter,
  startedAt: number,
  now: () => number,
  bulkBytes: number = BULK_BYTES,
): Recorder {
  let channels = 0;
  let files = 0;
  const since = (): number => Math.max(0, Math.round(now() - startedAt));
  return {
    channel: (meta) => {
      const c = channels;
      channels += 1;
      writer.add({
        k: 'start',
        t: since(),
        c,
        kind: meta.kind,
        ...(meta.command === undefined ? {} : { command: meta.command }),
        ...(meta.term === undefined ? {} : { term: meta.term }),
        ...(meta.cols === undefined ? {} : { cols: meta.cols }),
        ...(meta.rows === undefined ? {} : { rows: meta.rows }),
      });
      return {
        ...recordChannel(writer, c, since, meta.term === undefined ? bulkBytes : Number.POSITIVE_INFINITY),
        file: (about) => {
          const f = files;
          files += 1;
          return recordFile(writer, { c, f, since }, about);
        },
      };
    },
    statements: (meta) => {
      const c = channels;
      channels += 1;
      return recordStatements(writer, { c, since, now, meta });
    },
    drained: () => writer.drained(),
    failed: writer.failed,
  };
}

function recordChannel(writer: ChunkWriter, c: number, since: () => number, keep: number): ChannelRecorder {
  const digest: Hash = createHash('sha256');
  let bytesOut = 0;
  let bytesIn = 0;
  let ended = false;
  return {
    output: (data, stderr) => {
      digest.update(data);
      const before = bytesOut;
      bytesOut += data.length;
      if (before >= keep) return !writer.full;
      // lent for the call: what is kept is copied
      const kept = Buffer.from(data.subarray(0, keep - before));
      const ok = writer.add({ k: 'o', t: since(), c, ...(stderr === true ? { e: true as const } : {}), data: kept });
      return bytesOut >= keep ? writer.add({ k: 'digest', t: since(), c, after: keep }) : ok;
    },
    // What people type is not kept: it may answer a hidden prompt. What the target echoes is in the output.
    input: (data) => {
      bytesIn += data.length;
      return !writer.full;
    },
    resize: (cols, rows) => {
      writer.add({ k: 'r', t: since(), c, cols, rows });
    },
    end: (exit) => {
      if (ended) return;
      ended = true;
      writer.add({ k: 'end', t: since(), c, ...exit, bytesOut, bytesIn, sha256: digest.digest('hex') });
    },
  };
}
