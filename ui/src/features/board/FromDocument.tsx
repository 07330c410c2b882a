import { Check, FileLock2, FileWarning } from 'lucide-react';
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { Dialog, Heading, ToggleButton } from 'react-aria-components';
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

/** So many pages are put there at once. */
const MOST_AT_ONCE = 20;
const ONLY_PAGE = [1];

interface Props {
  picked: PickedDocument;
  put: NonNullable<BoardCommands['putPicture']>;
  /** The board has pages: each page of the document gets one of its own. */
  paged: boolean;
  /** Each of them, in their order: which it is, from 0, and of how many. */
  onPut: (picture: PickedPicture, nth: number, count: number) => void;
  onClose: () => void;
}

/** Of a document that was chosen, pages onto the board: its only one by itself, else those that are asked for. */
export function FromDocument({ picked, put, paged, onPut, onClose }: Props) {
  const { t } = useTranslation();
  const { name } = picked;
  const address = useMemo(() => addressOf(picked.base64), [picked]);
  const opened = useOpened(address);
  const document = opened.state === 'open' ? opened.document : undefined;
  const count = document?.pages ?? 0;
  const [chosen, setChosen] = useState<readonly number[]>([]);
  /** More were chosen than go at once. */
  const [tooMany, setTooMany] = useState(false);
  /** On their way, in their order. */
  const [going, setGoing] = useState<readonly number[]>();
  const [now, setNow] = useState(0);
  /** Pages that could not be painted. */
  const [broken, setBroken] = useState<readonly number[]>([]);
  const pages = count === 1 ? ONLY_PAGE : going;

  const close = useEffectEvent(onClose);
  const lies = useEffectEvent((picture: PickedPicture, nth: number, of: number) => onPut(picture, nth, of));
  const cannot = useEffectEvent((some: readonly number[]) => {
    setBroken(some);
    setChosen([]);
    setGoing(undefined);
  });
  const send = useEffectEvent((page: number, png: Blob) => put(pictureName(name, page, count), png));
  useEffect(() => {
    if (!document || !pages) return;
    let gone = false;
    const bring = async () => {
      const missing: number[] = [];
      let nth = 0;
      for (const [at, page] of pages.entries()) {
        setNow(at);
        const png = await pictureOf(document, page).catch(() => null);
        if (gone) return;
        if (!png) {
          missing.push(page);
          continue;
        }
        const picture = await send(page, png).catch(() => null);
        if (gone) return;
        // What did not go up is said in a notice, which is seen once this is closed; nor would the others go.
        if (!picture) return close();
        lies(picture, nth, pages.length);
        nth += 1;
      }
      if (missing.length > 0) cannot(missing);
      else close();
    };
    void bring();
    return () => {
      gone = true;
    };
  }, [document, pages]);

  if (opened.state === 'encrypted' || opened.state === 'broken') {
    return <Cannot name={name} why={opened.state} onClose={onClose} />;
  }
  if (opened.state === 'missing') {
    return <Cannot name={name} why="missing" again={opened.again} onClose={onClose} />;
  }
  if (count === 1 && broken.length > 0) return <Cannot name={name} why="brokenPage" onClose={onClose} />;
  if (!document || count === 1) {
    return (
      <p className={styles.coming} data-testid="document-coming">
        <Spinner size={18} />
        <span>{t('board.documentComing', { name })}</span>
      </p>
    );
  }
  const most = Math.min(count, MOST_AT_ONCE);
  const all = chosen.length === most && chosen.every((page) => page <= most);
  const busy = going !== undefined;
  const toggle = (page: number) => {
    if (busy) return;
    setBroken([]);
    const without = chosen.filter((one) => one !== page);
    const fits = without.length < chosen.length || chosen.length < MOST_AT_ONCE;
    setTooMany(!fits);
    if (without.length < chosen.length) setChosen(without);
    else if (fits) setChosen([...chosen, page].sort((a, b) => a - b));
  };
  const toggleAll = () => {
    if (busy) return;
    setBroken([]);
    setTooMany(false);
    setChosen(all ? [] : Array.from({ length: most }, (_, n) => n + 1));
  };
  const told = () => {
    if (going) {
      const page = going[now] ?? 1;
      return going.length === 1
        ? t('board.pagePutting', { page })
        : t('board.pagesPutting', { page, nth: now + 1, count: going.length });
    }
    if (broken.length > 0) {
      return t('board.pageNot', { count: broken.length, page: broken.join(', ') });
    }
    if (tooMany) return t('board.pagesMost', { count: MOST_AT_ONCE });
    return chosen.length > 1 ? t(paged ? 'board.pagesEach' : 'board.pagesBeside') : undefined;
  };
  const words = told();
  return (
    <Sheet className={styles.modal} dismissable onClose={onClose}>
      <Dialog className={styles.dialog ?? ''} data-testid="which-page">
        <Heading slot="title" className={styles.title ?? ''}>
          {t('board.whichPages')}
        </Heading>
        <p className={styles.text}>
          {t('board.ofDocument', { name, count })}
          {count > MOST_AT_ONCE && ` · ${t('board.pagesMost', { count: MOST_AT_ONCE })}`}
        </p>
        <Pages document={document} chosen={chosen} going={going?.[now]} onChoose={toggle} />
        <p className={styles.told} role="status" data-testid="which-page-told">
          {busy && <Spinner size={18} />}
          {!busy && broken.length > 0 && <FileWarning size={18} strokeWidth={1.8} aria-hidden />}
          {words && <span>{words}</span>}
        </p>
        <div className={styles.ways}>
          <Button onPress={toggleAll} unavailable={busy} aria-pressed={all} data-testid="which-page-all">
            {all
              ? t('board.noPages')
              : count > MOST_AT_ONCE
                ? t('board.firstPages', { count: MOST_AT_ONCE })
                : t('board.allPages')}
          </Button>
          <span className={styles.between} />
          <Button onPress={onClose} data-testid="which-page-cancel">
            {t('board.cancel')}
          </Button>
          <Button
            kind="primary"
            unavailable={busy || chosen.length === 0}
            onPress={() => chosen.length > 0 && setGoing(chosen)}
            data-testid="which-page-put"
          >
            {t('board.putPages', { count: chosen.length })}
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
  chosen: readonly number[];
  /** It is on its way. */
  going: number | undefined;
  onChoose: (n: number) => void;
}

/** The longer side of a small page, on a sharp screen. */
const SMALL_SIDE = 360;

/** All pages, small. One of them is in the order of Tab, as there may be hundreds; arrow keys go to the others. */
function Pages({ document, chosen, going, onChoose }: PagesProps) {
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
      aria-busy={going !== undefined}
      onKeyDown={move}
    >
      {Array.from({ length: document.pages }, (_, index) => index + 1).map((n) => (
        <li key={n} className={styles.place}>
          <Page
            n={n}
            count={document.pages}
            thumbnails={thumbnails}
            here={n === at}
            chosen={chosen.includes(n)}
            going={n === going}
            onHere={() => setAt(n)}
            onChoose={() => onChoose(n)}
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
  going: boolean;
  onHere: () => void;
  onChoose: () => void;
}

function Page({ n, count, thumbnails, here, chosen, going, onHere, onChoose }: PageProps) {
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
    <ToggleButton
      ref={button}
      className={`${styles.page} ${chosen ? styles.chosen : ''} ${going ? styles.going : ''}`}
      isSelected={chosen}
      aria-label={t('viewer.page', { page: n, count })}
      autoFocus={n === 1}
      excludeFromTabOrder={!here}
      onFocus={onHere}
      onChange={onChoose}
      data-testid="document-page"
    >
      <span className={styles.picture}>
        {url && <img src={url} alt="" draggable={false} />}
        {url === null && <FileWarning size={26} strokeWidth={1.5} aria-hidden />}
        {(url === undefined || going) && (
          <span className={styles.wait}>
            <Spinner size={26} />
          </span>
        )}
      </span>
      {chosen && (
        <span className={styles.check}>
          <Check size={16} strokeWidth={2.4} aria-hidden />
        </span>
      )}
      <span className={styles.number}>{n}</span>
    </ToggleButton>
  );
}

interface CannotProps {
  name: string;
  why: 'encrypted' | 'broken' | 'brokenPage' | 'missing';
  /** Where it may come another time. */
  again?: () => void;
  onClose: () => void;
}

/** Nothing of it can be put on the board: why, and what to do instead. */
function Cannot({ name, why, again, onClose }: CannotProps) {
  const { t } = useTranslation();
  const Icon = why === 'encrypted' ? FileLock2 : FileWarning;
  const text = {
    encrypted: 'board.encryptedNot',
    broken: 'board.brokenNot',
    brokenPage: 'board.brokenNot',
    missing: 'viewer.missingText',
  } as const;
  return (
    <Sheet className={`${styles.modal} ${styles.narrow}`} dismissable onClose={onClose}>
      <Dialog className={styles.dialog ?? ''} role="alertdialog" data-testid="document-cannot">
        <Icon className={styles.sign} size={32} strokeWidth={1.6} aria-hidden />
        <Heading slot="title" className={styles.title ?? ''}>
          {t(`viewer.${why}`)}
        </Heading>
        <p className={styles.name}>{name}</p>
        <p className={styles.text}>{t(text[why])}</p>
        <div className={styles.ways}>
          {again && (
            <Button kind="primary" onPress={again} autoFocus data-testid="document-again">
              {t('viewer.again')}
            </Button>
          )}
          <Button
            kind={again ? 'second' : 'primary'}
            onPress={onClose}
            autoFocus={!again}
            data-testid="document-close"
          >
            {t('board.closeDocument')}
          </Button>
        </div>
      </Dialog>
    </Sheet>
  );
}
