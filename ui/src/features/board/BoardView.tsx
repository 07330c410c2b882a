import type { TFunction } from 'i18next';
import { ArrowLeft, Eye, ImagePlus, Lock, PencilLine, Presentation, X } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import { type BoardCommands, type PickedPicture, TAKES_FILES } from '../../engine/engine';
import { boardRights } from '../../engine/rights';
import type { CallView, Point } from '../../engine/view';
import type { Background, BoardStageProps } from './BoardStage';
import styles from './BoardView.module.css';
import { itemsOn, mayDraw } from './boardState';
import { Cursors } from './Cursors';
import { Camera } from './camera';
import { useBoardCommands, useChosen } from './Drawn';
import { covering, PAGE } from './export';
import { FromDocument } from './FromDocument';
import { Palette, PaletteButton } from './Palette';
import { Paper } from './paper';
import { BoardPictures, loadImage } from './pictures';
import { SaveMenu } from './SaveMenu';
import { Spoken } from './Spoken';
import { BoardSession } from './session';
import { MOST_TEXT } from './session/scene';
import { TextField } from './TextField';
import { Toolbar } from './Toolbar';
import { useAddPicture } from './useAddPicture';
import { useKeys } from './useKeys';
import { usePointers } from './usePointers';
import { useSharedPage } from './useSharedPage';
import { useTakesFiles } from './useTakesFiles';
import { ViewControls } from './ViewControls';
import { toBoard } from './viewport';

/** On a board no wider or no higher than this, as on a telephone, the tools lie in one row under the page. */
const NARROW = 560;
const LOW = 300;

/** A board that may have to find out first how large its picture is. */
export default function BoardView(props: BoardStageProps) {
  const { board, background } = props;
  const commands = useBoardCommands();
  const { image, size, missing } = useBackground(board, background);
  if (!commands) return null;
  if (background && !size) {
    return (
      <div className={`${styles.board} ${styles.onPicture}`} data-testid="board-picture-coming">
        <div className={styles.middle}>
          <Spinner size={32} />
        </div>
      </div>
    );
  }
  return <Open {...props} commands={commands} size={size ?? PAGE} image={image} missing={missing} />;
}

interface OpenProps extends BoardStageProps {
  commands: BoardCommands;
  size: { width: number; height: number };
  image: HTMLImageElement | undefined;
  /** The picture is not to be had. */
  missing: boolean;
}

function Open({ board, call, background, onClose, children, commands, size, image, missing }: OpenProps) {
  const { t } = useTranslation();
  const engine = useEngine();
  const onPicture = background !== undefined;
  const chosen = useChosen();
  const [session] = useState(() => new BoardSession(commands, board, size, undefined, chosen));
  const [pictures] = useState(
    () => new BoardPictures(engine.tools && ((fileId) => pictureOf(engine.tools, fileId))),
  );
  const scene = useSyncExternalStore(session.subscribe, session.snapshot);
  const frame = useRef<HTMLElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const paper = useRef<Paper>(null);
  const [failed, setFailed] = useState(false);
  const [narrow, setNarrow] = useState(false);
  // Where there is little room, what helps to begin goes when one begins.
  const [begun, setBegun] = useState(false);
  const looks = !mayDraw(scene.rights);
  const leads = !onPicture && engine.admin !== undefined && call.me.is_admin;
  const camera = useMemo(
    () =>
      new Camera(
        () =>
          onPicture
            ? { x: 0, y: 0, ...size }
            : covering(itemsOn(session.board, session.snapshot().page), size),
        () => insetsOf(frame.current),
      ),
    [session, onPicture, size],
  );

  const open = useCallback(() => {
    setFailed(false);
    session.open().catch(() => setFailed(true));
  }, [session]);
  useEffect(() => {
    open();
    return () => session.close();
  }, [session, open]);

  useEffect(() => {
    const element = canvas.current;
    // Where nothing can be drawn, the rest works all the same.
    if (!element || !document.createElement('canvas').getContext('2d')) return;
    const made = new Paper(
      element,
      session,
      pictures,
      onPicture ? { kind: 'picture', image } : { kind: 'paper' },
    );
    paper.current = made;
    made.lookAt(camera.now);
    const unsubscribe = camera.subscribe(() => made.lookAt(camera.now));
    return () => {
      unsubscribe();
      made.destroy();
      paper.current = null;
    };
  }, [session, pictures, camera, onPicture, image]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const measure = () => {
      paper.current?.resize(element.clientWidth, element.clientHeight);
      camera.resize(element.clientWidth, element.clientHeight);
      setNarrow(element.clientHeight > 0 && (element.clientWidth <= NARROW || element.clientHeight <= LOW));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [camera]);

  // All of a page is seen at first; what somebody draws later does not move it.
  const { loading, page } = scene;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page is shown anew
  useEffect(() => camera.refit(), [camera, loading, page, looks, narrow]);

  useEffect(() => {
    const tell = () => session.seenAt(camera.now.scale);
    tell();
    return camera.subscribe(tell);
  }, [session, camera]);

  const middle = useCallback(
    () => toBoard(camera.now, { x: camera.width / 2, y: camera.height / 2 }),
    [camera],
  );
  const place = useCallback(
    (some: PickedPicture[], at?: Point) => {
      const box = host.current?.getBoundingClientRect();
      const point = at && box && toBoard(camera.now, { x: at.x - box.x, y: at.y - box.y });
      session.placePictures(some, point ?? middle(), point !== undefined);
    },
    [session, camera, middle],
  );
  const adding = useAddPicture(commands, scene.rights.picture, place);
  const { addPicture, take, fromDocument, turn } = adding;
  const dropping = useTakesFiles(frame, commands, adding);
  /** Of a document: its first page, and the page of the board on which the last of them lies. */
  const put = useRef<{ first: string; page: number }>(undefined);
  const placePage = (picture: PickedPicture, nth: number, count: number) => {
    const { first, page: after } = (nth > 0 && put.current) || {};
    const place = { nth, count, after, first, paged: !onPicture, middle: middle() };
    const { id, page } = session.placeDocumentPage(picture, place);
    put.current = { first: first ?? id, page };
  };
  useSharedPage(session, scene, onPicture ? undefined : call);
  usePointers(host, session, camera, paper, looks);
  useKeys(host, session, camera, addPicture);

  const tools = (!looks || scene.rights.cursor) && (
    <Toolbar session={session} scene={scene} looks={looks} lies={narrow} addPicture={addPicture} />
  );
  const under = (
    <>
      {narrow && tools}
      <ViewControls session={session} scene={scene} camera={camera} paged={!onPicture} draws={!looks} />
    </>
  );
  const typed = scene.editing ? [...scene.editing.text].length : 0;
  const helps = !(narrow && (begun || scene.editing));
  const empty = !loading && !onPicture && scene.pages === 1 && scene.count === 0 && !scene.editing && helps;
  return (
    <section
      ref={frame}
      className={`${styles.board} ${onPicture ? styles.onPicture : ''} ${narrow ? styles.narrow : ''}`}
      aria-label={onPicture ? t('board.liveEdit') : t('board.name')}
      data-testid="board"
      {...(take && { [TAKES_FILES]: '' })}
      data-board={board}
      data-count={scene.count}
    >
      <div
        ref={host}
        className={styles.paper}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: all its keys work while it has the focus
        tabIndex={0}
        role="application"
        aria-label={onPicture ? t('board.canvasPicture') : t('board.canvas', { page: page + 1 })}
        aria-describedby="board-items board-keys"
        data-tool={looks && scene.tool !== 'laser' ? 'look' : scene.tool}
        onPointerDown={() => setBegun(true)}
        data-testid="board-paper"
      >
        <div ref={canvas} className={styles.canvas} aria-hidden />
      </div>
      <p id="board-keys" className="sr-only">
        {t('board.keys')}
      </p>
      <Spoken scene={scene} />
      <Cursors session={session} camera={camera} page={page} me={call.me.display_name} />
      {scene.editing && (
        <TextField
          session={session}
          camera={camera}
          editing={scene.editing}
          onPicture={onPicture}
          onDone={() => host.current?.focus({ preventScroll: true })}
        />
      )}

      {dropping && (
        <div className={styles.dropping} role="status" data-testid="board-drop">
          <ImagePlus size={28} strokeWidth={1.8} aria-hidden />
          {t('board.drop')}
        </div>
      )}
      {loading && !failed && (
        <div className={styles.middle} role="status">
          <Spinner size={32} />
          <span>{t('board.loading')}</span>
        </div>
      )}
      {failed && (
        <div className={styles.middle} role="alert">
          <b>{t('board.failed')}</b>
          <Button onPress={open}>{t('board.again')}</Button>
        </div>
      )}
      {empty && !failed && (
        <div className={`${styles.middle} ${styles.empty}`} data-testid="board-empty">
          <PencilLine size={36} strokeWidth={1.8} aria-hidden />
          <b>
            {looks ? t('board.emptyLook') : call.whiteboard.shown ? t('board.empty') : t('board.emptyOwn')}
          </b>
          <span>
            {looks
              ? t('board.emptyLookText')
              : call.whiteboard.shown
                ? t('board.emptyText')
                : leads
                  ? t('board.emptyHidden')
                  : t('board.emptyOwnText')}
          </span>
        </div>
      )}

      <div className={styles.top}>
        <div className={styles.hints} data-over="top">
          {onPicture && (
            <p className={styles.title}>
              <PencilLine size={17} strokeWidth={1.8} aria-hidden />
              <span>
                {seenBy(background.others, t)}
                {background.takenBy &&
                  ` · ${background.mine ? t('board.takenByYou') : t('board.takenBy', { name: background.takenBy })}`}
              </span>
            </p>
          )}
          {missing && <p className={styles.hint}>{t('board.noPicture')}</p>}
          {!onPicture && helps && <Opened call={call} />}
          {scene.editing && (
            <p
              id="board-typing"
              className={narrow && typed > 0 && typed < MOST_TEXT ? 'sr-only' : styles.hint}
              data-testid="board-typing"
            >
              {typed >= MOST_TEXT
                ? t('board.textFull', { most: MOST_TEXT })
                : t(touched() ? 'board.typingTouch' : 'board.typing')}
            </p>
          )}
          <div role="status">
            {looks && !loading && (
              <p className={styles.hint} data-testid="board-look">
                <Eye size={17} strokeWidth={1.8} aria-hidden />
                <span>
                  <b>{t(scene.drew ? 'board.lookTaken' : 'board.look')}.</b> {t('board.lookText')}
                </span>
              </p>
            )}
          </div>
          <div role="status">
            {scene.elsewhere && (
              <p className={styles.hint} data-testid="board-elsewhere">
                {t('board.elsewhere')}
              </p>
            )}
          </div>
          {scene.locked && !looks && (
            <p className={styles.hint} data-testid="board-not-mine">
              <Lock size={17} strokeWidth={1.8} aria-hidden />
              <span>{t('board.notMine')}</span>
            </p>
          )}
          <div role="status">
            {fromDocument && (
              <FromDocument key={turn} {...fromDocument} paged={!onPicture} onPut={placePage} />
            )}
          </div>
        </div>
        <div className={styles.actions} data-over="right">
          <MayDraw call={call} board={board} me={!looks} />
          {leads && (
            <Button
              icon={Presentation}
              className={styles.float}
              onPress={() => void engine.admin?.showWhiteboard(!call.whiteboard.shown, page)}
              data-testid="board-for-all"
            >
              {call.whiteboard.shown ? t('board.closeAll') : t('board.showAll')}
            </Button>
          )}
          <SaveMenu
            session={session}
            pictures={pictures}
            size={size}
            background={onPicture ? image : undefined}
            call={call}
          />
          <Button
            icon={onPicture ? ArrowLeft : X}
            className={`${styles.float} ${styles.signOnly}`}
            aria-label={onPicture ? t('board.back') : t('board.close')}
            onPress={onClose}
            data-testid="board-close"
          >
            {''}
          </Button>
        </div>
      </div>

      {!narrow && tools}
      {children && <div className={styles.face}>{children}</div>}
      <div className={`${styles.bottom} ${children ? styles.besideFace : ''}`} data-over="bottom">
        {!looks &&
          (narrow ? (
            <PaletteButton session={session} scene={scene} onPicture={onPicture} />
          ) : (
            <Palette session={session} scene={scene} onPicture={onPicture} />
          ))}
        {narrow ? <div className={styles.row}>{under}</div> : under}
      </div>
    </section>
  );
}

/** How many may draw here, and who; nothing while that is but one. */
function MayDraw({ call, board, me }: { call: CallView; board: string; me: boolean }) {
  const { t, i18n } = useTranslation();
  const others = call.people.filter(({ tools }) => mayDraw(boardRights(tools, board)));
  const names = [...(me ? [t('call.you')] : []), ...others.map(({ display_name }) => display_name)];
  if (names.length < 2) return null;
  const who = new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(names);
  return (
    <p className={`${styles.hint} ${styles.mayDraw}`} title={who} data-testid="board-may-draw">
      <PencilLine size={17} strokeWidth={1.8} aria-hidden />
      <span aria-hidden>{t('board.mayDraw', { count: names.length })}</span>
      <span className="sr-only">{t('board.mayDrawWho', { count: names.length, names: who })}</span>
    </p>
  );
}

/** Who opened it for everybody; said for a while. */
function Opened({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { shown, by } = call.whiteboard;
  const name =
    shown && by !== call.me.participant_id
      ? call.people.find(({ participant_id }) => participant_id === by)?.display_name
      : undefined;
  const [said, setSaid] = useState(false);
  useEffect(() => {
    setSaid(false);
    if (name === undefined) return;
    const timer = setTimeout(() => setSaid(true), 12_000);
    return () => clearTimeout(timer);
  }, [name]);
  return (
    <div role="status">
      {name !== undefined && !said && (
        <p className={styles.hint} data-testid="board-opened-by">
          {t('board.openedBy', { name })}
        </p>
      )}
    </div>
  );
}

type Tools = ReturnType<typeof useEngine>['tools'];

async function pictureOf(tools: Tools, fileId: string): Promise<string | null> {
  return (await tools?.filePicture(fileId, true)) ?? null;
}

/** The picture of a snapshot, and its size: the one that is known, else its own. */
function useBackground(board: string, background: Background | undefined) {
  const { tools } = useEngine();
  const [image, setImage] = useState<HTMLImageElement>();
  const [missing, setMissing] = useState(false);
  const has = background !== undefined;
  const address = background?.address;
  useEffect(() => {
    if (!has) return;
    let gone = false;
    const load = async () => {
      const found = address ?? (await pictureOf(tools, board).catch(() => null));
      const loaded = found ? await loadImage(found) : undefined;
      if (gone) return;
      setImage(loaded);
      setMissing(!loaded);
    };
    void load();
    return () => {
      gone = true;
    };
  }, [tools, board, has, address]);
  const width = background?.size?.width ?? image?.naturalWidth ?? (missing ? PAGE.width : undefined);
  const height = background?.size?.height ?? image?.naturalHeight ?? (missing ? PAGE.height : undefined);
  const size = useMemo(() => (width && height ? { width, height } : undefined), [width, height]);
  return { image, size, missing };
}

/** What lies over the paper at its edges, so that a whole page is not under it. */
function insetsOf(frame: HTMLElement | null) {
  const none = { top: 24, right: 24, bottom: 24, left: 24 };
  if (!frame) return none;
  const box = frame.getBoundingClientRect();
  const part = (name: string) => frame.querySelector(`[data-over="${name}"]`)?.getBoundingClientRect();
  const [top, right, left, bottom] = [part('top'), part('right'), part('left'), part('bottom')];
  const under = {
    bottom: bottom ? Math.max(24, box.bottom - bottom.top + 10) : none.bottom,
    left: left ? Math.max(24, left.right - box.left + 10) : none.left,
  };
  // Beside the buttons, then; what is said at the top is mostly said for a while.
  if (right && box.height <= LOW) return { ...under, top: 12, right: box.right - right.left + 10 };
  return {
    ...under,
    top: top && top.height > 0 ? Math.max(64, top.bottom - box.top + 10) : 64,
    right: 16,
  };
}

/** Who has it open too: strokes that nobody sees explain nothing. */
function seenBy([name, other, ...rest]: readonly string[], t: TFunction): string {
  if (name === undefined) return t('board.liveEdit0');
  if (other === undefined) return t('board.liveEdit1', { name });
  if (rest.length === 0) return t('board.liveEdit2', { name, other });
  return t('board.liveEditMore', { name, count: rest.length + 1 });
}

/** There is a finger and no keyboard. */
const touched = () => window.matchMedia?.('(hover: none) and (pointer: coarse)').matches ?? false;
