import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, as PEM, and where both lie. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly path: string;
}

/** A certificate authority of openssl, for tests. */
export interface TestAuthority extends TestCertificate {
  /** Gives a certificate: `extensions` as in a configuration file of openssl, a line each. */
  issue(options: {
    readonly subject?: string;
    readonly extensions: string;
    readonly days?: number;
    /** `ec` or `rsa:BITS`. */
    readonly key?: string;
    readonly digest?: string;
    readonly by?: TestCertificate;
  }): TestCertificate;
  /** Its revocation list as PEM, with these on it; `from` as openssl takes it. */
  revoke(certificates: readonly TestCertificate[], from?: string): string;
  remove(): void;
}

/** Makes an authority that is valid for twenty years. */
export function testAuthority(name: string): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-authority-'));
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const at = (path: string): TestCertificate => ({
    path,
    certificate: readFileSync(`${path}.crt`, 'utf8'),
    key: readFileSync(`${path}.key`, 'utf8'),
  });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const root = join(folder, 'root');
  const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  const files = ['-keyout', `${root}.key`, '-out', `${root}.crt`];
  openssl('req', '-x509', ...ec, '-days', '7300', '-subj', `/CN=${name}`, ...files, ...usage);
  const index = join(folder, 'index');
  const config = join(folder, 'ca.cnf');
  writeFileSync(config, `[ca]\ndefault_ca=one\n[one]\ndatabase=${index}\ndefault_md=sha256\n`);
  let serial = 0;
  return {
    ...at(root),
    issue: ({ subject = '/CN=program', extensions, days = 30, key = 'ec', digest = 'sha256', by = at(root) }) => {
      serial += 1;
      const path = join(folder, String(serial));
      const kind = key === 'ec' ? ec : ['-newkey', key, '-nodes'];
      writeFileSync(`${path}.ext`, extensions);
      openssl('req', '-new', ...kind, '-subj', subject, '-keyout', `${path}.key`, '-out', `${path}.csr`);
      const signer = ['-CA', `${by.path}.crt`, '-CAkey', `${by.path}.key`, '-set_serial', String(1000 + serial)];
      const signed = ['x509', '-req', `-${digest}`, '-days', String(days), '-extfile', `${path}.ext`, ...signer];
      openssl(...signed, '-in', `${path}.csr`, '-out', `${path}.crt`);
      return at(path);
    },
    revoke: (certificates, from) => {
      writeFileSync(index, '');
      const as = ['-config', config, '-keyfile', `${root}.key`, '-cert', `${root}.crt`];
      for (const { path } of certificates) openssl('ca', ...as, '-revoke', `${path}.crt`);
      const since = from === undefined ? [] : ['-crl_lastupdate', from];
      openssl('ca', ...as, '-gencrl', ...since, '-crldays', '30', '-out', join(folder, 'list.pem'));
      return readFileSync(join(folder, 'list.pem'), 'utf8');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
