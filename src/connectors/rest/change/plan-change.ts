/** Decides what a change needs of a service: preview and apply both come from here, so they cannot differ. */
import { TargetError, type Change, type Credential } from '../../port.ts';
import type { Step } from '../description/parts.ts';
import { factsKept } from '../description/read-description.ts';
import { checkAccount, entitlementParts, shown } from '../names.ts';
import { lookAt, type Look } from '../read/look.ts';
import { asking } from '../request.ts';
import type { Server } from '../server.ts';
import type { Scope } from '../values/template.ts';
import { opens } from './try-password.ts';

export interface Plan {
  readonly summary: string;
  readonly needed: boolean;
  /** Makes it so, and looks whether it is. */
  readonly carryOut: () => Promise<void>;
}

/** What is wanted, once it is known what is there. */
interface Wish {
  readonly summary: string;
  readonly steps: readonly Step[];
  readonly scope: Scope;
  /** Whether it is so; undefined: there is no such account. */
  readonly isSo: (look: Look | undefined) => boolean | Promise<boolean>;
}

const nothing = (summary: string): Plan => ({ summary, needed: false, carryOut: async () => {} });

/** Refuses, before anything is asked, what is no name, and what would lock Reeve out. */
export function checkChange(change: Change, own: Credential): void {
  checkAccount(change.account);
  const taking = change.do === 'lock_account' || change.do === 'delete_account' || change.do === 'revoke';
  if (taking && own.username !== '' && change.account === own.username)
    throw new TargetError('refused', `${change.account} is the account Reeve works with; it would lock itself out`);
  if ((change.do === 'grant' || change.do === 'revoke') && entitlementParts(change.entitlement) === undefined)
    throw new TargetError('refused', 'an entitlement of a described service is `kind:id`');
}

export async function planChange(server: Server, change: Change): Promise<Plan> {
  const steps = stepsOf(server, change);
  const look = await lookAt(server, change.account);
  const where = `${change.account} on ${server.at}`;
  if (look === undefined && change.do !== 'create_account') return withoutAccount(server, change);
  if (look !== undefined && change.do === 'create_account') return nothing(`create account ${where}: it is there`);
  const wish = await wishOf(server, change, steps, look, where);
  if (await wish.isSo(look)) return nothing(wish.summary);
  return { summary: wish.summary, needed: true, carryOut: () => carryOut(server, change, wish) };
}

/** TargetError `unsupported` for a change the description has nothing to say of. */
function stepsOf(server: Server, change: Change): readonly Step[] {
  const { changes, entitlements } = server.description;
  if (change.do === 'grant' || change.do === 'revoke') {
    const name = entitlementParts(change.entitlement)?.kind ?? '';
    const kind = entitlements.find((one) => one.kind === name);
    if (kind === undefined)
      throw new TargetError(
        'refused',
        `the description of ${server.at} knows no entitlements of the kind \`${shown(name)}\``,
      );
    const steps = kind[change.do];
    if (steps !== undefined) return steps;
    throw new TargetError('unsupported', `the description of ${server.at} does not say how to ${change.do} a ${name}`);
  }
  const steps = change.do === 'set_keys' ? undefined : changes[change.do];
  if (steps !== undefined) return steps;
  throw new TargetError(
    'unsupported',
    `the description of ${server.at} does not say how to ${change.do.replace('_', ' ')}`,
  );
}

function withoutAccount({ at }: Server, change: Change): Plan {
  const taking = change.do === 'lock_account' || change.do === 'delete_account' || change.do === 'revoke';
  if (taking) return nothing(`${change.do.replace('_', ' ')} ${change.account} on ${at}: there is no such account`);
  throw new TargetError('refused', `${at} has no account \`${change.account}\``);
}

async function wishOf(
  server: Server,
  change: Change,
  steps: readonly Step[],
  look: Look | undefined,
  where: string,
): Promise<Wish> {
  const scope: Scope = { name: change.account, ...(look === undefined ? {} : { account: look.account.item }) };
  switch (change.do) {
    case 'create_account': {
      const given = Object.entries(change.attributes ?? {}).filter(([, value]) => value !== null);
      const person = change.fullName === '' ? {} : { full_name: change.fullName };
      const made = { ...scope, ...person, facts: Object.fromEntries(given) };
      return { summary: `create account ${where}`, steps, scope: made, isSo: (seen) => seen !== undefined };
    }
    case 'delete_account':
      return { summary: `delete account ${where}`, steps, scope, isSo: (seen) => seen === undefined };
    case 'lock_account':
      return { summary: `lock ${where}`, steps, scope, isSo: (seen) => seen?.read.state === 'locked' };
    case 'unlock_account':
      return { summary: `unlock ${where}`, steps, scope, isSo: (seen) => seen?.read.state === 'active' };
    case 'set_attributes':
      return settingFacts(server, change, steps, scope, look, where);
    case 'set_password':
      return settingPassword(server, change, steps, scope, look, where);
    case 'grant':
    case 'revoke':
      return holding(server, change, steps, scope, look);
    case 'set_keys':
      throw new TargetError('unsupported', 'accounts of a described service have no SSH keys');
  }
}

function settingFacts(
  server: Server,
  change: Extract<Change, { do: 'set_attributes' }>,
  steps: readonly Step[],
  scope: Scope,
  look: Look | undefined,
  where: string,
): Wish {
  const kept = factsKept(server.description);
  const differing = (seen: Look | undefined): readonly (readonly [string, string | null])[] =>
    Object.entries(change.attributes).filter(
      ([fact, value]) => kept.has(fact) && (seen?.read.attributes[fact] ?? null) !== (value === '' ? null : value),
    );
  const facts = differing(look);
  const summary =
    facts.length === 0 ? `set facts of ${where}` : `set ${facts.map(([fact]) => fact).join(', ')} of ${where}`;
  return {
    summary,
    steps,
    scope: { ...scope, facts: Object.fromEntries(facts) },
    isSo: (seen) => seen !== undefined && differing(seen).length === 0,
  };
}

async function settingPassword(
  server: Server,
  change: Extract<Change, { do: 'set_password' }>,
  steps: readonly Step[],
  scope: Scope,
  look: Look | undefined,
  where: string,
): Promise<Wish> {
  const { account, password } = change;
  server.hide(password);
  if (look?.read.state === 'locked')
    throw new TargetError('refused', `${where} is locked: nothing could prove its new password; unlock it first`);
  return {
    summary: `set the password of ${where}`,
    steps,
    scope: { ...scope, password },
    isSo: () => opens(server, account, password),
  };
}

function holding(
  server: Server,
  change: Extract<Change, { do: 'grant' | 'revoke' }>,
  steps: readonly Step[],
  scope: Scope,
  look: Look | undefined,
): Wish {
  const known = look?.catalogue.all.get(change.entitlement);
  const held = (seen: Look | undefined): boolean => seen?.holdings.includes(change.entitlement) === true;
  if (known === undefined && change.do === 'grant')
    throw new TargetError('refused', `${server.at} has no ${shown(change.entitlement)}`);
  const name = shown(known?.name ?? change.entitlement);
  const id = entitlementParts(change.entitlement)?.id ?? '';
  const giving = change.do === 'grant';
  return {
    summary: giving
      ? `give ${name} to ${change.account} on ${server.at}`
      : `take ${name} from ${change.account} on ${server.at}`,
    steps,
    scope: { ...scope, entitlement: known?.item ?? {}, entitlement_id: id },
    isSo: (seen) => seen !== undefined && held(seen) === giving,
  };
}

async function carryOut(server: Server, change: Change, { summary, steps, scope, isSo }: Wish): Promise<void> {
  for (const step of steps) await carryOutStep(server, step, scope, summary);
  if (await isSo(await lookAt(server, change.account))) return;
  throw new TargetError('failed', `${server.at} took it and did not do it: ${summary}`);
}

async function carryOutStep(server: Server, step: Step, scope: Scope, summary: string): Promise<void> {
  const answer = await server.ask(asking(step, scope));
  if (server.isAmong(step.done_already, answer)) return;
  if (server.isAmong(step.refused, answer)) throw new TargetError('refused', server.noTo(answer, summary));
  const meanwhile = [404, 409, 410, 412].includes(answer.status);
  if (meanwhile) throw new TargetError('failed', `it changed meanwhile: ${server.noTo(answer, summary)}`);
  server.mustBeGood(answer, summary);
}
