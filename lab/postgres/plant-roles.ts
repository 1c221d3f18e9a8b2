/** Carries a plan out on a running server. */
import { Client } from 'pg';
import type { DatabasePlan } from './plan.ts';
import { renderRoles } from './render-roles.ts';

export interface PlantLogin {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** PEM the server must show; undefined on a server without TLS. */
  readonly certificate: string | undefined;
}

/**
 * Makes the roles, databases and their contents. Statements with passwords stay out of the server's log.
 * Not done in single-user mode, where everything gets the object ids of built-in objects and row security does not apply to it.
 */
export async function plantRoles(
  plan: DatabasePlan,
  passwords: ReadonlyMap<string, string>,
  login: PlantLogin,
): Promise<void> {
  for (const [database, statements] of renderRoles(plan, passwords)) {
    const client = new Client({
      host: login.host,
      port: login.port,
      user: login.username,
      password: login.password,
      database,
      connectionTimeoutMillis: 5000,
      statement_timeout: 10_000,
      ...(login.certificate === undefined ? {} : { ssl: { ca: login.certificate } }),
    });
    await client.connect();
    try {
      await client.query("set log_statement = 'none'; set log_min_error_statement = 'panic'");
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }
}
