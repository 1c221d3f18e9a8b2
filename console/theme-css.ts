import { DEFAULT_THEME, convertCssVariables, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import type { Plugin } from 'vite';
import { resolver, theme } from './src/ui/theme.ts';

const name = 'virtual:theme.css';

/**
 * Writes the theme's CSS variables into the built stylesheet. Mantine would otherwise add a `<style>` element while
 * running, and the console would need `style-src 'unsafe-inline'` or a nonce in every page.
 */
export const themeCss = (): Plugin => ({
  name: 'reeve-theme-css',
  resolveId: (id) => (id === name ? `\0${name}` : undefined),
  load: (id) => {
    if (id !== `\0${name}`) return undefined;
    const merged = mergeMantineTheme(DEFAULT_THEME, theme);
    const base = defaultCssVariablesResolver(merged);
    const ours = resolver(merged);
    return convertCssVariables({
      variables: { ...base.variables, ...ours.variables },
      light: { ...base.light, ...ours.light },
      dark: { ...base.dark, ...ours.dark },
    });
  },
});
