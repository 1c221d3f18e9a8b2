/**
 * Asks for one thing over and over on some connections for some seconds, in a process of its own and with no more work an
 * answer than it takes to see its end. Says how many answers and bytes came.
 */
import { connect } from 'node:tls';

const asked = JSON.parse(process.argv[2] ?? '') as {
  readonly port: number;
  readonly servername: string;
  readonly head: string;
  readonly connections: number;
  readonly seconds: number;
};
const request = Buffer.from(asked.head, 'latin1');
let [answers, bytes] = [0, 0];
let running = true;

async function one(): Promise<void> {
  const socket = connect({
    host: '127.0.0.1',
    port: asked.port,
    servername: asked.servername,
    rejectUnauthorized: false,
  });
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    let head: Buffer = Buffer.alloc(0);
    let left = -1;
    const ask = (): void => {
      if (!running) return void socket.destroy();
      left = -1;
      head = Buffer.alloc(0);
      socket.write(request);
    };
    socket.on('secureConnect', ask);
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (!running && left > 1_000_000) return void socket.destroy();
      if (left < 0) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const text = head.toString('latin1', 0, end);
        const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
        if (!text.startsWith('HTTP/1.1 200') || length === undefined) return reject(new Error(text));
        left = Number(length) - (head.length - end - 4);
      } else left -= chunk.length;
      if (left > 0) return;
      answers += 1;
      ask();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}

const began = performance.now();
setTimeout(() => (running = false), asked.seconds * 1000);
await Promise.all(Array.from({ length: asked.connections }, one));
console.log(JSON.stringify({ answers, bytes, seconds: (performance.now() - began) / 1000 }));
