import { DiskFileSystem } from '../../src/storage/disk.ts';
import { diskIn, JAILS, makeDiskFixture } from './disk-fixture.ts';
import { describeFileSystem } from './file-system-suite.ts';

for (const [jail, makeJail] of JAILS) {
  for (const symlinks of ['inside', 'deny'] as const) {
    describeFileSystem(`disk in the ${jail} jail, links: ${symlinks}`, async () => {
      const { root, dispose } = makeDiskFixture();
      return { fileSystem: diskIn(makeJail, { root, symlinks }), dispose };
    });
  }
}

describeFileSystem('disk that follows links', async () => {
  const { root, dispose } = makeDiskFixture();
  return { fileSystem: new DiskFileSystem({ root, symlinks: 'follow' }), dispose };
});

describeFileSystem(
  'disk that deletes broken uploads and waits for the medium',
  async () => {
    const { root, dispose } = makeDiskFixture();
    return { fileSystem: new DiskFileSystem({ root, brokenUploads: 'delete', fsync: true }), dispose };
  },
  { brokenUploads: 'delete' },
);
