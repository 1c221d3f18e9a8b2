import { describe, expect, it } from 'vitest';
import { openPasswords } from './open-rules.ts';

const whoReads = (...rules: string[]): readonly string[] => openPasswords(rules).map(({ who }) => who);

describe('password hashes', () => {
  it('are read by nobody where the first rule that takes them in says so, whatever follows', () => {
    expect(whoReads('{0}to attrs=userPassword by self write by anonymous auth by * none', '{1}to * by * read')).toEqual(
      [],
    );
    expect(whoReads('{0}to * by dn.exact="cn=a,dc=x" write by anonymous auth')).toEqual([]);
  });

  it('are read by everybody where there is no rule, or only one for everything', () => {
    expect(whoReads()).toEqual(['everybody, without logging in']);
    expect(whoReads('{0}to * by * read')).toEqual(['everybody, without logging in']);
    expect(whoReads('{0}to * by users read by * none')).toEqual(['everybody who is logged in']);
  });

  it('are read below one place where a rule of that place says so, and where a rule passes on to a wider one', () => {
    expect(
      whoReads(
        '{0}to dn.subtree="ou=robots,dc=x" attrs=userPassword by users read by * break',
        '{1}to attrs=userPassword by * auth',
      ),
    ).toEqual(['everybody who is logged in']);
    expect(whoReads('{0}to attrs=userPassword by self write by * break', '{1}to * by users read')).toEqual([
      'everybody who is logged in',
    ]);
  });
});
