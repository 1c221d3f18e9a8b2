/** LDIF of many people and one group, for the lab's directory to load at its start. */

/** `person-0000000` and on in `ou=people`, and `cn=crowd` of the first `members` of them. Nothing in it needs encoding (RFC 2849). */
export function crowd(count: number, members = count, suffix = 'dc=larkspur,dc=example'): string {
  const name = (at: number): string => `person-${String(at).padStart(7, '0')}`;
  const dn = (at: number): string => `uid=${name(at)},ou=people,${suffix}`;
  const records: string[] = [];
  for (let at = 0; at < count; at += 1)
    records.push(
      `dn: ${dn(at)}\nobjectClass: inetOrgPerson\nuid: ${name(at)}\ncn: Person ${at}\nsn: Person\nmail: ${name(at)}@larkspur.example\n`,
    );
  const lines = Array.from({ length: members }, (_, at) => `member: ${dn(at)}\n`).join('');
  records.push(`dn: cn=crowd,ou=groups,${suffix}\nobjectClass: groupOfNames\ncn: crowd\n${lines}`);
  return records.join('\n');
}
