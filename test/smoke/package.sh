#!/usr/bin/env bash
# Packs what would be published, looks at what is in it, installs it elsewhere and uses it: the program and the library.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die() {
  echo "$1" >&2
  exit 1
}

npm pack --ignore-scripts --silent --pack-destination "$work" >/dev/null
tarball=$(echo "$work"/*.tgz)
tar --list --file "$tarball" | sed 's#^package/##' | sort >"$work/files"

for file in dist/architectures/main.js dist/src/index.js dist/src/index.d.ts dist/architectures/index.d.ts \
  dist/src/architecture.js dist/units/unit-entry.cjs dist/units/pool-entry.cjs dist/units/ftp.cjs dist/units/http.cjs \
  package.json README.md LICENSE CHANGELOG.md; do
  grep --quiet --line-regexp --fixed-strings "$file" "$work/files" || die "the package lacks $file"
done
! grep --extended-regexp '(^|/)(test|bench|node_modules)/|\.test\.|tsbuildinfo$|^\.' "$work/files" ||
  die 'the package has files that nobody needs'

npm install --silent --no-save --prefix "$work/installed" "$tarball"
cd "$work/installed"
node_modules/.bin/ohai-ftpd architectures
node --input-type=module --eval "
  import { createFtpServer, MemoryFileSystem } from 'ohai-ftpd';
  import { ftpServiceSpec } from 'ohai-ftpd';
  import { architectures } from 'ohai-ftpd/architectures';
  import 'ohai-ftpd/architecture';
  const service = ftpServiceSpec({ root: '.', anonymous: 'read-only' });
  for (const architecture of architectures) {
    const running = await architecture.run({ service, listen: { host: '127.0.0.1', port: 0 }, workers: 2 });
    await running.close({ graceMs: 0 });
    console.log(architecture.name + ': started and closed');
  }
  if (architectures.length === 0) throw new Error('no architectures');
  const server = createFtpServer({ fileSystem: new MemoryFileSystem(), anonymous: 'read-only' });
  await server.listen({ port: 0 });
  await server.close({ graceMs: 0 });
"
echo "the package has $(wc --lines <"$work/files") files, and works"
