import { AppError, invalid } from '#kit/errors/index.ts';
import { call, type Connection } from '../call.ts';
import { put, renewIdentity, type IdentityFiles } from './identity.ts';

export interface OpenAccount {
  readonly account: string;
  readonly system: string;
  readonly own: boolean;
}

/** A gateway, what may be opened through it, and the files by which ssh is let in and knows it. */
export interface Gateway {
  readonly address: string;
  readonly port: number;
  readonly accounts: readonly OpenAccount[];
  readonly files: IdentityFiles;
}

/** Asks where the gateway is, writes down its host key and gets a certificate for it. */
export async function reachGateway(to: Connection): Promise<Gateway> {
  const { gateways, accounts } = (await call(to, 'GET', '/v1/ssh-gateway')) as {
    gateways: readonly { address: string; port: number; knownHost: string }[];
    accounts: readonly OpenAccount[];
  };
  const [first] = gateways;
  if (first === undefined)
    throw new AppError({
      code: 'ssh_gateway.none',
      status: 503,
      detail: 'no SSH gateway has said where it is',
      fix: 'is one running (role gateway)? straight to a system that trusts certificates: reeve ssh --direct',
    });
  const files = await renewIdentity(to);
  put(files.knownHosts, gateways.map(({ knownHost }) => `${knownHost}\n`).join(''));
  return { address: first.address, port: first.port, accounts, files };
}

/** What ssh and scp are told besides where to go. */
export const sshOptions = ({ files }: Pick<Gateway, 'files'>): string[] =>
  [
    `IdentityFile=${files.key}`,
    `CertificateFile=${files.certificate}`,
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    `UserKnownHostsFile=${files.knownHosts}`,
    'StrictHostKeyChecking=yes',
    'ForwardAgent=no',
  ].flatMap((option) => ['-o', option]);

/** `account@system` as the gateway takes it, of `account@system` or of a system where one may open one account, or their own. */
export function loginName(accounts: readonly OpenAccount[], target: string): string {
  const at = target.lastIndexOf('@');
  if (at > 0) return target;
  const there = accounts.filter(({ system }) => system === target);
  const own = there.filter((one) => one.own);
  const [one, another] = own.length > 0 ? own : there;
  if (one !== undefined && another === undefined) return `${one.account}@${one.system}`;
  throw invalid(
    '/target',
    one === undefined
      ? `${target}: you may open no account there now`
      : `names no account, and you may open ${there.map(({ account }) => account).join(', ')}`,
    one === undefined ? `ask for access: reeve access ask` : `say which: reeve ssh ${one.account}@${target}`,
  );
}
