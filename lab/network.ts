/**
 * Networks of their own, apart from the machine's: a client, a gateway between it and the target's network, the target,
 * and a neighbour in that network. Network namespaces with links between them; none leads to the machine's own network.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { mustRun, runCommand, waitUntil, type CommandOptions, type CommandResult } from './run-command.ts';

export type NetworkPlace = 'client' | 'gateway' | 'target' | 'neighbour';

/** Addresses of documentation: nobody has them, and here they lead nowhere but to each other. */
export const ADDRESSES = {
  client: '203.0.113.2',
  /** As the client sees it. */
  gatewayOutside: '203.0.113.1',
  /** As the target sees it. */
  gateway: '198.51.100.1',
  target: '198.51.100.11',
  neighbour: '198.51.100.77',
} as const;

export interface LabNetwork {
  /** What goes before a program to run it there. */
  at(place: NetworkPlace): readonly string[];
  /** The name `ip netns` knows it by. */
  name(place: NetworkPlace): string;
  run(place: NetworkPlace, file: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Makes a port of the gateway's loopback answer on the same port of this machine's loopback. */
  bringHere(port: number, folder: string): Promise<void>;
  stop(): Promise<void>;
}

const PLACES: readonly NetworkPlace[] = ['client', 'gateway', 'target', 'neighbour'];
const PREFIX = 'reeve-lab-';

/** Why this machine cannot have them, or undefined when it can. */
export async function whyNoNetwork(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  if (!['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'].some(existsSync)) return 'ip is not installed (iproute2)';
  if (!['/usr/sbin/nft', '/sbin/nft'].some(existsSync)) return 'nft is not installed (nftables)';
  const probe = `${PREFIX}${String(process.pid)}-probe`;
  const made = await runCommand('ip', ['netns', 'add', probe]);
  const firewall =
    made.code === 0 ? await runCommand('ip', ['netns', 'exec', probe, 'nft', 'add', 'table', 'inet', 'probe']) : made;
  if (made.code === 0) await runCommand('ip', ['netns', 'del', probe]);
  return firewall.code === 0
    ? undefined
    : `this kernel or container does not allow it (${firewall.stderr.trim().slice(0, 200)})`;
}

/** Starts them and returns when they are linked. */
export async function startNetwork(): Promise<LabNetwork> {
  await sweepNetworks();
  const own = `${PREFIX}${String(process.pid)}-`;
  const name = (place: NetworkPlace): string => `${own}${place}`;
  const at = (place: NetworkPlace): readonly string[] => ['nsenter', `--net=/run/netns/${name(place)}`];
  const relays: { server: Server; child: ChildProcess }[] = [];
  const stop = async (): Promise<void> => {
    for (const { server, child } of relays) {
      server.close();
      child.kill('SIGKILL');
    }
    await Promise.all(PLACES.map((place) => runCommand('ip', ['netns', 'del', name(place)])));
  };
  try {
    await mustRun('/bin/bash', ['-c', linkUp(name)], { limit: 20_000 });
  } catch (cause) {
    await stop();
    throw cause;
  }
  return {
    at,
    name,
    run: (place, file, args, options) => runCommand('nsenter', [...at(place).slice(1), file, ...args], options),
    bringHere: async (port, folder) => {
      const path = join(folder, `relay-${String(port)}`);
      const child = spawn('nsenter', [...at('gateway').slice(1), process.execPath, '-e', RELAY, path, String(port)], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      await waitUntil('the relay to the gateway', 10_000, () => existsSync(path));
      const server = createServer((socket) => {
        const far = connect(path);
        socket.on('error', () => far.destroy()).on('close', () => far.destroy());
        far.on('error', () => socket.destroy()).on('close', () => socket.destroy());
        socket.pipe(far).pipe(socket);
      });
      await new Promise<void>((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done));
      server.unref();
      relays.push({ server, child });
    },
    stop,
  };
}

/** Sockets that are files are one for all networks. It ends when its standard input closes. */
const RELAY = `const net = require('node:net');
process.stdin.on('end', () => process.exit(0)).resume();
net.createServer((near) => {
  const far = net.connect(Number(process.argv[2]), '127.0.0.1');
  near.on('error', () => far.destroy()).on('close', () => far.destroy());
  far.on('error', () => near.destroy()).on('close', () => near.destroy());
  near.pipe(far).pipe(near);
}).listen(process.argv[1]);`;

/** client -- gateway == bridge == target, neighbour. The gateway forwards, so that only a firewall keeps the client away. */
const linkUp = (name: (place: NetworkPlace) => string): string => `set -e
${PLACES.map((place) => `ip netns add ${name(place)}; ip -n ${name(place)} link set lo up`).join('\n')}
ip link add c0 netns ${name('client')} type veth peer name c1 netns ${name('gateway')}
ip -n ${name('client')} addr add ${ADDRESSES.client}/24 dev c0; ip -n ${name('client')} link set c0 up
ip -n ${name('gateway')} addr add ${ADDRESSES.gatewayOutside}/24 dev c1; ip -n ${name('gateway')} link set c1 up
ip -n ${name('gateway')} link add br0 type bridge
ip -n ${name('gateway')} addr add ${ADDRESSES.gateway}/24 dev br0; ip -n ${name('gateway')} link set br0 up
${(['target', 'neighbour'] as const)
  .map(
    (place, n) => `ip link add e0 netns ${name(place)} type veth peer name p${String(n)} netns ${name('gateway')}
ip -n ${name('gateway')} link set p${String(n)} master br0 up
ip -n ${name(place)} addr add ${ADDRESSES[place]}/24 dev e0; ip -n ${name(place)} link set e0 up
ip -n ${name(place)} route add default via ${ADDRESSES.gateway}`,
  )
  .join('\n')}
ip -n ${name('client')} route add default via ${ADDRESSES.gatewayOutside}
nsenter --net=/run/netns/${name('gateway')} sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
`;

/** Removes those of labs whose process is gone. */
async function sweepNetworks(): Promise<void> {
  const { stdout } = await runCommand('ip', ['netns', 'list']);
  for (const line of stdout.split('\n')) {
    const [, name = '', pid = ''] = /^(reeve-lab-(\d+)-\w+)/u.exec(line) ?? [];
    if (name !== '' && !existsSync(`/proc/${pid}`)) await runCommand('ip', ['netns', 'del', name]);
  }
}
