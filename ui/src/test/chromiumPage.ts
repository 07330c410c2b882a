// The page on the fake engine, built once and served to the tests that open it in Chromium.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    page: string;
  }
}

export default async function setup(project: TestProject) {
  const outDir = await mkdtemp(join(tmpdir(), 'visita-page-'));
  const made = { mode: 'fake', logLevel: 'error', build: { outDir, emptyOutDir: true } } as const;
  // As people get it: under a test runner it would be React's own development build.
  const env = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await build(made);
  process.env.NODE_ENV = env;
  const server = await preview({ ...made, preview: { port: 0, host: '127.0.0.1' } });
  project.provide('page', server.resolvedUrls?.local[0] ?? '');
  return async () => {
    await server.close();
    await rm(outDir, { recursive: true });
  };
}
