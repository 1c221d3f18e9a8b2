export { ConnectionLimits, sourceOf } from '#kit/door/index.ts';
