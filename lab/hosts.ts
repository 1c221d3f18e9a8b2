/** Starts the lab's Linux hosts: five real machines' worth of accounts, each with its own sshd, in half a second. */
import { existsSync } from 'node:fs';
import { COMPANY_HOSTS } from '#test/fixtures/company/systems/host-accounts.ts';
import { startIsolatedHost, type LabHost } from './hosts/isolated-host.ts';
import type { HostPlan } from './hosts/plan.ts';
import { startUserHost } from './hosts/user-host.ts';
import { makeLabDirectory, sweepLeftovers, type LabDirectory } from './lab-directory.ts';
import { freeBlock, freePort, SSH_PORT } from './loopback.ts';
import { runCommand } from './run-command.ts';

export type { LabHost, LabLogin } from './hosts/isolated-host.ts';
export type { LabAccount } from './hosts/stage-host.ts';

export interface HostsOptions {
  /** Which of the company's hosts; all five when not given. */
  readonly names?: readonly string[];
  /** Other hosts than the company's. */
  readonly plans?: readonly HostPlan[];
  /** `user` forces what an ordinary user gets. */
  readonly mode?: 'auto' | 'isolated' | 'user';
  /** First three numbers of the loopback block, for addresses that stay the same over restarts; random when not given. */
  readonly block?: string;
  /** The network namespace they are in, with an address there; one host only. */
  readonly network?: { readonly name: string; readonly address: string };
  /** Work inside this folder instead of one of its own; the caller then sweeps and removes it. */
  readonly directory?: LabDirectory;
  readonly log?: (line: string) => void;
}

export interface LabHosts {
  readonly hosts: ReadonlyMap<string, LabHost>;
  /** What could not be started and why; empty when everything was. */
  readonly skipped: readonly string[];
  /** The host of that name; throws with the list when there is none. */
  get(name: string): LabHost;
  stop(): Promise<void>;
}

/** Why this machine cannot run isolated hosts, or undefined when it can. */
export async function whyNotIsolated(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'lab hosts need Linux';
  if (process.getuid?.() !== 0) return 'lab hosts with accounts of their own need root';
  if (!existsSync('/usr/sbin/sshd')) return 'sshd is not installed (openssh-server)';
  const probe = await runCommand('unshare', [
    '--mount',
    '--uts',
    '--ipc',
    '--pid',
    '--fork',
    'mount',
    '-t',
    'tmpfs',
    'none',
    '/mnt',
  ]).catch(() => undefined);
  return probe?.code === 0
    ? undefined
    : `this kernel or container does not let root make namespaces (${probe?.stderr.trim() ?? 'no unshare'})`;
}

/** Starts hosts side by side. On failure of one, those already started are stopped and the call rejects. */
export async function startHosts(options: HostsOptions = {}): Promise<LabHosts> {
  const log = options.log ?? (() => undefined);
  const plans = chosenPlans(options);
  if (options.directory === undefined) await sweepLeftovers();
  const directory = options.directory ?? makeLabDirectory();
  const skipped: string[] = [];
  const started: LabHost[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((host) => host.stop()));
    if (options.directory === undefined) directory.remove();
  };
  try {
    const obstacle = options.mode === 'user' ? 'asked for user mode' : await whyNotIsolated();
    if (obstacle === undefined) {
      if (options.network === undefined) await startAll(directory, plans, options.block, started);
      else {
        const [plan] = plans;
        if (plan === undefined || plans.length > 1) throw new Error('one host has a network of its own');
        const place = { address: options.network.address, port: 22 };
        started.push(await startIsolatedHost(directory, plan, place, options.network.name));
      }
    } else if (options.mode === 'isolated') {
      throw new Error(obstacle);
    } else if (existsSync('/usr/sbin/sshd')) {
      const name = plans[0]?.name ?? 'web1';
      skipped.push(
        `hosts ${plans
          .slice(1)
          .map((plan) => plan.name)
          .join(', ')}: ${obstacle}; ${name} is an sshd of your own user, without accounts to manage`,
      );
      const { host, terminals } = await startUserHost(directory, name, {
        address: '127.0.0.1',
        port: await freePort(),
      });
      started.push(host);
      if (!terminals)
        skipped.push(
          `terminals on ${name}: this machine's /dev/pts is mounted without gid=5; commands work, shells do not`,
        );
    } else {
      skipped.push(`all hosts: ${obstacle}; sshd is not installed either (apt-get install openssh-server)`);
    }
  } catch (cause) {
    await stop();
    throw cause;
  }
  for (const host of started) log(`${host.name}: ssh on ${host.host} port ${host.port} (${host.hostKeyFingerprint})`);
  for (const line of skipped) log(`SKIP ${line}`);
  const hosts = new Map(started.map((host) => [host.name, host]));
  return {
    hosts,
    skipped,
    get: (name) => {
      const host = hosts.get(name);
      if (host === undefined)
        throw new Error(`the lab has no host ${name}; it has ${[...hosts.keys()].join(', ') || 'none'}`);
      return host;
    },
    stop,
  };
}

function chosenPlans(options: HostsOptions): readonly HostPlan[] {
  const all = options.plans ?? COMPANY_HOSTS;
  if (options.names === undefined) return all;
  return options.names.map((name) => {
    const plan = all.find((each) => each.name === name);
    if (plan === undefined)
      throw new Error(`no host plan named ${name}; there are ${all.map((each) => each.name).join(', ')}`);
    return plan;
  });
}

/** Another lab can take the same random addresses between the look and the bind: then once more elsewhere. */
async function startAll(
  directory: LabDirectory,
  plans: readonly HostPlan[],
  wanted: string | undefined,
  started: LabHost[],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const block = await freeBlock(plans.length, wanted);
    const results = await Promise.allSettled(
      plans.map((plan, index) =>
        startIsolatedHost(directory, plan, { address: `${block}.${11 + index}`, port: SSH_PORT }),
      ),
    );
    const up = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined) {
      started.push(...up);
      return;
    }
    await Promise.all(up.map((host) => host.stop()));
    if (attempt === 3 || !String(failure.reason).includes('Address already in use')) throw failure.reason;
  }
}
