/** A MariaDB server that only the gateways reach: host parts of accounts, and the sessions that are open. */
import { isIP } from 'node:net';
import { z } from 'zod';
import {
  firewallPart,
  heading,
  isCovered,
  isWithin,
  type Isolation,
  type IsolationCheck,
  type IsolationPart,
  type IsolationPlace,
  type IsolationPlan,
} from '../port.ts';
import { accountId, parseAccount, quoteWho, type Who } from './names.ts';
import type { Session } from './wire/session.ts';

type Open = (target: Parameters<Isolation['prove']>[0]) => Promise<Session>;

const LOCAL = ['localhost', '127.0.0.1', '::1'];

/** An account as the server keys it; undefined for what is no account of it, such as a role. */
function whoOf(account: string): Who | undefined {
  try {
    return parseAccount(account);
  } catch {
    return undefined;
  }
}

/** As the server writes networks of IPv4: with a mask. */
const hostPart = (address: string): string => {
  const [base = '', bits] = address.split('/');
  if (bits === undefined || isIP(base) === 6) return base;
  const mask = [0, 8, 16, 24].map((at) => 256 - 2 ** (8 - Math.min(8, Math.max(0, Number(bits) - at))));
  return `${base}/${mask.join('.')}`;
};

/** Host parts as addresses; a pattern or a name is none that can be held against anything. */
function networkOf(host: string): string | undefined {
  const [base = '', mask] = host.split('/');
  if (isIP(base) === 0) return undefined;
  if (mask === undefined) return base;
  const bits = mask.split('.').reduce((sum, part) => sum + Number(part).toString(2).replaceAll('0', '').length, 0);
  return `${base}/${String(bits)}`;
}

function isNarrow(who: Who, plan: IsolationPlan): boolean {
  if (LOCAL.includes(who.host)) return true;
  const network = networkOf(who.host);
  if (network === undefined) return false;
  if (isCovered(network, plan.gateways)) return true;
  return plan.exemptions.some(
    ({ account, address }) =>
      (account === '*' || account === who.user || account === accountId(who)) && isCovered(network, [address]),
  );
}

/** Accounts keep their rights and passwords; only where they may come from changes. */
function accountsPart(place: IsolationPlace, plan: IsolationPlan): IsolationPart {
  const [first = '', ...others] = plan.gateways;
  const wide = plan.accounts.flatMap((account) => {
    const who = whoOf(account);
    return who === undefined || isNarrow(who, plan) ? [] : [who];
  });
  const renames = wide.map(
    (who) => `rename user ${quoteWho(who)} to ${quoteWho({ user: who.user, host: hostPart(first) })};`,
  );
  return {
    name: 'accounts',
    file: null,
    text: `${heading(place.name).replace('#', '--')}
-- Read the system again afterwards (reeve discover read ${place.name}): Reeve knows these accounts by the names they have now.
${renames.length === 0 ? '-- Every account is of a gateway, an exemption or the machine itself already.' : renames.join('\n')}
${others.map((gateway) => `-- Sessions through ${gateway} need an account of their own: create user name@'${hostPart(gateway)}'.`).join('\n')}
`,
    apply: [],
    remove: wide.map(
      (who) => `rename user ${quoteWho({ user: who.user, host: hostPart(first) })} to ${quoteWho(who)};`,
    ),
  };
}

const ACCOUNTS = `select User, Host from mysql.global_priv where coalesce(json_value(Priv, '$.is_role'), '0') not in ('1', 'true') and coalesce(json_value(Priv, '$.account_locked'), '0') not in ('1', 'true') order by User, Host`;
const FROM = `select HOST from information_schema.PROCESSLIST where ID = connection_id()`;
const OPEN = `select ID, USER, HOST, (select VARIABLE_VALUE from information_schema.GLOBAL_STATUS where VARIABLE_NAME = 'UPTIME') from information_schema.PROCESSLIST where ID <> connection_id() and USER not in ('system user', 'event_scheduler', 'unauthenticated user') order by ID`;

async function prove(session: Session, plan: IsolationPlan): Promise<readonly IsolationCheck[]> {
  const from = addressIn((await session.rows(FROM, 1))[0]?.[0] ?? '');
  const inside = isWithin(from, plan.gateways);
  const wide = (await session.rows(ACCOUNTS, 2))
    .map(([user, host]) => ({ user: user ?? '', host: (host ?? '').toLowerCase() }))
    .filter((who) => !isNarrow(who, plan))
    .map(accountId);
  return [
    {
      name: 'through_reeve',
      outcome: inside ? 'passed' : 'failed',
      evidence: `Reeve logs on, and the server sees it come from ${from || 'its own machine'}${inside ? '' : `, which is none of ${plan.gateways.join(', ')}`}`,
    },
    wide.length === 0
      ? {
          name: 'account_hosts',
          outcome: 'passed',
          evidence: 'every account that may log on is of a gateway, an exemption or the machine itself',
        }
      : {
          name: 'account_hosts',
          outcome: 'failed',
          evidence: `may log on from elsewhere: ${wide.join(', ')}`.slice(0, 500),
        },
  ];
}

const addressIn = (host: string): string => {
  const address = host.replace(/:\d+$/u, '');
  return address === 'localhost' ? '' : address;
};

/** Sessions that were open, by their numbers. */
const markShape = z.object({ open: z.array(z.string()), startedMs: z.number() });

function readMark(mark: string | undefined): z.infer<typeof markShape> | undefined {
  if (mark === undefined) return undefined;
  try {
    return markShape.safeParse(JSON.parse(mark)).data;
  } catch {
    return undefined;
  }
}

/**
 * Numbers of sessions only grow until the server starts again, but are given when a connection is made: one that logs on
 * later than it connected may have a smaller number than one that was told already.
 */
async function newLogons(
  session: Session,
  was: string | undefined,
): ReturnType<Awaited<ReturnType<Isolation['lookOut']>>['look']> {
  const mark = readMark(was);
  const rows = await session.rows(OPEN, 4);
  const now = new Date();
  const startedMs = rows[0] === undefined ? (mark?.startedMs ?? 0) : now.getTime() - Number(rows[0][3]) * 1000;
  const again = mark !== undefined && startedMs - mark.startedMs > 10_000;
  const before = new Set(again ? [] : mark?.open);
  return {
    logons:
      mark === undefined
        ? []
        : rows
            .filter(([id]) => !before.has(id ?? ''))
            .map(([id, user, host]) => ({
              account: user ?? '',
              at: now.toISOString(),
              from: addressIn(host ?? ''),
              how: `session ${id ?? ''}`,
            })),
    mark: JSON.stringify({ open: rows.map(([id]) => id ?? ''), startedMs }),
    leftOut: [
      'sessions that begin and end between two looks are not seen: the server keeps no record of log-ons that can be asked for',
    ],
  };
}

/** Over a way to open a session. */
export const isolationOver = (open: Open): Isolation => ({
  parts: (place, plan) => [accountsPart(place, plan), firewallPart(place, plan)],
  prove: async (target, plan) => {
    const session = await open(target);
    try {
      return await prove(session, plan);
    } finally {
      session.close();
    }
  },
  lookOut: async (target) => {
    const session = await open(target);
    return { look: (mark) => newLogons(session, mark), close: () => Promise.resolve(session.close()) };
  },
});
