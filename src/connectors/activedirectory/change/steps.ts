/** What a plan consists of, and how it is carried out: one request to the controller each. */
import {
  LdapError,
  resultCode,
  type Ldap,
  type LdapModification,
  type LdapResult,
  type LdapValue,
} from '#kit/ldap/index.ts';
import { TargetError } from '../../port.ts';

export type Step = {
  readonly dn: string;
  /** Result codes that mean it is so already. */ readonly done?: readonly number[];
} & (
  | { readonly op: 'add'; readonly attributes: Readonly<Record<string, readonly LdapValue[]>> }
  | { readonly op: 'modify'; readonly changes: readonly LdapModification[] }
  | { readonly op: 'move'; readonly rdn: string; readonly to: string }
  | { readonly op: 'delete' }
);

/** Does the steps in order. `undo` is done when the controller refuses a later one: what was begun does not stay behind. */
export async function carryOut(ldap: Ldap, steps: readonly Step[], undo?: Step): Promise<void> {
  let begun = false;
  for (const step of steps) {
    try {
      await perform(ldap, step);
      begun = true;
    } catch (error) {
      if (!(error instanceof LdapError)) throw error;
      if (step.done?.includes(error.resultCode ?? -1) === true) continue;
      if (begun && undo && error.code === 'refused') await perform(ldap, undo);
      throw explained(error);
    }
  }
}

function perform(ldap: Ldap, step: Step): Promise<LdapResult> {
  switch (step.op) {
    case 'add':
      return ldap.add(step.dn, step.attributes);
    case 'modify':
      return ldap.modify(step.dn, step.changes);
    case 'move':
      return ldap.modifyDn(step.dn, step.rdn, step.to);
    case 'delete':
      return ldap.delete(step.dn);
  }
}

/** Windows system error codes at the head of what the controller says, where it knows better than LDAP. */
const PASSWORD_RESTRICTION = '0000052D';

function explained(error: LdapError): TargetError {
  const { diagnostic, resultCode: code, message } = error;
  if (diagnostic.startsWith(PASSWORD_RESTRICTION)) {
    const said = diagnostic.slice(PASSWORD_RESTRICTION.length).replace(/^[:\s]+/u, '');
    return new TargetError(
      'refused',
      `the password policy of the domain refuses it (length, kinds of characters): ${said}`,
    );
  }
  // Somebody else changed the same property between our look and our change.
  if (code === resultCode.noSuchAttribute)
    return new TargetError('failed', `${message}; it changed meanwhile, try again`);
  if (code === resultCode.insufficientAccessRights)
    return new TargetError('refused', `${message}; give Reeve's account the right to do that`);
  return new TargetError(error.code, message);
}
