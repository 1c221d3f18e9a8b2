import { expect, it } from 'vitest';
import type { Target } from '../port.ts';
import { templateConnector } from './index.ts';

const target: Target = {
  systemId: 'x',
  kind: 'template',
  host: '127.0.0.1',
  port: 1,
  settings: {},
  pinned: ['pin'],
  credential: { kind: 'password', username: 'reeve', password: 'x' },
};

it('a connector just copied from the template refuses everything, clearly', async () => {
  const change = { do: 'lock_account', account: 'amara' } as const;
  const attempts = [
    templateConnector.probe(target),
    templateConnector.read(target),
    templateConnector.readAccount(target, 'amara'),
    templateConnector.preview(target, change),
    templateConnector.apply(target, change),
    templateConnector.verify(target, target.credential),
  ];
  for (const attempt of await Promise.allSettled(attempts)) {
    expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'unsupported', retry: false } });
  }
  await expect(templateConnector.read({ ...target, pinned: [] })).rejects.toMatchObject({ code: 'untrusted' });
  await expect(templateConnector.apply(target, { ...change, account: 'x; y' })).rejects.toMatchObject({
    code: 'refused',
  });
  await expect(templateConnector.read({ ...target, settings: { nonsense: 1 } })).rejects.toMatchObject({
    code: 'unsupported',
  });
});
