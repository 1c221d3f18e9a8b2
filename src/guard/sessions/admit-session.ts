import { AppError, denied } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type {
  Admission,
  AdmitRequest,
  GatewayCredential,
  RequestRules,
  StatementRules,
  WebTerms,
} from '#gateways/port.ts';
import type { Permit } from '#spine/decide/port.ts';
import { findAccount, getSystem, startUse, type Account, type System } from '#spine/graph/index.ts';
import type { Asker, Ctx } from '#spine/operations/index.ts';
import { commandRulesOf } from '#guard/command-rules/index.ts';
import { rulesOfAccount } from '#guard/statement-rules/index.ts';
import { secretOfAccount, useSecret } from '#guard/vault/index.ts';
import { termsOf, type SshTerms } from '#guard/ssh-terms/index.ts';
import { requestRulesOf, webTermsOf } from '#guard/web-terms/index.ts';
import type { AdmissionEdges, Recording } from './edges.ts';
import { sessionRefused } from './events.ts';
import { lookAgain } from './keep-or-end.ts';
import { waitForObserver, waitsFor } from './live/hold-sessions.ts';
import { refuseLockedSession } from './live/refuse-locked-session.ts';
import type { SessionControl } from './live/session-control.ts';
import { meetControls } from './meet-controls.ts';
import { createTicket } from './create-ticket.ts';
import { refuseWhenDutiesMeet } from './refuse-duties.ts';
import { earlier, insertSession, justifyingGrants, lastEnd, type JustifyingGrant } from './store.ts';

interface Found {
  readonly system: System;
  readonly account: Account;
  readonly grants: readonly JustifyingGrant[];
}

/**
 * Decides whether somebody may open an account now, and if so opens a session: the grants it rests on, SoD, policy,
 * the credential and the row are settled in one transaction; nothing is released that is not on the record. A
 * refusal says what to do next and never more than the person may know.
 */
export async function admitSession(edges: AdmissionEdges, ask: AdmitRequest): Promise<Admission> {
  const sessionId = newId();
  const asker: Asker = {
    principal: { kind: 'identity', id: ask.identityId },
    origin: { via: 'gateway', address: ask.clientAddress },
    trace: sessionId,
  };
  let recording: Recording | undefined;
  try {
    if (edges.live.closed) throw nobodyIsLetIn();
    const found = await edges.db.tx((tx) => find(tx, ask));
    await edges.judgeAgain(found.grants.map((g) => g.grantId));
    recording = await edges.recordings.begin(sessionId, {
      title: `${found.account.name}@${found.system.name}`,
      startedAt: edges.clock.now(),
    });
    const opened = await edges.operator.act(
      asker,
      {
        action: 'session.open',
        resource: { type: 'Account', id: found.account.id },
        honours: ['max_seconds'],
        context: {
          protocol: ask.protocol,
          grants: found.grants.length,
          own: found.account.identityId === ask.identityId,
        },
      },
      (ctx, permit) => open(edges, ctx, permit, { sessionId, ask, found }),
    );
    return { admitted: true, ticket: createTicket(edges, { sessionId, ...opened, ...found, ask, recording }) };
  } catch (error) {
    edges.live.remove(sessionId);
    await recording?.finish().catch(() => undefined);
    const refused = refusal(edges, ask, error);
    await recordRefusal(edges, ask, refused.code);
    return refused;
  }
}

/** Finds what is asked for. What does not exist and what one may not open answer alike. */
async function find(tx: Ctx['tx'], ask: AdmitRequest): Promise<Found> {
  const system = await getSystem(tx, ask.system);
  const account = system === undefined ? undefined : await findAccount(tx, system.id, ask.account);
  const grants =
    system === undefined || account === undefined
      ? []
      : await justifyingGrants(tx, {
          identityId: ask.identityId,
          accountId: account.id,
          systemId: system.id,
          own: account.identityId === ask.identityId,
          now: tx.now,
        });
  if (system === undefined || account === undefined || grants.length === 0) {
    throw denied('session.no_grant', `you have no access to ${ask.account}@${ask.system} now`, 'ask for it');
  }
  // told as what it is: policy would only say no to whoever is locked
  await refuseLockedSession(tx, tx.now, {
    identityId: ask.identityId,
    accountId: account.id,
    systemId: system.id,
    grantIds: grants.map((g) => g.grantId),
  });
  return { system, account, grants };
}

interface OpenedSession {
  readonly credential: GatewayCredential;
  readonly endsAt: Date | null;
  readonly kill: AbortSignal;
  readonly control: SessionControl;
  readonly idleSeconds: number | null;
  readonly startedAt: Date;
  readonly terms: SshTerms;
  readonly statements: StatementRules | undefined;
  readonly commands: Awaited<ReturnType<typeof commandRulesOf>>;
  readonly web: WebTerms | undefined;
  readonly requests: RequestRules | undefined;
}

async function open(
  edges: AdmissionEdges,
  ctx: Ctx,
  permit: Permit<'session.open'>,
  input: Asked,
): Promise<OpenedSession> {
  const { sessionId, ask, found } = input;
  const { system, account, grants } = found;
  await refuseLockedSession(ctx.tx, ctx.now, {
    identityId: ask.identityId,
    accountId: account.id,
    systemId: system.id,
    grantIds: grants.map((g) => g.grantId),
  });
  await refuseWhenDutiesMeet(ctx, permit, ask.identityId, found);
  const controls = await meetControls(edges, ctx.tx, {
    identityId: ask.identityId,
    provenAt: ask.provenAt,
    grantIds: grants.map((g) => g.grantId),
  });
  const holds = ask.obeysOrders === true;
  if (controls.observerSeconds !== null && !holds) throw cannotBeObserved(ask.protocol);
  if (ask.certificateId !== undefined && !(await edges.certificateHolds(ctx.tx, ask.certificateId)))
    throw denied(
      'session.certificate_over',
      'your certificate was revoked or is over',
      'get a new one: reeve ssh-renew',
    );
  if (ask.keyId !== undefined && !(await edges.logins.keyHolds(ctx.tx, ask.keyId)))
    throw denied('session.key_over', 'your key was removed or is over', 'register a key: reeve ssh-key add');
  const web = ask.protocol === 'http' ? await webTermsOf(ctx.tx, system.id) : undefined;
  if (ask.protocol === 'http' && web === undefined) throw notServed(system.name);
  const credential =
    (ask.protocol === 'ssh' ? await certified(edges, ctx, permit, input) : undefined) ??
    (await fromVault(edges, ctx, permit, input));
  const mustEndAt = earlier(longest(permit, ctx.now), inSeconds(controls.sessionSeconds, ctx.now));
  const endsAt = earlier(lastEnd(grants), mustEndAt);
  const facts = {
    id: sessionId,
    identityId: ask.identityId,
    accountId: account.id,
    systemId: system.id,
    grantIds: grants.map((g) => g.grantId),
    protocol: ask.protocol,
    recorded: true,
    holds,
    observerSeconds: controls.observerSeconds,
    idleSeconds: controls.idleSeconds,
  };
  await insertSession(ctx.tx, {
    ...facts,
    node: edges.node,
    clientAddress: ask.clientAddress,
    clientVersion: ask.clientVersion.slice(0, 200),
    certificateId: ask.certificateId,
    keyId: ask.keyId,
    passwordId: ask.passwordId,
    startedAt: ctx.now,
    mustEndAt,
    endsAt,
  });
  await startUse(ctx, permit, facts);
  const statements = await rulesOfAccount(ctx.tx, { systemId: system.id, accountId: account.id });
  const { kill, control } = edges.live.add(sessionId, facts);
  if (controls.observerSeconds !== null) {
    control.needObserver();
    control.hold(waitsFor(controls.observerSeconds));
    waitForObserver(edges, sessionId, control, controls.observerSeconds);
  }
  edges.live.callAt(sessionId, endsAt, ctx.now, () => void lookAgain(edges, sessionId));
  ctx.tx.afterCommit(() => void lookAgain(edges, sessionId));
  return {
    credential,
    endsAt,
    kill,
    control,
    idleSeconds: controls.idleSeconds,
    startedAt: ctx.now,
    terms: await termsOf(ctx.tx, system.id),
    commands:
      ask.protocol === 'ssh' ? await commandRulesOf(ctx.tx, { systemId: system.id, accountId: account.id }) : undefined,
    statements,
    web,
    requests:
      web === undefined ? undefined : await requestRulesOf(ctx.tx, { systemId: system.id, accountId: account.id }),
  };
}

interface Asked {
  readonly sessionId: string;
  readonly ask: AdmitRequest;
  readonly found: Found;
}

const certified = (edges: AdmissionEdges, ctx: Ctx, permit: Permit<'session.open'>, { ask, found }: Asked) =>
  edges.certifySession(ctx, permit, {
    identityId: ask.identityId,
    account: found.account,
    grantIds: found.grants.map((g) => g.grantId),
  });

async function fromVault(
  edges: AdmissionEdges,
  ctx: Ctx,
  permit: Permit<'session.open'>,
  { sessionId, found: { system, account } }: Asked,
): Promise<GatewayCredential> {
  const secret = await secretOfAccount(ctx.tx, account.id);
  if (secret === undefined || secret.currentVersion === null) {
    throw new AppError({
      code: 'session.no_credential',
      status: 409,
      detail: `the vault holds no proved credential of ${account.name}@${system.name} yet`,
      fix: 'if access was just given, try again in a few seconds; else ask an administrator to rotate the account',
    });
  }
  const opened = await useSecret(edges.keys, ctx, permit, {
    secret,
    systemId: system.id,
    purpose: 'session',
    sessionId,
  });
  const username = opened.username ?? account.name;
  return secret.kind === 'ssh_key'
    ? { kind: 'ssh_key', username, privateKey: opened.value }
    : { kind: 'password', username, password: opened.value };
}

const nobodyIsLetIn = (): AppError =>
  new AppError({
    code: 'session.draining',
    status: 503,
    detail: 'this gateway is about to stop and takes no more sessions',
    fix: 'connect again: another gateway takes you, or this one in a moment',
  });

const notServed = (systemName: string): AppError =>
  new AppError({
    code: 'session.not_served',
    status: 409,
    detail: `${systemName} is not served as a web application`,
    fix: 'an administrator can change that: reeve web terms-set',
  });

const cannotBeObserved = (protocol: string): AppError =>
  new AppError({
    code: 'session.cannot_be_observed',
    status: 409,
    detail: `this access needs somebody who observes each session, and sessions over ${protocol} cannot be paused until there is one`,
    fix: 'use a protocol whose gateway can, such as ssh, or ask for access without an observer',
  });

/** When a policy's `max_seconds` is over, if it set one. */
function longest(permit: Permit, now: Date): Date | null {
  const seconds = permit.decision.obligations.find((o) => o.kind === 'max_seconds')?.value;
  return inSeconds(seconds ?? null, now);
}

const inSeconds = (seconds: number | null, now: Date): Date | null =>
  seconds === null ? null : new Date(now.getTime() + seconds * 1000);

/** Refusals are on the record with what was asked for, not with what exists. */
async function recordRefusal(edges: AdmissionEdges, ask: AdmitRequest, code: string): Promise<void> {
  await edges.operator
    .jobCtx('gateway')
    .act({ action: 'session.refuse' }, (ctx, permit) =>
      ctx.record(permit, {
        event: sessionRefused,
        subject: ask.identityId,
        data: { account: ask.account, system: ask.system, protocol: ask.protocol, code },
      }),
    )
    .catch((error: unknown) => edges.log.error('a refusal could not be recorded', { error }));
}

function refusal(edges: AdmissionEdges, ask: AdmitRequest, error: unknown): Admission & { readonly admitted: false } {
  if (!(error instanceof AppError)) {
    edges.log.error('a session could not be opened', { error });
    return {
      admitted: false,
      code: 'session.failed',
      message: 'Reeve could not open this session; nothing was started. Try again, or tell an administrator.',
    };
  }
  const code = error.code === 'policy.denied' || error.status === 404 ? 'session.no_grant' : error.code;
  const where = `${edges.publicUrl}/request?system=${encodeURIComponent(ask.system)}`;
  const detail = error.status === 404 ? `you have no access to ${ask.account}@${ask.system} now` : error.message;
  const next = code === 'session.no_grant' ? `Ask for it: ${where}` : (error.fix ?? '');
  return { admitted: false, code, message: `${detail}. ${next} (${code})` };
}
