import { startScim, type LabScim } from '#lab/index.ts';
import type { Target } from '../port.ts';

/** A provider with a few people and groups, as another administrator left them. */
export async function labProvider(): Promise<LabScim> {
  const scim = await startScim();
  const person = (userName: string, more: Readonly<Record<string, unknown>> = {}) =>
    scim.plant('users', { userName, active: true, displayName: `${userName} of Larkspur`, ...more });
  const [amara, priya, tomas] = ['amara', 'priya', 'tomas'].map((name) => person(name)) as [
    ReturnType<typeof person>,
    ReturnType<typeof person>,
    ReturnType<typeof person>,
  ];
  person('ruben', { roles: [{ value: 'Admin' }] });
  person('gone.soon', { active: false, emails: [{ value: 'gone@larkspur.example', type: 'work', primary: true }] });
  scim.plant('groups', { displayName: 'Sales', members: [{ value: priya.id, type: 'User' }] });
  const operators = scim.plant('groups', { displayName: 'Operators', members: [{ value: tomas.id, type: 'User' }] });
  scim.plant('groups', {
    displayName: 'Admins',
    members: [
      { value: amara.id, type: 'User' },
      { value: operators.id, type: 'Group' },
    ],
  });
  return scim;
}

export const targetOf = (scim: LabScim, settings: Readonly<Record<string, unknown>> = {}): Target => ({
  systemId: 'crm',
  kind: 'scim',
  host: scim.host,
  port: scim.port,
  settings: { basePath: scim.basePath, ...settings },
  pinned: [`tls-sha256:${scim.tls.fingerprint256}`],
  credential: { kind: 'token', username: '', token: scim.token },
});
