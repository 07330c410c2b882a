import {
  ChevronLeft,
  ChevronRight,
  type LucideIcon,
  Maximize,
  Minus,
  MousePointer2,
  Plus,
} from 'lucide-react';
import { Button, ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { usePointing } from '../pointer/Pointing';
import styles from './ViewControls.module.css';
import type { Zooming } from './ZoomArea';
import { LEAST, MOST, STEP } from './zoom';

interface PageProps {
  page: number;
  count: number;
  onPage: (page: number) => void;
}

/** Which page, from 1, and the way to the others. */
export function PageControls({ page, count, onPage }: PageProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.group} aria-label={t('viewer.pages')}>
      <Sign
        icon={ChevronLeft}
        label={t('viewer.previous')}
        can={page > 1}
        onPress={() => onPage(page - 1)}
        testid="pdf-previous"
      />
      <span className={styles.word} role="status" data-testid="pdf-page">
        <span aria-hidden>{t('viewer.pageShort', { page, count })}</span>
        <span className="sr-only">{t('viewer.page', { page, count })}</span>
      </span>
      <Sign
        icon={ChevronRight}
        label={t('viewer.next')}
        can={page < count}
        onPress={() => onPage(page + 1)}
        testid="pdf-next"
      />
    </fieldset>
  );
}

/** How large it is. */
export function ZoomControls({ zooming: { zoom, scale, by, fit } }: { zooming: Zooming }) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.group} aria-label={t('viewer.zoom')}>
      <Sign
        icon={Minus}
        label={t('viewer.smaller')}
        can={scale !== undefined && scale > LEAST}
        onPress={() => by(1 / STEP)}
        testid="viewer-smaller"
      />
      <span className={`${styles.word} ${styles.percent}`} data-testid="viewer-percent">
        {scale !== undefined && t('viewer.percent', { count: Math.round(scale * 100) })}
      </span>
      <Sign
        icon={Plus}
        label={t('viewer.larger')}
        can={scale !== undefined && scale < MOST}
        onPress={() => by(STEP)}
        testid="viewer-larger"
      />
      <Sign
        icon={Maximize}
        label={t('viewer.fit')}
        can={scale !== undefined && zoom !== 'fit'}
        onPress={fit}
        testid="viewer-fit"
      />
    </fieldset>
  );
}

/** Shows everybody where I point, as under More; for whoever has that right. */
export function PointControl() {
  const { t } = useTranslation();
  const { allowed, on, set } = usePointing();
  if (!allowed) return null;
  return (
    <ToggleButton className={styles.point ?? ''} isSelected={on} onChange={set} data-testid="viewer-point">
      <MousePointer2 size={18} strokeWidth={1.8} aria-hidden />
      <span>{on ? t('pointer.hide') : t('pointer.show')}</span>
    </ToggleButton>
  );
}

interface SignProps {
  icon: LucideIcon;
  label: string;
  can: boolean;
  onPress: () => void;
  testid: string;
}

function Sign({ icon: Icon, label, can, onPress, testid }: SignProps) {
  return (
    <Button
      className={styles.sign ?? ''}
      aria-label={label}
      isDisabled={!can}
      onPress={onPress}
      data-testid={testid}
    >
      <Icon size={18} strokeWidth={1.8} aria-hidden />
    </Button>
  );
}
