export { listen } from './listen.ts';
export { ConnectionLimits, type DoorLimits, type Entry } from './limit-connections.ts';
