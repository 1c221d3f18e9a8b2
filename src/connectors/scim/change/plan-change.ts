/** Decides what a change needs of a provider: preview and apply both come from here, so they cannot differ. */
import { TargetError, type AccountAttributes, type Change } from '../../port.ts';
import { groupId, roleValue } from '../names.ts';
import type { Provider } from '../provider.ts';
import { findUser } from '../read/read-provider.ts';
import { groupOf, valueAt, type Group, type User } from '../read/read-resources.ts';
import { newUser, patchOf, replacing, type Operation } from './write-user.ts';

export interface Plan {
  readonly summary: string;
  readonly needed: boolean;
  /** Makes it so. Left undone where another got there first: the next look decides again. */
  readonly carryOut: () => Promise<void>;
}

const nothing = (summary: string): Plan => ({ summary, needed: false, carryOut: async () => {} });

export async function planChange(provider: Provider, change: Change): Promise<Plan> {
  const one = await findUser(provider, change.account);
  const where = `${change.account} on ${provider.at}`;
  if (change.do === 'create_account')
    return one === undefined ? planCreation(provider, change) : nothing(`create account ${where}: it is there`);
  if (one === undefined) return withoutAccount(provider, change);
  switch (change.do) {
    case 'lock_account':
      return one.active
        ? patching(provider, one, `lock ${where}`, [replacing('active', false)])
        : nothing(`lock ${where}`);
    case 'unlock_account':
      return one.active
        ? nothing(`unlock ${where}`)
        : patching(provider, one, `unlock ${where}`, [replacing('active', true)]);
    case 'delete_account':
      return deleting(provider, one, `delete account ${where}`);
    case 'set_attributes':
      return planAttributes(provider, one, change.attributes, where);
    case 'grant':
    case 'revoke':
      return planMembership(provider, one, change, where);
    case 'set_password':
      throw new TargetError('unsupported', 'a SCIM service cannot be asked whether a password opens, so none is set');
    case 'set_keys':
      throw new TargetError('unsupported', 'accounts of a SCIM service have no SSH keys');
  }
}

function withoutAccount({ at }: Provider, change: Change): Plan {
  const taking = change.do === 'lock_account' || change.do === 'delete_account' || change.do === 'revoke';
  if (taking) return nothing(`${change.do.replace('_', ' ')} ${change.account} on ${at}: there is no such account`);
  throw new TargetError('refused', `${at} has no account \`${change.account}\``);
}

function planCreation(provider: Provider, change: Extract<Change, { do: 'create_account' }>): Plan {
  const summary = `create account ${change.account} on ${provider.at}`;
  const body = newUser(change, provider.settings);
  return {
    summary,
    needed: true,
    carryOut: async () => {
      const came = await provider.change({ method: 'POST', path: '/Users', body }, summary);
      if (came === 'done' || (await findUser(provider, change.account)) !== undefined) return;
      throw new TargetError(
        'refused',
        `${provider.at} has somebody else by the name ${change.account}, in another spelling`,
      );
    },
  };
}

function patching(provider: Provider, one: User, summary: string, operations: readonly Operation[]): Plan {
  return {
    summary,
    needed: true,
    carryOut: () => mustBeDone(provider, { path: pathOf(one), body: patchOf(operations) }, summary),
  };
}

function deleting(provider: Provider, one: User, summary: string): Plan {
  const carryOut = async (): Promise<void> => {
    // Gone already is as good.
    const came = await provider.change({ method: 'DELETE', path: pathOf(one) }, summary);
    if (came === 'conflict') throw new TargetError('failed', `${provider.at} does not let go of it now: ${summary}`);
  };
  return { summary, needed: true, carryOut };
}

const pathOf = ({ id }: User): string => `/Users/${encodeURIComponent(id)}`;

async function mustBeDone(
  provider: Provider,
  ask: { readonly path: string; readonly body: unknown },
  summary: string,
): Promise<void> {
  const came = await provider.change({ method: 'PATCH', ...ask }, summary);
  if (came !== 'done') throw new TargetError('failed', `${provider.at} changed meanwhile: ${summary}`);
}

function planAttributes(provider: Provider, one: User, wanted: AccountAttributes, where: string): Plan {
  const { attributes } = provider.settings;
  const differing = Object.entries(wanted).flatMap(([fact, value]) => {
    const path = attributes[fact];
    return path === undefined || (valueAt(one.resource, path) ?? null) === value ? [] : [{ fact, path, value }];
  });
  if (differing.length === 0) return nothing(`set facts of ${where}`);
  const summary = `set ${differing.map(({ fact }) => fact).join(', ')} of ${where}`;
  return patching(
    provider,
    one,
    summary,
    differing.map(({ path, value }) => replacing(path, value)),
  );
}

async function planMembership(
  provider: Provider,
  one: User,
  change: Extract<Change, { do: 'grant' | 'revoke' }>,
  where: string,
): Promise<Plan> {
  const role = roleValue(change.entitlement);
  if (role !== undefined) return planRole(provider, one, change.do, role, where);
  const id = groupId(change.entitlement);
  const group = await findGroup(provider, id);
  if (group === undefined) {
    if (change.do === 'revoke') return nothing(`take a group that is gone from ${where}`);
    throw new TargetError('refused', `${provider.at} has no group with the id ${id}`);
  }
  const member = group.members.includes(one.id);
  if (member === (change.do === 'grant')) return nothing(`${change.do} ${group.name}: ${where}`);
  const summary =
    change.do === 'grant'
      ? `add ${change.account} to ${group.name} on ${provider.at}`
      : `remove ${change.account} from ${group.name} on ${provider.at}`;
  const operation: Operation =
    change.do === 'grant'
      ? { op: 'add', path: 'members', value: [{ value: one.id }] }
      : { op: 'remove', path: `members[value eq ${JSON.stringify(one.id)}]` };
  return {
    summary,
    needed: true,
    carryOut: async () => {
      await mustBeDone(provider, { path: `/Groups/${id}`, body: patchOf([operation]) }, summary);
      const after = await findGroup(provider, id);
      if (after?.members.includes(one.id) !== (change.do === 'grant'))
        throw new TargetError('failed', `${provider.at} took it and did not do it: ${summary}`);
    },
  };
}

async function findGroup(provider: Provider, id: string): Promise<Group | undefined> {
  const found = await provider.get(`/Groups/${id}`);
  return found && groupOf(found, provider.at);
}

/** Roles have no catalogue in SCIM: one can be taken, and none given. */
function planRole(provider: Provider, one: User, what: 'grant' | 'revoke', role: string, where: string): Plan {
  const held = one.roles.includes(role);
  if (what === 'grant') {
    if (held) return nothing(`grant role ${role}: ${where}`);
    throw new TargetError('unsupported', 'a SCIM service does not say which roles there are, so none is given');
  }
  if (!held) return nothing(`revoke role: ${where}`);
  const left = (one.resource['roles'] as readonly { readonly value?: unknown }[]).filter(({ value }) => value !== role);
  return patching(provider, one, `take role ${role} from ${where}`, [
    left.length === 0 ? { op: 'remove', path: 'roles' } : { op: 'replace', path: 'roles', value: left },
  ]);
}
