import { mock } from "node:test";
import { expect } from "chai";
import { firstPaint } from "../../../web/src/parts/firstPaint";

describe("firstPaint", () => {
  let isRendered: boolean;
  let visibilityState: string;
  /** Reports paints to the observer; `undefined` if nothing observes. */
  let paint: ((...names: string[]) => void) | undefined;

  beforeEach(() => {
    [isRendered, visibilityState, paint] = [true, "visible", undefined];
    mock.timers.enable({ apis: ["setTimeout"] });
  });

  afterEach(() => mock.timers.reset());

  /** Starts waiting, and returns a function that reads if the wait has ended. */
  const begin = () => {
    let hasEnded = false;
    const page = { hasChildNodes: () => isRendered };
    void firstPaint({
      document: { visibilityState, getElementById: () => page },
      PerformanceObserver: class {
        constructor(private readonly report: (paints: { getEntriesByName(name: string): string[] }) => void) {}
        observe() {
          paint = (...names) => this.report({ getEntriesByName: (name) => names.filter((one) => one === name) });
        }
        disconnect() {
          paint = undefined;
        }
      },
    }).then(() => {
      hasEnded = true;
    });
    return async () => {
      await Promise.resolve();
      return hasEnded;
    };
  };

  it("waits until the browser has painted content", async () => {
    const hasEnded = begin();
    paint?.("first-paint");
    expect(await hasEnded()).to.equal(false);
    paint?.("first-paint", "first-contentful-paint");
    expect(await hasEnded()).to.equal(true);
    expect(paint).to.equal(undefined);
  });

  it("ends after three seconds without a paint", async () => {
    const hasEnded = begin();
    mock.timers.tick(2_999);
    expect(await hasEnded()).to.equal(false);
    mock.timers.tick(1);
    expect(await hasEnded()).to.equal(true);
    expect(paint).to.equal(undefined);
  });

  it("does not wait where nothing was rendered, nor in a hidden tab", async () => {
    isRendered = false;
    expect(await begin()()).to.equal(true);
    [isRendered, visibilityState] = [true, "hidden"];
    expect(await begin()()).to.equal(true);
  });
});
