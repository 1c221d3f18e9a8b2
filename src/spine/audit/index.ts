export { appendEvent, appendEvents, type Happening } from './append-event.ts';
export {
  defineEvent,
  personal,
  pub,
  type Classification,
  type EventData,
  type EventField,
  type EventType,
  type NewEvent,
} from './event-type.ts';
export { loadEvent } from './load-event.ts';
