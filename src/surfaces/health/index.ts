export { serveHealth, type HealthParts } from './serve-health.ts';
