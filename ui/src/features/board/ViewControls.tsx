import type { LucideIcon } from 'lucide-react';
import { ChevronLeft, ChevronRight, Maximize, Minus, Plus, SquarePlus } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Camera } from './camera';
import { type BoardSession, MOST_PAGES, type Scene } from './session';
import { Tip } from './Tip';
import styles from './ViewControls.module.css';

interface Props {
  session: BoardSession;
  scene: Scene;
  camera: Camera;
  /** It has pages. */
  paged: boolean;
  /** I may add one. */
  draws: boolean;
}

/** Which page, and how large. */
export function ViewControls({ session, scene, camera, paged, draws }: Props) {
  const { t } = useTranslation();
  const { page, pages } = scene;
  const count = Math.round(useSyncExternalStore(camera.subscribe, camera.snapshot).scale * 100);
  return (
    <div className={`${styles.controls} ${paged ? styles.paged : ''}`}>
      {paged && (
        <fieldset className={styles.group} aria-label={t('board.pages')}>
          {pages > 1 && (
            <>
              <Sign
                icon={ChevronLeft}
                name={t('board.previous')}
                keys="Page Up"
                can={page > 0}
                onPress={() => session.go(page - 1)}
                testid="page-previous"
              />
              <span className={styles.word} data-testid="page">
                <span aria-hidden>{t('board.pageOf', { page: page + 1, count: pages })}</span>
                <span className="sr-only">{t('board.pageOfLong', { page: page + 1, count: pages })}</span>
              </span>
              <Sign
                icon={ChevronRight}
                name={t('board.next')}
                keys="Page Down"
                can={page < pages - 1}
                onPress={() => session.go(page + 1)}
                testid="page-next"
              />
            </>
          )}
          {draws && (
            <Sign
              icon={SquarePlus}
              name={t('board.addPage')}
              can={pages < MOST_PAGES}
              onPress={() => session.addPage()}
              testid="page-add"
            />
          )}
        </fieldset>
      )}
      <fieldset className={styles.group} aria-label={t('board.zoom')}>
        {/* Where there is little room, wheel, fingers and keys zoom. */}
        <Sign
          className={styles.roomy}
          icon={Minus}
          name={t('board.zoomOut')}
          keys="−"
          can
          onPress={() => camera.zoom(0.8)}
          testid="zoom-out"
        />
        <span className={`${styles.word} ${styles.percent} ${styles.roomy}`} data-testid="zoom">
          {t('board.percent', { count })}
        </span>
        <Sign
          className={styles.roomy}
          icon={Plus}
          name={t('board.zoomIn')}
          keys="+"
          can
          onPress={() => camera.zoom(1.25)}
          testid="zoom-in"
        />
        <Sign
          icon={Maximize}
          name={t('board.fit')}
          keys="0"
          can
          onPress={() => camera.fit()}
          testid="zoom-fit"
        />
      </fieldset>
    </div>
  );
}

interface SignProps {
  className?: string | undefined;
  icon: LucideIcon;
  name: string;
  keys?: string;
  can: boolean;
  onPress: () => void;
  testid: string;
}

function Sign({ className = '', icon: Icon, name, keys, can, onPress, testid }: SignProps) {
  return (
    <Tip words={name} {...(keys && { keys })} placement="top">
      <Button
        className={`${styles.sign} ${className}`}
        aria-label={name}
        isDisabled={!can}
        onPress={onPress}
        data-testid={testid}
      >
        <Icon size={18} strokeWidth={1.8} aria-hidden />
      </Button>
    </Tip>
  );
}
