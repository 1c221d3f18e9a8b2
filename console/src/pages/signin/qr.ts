/**
 * A QR code (ISO/IEC 18004, model 2) of up to 230 bytes: byte mode, error correction L, mask 0. Enough for an authenticator's
 * `otpauth:` link, and no more.
 */

/** By version from 1: error correction bytes a block, blocks, data bytes a block, centres of the alignment marks. */
const versions = [
  { ec: 7, blocks: 1, data: 19, marks: [] },
  { ec: 10, blocks: 1, data: 34, marks: [6, 18] },
  { ec: 15, blocks: 1, data: 55, marks: [6, 22] },
  { ec: 20, blocks: 1, data: 80, marks: [6, 26] },
  { ec: 26, blocks: 1, data: 108, marks: [6, 30] },
  { ec: 18, blocks: 2, data: 68, marks: [6, 34] },
  { ec: 20, blocks: 2, data: 78, marks: [6, 22, 38] },
  { ec: 24, blocks: 2, data: 97, marks: [6, 24, 42] },
  { ec: 30, blocks: 2, data: 116, marks: [6, 26, 46] },
] as const;

const exp = new Uint8Array(512);
const log = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i += 1) {
  exp[i] = x;
  exp[i + 255] = x;
  log[x] = i;
  x = x << 1 > 255 ? (x << 1) ^ 0x11d : x << 1;
}
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : (exp[(log[a] ?? 0) + (log[b] ?? 0)] ?? 0));

/** Reed–Solomon remainder of one block. */
const correction = (data: readonly number[], count: number): number[] => {
  let generator = [1];
  for (let i = 0; i < count; i += 1) {
    const next = [...generator, 0];
    for (const [j, value] of generator.entries()) next[j + 1] = (next[j + 1] ?? 0) ^ times(value, exp[i] ?? 0);
    generator = next;
  }
  const rest = [...data, ...Array.from({ length: count }, () => 0)];
  for (let i = 0; i < data.length; i += 1) {
    const factor = rest[i] ?? 0;
    for (const [j, value] of generator.entries()) rest[i + j] = (rest[i + j] ?? 0) ^ times(value, factor);
  }
  return rest.slice(data.length);
};

const codewords = (bytes: Uint8Array, version: (typeof versions)[number]): number[] => {
  const room = version.blocks * version.data;
  // Mode 0100, length, bytes: half a byte off, so every byte is split over two.
  const out = [0x40 | (bytes.length >> 4)];
  let carry = bytes.length & 15;
  for (const byte of bytes) {
    out.push((carry << 4) | (byte >> 4));
    carry = byte & 15;
  }
  out.push(carry << 4);
  for (let pad = 0xec; out.length < room; pad ^= 0xec ^ 0x11) out.push(pad);
  const blocks = Array.from({ length: version.blocks }, (_, i) => out.slice(i * version.data, (i + 1) * version.data));
  const checks = blocks.map((block) => correction(block, version.ec));
  const woven = (parts: readonly number[][], length: number) =>
    Array.from({ length }, (_, i) => parts.map((part) => part[i] ?? 0)).flat();
  return [...woven(blocks, version.data), ...woven(checks, version.ec)];
};

const remainder = (value: number, generator: number, bits: number): number => {
  let rest = value << bits;
  for (let i = 31 - Math.clz32(rest); i >= bits; i = 31 - Math.clz32(rest)) rest ^= generator << (i - bits);
  return (value << bits) | rest;
};

/** The dark cells of the code as rows, without the quiet zone; undefined when the text is too long. */
export const qrCells = (text: string): boolean[][] | undefined => {
  const bytes = new TextEncoder().encode(text);
  const index = versions.findIndex(({ blocks, data }) => blocks * data >= bytes.length + 2);
  const version = versions[index];
  if (version === undefined) return undefined;
  const size = 21 + 4 * index;
  const cells = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  const taken = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  const set = (row: number, column: number, dark: boolean): void => {
    const line = cells[row];
    const used = taken[row];
    if (line === undefined || used === undefined || column < 0 || column >= size) return;
    line[column] = dark;
    used[column] = true;
  };
  const rings = (row: number, column: number, reach: number, light: readonly number[]): void => {
    for (let r = -reach; r <= reach; r += 1)
      for (let c = -reach; c <= reach; c += 1)
        set(row + r, column + c, !light.includes(Math.max(Math.abs(r), Math.abs(c))));
  };
  for (let i = 0; i < size; i += 1) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  for (const [row, column] of [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const)
    rings(row, column, 4, [2, 4]);
  for (const row of version.marks)
    for (const column of version.marks) {
      const corner = (row === 6 && (column === 6 || column === size - 7)) || (column === 6 && row === size - 7);
      if (!corner) rings(row, column, 2, [1]);
    }
  const format = remainder(0b01_000, 0x537, 10) ^ 0x5412;
  for (let i = 0; i < 15; i += 1) {
    const dark = ((format >> i) & 1) === 1;
    set(i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, 8, dark);
    set(8, i < 8 ? size - 1 - i : i === 8 ? 7 : 14 - i, dark);
  }
  set(size - 8, 8, true);
  if (index >= 6) {
    const info = remainder(index + 1, 0x1f25, 12);
    for (let i = 0; i < 18; i += 1) {
      const dark = ((info >> i) & 1) === 1;
      set(Math.floor(i / 3), size - 11 + (i % 3), dark);
      set(size - 11 + (i % 3), Math.floor(i / 3), dark);
    }
  }
  const words = codewords(bytes, version);
  let bit = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i += 1)
      for (const column of [right, right - 1]) {
        const row = up ? size - 1 - i : i;
        if (taken[row]?.[column] !== false) continue;
        const dark = (((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        set(row, column, dark !== ((row + column) % 2 === 0));
        bit += 1;
      }
  }
  return cells;
};

/** The code as one SVG path, with its quiet zone of four cells. */
export const qrPath = (text: string): { readonly size: number; readonly path: string } | undefined => {
  const cells = qrCells(text);
  if (cells === undefined) return undefined;
  const path = cells
    .flatMap((line, row) =>
      line.flatMap((dark, column) => (dark ? [`M${String(column + 4)} ${String(row + 4)}h1v1h-1z`] : [])),
    )
    .join('');
  return { size: cells.length + 8, path };
};
