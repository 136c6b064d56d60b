import { describe, expect, test } from 'vitest';
import { BufferPool, type LentBuffer } from '../../src/transfer/buffer-pool.ts';

const KIB = 1024;

function lendMany(pool: BufferPool, count: number): LentBuffer[] {
  return Array.from({ length: count }, () => pool.lend());
}

function giveBack(buffers: readonly LentBuffer[]): void {
  for (const buffer of buffers) buffer[Symbol.dispose]();
}

describe('a pool of buffers', () => {
  test('lends smaller ones the more of them are lent', () => {
    const sizes = lendMany(new BufferPool(), 66).map(({ octets }) => octets.length / KIB);
    expect(sizes).toEqual([...Array(16).fill(1024), ...Array(48).fill(256), ...Array(2).fill(64)]);
  });

  test('lends large ones again when only a few are lent', () => {
    const pool = new BufferPool();
    giveBack(lendMany(pool, 66));
    expect(pool.lend().octets.length).toBe(1024 * KIB);
  });

  test('lends one again that was given back, and none to two at a time', () => {
    const pool = new BufferPool();
    const first = pool.lend();
    const second = pool.lend();
    expect(second.octets.buffer).not.toBe(first.octets.buffer);
    giveBack([first]);
    expect(pool.lend().octets).toBe(first.octets);
    expect(pool.lend().octets.buffer).not.toBe(second.octets.buffer);
  });

  test.each([
    { kib: 1024, before: 0 },
    { kib: 256, before: 16 },
    { kib: 64, before: 64 },
  ])('keeps four of $kib KiB while nobody uses them', ({ kib, before }) => {
    const pool = new BufferPool();
    lendMany(pool, before);
    const first = lendMany(pool, 10);
    expect(first.every(({ octets }) => octets.length === kib * KIB)).toBe(true);
    giveBack(first);
    const old = new Set(first.map(({ octets }) => octets));
    const again = lendMany(pool, 10).filter(({ octets }) => old.has(octets));
    expect(again).toHaveLength(4);
  });

  test('gets one back at the end of the block that it was lent to, an error or not', () => {
    const pool = new BufferPool();
    let octets: Buffer | undefined;
    const fail = () => {
      using buffer = pool.lend();
      octets = buffer.octets;
      throw new Error('broken');
    };
    expect(fail).toThrow('broken');
    expect(pool.lend().octets).toBe(octets);
  });
});
