import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Headers that reach the route; everything else of such a request means nothing to it. */
const KEPT = new Set(['x-vault-token', 'authorization']);

/**
 * The protocol lists with a method of its own, LIST, which Node's HTTP parser refuses before any route is asked. Its
 * refusal hands over the bytes: a whole request for a path below the mount is answered as the GET with `list=true` that
 * the protocol has for the same, and the connection closes. Anything else answers false and stays refused.
 */
export function answerList(app: FastifyInstance, raw: Buffer | undefined, socket: Socket, below: string): boolean {
  const head = raw?.toString('latin1') ?? '';
  const line = /^LIST (\/[\x21-\x7e]*) HTTP\/1\.[01]\r\n/.exec(head);
  const path = line?.[1] ?? '';
  if (line === null || !path.startsWith(below) || head.length > 16_384 || !head.includes('\r\n\r\n')) return false;
  const headers: Record<string, string> = {};
  for (const [, name = '', value = ''] of head.slice(line[0].length).matchAll(/^([!-9;-~]+):[ \t]*([^\r\n]*)\r\n/gm)) {
    if (KEPT.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
  }
  const url = `${path.split('?')[0] ?? ''}?list=true`;
  void (async () => {
    try {
      const answer = await app.inject({ method: 'GET', url, headers, remoteAddress: socket.remoteAddress ?? '' });
      socket.end(
        `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\ncontent-type: application/json\r\ncache-control: no-store\r\n` +
          `content-length: ${Buffer.byteLength(answer.payload)}\r\nconnection: close\r\n\r\n${answer.payload}`,
      );
    } catch {
      socket.destroy();
    }
  })();
  return true;
}
