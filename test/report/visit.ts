import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** A visit to a report, in a browser that remembers nothing of other visits. */
export class Visit implements AsyncDisposable {
  readonly page: Page;
  readonly url: string;
  /** Errors, warnings and dialogs. */
  readonly complaints: string[] = [];
  /** Of all requests, the first one included. */
  readonly requests: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page, path: string) {
    this.#context = context;
    this.page = page;
    this.url = pathToFileURL(path).href;
    page.on('console', (message) => this.complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => this.requests.push(request.url()));
  }

  /** Resolves when all charts have been drawn, if there is a script to draw them. */
  static async to(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      colorScheme: 'light',
      ...options,
    });
    const visit = new Visit(context, await context.newPage(), path);
    await visit.page.goto(visit.url);
    if (options.javaScriptEnabled !== false) await visit.drawn();
    return visit;
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.drawn();
  }

  drawn(): Promise<unknown> {
    return this.page.waitForFunction(() => {
      const plots = [...document.querySelectorAll('figure:not([hidden]) .plot')];
      return plots.every((plot) => plot.querySelector('svg path'));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}
