import { describe, expect, it } from 'vitest';
import { hostState } from '../read/host-state.ts';
import type { Section } from '../ssh/script.ts';
import { aclsOf, readers, writers, type SeenHost } from './access.ts';

const section = (name: string, text: string): Section => ({ words: [name], text });
const state = hostState([
  section('host', 'web1\n1750000000\n'),
  section('passwd', 'root:x:0:0::/root:/bin/sh\nana:x:1001:1001::/home/ana:/bin/sh\nbo:x:1002:1002::/home/bo:/bin/sh'),
  section('group', 'root:x:0:\nana:x:1001:\nbo:x:1002:\nops:x:2000:bo'),
]);
const host = (list: string): SeenHost => ({ ...state, acls: aclsOf([section('acls', `/etc/x\t${list}`)]).acls });
const file = (mode: string, group = 'root') => ({ path: '/etc/x', mode, owner: 'root', group });

describe('an access list', () => {
  it('lets in whom it names, user or group', () => {
    const seen = host('user::rw-,user:1001:rw-,group::r--,group:2000:-w-,mask::rw-,other::---');
    expect(writers(file('660'), seen)).toEqual(['ana', 'bo']);
    expect(readers(file('660'), seen)).toEqual(['ana']);
  });

  it('lets in nobody for what its mask takes away, nor the group of the file because the mask stands where its mode was', () => {
    expect(writers(file('640'), host('user::rw-,user:1001:rw-,group::rw-,mask::r--,other::---'))).toEqual([]);
    expect(writers(file('660', 'ops'), host('user::rw-,user:1001:rw-,group::r--,mask::rw-,other::---'))).toEqual([
      'ana',
    ]);
  });

  it('that nothing there can read is counted, not taken for none', () => {
    expect(aclsOf([section('acls', '/etc/x\tunread')])).toEqual({ acls: new Map(), unread: 1 });
  });
});
