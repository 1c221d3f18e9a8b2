import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetError } from '../../port.ts';
import { lastLogins } from './last-login.ts';
import { parseGroup, parsePasswd, parseShadow } from './parse-passwd.ts';

/** Rethrows what is not a refusal. */
function outcome(read: (text: string) => unknown, text: string): 'read' | 'refused' {
  try {
    read(text);
    return 'read';
  } catch (error) {
    if (error instanceof TargetError) return 'refused';
    throw error;
  }
}

describe('passwd', () => {
  it('is read line by line, an empty shell being /bin/sh', () => {
    expect(parsePasswd('root:x:0:0:root:/root:/bin/bash\nApp User:set:1000:1000:Åsa B,,,:/home/app:\n')).toMatchObject([
      { name: 'root', password: 'shadow', uid: 0, shell: '/bin/bash', line: 1 },
      { name: 'App User', password: 'set', gecos: 'Åsa B,,,', shell: '/bin/sh', line: 2 },
    ]);
  });

  it('skips what the C library skips: blanks, comments, NIS lines, and a second line of one name', () => {
    const text = '\n# comment\n+@staff::::::\n-mallory::::::\nroot:x:0:0::/root:/bin/sh\nroot:x:1:1::/tmp:/bin/false\n';
    expect(parsePasswd(text)).toMatchObject([{ name: 'root', uid: 0, line: 5 }]);
  });

  it.each([
    ['too few fields', 'root:x:0:0::/root'],
    ['too many fields', 'root:x:0:0::/root:/bin/sh:x'],
    ['no name', ':x:0:0::/root:/bin/sh'],
    ['a uid that is no number', 'root:x:zero:0::/root:/bin/sh'],
    ['a negative uid', 'root:x:-1:0::/root:/bin/sh'],
    ['a uid past 32 bits', 'root:x:4294967296:0::/root:/bin/sh'],
    ['a uid with a sign', 'toor:x:+0:0::/root:/bin/sh'],
    ['a hash that was not reduced', 'root:$6$abc:0:0::/root:/bin/sh'],
    ['nothing at all', ''],
  ])('%s throws: an account might hide behind it', (_, text) => {
    expect(() => parsePasswd(text)).toThrow(TargetError);
  });

  it('never repeats a hash in what it throws', () => {
    expect(() => parsePasswd('root:$6$saltsalt$hashhash:0:0::/root:/bin/sh')).toThrow(/^(?!.*hashhash)/u);
  });

  it('any text is read or refused', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(':', '\n', 'x', '0', 'root:x:0:0::/:/bin/sh\n'),
    );
    const readers = [parsePasswd, parseShadow, parseGroup];
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        for (const read of readers) expect(['read', 'refused']).toContain(outcome(read, parts.join('')));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('shadow', () => {
  it('tells states and days apart, empty being unknown or never', () => {
    const shadow = parseShadow('a:set:19000:0:90:7:::\nb:locked:0:0:99999:7::1:\nc:none::::::19999:\nd:empty:::::::\n');
    expect(shadow.get('a')).toEqual({ password: 'set', changedDay: 19_000, maxDays: 90, expireDay: undefined });
    expect(shadow.get('b')).toMatchObject({ password: 'locked', changedDay: 0, expireDay: 1 });
    expect(shadow.get('c')).toMatchObject({ password: 'none', changedDay: undefined, expireDay: 19_999 });
    expect(shadow.get('d')).toMatchObject({ password: 'empty' });
  });
});

describe('group', () => {
  it('reads members once and joins two lines of one name', () => {
    expect(parseGroup('ops:x:27:amara,ben,amara\nempty:x:28:\nops:x:27:chloe\n')).toEqual([
      { name: 'ops', gid: 27, members: ['amara', 'ben', 'chloe'] },
      { name: 'empty', gid: 28, members: [] },
    ]);
  });
});

describe('last logins', () => {
  it('takes the latest of wtmp and lastlog, in UTC, and knows nothing of who is in neither', () => {
    const last = [
      'amara    pts/0        10.0.0.1         2025-11-20T10:00:00+01:00 - 2025-11-20T11:00:00+01:00  (01:00)',
      'a-very-long-user-name pts/1 2001:db8::1 2025-11-21T23:30:00-0500   still logged in',
      'reboot   system boot  6.1.0            2025-11-22T00:00:00+00:00   still running',
      '',
      'wtmp begins 2025-11-01T00:00:00+00:00',
    ].join('\n');
    const lastlog = [
      'Username         Port     From                                       Latest',
      'amara            pts/0    10.0.0.1                                  Fri Nov 21 08:15:00 +0100 2025',
      'ben              pts/3                                              Sat Nov  1 00:00:01 +0000 2025',
    ].join('\n');
    expect([...lastLogins(last, lastlog)].sort()).toEqual([
      ['a-very-long-user-name', '2025-11-22T04:30:00.000Z'],
      ['amara', '2025-11-21T07:15:00.000Z'],
      ['ben', '2025-11-01T00:00:01.000Z'],
    ]);
    expect(lastLogins('', '').size).toBe(0);
  });
});
