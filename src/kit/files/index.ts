export { Folder, FolderError } from './open-folder.ts';
