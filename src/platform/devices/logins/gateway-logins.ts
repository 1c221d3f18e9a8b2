import type { Clock } from '#kit/clock/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Log } from '#kit/log/index.ts';
import { proveByCode } from '#platform/signin/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Asker, Ctx, Operator } from '#spine/operations/index.ts';
import { keyByFingerprint, keyHolds, useKey } from '../store.ts';
import { beginLogin } from './begin-login.ts';
import type { LoginEdges } from './edges.ts';
import { codeWrong } from './events.ts';
import type { AskedLogin, GatewayLogins, LoginAsk, LoginVerdict } from './login-shapes.ts';
import { plainAddress, WAIT_SECONDS } from './model.ts';
import { loginPolicy } from './policy.ts';
import { agreeByCode, endLogin, useLogin } from './use-login.ts';
import { watchLogins, type WatchedLogin } from './watch-logins.ts';

/** What the composition root hands to the gateway's side of logins. */
interface GatewayLoginEdges extends LoginEdges {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly operator: Pick<Operator, 'act'>;
}

const CODE_TRIES = 3;

/** The gateway's side of logins on this node. */
export function sshLogins(edges: GatewayLoginEdges): GatewayLogins {
  const { db, clock } = edges;
  const watch = watchLogins(edges);
  const known = async (fingerprint: string) => {
    const key = await keyByFingerprint(db, fingerprint, clock.now());
    if (key === undefined) return undefined;
    const policy = await loginPolicy(db);
    return policy.registeredKey === 'refused' ? undefined : { key, policy };
  };
  return {
    recognises: async (fingerprint) => (await known(fingerprint)) !== undefined,
    identify: async (fingerprint, address) => {
      const found = await known(fingerprint);
      if (found === undefined) return undefined;
      const { key, policy } = found;
      const provenAt =
        policy.registeredKey === 'alone'
          ? undefined
          : await remembered(db, key.keyId, address, policy.rememberMinutes, clock.now());
      if (policy.registeredKey === 'step_up' && provenAt === undefined) return { ...key, stepUp: true };
      if (!(await useKey(db, key.keyId, clock.now()))) return undefined;
      return { ...key, ...(provenAt === undefined ? {} : { provenAt }) };
    },
    keyHolds,
    mayBeKeyless: async () => (await loginPolicy(db)).withoutKey,
    ask: (login) => ask(edges, watch, login),
  };
}

/** When the person of a key last agreed to a login by it from that address, if that still counts. */
async function remembered(
  db: Db,
  keyId: string,
  address: string,
  minutes: number,
  now: Date,
): Promise<Date | undefined> {
  if (minutes === 0) return undefined;
  const row = await db.maybe<{ decidedAt: Date }>(sql`
    select decided_at from ssh_login
     where key_id = ${keyId} and client_address = ${plainAddress(address)} and state = 'used'
       and decided_at > ${now}::timestamptz - make_interval(mins => ${minutes}) order by decided_at desc limit 1`);
  return row?.decidedAt;
}

type Watch = ReturnType<typeof watchLogins>;

async function ask(
  edges: GatewayLoginEdges,
  watch: Watch,
  login: LoginAsk,
): Promise<AskedLogin | { readonly refused: string }> {
  const asker: Asker = {
    principal: { kind: 'component', id: 'devices' },
    origin: { via: 'gateway', address: login.address },
    trace: newId(),
  };
  try {
    const { typedCode } = await loginPolicy(edges.db);
    const begun = await edges.operator.act(asker, { action: 'ssh_login.ask' }, (ctx, permit) =>
      beginLogin(edges, ctx, permit, login),
    );
    const keep = <T>(work: (ctx: Ctx, permit: Permit<'ssh_login.keep'>) => Promise<T>): Promise<T> =>
      edges.operator.act(asker, { action: 'ssh_login.keep' }, work);
    return waiting(edges, watch.follow(begun.id, begun.endsAt), {
      login,
      keep,
      id: begun.id,
      userCode: begun.userCode,
      mayType: typedCode && login.key !== undefined,
    });
  } catch (error) {
    if (error instanceof AppError) return { refused: `${error.message}. ${error.fix ?? ''}` };
    throw error;
  }
}

interface Begun {
  readonly login: LoginAsk;
  readonly id: string;
  readonly userCode: string;
  readonly mayType: boolean;
  readonly keep: <T>(work: (ctx: Ctx, permit: Permit<'ssh_login.keep'>) => Promise<T>) => Promise<T>;
}

const DENIED = 'you refused this login in your browser';
const OVER = 'nobody agreed to this login in time';
const GONE = 'this login is over';
const out = (sentence: string): LoginVerdict => ({ kind: 'out', sentence });

function waiting(edges: GatewayLoginEdges, watched: WatchedLogin, begun: Begun): AskedLogin {
  const { id, keep, login } = begun;
  const letIn = async (number?: string): Promise<LoginVerdict | undefined> => {
    const used = await keep((ctx, permit) => useLogin(edges, ctx, permit, id, number));
    if (used === 'again') return undefined;
    if (used === undefined) return out(GONE);
    const { identityId, at } = used;
    return {
      kind: 'in',
      identity: { identityId, provenAt: at, ...(login.key === undefined ? {} : { keyId: login.key.keyId }) },
    };
  };
  const end = (why: string): Promise<void> => keep((ctx, permit) => endLogin(ctx, permit, id, why));
  let settled = false;
  let codes = 0;
  const decided = watched.state.then(async (state): Promise<LoginVerdict> => {
    settled = true;
    if (state === 'number') return { kind: 'number' };
    if (state === 'agreed') return (await letIn()) ?? out(GONE);
    if (state === 'denied') return out(DENIED);
    await end('nobody agreed to it in time');
    return out(OVER);
  });
  decided.catch(() => undefined); // whoever waits for it hears
  return {
    url: `${edges.publicUrl}/ssh-login`,
    userCode: begun.userCode,
    seconds: WAIT_SECONDS,
    mayType: begun.mayType,
    decided,
    type: async (code) => {
      if (!begun.mayType || login.key === undefined || settled) return out(GONE);
      codes += 1;
      const { identityId } = login.key;
      try {
        const right = await proveByCode(edges, identityId, code, (judge) =>
          keep(async (ctx, permit) => {
            if (await judge(ctx.tx)) return await agreeByCode(ctx, permit, id);
            await ctx.record(permit, { event: codeWrong, subject: identityId, data: { loginId: id } });
            return false;
          }),
        );
        if (right) return await decided;
      } catch (error) {
        if (!(error instanceof AppError) || error.status !== 429) throw error;
        codes = CODE_TRIES;
      }
      if (codes < CODE_TRIES) return undefined;
      watched.forget();
      await end('wrong one-time codes were typed');
      return out('too many wrong codes');
    },
    number: async (typed) => await letIn(typed),
    left: (why) => {
      watched.forget();
      end(why).catch((error: unknown) => edges.log.warn('that a login is over could not be recorded', { error }));
    },
  };
}
