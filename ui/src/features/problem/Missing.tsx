import { CloudOff, LogOut, RotateCcw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useAppView, useEngine } from '../../engine/context';
import styles from './Missing.module.css';

interface Props {
  again: () => void;
  /** The way out, where what lies around has none. */
  onClose?: (() => void) | undefined;
}

/** In place of a part of the page that could not be fetched. */
export function Missing({ again, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.missing} role="alert" data-testid="part-missing">
      <CloudOff size={32} strokeWidth={1.6} aria-hidden />
      <h2 className={styles.title}>{t('problem.part')}</h2>
      <p>{t('problem.partWhy')}</p>
      <div className={styles.ways}>
        <Button kind="primary" icon={RotateCcw} onPress={again} data-testid="part-again">
          {t('problem.tryAgain')}
        </Button>
        {onClose && (
          <Button onPress={onClose} data-testid="part-close">
            {t('problem.close')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** In place of a whole screen that could not be fetched. The call is not of the page: it may go on meanwhile, and is left here. */
export function ScreenMissing({ again }: { again: () => void }) {
  return (
    <main className={styles.whole} data-testid="screen-missing">
      <Missing again={again} />
      <LeaveCall />
    </main>
  );
}

/** Whatever breaks off in drawing leaves words and a way on, never an empty window. */
export function Guarded({ children }: { children: ReactNode }) {
  return (
    <ErrorBoundary fallbackRender={({ resetErrorBoundary }) => <Broken again={resetErrorBoundary} />}>
      {children}
    </ErrorBoundary>
  );
}

function Broken({ again }: { again: () => void }) {
  const { t } = useTranslation();
  const calling = useAppView()?.screen.kind === 'call';
  return (
    <main className={styles.whole} data-testid="screen-broken">
      <div className={styles.missing} role="alert">
        <TriangleAlert size={32} strokeWidth={1.6} aria-hidden />
        <h1 className={styles.title}>{t('problem.drawing')}</h1>
        <p>{t(calling ? 'problem.drawingCall' : 'problem.drawingWhy')}</p>
        <div className={styles.ways}>
          <Button kind="primary" icon={RotateCcw} onPress={again} data-testid="draw-again">
            {t('problem.drawAgain')}
          </Button>
        </div>
      </div>
      <LeaveCall />
    </main>
  );
}

function LeaveCall() {
  const { t } = useTranslation();
  const engine = useEngine();
  if (useAppView()?.screen.kind !== 'call') return null;
  return (
    <Button kind="leave" icon={LogOut} onPress={() => void engine.leave()} data-testid="leave">
      {t('problem.leave')}
    </Button>
  );
}
