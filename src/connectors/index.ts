import { activeDirectoryConnector } from './activedirectory/index.ts';
import { ldapConnector } from './ldap/index.ts';
import { linuxConnector } from './linux/index.ts';
import { registerConnectors, type ConnectorRegistry } from './port.ts';
import { postgresConnector } from './postgres/index.ts';

/** Every connector by the kind of system it reads and changes. */
export const connectors: ConnectorRegistry = registerConnectors([
  activeDirectoryConnector,
  ldapConnector,
  linuxConnector,
  postgresConnector,
]);
