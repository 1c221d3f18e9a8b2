export { loadConfig, type Config, type LoadedConfig, type Source } from './load-config.ts';
export { renderConfigurationReference } from './render-reference.ts';
