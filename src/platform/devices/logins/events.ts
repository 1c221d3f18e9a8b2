import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const login = { loginId: pub(z.uuid()), keyId: pub(z.uuid().nullable()) };
const where = { account: pub(z.string()), system: pub(z.string()) };

/** Somebody at the SSH gateway waits to be agreed to. Without a key nobody knows yet who it is. */
export const loginAsked = defineEvent('ssh_login.asked', { ...login, ...where });
/** Somebody typed its code in the console and sees what it asks. */
export const loginFound = defineEvent('ssh_login.found', { loginId: pub(z.uuid()) });
/** Its person agreed; `elsewhere`: their browser is at another address than the client. */
export const loginAgreed = defineEvent('ssh_login.agreed', {
  ...login,
  method: pub(z.enum(['browser', 'code'])),
  elsewhere: pub(z.boolean()),
});
export const loginDenied = defineEvent('ssh_login.denied', login);
/** It let its person in, once. */
export const loginUsed = defineEvent('ssh_login.used', login);
/** It will let nobody in: time was over, the client left, codes were guessed, or somebody is no longer who may. */
export const loginOver = defineEvent('ssh_login.over', { ...login, because: pub(z.string()) });
/** Somebody typed a code under which no login waits for them. */
export const codeMissed = defineEvent('ssh_login.code_missed', {});
/** At the client a one-time code was typed that was none of the person's. */
export const codeWrong = defineEvent('ssh_login.code_wrong', { loginId: pub(z.uuid()) });
/** How people may sign in to the SSH gateway was said anew. */
export const policySet = defineEvent('ssh_login_policy.set', {
  registeredKey: pub(z.string()),
  withoutKey: pub(z.boolean()),
  typedCode: pub(z.boolean()),
  rememberMinutes: pub(z.int()),
  keyDays: pub(z.int()),
});

export const loginEvents = [
  loginAsked,
  loginFound,
  loginAgreed,
  loginDenied,
  loginUsed,
  loginOver,
  codeMissed,
  codeWrong,
  policySet,
];
