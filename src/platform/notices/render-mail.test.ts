import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderMail } from './render-mail.ts';

const LINK = { publicUrl: 'https://reeve.example.com/', path: '/requests/0190' };
const facts = {
  number: 'R-7',
  requester: 'Lena',
  beneficiary: 'Lena',
  what: 'sudo:ALL on web1',
  reason: 'disk full',
  because: 'the manager',
};

test('a mail says who asks for what, quotes the reason and links to the page where one decides', () => {
  const mail = renderMail('approval.wanted', facts, LINK);
  expect(mail?.subject).toBe('[Reeve] R-7: Lena needs your decision');
  expect(mail?.text).toContain('  sudo:ALL on web1');
  expect(mail?.text).toContain('  > disk full');
  expect(mail?.text).toContain('https://reeve.example.com/requests/0190\n');
});

test('nothing anybody typed becomes a header, a second link or hidden text', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom(
      'x\r\nBcc: all@example.com',
      'see https://evil.example/approve',
      'www.evil.example',
      'javascript:alert(1)',
      'mailto:a@b',
      'HTTPS://EVIL.example',
      '\u202Ereversed\u202C',
      '\u0000\u001b[2J',
      '://',
      'http:\u200B//evil.example',
      'http:\n//evil.example',
    ),
  );
  fc.assert(
    fc.property(nasty, nasty, nasty, (requester, what, reason) => {
      const mail = renderMail('approval.wanted', { ...facts, requester, beneficiary: requester, what, reason }, LINK);
      expect(mail?.subject).toMatch(/^[^\p{Cc}\u202A-\u202E]*$/u);
      expect([...(mail?.subject ?? '')].length).toBeLessThanOrEqual(200);
      expect(mail?.text).toMatch(/^(?:[^\p{Cc}\u200B-\u200F\u202A-\u202E]|\n)*$/u);
      expect(mail?.text.match(/:\/\//g)).toHaveLength(1);
      expect(mail?.text).not.toMatch(/\bwww\.|\bmailto:/i);
    }),
    { numRuns: 2000 },
  );
});

test('a path that is no page of the console, and a text nobody wrote, make no mail', () => {
  for (const path of ['//evil.example', 'https://evil.example', '/a?b=c', '/a#b', 'x', '/a\nb', '/../x'])
    expect(renderMail('approval.wanted', facts, { ...LINK, path })).toBeUndefined();
  expect(renderMail('no.such', facts, LINK)).toBeUndefined();
});
