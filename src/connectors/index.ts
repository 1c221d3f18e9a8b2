import { linuxConnector } from './linux/index.ts';
import type { Connector } from './port.ts';

const list: readonly Connector[] = [linuxConnector];

/** Every connector by the kind of system it reads and changes. */
export const connectors: ReadonlyMap<string, Connector> = new Map(list.map((c) => [c.kind, c]));
