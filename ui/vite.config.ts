/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { joinPages } from './build/join.ts';
import { pdfData } from './build/pdf.ts';
import { wat } from './build/wat.ts';

export default defineConfig({
  plugins: [react(), wat(), pdfData(), joinPages(process.env.VISITA_SERVER)],
  worker: { format: 'es' },
  build: {
    // What the oldest web views and browsers we run in understand: WebKitGTK 2.42, Safari 17, WebView2 and Chrome 120.
    target: ['safari17', 'chrome120', 'firefox121'],
    chunkSizeWarningLimit: 800,
    rollupOptions: {
      // The app's page, the page of a link in a browser, and that of the widget in a company's page.
      input: ['index.html', 'join.html', 'embed.html'],
    },
  },
  test: {
    // The default leaves one of two processors idle.
    maxWorkers: '100%',
    // What only a browser that lays things out and paints can tell is looked at in Chromium; all else needs none.
    projects: [
      {
        extends: true,
        test: {
          name: 'page',
          environment: 'jsdom',
          setupFiles: ['src/test/setup.ts'],
          exclude: ['**/*.chromium.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'chromium',
          environment: 'node',
          globalSetup: ['src/test/chromiumPage.ts'],
          include: ['src/**/*.chromium.test.ts'],
          // A machine that does other things paints when it comes to it.
          hookTimeout: 60_000,
        },
      },
    ],
    // A page is opened, gone over by axe and worked with in one test; a busy machine takes its time.
    testTimeout: 30_000,
    css: { modules: { classNameStrategy: 'non-scoped' } },
  },
});
