export { startEmbedded, type Embedded, type EmbeddedInput } from './start-embedded.ts';
