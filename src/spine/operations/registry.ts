import type { EventType } from '#spine/audit/event-type.ts';
import type { Job, Module, Operation, Reaction, ResourceType } from './contract.ts';

/** The house as registered: what every module brought, checked for doubles. */
export interface Registry {
  readonly modules: readonly Module[];
  readonly operations: ReadonlyMap<string, Operation>;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly reactions: ReadonlyMap<string, readonly Reaction[]>;
  readonly events: ReadonlyMap<string, EventType>;
  readonly resources: ReadonlyMap<string, ResourceType>;
}

/**
 * Builds the registry from the wiring list. Throws at start, naming the module, when a name is given twice,
 * an operation lacks an action, or a reaction listens to an event nobody declares.
 */
export function register(modules: readonly Module[]): Registry {
  const operations = new Map<string, Operation>();
  const jobs = new Map<string, Job>();
  const reactions = new Map<string, Reaction[]>();
  const events = new Map<string, EventType>();
  const resources = new Map<string, ResourceType>();
  const routes = new Set<string>();

  for (const module of modules) {
    const put = <T>(map: Map<string, T>, kind: string, name: string, value: T): void => {
      if (map.has(name)) throw new Error(`${module.name}: ${kind} ${name} is registered twice`);
      map.set(name, value);
    };
    for (const event of module.events ?? []) put(events, 'event', event.type, event);
    for (const resource of module.resources ?? []) put(resources, 'resource type', resource.type, resource);
    for (const job of module.jobs ?? []) put(jobs, 'job', job.name, job);
    for (const operation of module.operations ?? []) {
      if (!/^[a-z][a-z_]*\.[a-z][a-z_]*$/.test(operation.action)) {
        throw new Error(`${module.name}: operation ${operation.name} needs an action written noun.verb`);
      }
      const route = `${operation.method} ${operation.path}`;
      if (routes.has(route)) throw new Error(`${module.name}: route ${route} is registered twice`);
      routes.add(route);
      put(operations, 'operation', operation.name, operation);
    }
  }
  for (const module of modules) {
    for (const reaction of module.reactions ?? []) {
      const type = reaction.on.type;
      if (!events.has(type)) {
        throw new Error(`${module.name}: reaction ${reaction.name} listens to ${type}, which no module declares`);
      }
      const list = reactions.get(type) ?? [];
      if (list.some((r) => r.name === reaction.name)) {
        throw new Error(`${module.name}: reaction ${reaction.name} to ${type} is registered twice`);
      }
      reactions.set(type, [...list, reaction]);
    }
  }
  return { modules, operations, jobs, reactions, events, resources };
}
