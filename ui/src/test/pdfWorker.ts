// The worker of PDF.js where there are no workers: the same program, in the page's own thread.

// @ts-expect-error: without types; it is a program of its own
import { WorkerMessageHandler } from 'pdfjs-dist/legacy/build/pdf.worker.mjs';

type Heard = (event: { data: unknown }) => void;

class Port {
  other: Port | undefined;
  private readonly listeners = new Set<Heard>();

  postMessage(message: unknown, transfer?: Transferable[]): void {
    const data = structuredClone(message, { transfer: transfer ?? [] });
    queueMicrotask(() => {
      for (const heard of this.other?.listeners ?? []) heard({ data });
    });
  }

  addEventListener(name: string, heard: Heard, options?: { signal?: AbortSignal }): void {
    if (name !== 'message') return;
    this.listeners.add(heard);
    options?.signal?.addEventListener('abort', () => this.listeners.delete(heard));
  }

  removeEventListener(_name: string, heard: Heard): void {
    this.listeners.delete(heard);
  }
}

/** Stands for `Worker`, made by `?worker`. */
export class LocalWorker extends Port {
  constructor() {
    super();
    const inside = new Port();
    inside.other = this;
    this.other = inside;
    WorkerMessageHandler.initializeFromPort(inside);
  }

  terminate(): void {
    this.other = undefined;
  }
}
