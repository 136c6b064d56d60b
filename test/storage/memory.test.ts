import { describe, expect, it } from 'vitest';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { breakOff, describeFileSystem, expectKind, load, namesIn, store } from './file-system-suite.ts';

const dispose = async () => {};
describeFileSystem('memory', async () => ({ fileSystem: new MemoryFileSystem({ capacity: 1 << 24 }), dispose }));
describeFileSystem(
  'memory that deletes broken uploads',
  async () => ({ fileSystem: new MemoryFileSystem({ capacity: 1 << 24, brokenUploads: 'delete' }), dispose }),
  { brokenUploads: 'delete' },
);

describe('MemoryFileSystem', () => {
  it('begins with the files that it is given', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/a.txt': 'text', '/deep/down/b': Uint8Array.of(1, 2) } });
    expect(await load(fileSystem, '/a.txt')).toBe('text');
    expect(fileSystem.readFile('/deep/down/b')).toEqual(Buffer.of(1, 2));
    expect(await namesIn(fileSystem, '/deep')).toEqual(['down']);
  });

  it('lets a test look without waiting', async () => {
    const fileSystem = new MemoryFileSystem();
    expect(fileSystem.exists('/file')).toBe(false);
    await store(fileSystem, '/file', 'content');
    expect(fileSystem.exists('/file')).toBe(true);
    expect(fileSystem.readFile('/file').toString()).toBe('content');
    expect(() => fileSystem.readFile('/missing')).toThrow(expect.objectContaining({ kind: 'not-found' }));
  });

  it('is full when its capacity is used up, the old file staying as it was', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/old': '12345' }, capacity: 10 });
    expect(await fileSystem.available('/')).toBe(5);
    await using file = await fileSystem.write('/old', { mode: 'replace' });
    await file.write(Buffer.from('12345'));
    await expectKind(file.write(Buffer.from('6')), 'no-space');
    await file.abandon();
    expect(fileSystem.readFile('/old').toString()).toBe('12345');
    expect(await fileSystem.available('/')).toBe(5);
  });

  it('gets room back from what is removed, replaced, cut off and broken off', async () => {
    const fileSystem = new MemoryFileSystem({ capacity: 100, brokenUploads: 'delete' });
    await store(fileSystem, '/a', 'x'.repeat(60));
    await store(fileSystem, '/a', 'x'.repeat(20));
    await store(fileSystem, '/b', 'x'.repeat(20));
    await fileSystem.rename('/a', '/b');
    await store(fileSystem, '/b', 'x', { mode: 'resume', at: 4 });
    await breakOff(fileSystem, '/c', 'xxx', { mode: 'replace' });
    await breakOff(fileSystem, '/c', 'xxx', { mode: 'append' });
    expect(await fileSystem.available('/')).toBe(95);
    await fileSystem.removeFile('/b');
    expect(await fileSystem.available('/')).toBe(100);
  });
});
