import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { reactor } from '../../architectures/reactor.ts';
import { httpServiceSpec } from '../../src/services/http-spec.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('The recipe of the HTTP service is plain data, with the words for clients that are not let in.', () => {
  const spec = httpServiceSpec({ root: '.' });
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  expect(spec.refusals?.banned).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n.*Retry-After: \d+\r\n\r\n</s);
});

test('An architecture runs the HTTP service as it runs any other, and closes it in good order.', async () => {
  const root = await temporaryDirectory();
  await writeFile(join(root, 'file'), 'content');
  const service = httpServiceSpec({ root, log: { level: 'silent' } });
  const server = await reactor.run({ service, listen: { host: '127.0.0.1', port: 0 } });
  onTestFinished(() => server.close({ graceMs: 0 }));
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const request = get({ agent, port: server.address.port, host: server.address.address, path: '/file' });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect((await response.setEncoding('utf8').toArray()).join('')).toBe('content');
  // The client keeps its connection; nobody has to wait for it.
  const began = Date.now();
  await server.close({ graceMs: 10_000 });
  expect(Date.now() - began).toBeLessThan(2_000);
});
