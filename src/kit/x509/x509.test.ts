import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { testAuthority, type TestAuthority } from '#test/harness/authority.ts';
import { isSpiffeId, problemOfAnchor, problemOfClient, readCertificate, readRevocationLists } from './index.ts';

let house: TestAuthority;
let other: TestAuthority;
/** After everything that is made below. */
const now = new Date(Date.now() + 3_600_000);
beforeAll(() => {
  house = testAuthority('House');
  other = testAuthority('House');
});
afterAll(() => {
  house.remove();
  other.remove();
});

const problem = (leaf: string, options: { between?: readonly string[]; lists?: string; at?: Date } = {}) =>
  problemOfClient(
    readCertificate(leaf),
    (options.between ?? []).map((pem) => readCertificate(pem)),
    {
      anchor: readCertificate(house.certificate),
      lists: options.lists === undefined ? [] : readRevocationLists(options.lists),
    },
    options.at ?? now,
  );
const CLIENT = 'extendedKeyUsage=clientAuth\nsubjectAltName=DNS:deploy.example';

test('names are told as openssl writes them, and no value looks like another part', () => {
  const made = house.issue({
    subject: '/O=Example/CN=deploy, O=Evil',
    extensions: `${CLIENT},URI:spiffe://example.org/a`,
  });
  const read = readCertificate(made.certificate);
  expect(read.subject).toBe(String.raw`O=Example, CN=deploy\, O\=Evil`);
  expect([read.dnsNames, read.uris]).toEqual([['deploy.example'], ['spiffe://example.org/a']]);
});

describe('a certificate for clients', () => {
  test('of the authority holds, and of one with the same name and another key does not', () => {
    expect(problem(house.issue({ extensions: CLIENT }).certificate)).toBeUndefined();
    expect(problem(other.issue({ extensions: CLIENT }).certificate)).toBe('is of an authority that is not trusted');
  });

  test('holds within its time only, and its authority within its own', () => {
    const { certificate } = house.issue({ extensions: CLIENT, days: 1 });
    expect(problem(certificate, { at: new Date(now.getTime() + 2 * 86_400_000) })).toBe('is over');
    expect(problem(certificate, { at: new Date(now.getTime() - 2 * 86_400_000) })).toBe('is not valid yet');
    const long = house.issue({ extensions: CLIENT, days: 9000 });
    expect(problem(long.certificate, { at: new Date(now.getTime() + 8000 * 86_400_000) })).toMatch(
      /^has an authority .* is over$/u,
    );
  });

  test.each([
    ['subjectAltName=DNS:deploy.example', /clientAuth/u],
    ['extendedKeyUsage=serverAuth', /clientAuth/u],
    ['extendedKeyUsage=clientAuth\nkeyUsage=critical,keyEncipherment', /digitalSignature/u],
    ['extendedKeyUsage=clientAuth\nbasicConstraints=critical,CA:TRUE', /is an authority itself/u],
    ['extendedKeyUsage=clientAuth\n1.2.3.4=critical,ASN1:NULL', /critical extension/u],
  ])('that says %s proves nothing', (extensions, why) => {
    expect(problem(house.issue({ extensions }).certificate)).toMatch(why);
  });

  test('with a short RSA key or signed with SHA-1 proves nothing', () => {
    expect(problem(house.issue({ extensions: CLIENT, key: 'rsa:1024' }).certificate)).toMatch(/1024 bits/u);
    expect(problem(house.issue({ extensions: CLIENT, digest: 'sha1' }).certificate)).toMatch(/not taken/u);
  });
});

describe('authorities in between', () => {
  const below = (extensions: string, leaf = CLIENT): string | undefined => {
    const between = house.issue({ subject: '/CN=Between', extensions });
    const made = house.issue({ extensions: leaf, by: between });
    return problem(made.certificate, { between: [between.certificate] });
  };

  test('are followed where they are authorities, and only so far as they may', () => {
    expect(below('basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign')).toBeUndefined();
    expect(below('basicConstraints=critical,CA:FALSE')).toMatch(/not trusted|no authority/u);
    expect(below('basicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature')).toMatch(
      /not trusted|may not sign/u,
    );
    expect(below('basicConstraints=critical,CA:TRUE\nextendedKeyUsage=serverAuth')).toMatch(
      /not for certificates of clients/u,
    );
    const one = house.issue({ subject: '/CN=One', extensions: 'basicConstraints=critical,CA:TRUE,pathlen:0' });
    const two = house.issue({ subject: '/CN=Two', extensions: 'basicConstraints=critical,CA:TRUE', by: one });
    const leaf = house.issue({ extensions: CLIENT, by: two });
    expect(problem(leaf.certificate, { between: [two.certificate, one.certificate] })).toMatch(/so many authorities/u);
  });

  test('of somebody’s own making, all of one name and key, are not tried in every order', () => {
    const own = other.issue({ subject: '/CN=Loop', extensions: 'basicConstraints=critical,CA:TRUE' });
    const alike = [1, 2, 3, 4, 5].map((n) => {
      const signed = [
        'x509',
        '-req',
        '-in',
        `${own.path}.csr`,
        '-extfile',
        `${own.path}.ext`,
        '-set_serial',
        String(n),
      ];
      const out = `${own.path}-${String(n)}.crt`;
      execFileSync('openssl', [...signed, '-CA', `${own.path}.crt`, '-CAkey', `${own.path}.key`, '-out', out], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      return readFileSync(out, 'utf8');
    });
    const leaf = other.issue({ extensions: CLIENT, by: own });
    const verified = vi.spyOn(X509Certificate.prototype, 'verify');
    expect(problem(leaf.certificate, { between: [own.certificate, ...alike] })).toMatch(/not trusted/u);
    expect(verified.mock.calls.length).toBeLessThan(20);
    verified.mockRestore();
  });

  const within = (constraints: string, names: string): string | undefined =>
    below(
      `basicConstraints=critical,CA:TRUE\nnameConstraints=critical,${constraints}`,
      `extendedKeyUsage=clientAuth\nsubjectAltName=${names}`,
    );

  test.each([
    ['permitted;DNS:shop.example', 'DNS:a.shop.example'],
    ['permitted;DNS:shop.example', 'DNS:shop.example,URI:spiffe://other.org/a'],
    ['permitted;URI:example.org', 'URI:spiffe://example.org/a'],
    ['permitted;URI:.example.org', 'URI:spiffe://a.example.org/a'],
    ['excluded;DNS:bank.example', 'DNS:shop.example'],
  ])('with %s give %s', (constraints, names) => {
    expect(within(constraints, names)).toBeUndefined();
  });
  test.each([
    ['permitted;DNS:shop.example', 'DNS:bank.example'],
    ['permitted;DNS:shop.example', 'DNS:evilshop.example'],
    ['permitted;DNS:shop.example', 'DNS:a.shop.example,DNS:bank.example'],
    ['permitted;URI:example.org', 'URI:spiffe://other.org/a'],
    ['permitted;URI:example.org', 'URI:spiffe://a.example.org/a'],
    ['permitted;URI:example.org', 'URI:urn:uuid:1'],
    ['excluded;URI:example.org', 'URI:spiffe://example.org/a'],
    ['excluded;DNS:bank.example', 'DNS:a.bank.example'],
    ['permitted;IP:10.0.0.0/255.0.0.0', 'IP:10.0.0.1'],
    ['permitted;email:example.org', 'email:a@example.org'],
  ])('with %s do not give %s', (constraints, names) => {
    expect(within(constraints, names)).toMatch(/name constraints/u);
  });
});

describe('a revocation list', () => {
  test('keeps out what is on it and lets in what is not, while it is current and the authority’s own', () => {
    const good = house.issue({ extensions: CLIENT, days: 90 });
    const bad = house.issue({ extensions: CLIENT });
    const lists = house.revoke([bad]);
    expect(problem(good.certificate, { lists })).toBeUndefined();
    expect(problem(bad.certificate, { lists })).toBe('is revoked');
    const foreign = other.revoke([]);
    expect(problem(good.certificate, { lists: foreign })).toMatch(/no current list/u);
    expect(problem(bad.certificate, { lists: foreign + lists })).toBe('is revoked');
    expect(problem(good.certificate, { lists, at: new Date(now.getTime() + 40 * 86_400_000) })).toMatch(
      /no current list/u,
    );
  });

  test('that is wanted of one authority is wanted of those in between too', () => {
    const between = house.issue({ subject: '/CN=Between', extensions: 'basicConstraints=critical,CA:TRUE' });
    const made = house.issue({ extensions: CLIENT, by: between });
    const options = { between: [between.certificate] };
    expect(problem(made.certificate, { ...options, lists: house.revoke([]) })).toMatch(
      /no current list of CN=Between/u,
    );
    expect(problem(made.certificate, { ...options, lists: house.revoke([between]) })).toMatch(
      /CN=Between.*is revoked|no current list/u,
    );
    expect(() => readRevocationLists('nothing')).toThrow('no revocation list');
  });
});

test('an anchor is a root that is an authority', () => {
  expect(problemOfAnchor(readCertificate(house.certificate), now)).toBeUndefined();
  const { certificate } = house.issue({ extensions: 'basicConstraints=critical,CA:TRUE' });
  expect(problemOfAnchor(readCertificate(certificate), now)).toMatch(/self-signed/u);
});

test.each([
  ['spiffe://example.org/ns/shop', true],
  ['spiffe://example.org', true],
  ['spiffe://Example.org/a', false],
  ['spiffe://example.org:80/a', false],
  ['spiffe://example.org/a//b', false],
  ['spiffe://example.org/a/../b', false],
  ['spiffe://example.org/a?b', false],
  ['spiffe://user@example.org/a', false],
])('%s is a SPIFFE id: %s', (uri, is) => {
  expect(isSpiffeId(uri)).toBe(is);
});
