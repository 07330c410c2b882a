import { FileLock2, FileWarning } from 'lucide-react';
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { Button as AriaButton, Dialog, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Sheet } from '../../components/Sheet';
import { Spinner } from '../../components/Spinner';
import type { BoardCommands, PickedForBoard, PickedPicture } from '../../engine/engine';
import { addressOf, type PdfDocument } from '../files/pdf/open';
import { painted, Thumbnails } from '../files/pdf/painted';
import { useSeen } from '../files/pdf/thumbnails';
import { useOpened } from '../files/pdf/usePdf';
import styles from './FromDocument.module.css';

export type PickedDocument = Extract<PickedForBoard, { kind: 'document' }>;

/** The longer side of what lies on the board, in pixels: small print is read when somebody looks closer. */
const LONG_SIDE = 2000;
/** Somebody waits for it, and may stop waiting. */
const LONGEST_MS = 60_000;

interface Props {
  picked: PickedDocument;
  put: NonNullable<BoardCommands['putPicture']>;
  onPut: (picture: PickedPicture) => void;
  onClose: () => void;
}

/** Of a document that was chosen, a page onto the board: its only one by itself, else the one that is asked for. */
export function FromDocument({ picked, put, onPut, onClose }: Props) {
  const { t } = useTranslation();
  const { name } = picked;
  const address = useMemo(() => addressOf(picked.base64), [picked]);
  const opened = useOpened(address);
  const document = opened.state === 'open' ? opened.document : undefined;
  const count = document?.pages ?? 0;
  const [chosen, setChosen] = useState<number>();
  /** A page that could not be painted. */
  const [broken, setBroken] = useState<number>();
  const n = count === 1 ? 1 : chosen;

  const done = useEffectEvent((picture: PickedPicture | null) => {
    if (picture) onPut(picture);
    // What did not go up is said in a notice, which is seen once this is closed.
    onClose();
  });
  const cannot = useEffectEvent((page: number) => {
    setBroken(page);
    setChosen(undefined);
  });
  const send = useEffectEvent((page: number, png: Blob) => put(pictureName(name, page, count), png));
  useEffect(() => {
    if (!document || n === undefined) return;
    let gone = false;
    const bring = async () => {
      const png = await pictureOf(document, n).catch(() => null);
      if (gone) return;
      if (!png) return cannot(n);
      const picture = await send(n, png).catch(() => null);
      if (!gone) done(picture);
    };
    void bring();
    return () => {
      gone = true;
    };
  }, [document, n]);

  if (opened.state === 'encrypted' || opened.state === 'broken') {
    return <Cannot name={name} why={opened.state} onClose={onClose} />;
  }
  if (count === 1 && broken !== undefined) return <Cannot name={name} why="brokenPage" onClose={onClose} />;
  if (!document || count === 1) {
    return (
      <p className={styles.coming} data-testid="document-coming">
        <Spinner size={18} />
        <span>{t('board.documentComing', { name })}</span>
      </p>
    );
  }
  return (
    <Sheet className={styles.modal} dismissable onClose={onClose}>
      <Dialog className={styles.dialog ?? ''} data-testid="which-page">
        <Heading slot="title" className={styles.title ?? ''}>
          {t('board.whichPage')}
        </Heading>
        <p className={styles.text}>{t('board.ofDocument', { name, count })}</p>
        <Pages document={document} chosen={chosen} onChoose={setChosen} />
        <div className={styles.ways}>
          <p className={styles.told} role="status">
            {chosen !== undefined ? (
              <>
                <Spinner size={18} />
                <span>{t('board.pagePutting', { page: chosen })}</span>
              </>
            ) : (
              broken !== undefined && (
                <>
                  <FileWarning size={18} strokeWidth={1.8} aria-hidden />
                  <span>{t('board.pageNot', { page: broken })}</span>
                </>
              )
            )}
          </p>
          <Button onPress={onClose} data-testid="which-page-cancel">
            {t('board.cancel')}
          </Button>
        </div>
      </Dialog>
    </Sheet>
  );
}

async function pictureOf(document: PdfDocument, n: number): Promise<Blob | null> {
  const page = await document.page(n);
  return painted(page, LONG_SIDE / Math.max(page.size.width, page.size.height), LONGEST_MS);
}

/** What a page is called: as its document, with its number where there are others. */
function pictureName(document: string, n: number, count: number): string {
  const bare = document.replace(/\.pdf$/i, '');
  return count === 1 ? `${bare}.png` : `${bare} ${n}.png`;
}

interface PagesProps {
  document: PdfDocument;
  /** It is on its way. */
  chosen: number | undefined;
  onChoose: (n: number) => void;
}

/** The longer side of a small page, on a sharp screen. */
const SMALL_SIDE = 360;

/** All pages, small. One of them is in the order of Tab, as there may be hundreds; arrow keys go to the others. */
function Pages({ document, chosen, onChoose }: PagesProps) {
  const { t } = useTranslation();
  const grid = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState(1);
  const [thumbnails, setThumbnails] = useState<Thumbnails<number>>();
  useEffect(() => {
    const made = new Thumbnails<number>(async (n) => {
      const page = await document.page(n);
      return painted(page, SMALL_SIDE / Math.max(page.size.width, page.size.height));
    });
    setThumbnails(made);
    return () => made.clear();
  }, [document]);
  const move = (event: KeyboardEvent) => {
    const buttons = [...(grid.current?.querySelectorAll('button') ?? [])];
    const to = moved(event.key, at, buttons.length, columnsOf(buttons));
    if (to === undefined) return;
    event.preventDefault();
    buttons[to - 1]?.focus();
  };
  return (
    <ul
      ref={grid}
      className={styles.pages}
      aria-label={t('board.pages')}
      aria-busy={chosen !== undefined}
      onKeyDown={move}
    >
      {Array.from({ length: document.pages }, (_, index) => index + 1).map((n) => (
        <li key={n} className={styles.place}>
          <Page
            n={n}
            count={document.pages}
            thumbnails={thumbnails}
            here={n === at}
            chosen={n === chosen}
            onHere={() => setAt(n)}
            onChoose={() => chosen === undefined && onChoose(n)}
          />
        </li>
      ))}
    </ul>
  );
}

/** Those of the first row. */
function columnsOf(buttons: HTMLElement[]): number {
  const top = buttons[0]?.getBoundingClientRect().top;
  const below = buttons.findIndex((button) => button.getBoundingClientRect().top !== top);
  return below < 0 ? buttons.length : below;
}

/** The page to which a key goes; nothing where it goes nowhere. */
export function moved(key: string, at: number, count: number, columns: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: 1 - at,
    End: count - at,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const to = at + step;
  return to >= 1 && to <= count ? to : at;
}

interface PageProps {
  n: number;
  count: number;
  thumbnails: Thumbnails<number> | undefined;
  /** The keyboard comes here first. */
  here: boolean;
  chosen: boolean;
  onHere: () => void;
  onChoose: () => void;
}

function Page({ n, count, thumbnails, here, chosen, onHere, onChoose }: PageProps) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const seen = useSeen(button);
  const [url, setUrl] = useState<string | null>();
  useEffect(() => {
    if (!seen || !thumbnails) return;
    let gone = false;
    void thumbnails.of(n).then((made) => !gone && setUrl(made));
    return () => {
      gone = true;
    };
  }, [seen, thumbnails, n]);
  return (
    <AriaButton
      ref={button}
      className={`${styles.page} ${chosen ? styles.chosen : ''}`}
      aria-label={t('viewer.page', { page: n, count })}
      autoFocus={n === 1}
      excludeFromTabOrder={!here}
      onFocus={onHere}
      onPress={onChoose}
      data-testid="document-page"
    >
      <span className={styles.picture}>
        {url && <img src={url} alt="" draggable={false} />}
        {url === null && <FileWarning size={26} strokeWidth={1.5} aria-hidden />}
        {(url === undefined || chosen) && (
          <span className={styles.wait}>
            <Spinner size={26} />
          </span>
        )}
      </span>
      <span className={styles.number}>{n}</span>
    </AriaButton>
  );
}

interface CannotProps {
  name: string;
  why: 'encrypted' | 'broken' | 'brokenPage';
  onClose: () => void;
}

/** Nothing of it can be put on the board: why, and what to do instead. */
function Cannot({ name, why, onClose }: CannotProps) {
  const { t } = useTranslation();
  const Icon = why === 'encrypted' ? FileLock2 : FileWarning;
  return (
    <Sheet className={`${styles.modal} ${styles.narrow}`} dismissable onClose={onClose}>
      <Dialog className={styles.dialog ?? ''} role="alertdialog" data-testid="document-cannot">
        <Icon className={styles.sign} size={32} strokeWidth={1.6} aria-hidden />
        <Heading slot="title" className={styles.title ?? ''}>
          {t(`viewer.${why}`)}
        </Heading>
        <p className={styles.name}>{name}</p>
        <p className={styles.text}>{t(why === 'encrypted' ? 'board.encryptedNot' : 'board.brokenNot')}</p>
        <div className={styles.ways}>
          <Button kind="primary" onPress={onClose} autoFocus data-testid="document-close">
            {t('board.closeDocument')}
          </Button>
        </div>
      </Dialog>
    </Sheet>
  );
}
