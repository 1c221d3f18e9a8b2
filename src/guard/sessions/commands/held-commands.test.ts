import { expect, test } from 'vitest';
import { randomSecret, sealingKey } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import { openCommand, sealCommand } from './held-commands.ts';

test('a command that waits is read in its own row and under its own key only', () => {
  const [key, other] = [sealingKey(randomSecret(32)), sealingKey(randomSecret(32))];
  const [id, another] = [newId(), newId()];
  const sealedCommand = sealCommand(key, id, 'rm -rf /srv');
  expect(openCommand(key, { id, sealedCommand })).toBe('rm -rf /srv');
  const unreadable = 'not readable here: see the session';
  expect(openCommand(key, { id: another, sealedCommand })).toBe(unreadable);
  expect(openCommand(other, { id, sealedCommand })).toBe(unreadable);
  expect(openCommand(key, { id, sealedCommand: sealedCommand.subarray(0, -1) })).toBe(unreadable);
});
