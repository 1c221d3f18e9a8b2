/** Carries out what was planned, step by step; every step may be repeated. */
import { ber, berTag, LdapError, resultCode, type Ldap } from '#kit/ldap/index.ts';
import { TargetError } from '../../port.ts';
import { usabilityOf, usabilityRequest } from '../password-policy.ts';
import type { Directory } from '../session.ts';
import type { Plan, Step } from './plan.ts';

const passwordModify = '1.3.6.1.4.1.4203.1.11.1';

export async function carryOut(directory: Directory, plan: Plan): Promise<void> {
  for (const step of plan.steps) await take(directory, step);
  if (plan.provesLock) await proveLock(directory, plan.provesLock.dn);
}

async function take({ ldap, at }: Directory, step: Step): Promise<void> {
  try {
    if (step.do === 'modify') await modify(ldap, step);
    else if (step.do === 'add') await ldap.add(step.dn, step.attributes);
    else if (step.do === 'delete') await ldap.delete(step.dn);
    else await setPassword(ldap, step.dn, step.password);
  } catch (error) {
    if (!(error instanceof LdapError)) throw error;
    if (error.resultCode === resultCode.undefinedAttributeType)
      throw new TargetError(
        'unsupported',
        `${at} has no password policy or no such attribute (${error.diagnostic}); locking needs the ppolicy overlay of OpenLDAP 2.5 or newer`,
      );
    // Somebody was quicker: when it is tried again it is found done, or says what is wrong.
    const met: readonly (number | undefined)[] = [resultCode.entryAlreadyExists, resultCode.noSuchObject];
    if (met.includes(error.resultCode)) throw new TargetError('failed', error.message);
    throw error;
  }
}

async function modify(ldap: Ldap, step: Extract<Step, { do: 'modify' }>): Promise<void> {
  try {
    await ldap.modify(step.dn, step.changes);
  } catch (error) {
    if (!(error instanceof LdapError)) throw error;
    if (step.ifLast && error.resultCode === resultCode.objectClassViolation) await ldap.modify(step.dn, step.ifLast);
    else if (!step.done?.includes(error.resultCode ?? -1)) throw error;
  }
}

/** RFC 3062: the server hashes the password and judges it by its policy. */
async function setPassword(ldap: Ldap, dn: string, password: string): Promise<void> {
  await ldap.extended(passwordModify, ber(berTag.sequence, ber(0x80, dn), ber(0x82, password)));
}

/** A mark is only a mark: whether it keeps anybody out the server says. */
async function proveLock({ ldap, at, controls }: Directory, dn: string): Promise<void> {
  if (!controls.has(usabilityRequest.oid)) return;
  const entry = await ldap.readEntry(dn, ['userPassword'], undefined, [usabilityRequest]);
  if (!entry?.has('userPassword')) return;
  if (usabilityOf(entry)?.is !== 'shut')
    throw new TargetError(
      'unsupported',
      `${at} does not keep ${dn} out although it is marked as locked: no password policy is in force there (ppolicy overlay, a default policy)`,
    );
}
