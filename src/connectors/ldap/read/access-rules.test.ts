import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { powers } from './access-rules.ts';

const who = (rule: string): readonly string[] => powers(rule).map((power) => `${power.kind} ${power.dn}`);

describe('access rules', () => {
  it('name whoever may write passwords, members or everything, by account or by group', () => {
    expect(who('{0}to * by dn.exact="cn=a,dc=x" manage by * none')).toEqual(['account cn=a,dc=x']);
    expect(
      who('to attrs=userPassword,shadowLastChange by group.exact="cn=desk,dc=x" write by self write by anonymous auth'),
    ).toEqual(['group cn=desk,dc=x']);
    expect(who('to attrs=member by group/groupOfUniqueNames/uniqueMember="cn=owners, inc,dc=x" =wrscdx break')).toEqual(
      ['group cn=owners, inc,dc=x'],
    );
    expect(who('to dn.subtree="ou=people,dc=x" by dn.base="cn=a" peername.ip=10.0.0.0%255.0.0.0 write stop')).toEqual([
      'account cn=a',
    ]);
    expect(who('to * by dn="cn=old,dc=x" +w continue by dn="cn=reader" read')).toEqual(['account cn=old,dc=x']);
  });

  it('that only let read, name everybody, or touch nothing that gives access, name nobody', () => {
    for (const rule of [
      'to * by dn.exact="cn=a" read',
      'to * by users write',
      'to * by self write by * read',
      'to attrs=telephoneNumber by dn.exact="cn=a" write',
      'to * by dn.regex="^cn=[^,]+$" write',
      'to * by dn.subtree="ou=x" write',
      'to * by dn="*" write',
      'to * by dn.exact="cn=a" -w',
      'by dn="cn=a" write',
      '',
    ])
      expect(who(rule), rule).toEqual([]);
  });

  it('of any text at all are read without a mistake of ours', () => {
    const word = fc.constantFrom(
      'to',
      'by',
      '*',
      'write',
      'manage',
      'dn="cn=a"',
      'group="',
      'attrs=member',
      '"',
      '\\',
      'break',
      '{0}',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (rule) => {
          expect(Array.isArray(powers(rule))).toBe(true);
        },
      ),
    );
  });
});
