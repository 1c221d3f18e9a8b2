import type { Module } from '#spine/operations/index.ts';
import { graphEvents } from './events.ts';
import { graphResources } from './resource-types.ts';
import { effectEvents } from './uses/effects.ts';

/** What the graph gives to the house. */
export const graphModule: Module = {
  name: 'graph',
  resources: graphResources,
  events: [...graphEvents, ...effectEvents],
};
