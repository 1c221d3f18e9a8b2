import { homedir } from 'node:os';
import { join } from 'node:path';

/** A gateway password as the API answers it. */
export interface IssuedPassword {
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly certificate: string | null;
  readonly endsAt: string;
}

/** A word of a shell that means itself. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Where the CLI keeps what is a person's. */
export const configDir = (): string => join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'reeve');
