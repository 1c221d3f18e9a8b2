export { renderSchema } from './render-schema.ts';
