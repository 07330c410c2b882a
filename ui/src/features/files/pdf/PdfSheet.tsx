import { CircleAlert, FileLock2, FileWarning, MousePointer2 } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../components/Button';
import { usePointers } from '../../../engine/tools';
import type { FileView } from '../../../engine/view';
import { PointerLayer } from '../../pointer/PointerLayer';
import { usePointing } from '../../pointer/Pointing';
import { Coming, FileSheet, Instead } from '../FileSheet';
import { SaveFile } from '../SaveFile';
import { PageControls, PointControl, ZoomControls } from '../ViewControls';
import { useZoom, useZoomKeys, ZoomArea } from '../ZoomArea';
import type { PdfDocument } from './open';
import styles from './PdfSheet.module.css';
import { usePage, usePdf } from './usePdf';

interface Props {
  file: FileView;
  /** Where to begin, from 1. */
  first?: number | undefined;
  onClose: () => void;
}

/** A document as large as the window, one page at a time. */
export function PdfSheet({ file, first, onClose }: Props) {
  const { t } = useTranslation();
  const { file_id: id, name } = file.info;
  const opened = usePdf(id);
  if (opened.state === 'open') {
    return <Pages document={opened.document} file={file} first={first} onClose={onClose} />;
  }
  const icons = { encrypted: FileLock2, broken: FileWarning, missing: CircleAlert };
  return (
    <FileSheet title={name} controls={null} onClose={onClose} testid="pdf-sheet">
      {opened.state === 'loading' ? (
        <Coming words={t('viewer.loading')} />
      ) : (
        <Instead
          icon={icons[opened.state]}
          title={t(`viewer.${opened.state}`)}
          text={t(`viewer.${opened.state}Text`)}
        >
          {opened.state === 'missing' && (
            <Button kind="primary" onPress={opened.again} data-testid="viewer-again">
              {t('viewer.again')}
            </Button>
          )}
          <SaveFile file={file} kind={opened.state === 'missing' ? 'second' : 'primary'} testid="pdf" />
        </Instead>
      )}
    </FileSheet>
  );
}

function Pages({ document, file, first = 1, onClose }: Props & { document: PdfDocument }) {
  const { t } = useTranslation();
  const { on } = usePointing();
  const { file_id: id, name } = file.info;
  const count = document.pages;
  const held = (n: number) => Math.min(count, Math.max(1, n));
  const [n, setN] = useState(() => held(first));
  const now = usePage(document, n);
  const zooming = useZoom(now?.page?.size, 'read');
  const { area, shown, scale } = zooming;
  // Each page is read from its beginning.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page
  useEffect(() => {
    if (area) area.scrollTop = 0;
  }, [n]);
  useZoomKeys(zooming, (key, wide) => {
    if (area && (key === 'PageDown' || key === 'PageUp')) {
      const { scrollTop: from, scrollHeight, clientHeight } = area;
      const down = key === 'PageDown';
      // What is left of the page comes first.
      if (down ? from + clientHeight < scrollHeight - 1 : from > 1) {
        area.scrollTop += (down ? 0.9 : -0.9) * clientHeight;
        return true;
      }
    }
    const to = turned(key, wide, n, count);
    if (to !== undefined) setN(held(to));
    return to !== undefined;
  });
  const label = t('viewer.area', { name, page: n, count });
  return (
    <FileSheet
      title={name}
      controls={
        <>
          <PageControls page={n} count={count} onPage={(to) => setN(held(to))} />
          <ZoomControls zooming={zooming} />
          <PointControl />
        </>
      }
      foot={<SaveFile file={file} testid="pdf" />}
      onClose={onClose}
      testid="pdf-sheet"
    >
      {now?.page === null ? (
        <Instead icon={FileWarning} title={t('viewer.brokenPage')} text={t('viewer.brokenPageText')} />
      ) : (
        <ZoomArea
          zooming={zooming}
          label={label}
          describedby="viewer-keys"
          busy={on}
          over={<Elsewhere fileId={id} page={n} count={count} onPage={setN} />}
        >
          {now?.page && shown && scale && (
            <>
              <Paint key={n} page={now.page} scale={scale} />
              <p className="sr-only" data-testid="pdf-words">
                {now.words !== undefined && (now.words.trim() || t('viewer.noText'))}
              </p>
              <PointerLayer
                target={{ kind: 'file', file_id: id, page: n }}
                fitted={{ picture: now.page.size, box: shown, fit: 'contain' }}
              />
            </>
          )}
        </ZoomArea>
      )}
      <p id="viewer-keys" className="sr-only">
        {t('viewer.keys')}
      </p>
    </FileSheet>
  );
}

/** The page to which a key turns. Arrows turn it where there is nothing to move to the side. */
export function turned(key: string, wide: boolean, n: number, count: number): number | undefined {
  switch (key) {
    case 'PageDown':
      return n + 1;
    case 'PageUp':
      return n - 1;
    case 'Home':
      return 1;
    case 'End':
      return count;
    case 'ArrowRight':
      return wide ? undefined : n + 1;
    case 'ArrowLeft':
      return wide ? undefined : n - 1;
    default:
      return undefined;
  }
}

/** So long after a change of size it is painted as sharp as that. */
const SETTLES_MS = 120;
/** No web view paints on more pixels than this. */
const MOST_PIXELS = 16_000_000;

type Page = NonNullable<NonNullable<ReturnType<typeof usePage>>['page']>;

/** A page as a picture. While a sharper one is painted the one before is shown larger. */
function Paint({ page, scale }: { page: Page; scale: number }) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'painting' | 'painted' | 'broken'>('painting');
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let cancel = () => {};
    const paint = () => {
      const canvas = window.document.createElement('canvas');
      // Without a canvas there are still its words.
      if (!canvas.getContext('2d')) return setState('painted');
      const sharp = scale * (devicePixelRatio || 1);
      const most = Math.sqrt(MOST_PIXELS / (page.size.width * page.size.height));
      const painting = page.paint(canvas, Math.min(sharp, most));
      let wanted = true;
      cancel = () => {
        wanted = false;
        painting.cancel();
      };
      painting.done.then(
        () => {
          if (!wanted) return;
          canvas.className = styles.canvas ?? '';
          element.replaceChildren(canvas);
          setState('painted');
        },
        () => wanted && setState('broken'),
      );
    };
    const first = element.childElementCount === 0;
    const timer = setTimeout(paint, first ? 0 : SETTLES_MS);
    return () => {
      clearTimeout(timer);
      cancel();
    };
  }, [page, scale]);
  return (
    <>
      <div ref={host} className={styles.paper} aria-hidden data-testid="pdf-paper" data-state={state} />
      {state === 'painting' && (
        <div className={styles.over}>
          <Coming words={t('viewer.loading')} />
        </div>
      )}
      {state === 'broken' && (
        <div className={styles.over}>
          <Instead icon={FileWarning} title={t('viewer.brokenPage')} text={t('viewer.brokenPageText')} />
        </div>
      )}
    </>
  );
}

interface ElsewhereProps {
  fileId: string;
  page: number;
  count: number;
  onPage: (page: number) => void;
}

/** Somebody points at another page: the way there. */
function Elsewhere({ fileId, page, count, onPage }: ElsewhereProps): ReactNode {
  const { t } = useTranslation();
  const pointer = usePointers().find(({ spot: { target } }) => {
    return (
      target.kind === 'file' && target.file_id === fileId && target.page !== page && target.page <= count
    );
  });
  if (pointer?.spot.target.kind !== 'file') return null;
  const to = pointer.spot.target.page;
  return (
    <div className={styles.elsewhere} role="status">
      <AriaButton className={styles.chip ?? ''} onPress={() => onPage(to)} data-testid="pointed-elsewhere">
        <MousePointer2 size={16} strokeWidth={1.8} aria-hidden />
        {t('pointer.onPage', { name: pointer.display_name, page: to })}
      </AriaButton>
    </div>
  );
}
