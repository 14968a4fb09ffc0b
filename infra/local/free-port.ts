import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { LocalError } from './local-error.ts';

/**
 * A port of the loopback interface that is free at this moment.
 * @throws LocalError when the wanted one is taken.
 */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new LocalError(`Port ${wanted} cannot be used: choose another with --port.`, { cause: error });
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
