import { activeDirectoryConnector } from './activedirectory/index.ts';
import { csvConnector } from './csv/index.ts';
import { ldapConnector } from './ldap/index.ts';
import { linuxConnector } from './linux/index.ts';
import { registerConnectors, type ConnectorRegistry } from './port.ts';
import { restConnector } from './rest/index.ts';
import { scimConnector } from './scim/index.ts';
import { mysqlConnector } from './mysql/index.ts';
import { postgresConnector } from './postgres/index.ts';

/** Every connector by the kind of system it reads and changes. `exchangeDir` is where systems without an API have their folders. */
export const connectors = ({ exchangeDir }: { readonly exchangeDir: string }): ConnectorRegistry =>
  registerConnectors([
    linuxConnector,
    postgresConnector,
    ldapConnector,
    activeDirectoryConnector,
    scimConnector,
    restConnector,
    mysqlConnector,
    csvConnector({ root: exchangeDir }),
  ]);
