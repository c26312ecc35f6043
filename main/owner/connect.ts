// The studio of a home for whoever asks: opened here when nobody owns the home, else the owner's own over
// its socket. When the owner ends, whoever notices first takes over; listeners and later calls move with it.

import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../engine/index.ts';
import {
  events,
  isRepeatable,
  type CallInput,
  type CallName,
  type CallOutput,
  type EventData,
  type EventName,
  type Studio,
} from '../../preload/contract.ts';
import { takeOwnerLock, type OwnerLock } from '../store/owner-lock.ts';
import { EventBus } from '../studio/event-bus.ts';
import { createHome } from '../studio/home.ts';
import { openStudio, type OpenStudio, type StudioOptions } from '../studio/studio.ts';
import { listenForClients, type OwnerSocket } from './listen.ts';
import { ownerGone, RemoteStudio } from './remote-studio.ts';
import { socketPath } from './socket-path.ts';

/** An owner that was just started may need this long until it answers. */
const longestStartMs = 20_000;
const retryMs = 50;

export interface ConnectedStudio extends Studio {
  /** Whether this process owns the home. */
  readonly isOwner: boolean;
  /** Leaves; as the owner it saves what runs and lets another process that waits go on with it. */
  close(): Promise<void>;
}

interface Ownership {
  readonly studio: OpenStudio;
  readonly socket: OwnerSocket;
  readonly lock: OwnerLock;
}

type Backend = { owner: Ownership; studio: Studio } | { owner: null; remote: RemoteStudio; studio: Studio };

/** Joins or opens the studio of a home; throws what opening it throws, or `owner-silent`. */
export async function connectStudio(
  home: string,
  options: StudioOptions = { startQueue: true },
): Promise<ConnectedStudio> {
  const connection = new Connection(home, options);
  await connection.ready();
  return connection;
}

class Connection implements ConnectedStudio {
  private readonly home: string;
  private readonly options: StudioOptions;
  private readonly bus = new EventBus();
  private backend: Promise<Backend>;
  private current: Backend | null = null;
  private isClosed = false;

  constructor(home: string, options: StudioOptions) {
    this.home = home;
    this.options = options;
    this.backend = this.join();
  }

  get isOwner(): boolean {
    return (this.current?.owner ?? null) !== null;
  }

  async ready(): Promise<void> {
    await this.backend;
  }

  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    for (;;) {
      const { studio } = await this.backend;
      try {
        return await studio.call(name, input);
      } catch (error) {
        const isOwnerGone = error instanceof EngineError && error.code === ownerGone;
        if (!isOwnerGone || !isRepeatable(name) || this.isClosed) throw error;
        // The next turn sees that this process joins anew.
        await sleep(0);
      }
    }
  }

  on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void {
    return this.bus.on(name, listener);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const backend = await this.backend.catch(() => null);
    if (!backend) return;
    if (backend.owner === null) {
      backend.remote.close();
      return;
    }
    const { studio, socket, lock } = backend.owner;
    // The socket closes last: clients that see it close try for the lock at once.
    await studio.close(socket.clientCount > 0 ? 'hand-over' : 'pause');
    lock.release();
    await socket.close();
  }

  private async join(): Promise<Backend> {
    const backend = await this.takeOrConnect();
    this.current = backend;
    for (const name of Object.keys(events) as EventName[]) {
      backend.studio.on(name, (data) => this.bus.emit(name, data));
    }
    if (backend.owner === null) void backend.remote.ended.then(() => this.rejoin());
    return backend;
  }

  private rejoin(): void {
    if (this.isClosed) return;
    this.current = null;
    this.backend = this.join();
    // Whoever calls next hears of a failure; until then it must not count as unhandled.
    this.backend.catch(() => undefined);
  }

  private async takeOrConnect(): Promise<Backend> {
    const paths = createHome(this.home);
    const path = socketPath(this.home);
    for (let waitedMs = 0; waitedMs < longestStartMs; waitedMs += retryMs) {
      const lock = takeOwnerLock(paths.ownerFile);
      if (lock) return own(this.home, this.options, lock, path);
      const remote = await RemoteStudio.connect(path);
      if (remote) return { owner: null, remote, studio: remote };
      await sleep(retryMs);
    }
    throw new EngineError('owner-silent', `Another process owns ${this.home} and does not answer.`, {
      hint: 'End it, or use another folder with --home.',
    });
  }
}

async function own(home: string, options: StudioOptions, lock: OwnerLock, path: string): Promise<Backend> {
  try {
    const studio = await openStudio(home, options);
    const socket = await listenForClients(path, studio);
    return { owner: { studio, socket, lock }, studio };
  } catch (error) {
    lock.release();
    throw error;
  }
}
