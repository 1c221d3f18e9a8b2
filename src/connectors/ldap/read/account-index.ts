import { entriesOf, type Directory } from '../session.ts';
import { ldapFilter } from '#kit/ldap/index.ts';
import { loginNameOf, namedEntry, normalOrNothing, type NamedEntry } from '../names.ts';
import { KeyTable } from './key-table.ts';

/** Every account of a directory by the names its groups use for it. Small enough for a million. */
export class AccountIndex {
  readonly #loginAttribute: string;
  readonly #byDn = new KeyTable();
  readonly #ids: string[] = [];
  readonly #logins: (string | undefined)[] = [];
  /** Login values, in lower case as directories compare them → the first account that has it. */
  readonly #byLogin = new KeyTable();
  readonly #firstWith: number[] = [];
  /** Login values that several accounts have, and all of those. */
  readonly #shared = new Map<string, number[]>();
  readonly #listed: boolean[] = [];

  constructor(loginAttribute: string) {
    this.#loginAttribute = loginAttribute;
  }

  get size(): number {
    return this.#byDn.size;
  }

  /** `dn` in normal spelling. Adding one again changes nothing. */
  add(dn: string, entry: NamedEntry): number {
    const known = this.#byDn.size;
    const account = this.#byDn.add(dn);
    if (account < known) return account;
    const login = loginNameOf(entry, this.#loginAttribute);
    this.#logins.push(login);
    this.#ids.push(login ?? dn);
    this.#listed.push(false);
    for (const value of new Set(entry.logins.map((one) => one.toLowerCase()))) {
      const before = this.#byLogin.size;
      const at = this.#byLogin.add(value);
      if (at === before) this.#firstWith.push(account);
      else this.#shared.set(value, [...(this.#shared.get(value) ?? [this.#firstWith[at] ?? 0]), account]);
    }
    return account;
  }

  /** A login name that several accounts have is nobody's id: those have their whole names as ids. Call when all are added. */
  async nameShared(directory: Directory): Promise<void> {
    const { ldap, settings, accountsBase } = directory;
    for (const value of this.#shared.keys()) {
      const filter = `(&${settings.accountFilter}${ldapFilter`(${settings.loginAttribute}=${value})`})`;
      const search = { base: accountsBase, scope: 'sub', filter, attributes: [settings.loginAttribute] } as const;
      for (const entry of await entriesOf(ldap.search(search, { pageSize: settings.pageSize }))) {
        const dn = normalOrNothing(entry.dn);
        if (dn === undefined) continue;
        const account = this.add(dn, namedEntry(entry, settings.loginAttribute));
        if (this.#logins[account]?.toLowerCase() === value) this.#ids[account] = dn;
      }
    }
  }

  /** The account of that name, in normal spelling. */
  byDn(dn: string): number | undefined {
    return this.#byDn.find(dn);
  }

  /** The accounts whose login name this is, letter by letter: what `memberUid` names. */
  byLogin(login: string): readonly number[] {
    return this.likeLogin(login).filter((account) => this.#logins[account] === login);
  }

  /** The accounts that have this among their login values, in any case. */
  likeLogin(login: string): readonly number[] {
    const value = login.toLowerCase();
    const at = this.#byLogin.find(value);
    return at === undefined ? [] : (this.#shared.get(value) ?? [this.#firstWith[at] ?? 0]);
  }

  /** Whether others have its login name too. */
  isShared(account: number): boolean {
    const login = this.#logins[account];
    return login !== undefined && this.#ids[account] !== login;
  }

  loginOf(account: number): string | undefined {
    return this.#logins[account];
  }

  idOf(account: number): string {
    return this.#ids[account] ?? '';
  }

  /** Notes that the reading has given this account; only such are named by holdings. */
  list(account: number): void {
    this.#listed[account] = true;
  }

  /** For changes, where every account that is there was given before or is given now. */
  listAll(): void {
    this.#listed.fill(true);
  }

  isListed(account: number): boolean {
    return this.#listed[account] === true;
  }
}
