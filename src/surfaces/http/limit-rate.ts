/**
 * A token bucket for each source address, for calls nobody has signed in for. Memory is bounded: past 10,000
 * addresses the one unused for longest is forgotten.
 */
export function limitRate(options: {
  readonly perMinute: number;
  readonly now?: () => number;
}): (address: string) => boolean {
  const { perMinute, now = () => performance.now() } = options;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (address) => {
    const at = now();
    const bucket = buckets.get(address) ?? { tokens: perMinute, at };
    const tokens = Math.min(perMinute, bucket.tokens + ((at - bucket.at) / 60_000) * perMinute);
    const allowed = tokens >= 1;
    buckets.delete(address);
    buckets.set(address, { tokens: allowed ? tokens - 1 : tokens, at });
    if (buckets.size > 10_000) {
      const oldest = buckets.keys().next().value;
      if (oldest !== undefined) buckets.delete(oldest);
    }
    return allowed;
  };
}
