export { addressRanges, judgeAddress } from './judge-address.ts';
export { outbound, type Outbound, type OutboundAnswer, type OutboundRules } from './post-outbound.ts';
