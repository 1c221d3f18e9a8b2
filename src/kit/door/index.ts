export { ConnectionLimits, sourceOf, type DoorLimits, type Entry } from './limit-connections.ts';
