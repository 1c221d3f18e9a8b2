import { TargetError, type ApiKeyIssuer, type Connector } from '#connectors/port.ts';

/** How a kind of system issues API keys. Throws TargetError `unsupported` for kinds that do not. */
export function issuerOf(connector: Connector): ApiKeyIssuer {
  if (connector.apiKeys === undefined)
    throw new TargetError('unsupported', `systems of kind ${connector.kind} issue no API keys`);
  return connector.apiKeys;
}
