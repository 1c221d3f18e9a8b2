/** LDIF of many people and one group of them all, for the lab's directory to load at its start. */

/** `person-00000` and on in `ou=people`, each in `cn=crowd`. Nothing in it needs encoding (RFC 2849). */
export function crowd(count: number, suffix = 'dc=larkspur,dc=example'): string {
  const name = (at: number): string => `person-${String(at).padStart(5, '0')}`;
  const dn = (at: number): string => `uid=${name(at)},ou=people,${suffix}`;
  const people = Array.from(
    { length: count },
    (_, at) =>
      `dn: ${dn(at)}\nobjectClass: inetOrgPerson\nuid: ${name(at)}\ncn: Person ${at}\nsn: Person\nmail: ${name(at)}@larkspur.example\n`,
  );
  const members = Array.from({ length: count }, (_, at) => `member: ${dn(at)}\n`).join('');
  return `${people.join('\n')}\ndn: cn=crowd,ou=groups,${suffix}\nobjectClass: groupOfNames\ncn: crowd\n${members}`;
}
