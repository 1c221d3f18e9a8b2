export { PATH, type SecretFolder } from './model.ts';
export { folderAbove } from './store.ts';
