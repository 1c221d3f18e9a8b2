export { PATH, type SecretFolder } from './model.ts';
export { folderAbove, requireFolder } from './store.ts';
