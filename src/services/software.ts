import { createRequire } from 'node:module';

/** Name and version of this package, from its package.json. */
export const SOFTWARE: { readonly name: string; readonly version: string } = readPackage();

function readPackage() {
  // The package asks for itself by name, so that the answer is the same for the sources and for what is built from them.
  const { name, version } = createRequire(import.meta.url)('ohai-ftpd/package.json') as {
    name: string;
    version: string;
  };
  return { name, version };
}
