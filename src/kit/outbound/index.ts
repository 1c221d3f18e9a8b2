export { addressRanges, isMachineOnly, judgeAddress } from './judge-address.ts';
export {
  outbound,
  type Outbound,
  type OutboundAnswer,
  type OutboundReader,
  type OutboundRules,
} from './post-outbound.ts';
