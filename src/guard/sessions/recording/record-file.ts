import type { FileRecorder } from '#gateways/port.ts';
import type { ChunkWriter } from './write-chunks.ts';

/** Keeps what flows of one file, up to its limit, as lines of the recording: where each piece belongs, and its bytes. */
export function recordFile(
  writer: ChunkWriter,
  at: { readonly c: number; readonly f: number; readonly since: () => number },
  meta: { readonly act: 'read' | 'write'; readonly path: string; readonly mostBytes: number },
): FileRecorder {
  const { c, f, since } = at;
  writer.add({ k: 'file', t: since(), c, f, act: meta.act, path: meta.path });
  let kept = 0;
  return {
    content: (offset, part) => {
      const taken = part.subarray(0, meta.mostBytes - kept);
      if (taken.length === 0) return;
      kept += taken.length;
      // lent for the call: what is kept is copied
      writer.add({ k: 'piece', t: since(), c, f, at: offset.toString(), data: Buffer.from(taken) });
    },
    end: ({ bytes, sha256 }) => {
      writer.add({ k: 'moved', t: since(), c, f, bytes, kept, sha256 });
    },
  };
}
