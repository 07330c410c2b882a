import { type ComponentType, type LazyExoticComponent, lazy, Suspense, useReducer } from 'react';
import { ErrorBoundary } from 'react-error-boundary';

interface Meanwhile<P> {
  /** While it is fetched. */
  coming: ComponentType<P>;
  /** It could not be fetched, or broke off: `again` fetches it once more. */
  missing: ComponentType<{ of: P; again: () => void }>;
}

/**
 * A part of the page that is fetched when it is first drawn. A line may be lost by then, and a server renewed in the middle of a
 * call no longer has the files of the page that is shown: what is around the part stays either way.
 */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  { coming: Coming, missing: Missing }: Meanwhile<P>,
): ComponentType<P> {
  const lazily = (): LazyExoticComponent<ComponentType<P>> => lazy(async () => ({ default: await load() }));
  let Part = lazily();
  // React keeps a failure for good: whoever draws it next asks anew.
  const renew = () => {
    Part = lazily();
  };
  // biome-ignore lint/correctness/noComponentHookFactories: made once for each part, where its module is read
  return function Later(props: P) {
    const [, redraw] = useReducer((turn: number) => turn + 1, 0);
    return (
      <ErrorBoundary
        fallbackRender={({ resetErrorBoundary }) => <Missing of={props} again={resetErrorBoundary} />}
        onError={renew}
        onReset={redraw}
      >
        <Suspense fallback={<Coming {...props} />}>
          <Part {...props} />
        </Suspense>
      </ErrorBoundary>
    );
  };
}
