/** Decides, from a host's state alone, what a change needs there: preview and apply both come from here, so they cannot differ. */
import { TargetError, type Change } from '../../port.ts';
import { hasLoginShell, isLocked, mayLogIn } from '../read/privilege.ts';
import { userNamed, type HostState, type HostUser } from '../read/host-state.ts';
import { accountName, entitlementId, gecosName, newAccountName, passwordLine } from './names.ts';
import { deleteScript, lockScript, passwordScript, unlockScript } from './account-scripts.ts';
import { nothingToDo, type Plan, type PlanContext } from './plan.ts';
import { planKeys } from './plan-keys.ts';
import { planSudo } from './plan-sudo.ts';
import { word } from '../ssh/script.ts';

/** Throws TargetError `refused` for what this host's state forbids and for names that are not names, `unsupported` for unknown entitlements. */
export function planChange(state: HostState, change: Change, context: PlanContext): Plan {
  const name = accountName(change.account);
  const host = state.hostname;
  const user = userNamed(state, name);
  const step = (summary: string, script: string, secrets: readonly string[] = []): Plan => ({
    summary,
    needed: true,
    script,
    secrets,
  });
  if (change.do === 'create_account') {
    const summary = `create account ${newAccountName(name)} on ${host}`;
    if (user) return nothingToDo(summary);
    if (state.groups.some((group) => group.name === name)) {
      throw new TargetError(
        'refused',
        `${host} has a group \`${name}\` already; remove or rename it, or choose another account name`,
      );
    }
    // `*` instead of no hash: sshd without PAM refuses keys of an account whose password field begins with `!`.
    // A directory (sssd, LDAP) may know the name though /etc/passwd does not; that account is managed there.
    const taken = `if getent passwd ${name} >/dev/null; then refuse '${name} is an account of a directory this host asks'; fi`;
    const make = `useradd -m -s ${word(context.shell)} -c ${word(gecosName(change.fullName))} -p '*' -- ${name} || die 'useradd failed for ${name}'`;
    return step(summary, `${taken}\n${make}`);
  }
  if (!user) {
    const gone = change.do === 'lock_account' || change.do === 'delete_account' || change.do === 'revoke';
    if (gone) return nothingToDo(`${change.do.replace('_', ' ')} ${name} on ${host}: there is no such account`);
    throw new TargetError('refused', `${host} has no account \`${name}\``);
  }
  switch (change.do) {
    case 'set_attributes':
      throw new TargetError('unsupported', 'a Linux host keeps no facts of a person but the full name');
    case 'lock_account':
      return isLocked(user) && user.expired
        ? nothingToDo(`lock ${name} on ${host}`)
        : step(`lock ${name} on ${host}`, lockScript(user, state, guarded(user, state, context, 'locking')));
    case 'unlock_account':
      return isLocked(user)
        ? step(`unlock ${name} on ${host}`, unlockScript(name))
        : nothingToDo(`unlock ${name} on ${host}`);
    case 'delete_account':
      return step(
        `delete account ${name} on ${host}, keeping its home for root`,
        deleteScript(user, state, guarded(user, state, context, 'deleting')),
      );
    case 'set_password': {
      const summary = `set the password of ${name} on ${host}`;
      const password = passwordLine(change.password);
      return context.samePassword === true
        ? nothingToDo(summary)
        : step(summary, passwordScript(user, password), [password, word(password)]);
    }
    case 'set_keys':
      return planKeys(state, user, change);
    case 'grant':
    case 'revoke':
      return planEntitlement(state, user, change, context);
  }
}

function planEntitlement(
  state: HostState,
  user: HostUser,
  change: Extract<Change, { do: 'grant' | 'revoke' }>,
  context: PlanContext,
): Plan {
  const name = user.name;
  const granting = change.do === 'grant';
  const { kind, name: rest } = entitlementId(change.entitlement);
  if (!granting && name === context.management) {
    throw new TargetError(
      'refused',
      `\`${name}\` is the account Reeve manages ${state.hostname} with; taking rights from it could shut Reeve out`,
    );
  }
  if (kind === 'login') {
    const summary = granting
      ? `let ${name} log in on ${state.hostname}`
      : `end the log-in of ${name} on ${state.hostname}`;
    if (granting === mayLogIn(user)) return nothingToDo(summary);
    if (!granting)
      return {
        summary,
        needed: true,
        script: lockScript(user, state, guarded(user, state, context, 'locking')),
        secrets: [],
      };
    const shell = hasLoginShell(user)
      ? []
      : [`usermod -s ${word(context.shell)} -- ${name} || die 'cannot give ${name} a login shell'`];
    return {
      summary,
      needed: true,
      script: [...shell, ...(isLocked(user) ? [unlockScript(name)] : [])].join('\n'),
      secrets: [],
    };
  }
  if (kind === 'sudo') return planSudo(state, user, rest, granting);
  const group = state.groups.find((known) => known.name === rest);
  const summary = `${granting ? `add ${name} to` : `remove ${name} from`} group ${rest} on ${state.hostname}`;
  if (granting) {
    if (!group) throw new TargetError('refused', `${state.hostname} has no group \`${rest}\``);
    if (user.groups.includes(rest)) return nothingToDo(summary);
    return {
      summary,
      needed: true,
      script: `usermod -aG ${rest} -- ${name} || die 'cannot add ${name} to group ${rest}'`,
      secrets: [],
    };
  }
  if (!group || !user.groups.includes(rest)) return nothingToDo(summary);
  if (group.gid === user.gid) {
    throw new TargetError(
      'refused',
      `\`${rest}\` is the primary group of \`${name}\` on ${state.hostname}; give it another one first (usermod -g)`,
    );
  }
  return {
    summary,
    needed: true,
    script: `gpasswd -d ${name} ${rest} >/dev/null || die 'cannot remove ${name} from group ${rest}'`,
    secrets: [],
  };
}

/** Refuses what would shut Reeve or everybody out; answers the uid whose processes may be ended. */
function guarded(user: HostUser, state: HostState, context: PlanContext, doing: string): number | undefined {
  const own = userNamed(state, context.management);
  if (user.name === context.management || (own && own.uid === user.uid && user.uid !== 0)) {
    throw new TargetError(
      'refused',
      `\`${user.name}\` is the account Reeve manages ${state.hostname} with; ${doing} it would shut Reeve out`,
    );
  }
  if (user.uid === 0 && doing === 'deleting') {
    throw new TargetError('refused', `\`${user.name}\` has uid 0 on ${state.hostname}; lock it, or delete it by hand`);
  }
  const alone = state.users.filter((other) => other.uid === user.uid).length === 1;
  return user.uid !== 0 && alone ? user.uid : undefined;
}
