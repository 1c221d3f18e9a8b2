import type { Socket } from 'node:net';

/** Stops reading a socket, or goes on. */
export function hold(socket: Socket, wait: boolean): void {
  if (socket.destroyed) return;
  if (wait === socket.isPaused()) return;
  if (wait) socket.pause();
  else socket.resume();
}

/** Whatever the peer does with our last words, its socket is gone after `ms`. */
export function hangUp(socket: Socket, words: Buffer | undefined, ms: number): void {
  if (socket.destroyed) return;
  if (words === undefined) socket.end();
  else socket.end(words);
  socket.resume();
  setTimeout(() => socket.destroy(), ms).unref();
}
