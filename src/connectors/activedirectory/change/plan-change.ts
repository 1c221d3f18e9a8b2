/** Decides, from what the directory holds now, what a change needs there: preview and apply both come from here, so they cannot differ. */
import {
  childDn,
  formatDn,
  ldapFilter,
  normalDn,
  parentDn,
  parseDn,
  resultCode,
  type LdapModification,
} from '#kit/ldap/index.ts';
import { TargetError, type AccountAttributes, type Change, type ChangePreview } from '../../port.ts';
import { placeOf, type Directory } from '../directory.ts';
import { control, KRBTGT } from '../read/account-entry.ts';
import { groupNamed } from '../read/group-graph.ts';
import { creationMark, type AccountState } from './account-state.ts';
import { checkNames, cleanText, groupName, sameName, shown } from './names.ts';
import { quoted, unknownPassword, usablePassword } from './password.ts';
import type { Step } from './steps.ts';

export interface Plan extends ChangePreview {
  readonly steps: readonly Step[];
  /** Takes the first step back when a later one is refused. */
  readonly undo?: Step;
}

/** `fits`: whether the password to be set is the account's already. Throws TargetError `refused` for what the state forbids. */
export async function planChange(
  directory: Directory,
  change: Change,
  state: AccountState | undefined,
  fits: boolean,
): Promise<Plan> {
  checkNames(change);
  const who = `${shown(change.account)} on ${directory.domain.dns}`;
  if (change.do === 'create_account') return create(directory, change, state, who);
  if (!state) {
    if (change.do === 'lock_account' || change.do === 'delete_account' || change.do === 'revoke')
      return done(`${change.do.replace('_', ' ')} ${who}: there is no such account`);
    throw new TargetError('refused', `there is no account ${who}`);
  }
  if (state.facts.rid === KRBTGT)
    throw new TargetError('refused', `${who} is the domain's own key; Reeve leaves it alone`);
  switch (change.do) {
    case 'lock_account':
      protectSelf(directory, state, 'locking');
      return state.facts.disabled
        ? done(`lock ${who}`)
        : todo(`lock ${who}`, [modify(state, controlChange(state, state.facts.control | control.disabled))]);
    case 'unlock_account':
      return unlock(state, `unlock ${who}`);
    case 'delete_account':
      protectSelf(directory, state, 'deleting');
      if (state.builtIn) throw new TargetError('refused', `${who} is part of the domain itself; lock it instead`);
      return todo(`delete account ${who}`, [{ op: 'delete', dn: state.facts.dn, done: [resultCode.noSuchObject] }]);
    case 'set_password':
      return setPassword(state, change.password, fits, `set the password of ${who}`);
    case 'set_attributes':
      return setAttributes(directory, change.attributes, state, who);
    case 'grant':
    case 'revoke':
      return membership(directory, change, state);
    case 'set_keys':
      throw new TargetError('unsupported', 'an Active Directory keeps no SSH keys');
  }
}

/** Disabled first, then a password nobody knows, then open: a controller opens no account without a password. */
async function create(
  directory: Directory,
  change: Extract<Change, { do: 'create_account' }>,
  state: AccountState | undefined,
  who: string,
): Promise<Plan> {
  const summary = `create account ${who}`;
  if (state && !state.halfMade) return done(summary);
  const { domain, settings } = directory;
  const facts = personAttributes(change.attributes ?? {});
  const unit = change.attributes?.['org_unit'];
  const parent =
    (unit && settings.orgUnits[unit]) || settings.createIn || placeOf(domain, 'users') || `CN=Users,${domain.base}`;
  const dn = state?.facts.dn ?? childDn('CN', change.account, parent);
  const fullName = cleanText(change.fullName);
  const add: Step = {
    op: 'add',
    dn,
    attributes: {
      objectClass: ['user'],
      sAMAccountName: [change.account],
      userPrincipalName: [`${change.account}@${settings.upnSuffix || domain.dns}`],
      userAccountControl: [String(control.normal | control.disabled)],
      comment: [creationMark],
      ...(fullName === undefined ? {} : { displayName: [fullName] }),
      ...Object.fromEntries(
        Object.entries(facts).flatMap(([name, value]) => (value === null ? [] : [[name, [value]]])),
      ),
    },
  };
  const open: Step[] = [
    { op: 'modify', dn, changes: [replace('unicodePwd', unknownPassword())] },
    { op: 'modify', dn, changes: [replace('userAccountControl', String(control.normal)), replace('comment')] },
  ];
  if (state) return todo(summary, open);
  return { ...todo(summary, [add, ...open]), undo: { op: 'delete', dn } };
}

function unlock(state: AccountState, summary: string): Plan {
  const { facts, lockedOut } = state;
  const changes = [
    ...(facts.disabled ? controlChange(state, facts.control & ~control.disabled) : []),
    ...(facts.expired ? [replace('accountExpires', '0')] : []),
    ...(lockedOut ? [replace('lockoutTime', '0')] : []),
  ];
  return changes.length === 0 ? done(summary) : todo(summary, [modify(state, changes)]);
}

/**
 * The password, another that nobody knows, and the password again. A controller takes the one before the last for up to an hour after
 * a change ("OldPasswordAllowedPeriod"): so that is one nobody has, and what was valid until now ends at once. Wrong tries with the
 * old one are forgotten, so that the new one can be proved.
 */
function setPassword(state: AccountState, password: string, fits: boolean, summary: string): Plan {
  const value = quoted(usablePassword(password));
  if (fits) return done(summary);
  const forget = state.lockedOut || state.wrongPasswords > 0 ? [replace('lockoutTime', '0')] : [];
  return todo(summary, [
    modify(state, [replace('unicodePwd', value)]),
    modify(state, [replace('unicodePwd', unknownPassword())]),
    modify(state, [replace('unicodePwd', value), ...forget]),
  ]);
}

/** Facts of a person → what the directory calls them. */
const personFacts: Readonly<Record<string, string>> = {
  mail: 'mail',
  first_name: 'givenName',
  last_name: 'sn',
  department: 'department',
  job_title: 'title',
  employee_id: 'employeeID',
};

function personAttributes(given: AccountAttributes): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([fact, value]) => {
      const attribute = Object.hasOwn(personFacts, fact) ? personFacts[fact] : undefined;
      return attribute === undefined ? [] : [[attribute, value === null ? null : (cleanText(value) ?? null)]];
    }),
  );
}

function setAttributes(directory: Directory, given: AccountAttributes, state: AccountState, who: string): Plan {
  const { entry, facts } = state;
  const wanted = Object.entries(personAttributes(given)).filter(
    ([name, value]) => (entry.text(name) ?? null) !== value,
  );
  const steps: Step[] = [];
  if (wanted.length > 0)
    steps.push(
      modify(
        state,
        wanted.map(([name, value]) => (value === null ? replace(name) : replace(name, value))),
      ),
    );
  const unit = given['org_unit'];
  const place = unit == null ? undefined : directory.settings.orgUnits[unit];
  const moves = place !== undefined && normalDn(parentDn(facts.dn) ?? '') !== normalDn(place);
  if (moves) steps.push({ op: 'move', dn: facts.dn, rdn: formatDn(parseDn(facts.dn).slice(0, 1)), to: place });
  const named = wanted.map(([name, value]) => (value === null ? `no ${name}` : `${name} ${shown(value)}`));
  const what = [...named, ...(moves ? [`place ${shown(place)}`] : [])].join(', ');
  const summary = `set facts of ${who}${what === '' ? '' : `: ${what}`}`;
  return steps.length === 0 ? done(summary) : todo(summary, steps);
}

async function membership(
  directory: Directory,
  change: Extract<Change, { do: 'grant' | 'revoke' }>,
  state: AccountState,
): Promise<Plan> {
  const { ldap, domain } = directory;
  const granting = change.do === 'grant';
  const name = groupName(change.entitlement);
  const { facts } = state;
  const summary = `${granting ? 'add' : 'remove'} ${shown(facts.name)} ${granting ? 'to' : 'from'} group ${shown(name)} on ${domain.dns}`;
  const group = await groupNamed(directory, name);
  if (!group || !sameName(group.name, name)) {
    if (granting) throw new TargetError('refused', `there is no group ${shown(name)} on ${domain.dns}`);
    return done(`${summary}: there is no such group`);
  }
  if (!granting) protectSelf(directory, state, 'taking rights from');
  if (group.sid === `${domain.sid}-${facts.primaryGroup}`) {
    if (granting) return done(summary);
    throw new TargetError(
      'refused',
      `${shown(name)} is the primary group of ${shown(facts.name)}, which cannot be left; make another its primary group first`,
    );
  }
  const isMember = (await ldap.readEntry(group.dn, ['1.1'], ldapFilter`(member=${facts.dn})`)) !== undefined;
  if (isMember === granting) return done(summary);
  return todo(summary, [
    {
      op: 'modify',
      dn: group.dn,
      changes: [{ do: granting ? 'add' : 'delete', attribute: 'member', values: [facts.dn] }],
      done: granting
        ? [resultCode.attributeOrValueExists, resultCode.entryAlreadyExists]
        : [resultCode.noSuchAttribute],
    },
  ]);
}

/** Reeve would lose the domain. */
function protectSelf(directory: Directory, state: AccountState, doing: string): void {
  if (state.facts.sid === directory.self.sid)
    throw new TargetError(
      'refused',
      `${shown(state.facts.name)} is the account Reeve works with; ${doing} it would end that`,
    );
}

/** Only if the flags are still what was read: between look and change somebody else may have set another. */
const controlChange = (state: AccountState, flags: number): readonly LdapModification[] => [
  { do: 'delete', attribute: 'userAccountControl', values: [String(state.facts.control)] },
  { do: 'add', attribute: 'userAccountControl', values: [String(flags)] },
];

const replace = (attribute: string, ...values: readonly (string | Buffer)[]): LdapModification => ({
  do: 'replace',
  attribute,
  values,
});

const modify = (state: AccountState, changes: readonly LdapModification[]): Step => ({
  op: 'modify',
  dn: state.facts.dn,
  changes,
});

const done = (summary: string): Plan => ({ summary, needed: false, steps: [] });
const todo = (summary: string, steps: readonly Step[]): Plan => ({ summary, needed: true, steps });
