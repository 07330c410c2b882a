/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { pdfData } from './build/pdf.ts';
import { wat } from './build/wat.ts';

export default defineConfig({
  plugins: [react(), wat(), pdfData()],
  worker: { format: 'es' },
  build: {
    // What the oldest web views we run in understand: WebKitGTK 2.42, Safari 17, WebView2 120.
    target: ['safari17', 'chrome120'],
    // The page is read from the app itself: one file starts sooner than several.
    chunkSizeWarningLimit: 800,
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    // A page is opened, gone over by axe and worked with in one test; a busy machine takes its time.
    testTimeout: 30_000,
    css: { modules: { classNameStrategy: 'non-scoped' } },
  },
});
