export { migrate, readMigrations, type MigrateInput, type Migration } from './migrate.ts';
export { renderSchema } from './render-schema.ts';
