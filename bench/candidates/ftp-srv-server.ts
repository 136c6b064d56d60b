/** An anonymous server with ftp-srv: node ftp-srv-server.js MODULE ADDRESS PORT ROOT */
import { createRequire } from 'node:module';

interface FtpSrv {
  on(event: 'login', listener: (login: unknown, resolve: (account: { root: string }) => void) => void): void;
  listen(): Promise<void>;
}
type FtpSrvClass = new (options: Record<string, unknown>) => FtpSrv;

const [, , module, address, port, root] = process.argv;
const require = createRequire(import.meta.url);
const loaded = require(module!) as FtpSrvClass & { FtpSrv?: FtpSrvClass };
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, fatal() {}, child: () => silent };
const server = new (loaded.FtpSrv ?? loaded)({
  url: `ftp://${address}:${port}`,
  pasv_url: address,
  // With `anonymous` it would not ask for a password, as the others do; whom the listener takes is let in anyway.
  timeout: 0,
  log: silent,
});
server.on('login', (_login, resolve) => resolve({ root: root! }));
await server.listen();
