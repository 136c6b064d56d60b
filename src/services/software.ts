import { createRequire } from 'node:module';

interface Package {
  readonly name: string;
  readonly version: string;
}

/** Name and version of this package, from its package.json. Read when somebody asks: a greeting can do without. */
export const SOFTWARE: Package = {
  get name() {
    return readOnce().name;
  },
  get version() {
    return readOnce().version;
  },
};

let known: Package | undefined;

function readOnce(): Package {
  // The package asks for itself by name, so that the answer is the same for the sources and for what is built from them.
  known ??= createRequire(import.meta.url)('ohai-ftpd/package.json') as Package;
  return known;
}
