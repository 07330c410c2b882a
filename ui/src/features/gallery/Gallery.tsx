import {
  Camera,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  Download,
  Eye,
  FolderOpen,
  Info,
  type LucideIcon,
  PencilLine,
  Trash2,
  X,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button as AriaButton, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Empty } from '../../components/Empty';
import { IconButton } from '../../components/IconButton';
import { Item, Menu } from '../../components/Menu';
import { Panel } from '../../components/Panel';
import { useEngine } from '../../engine/context';
import { useTools } from '../../engine/tools';
import type { MeView, SnapshotView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { Drawn, useDrawing, useInSight } from '../board/Drawn';
import type { Takable } from '../call/layout';
import { DeleteQuestion } from '../files/DeleteQuestion';
import { PictureSheet } from '../files/PictureSheet';
import { ProgressBar, SaveFile } from '../files/SaveFile';
import { progress } from '../files/sizes';
import { usePicture } from '../files/usePicture';
import { PointedChip } from '../pointer/PointedFiles';
import styles from './Gallery.module.css';
import { SaveAll } from './SaveAll';
import { SaveDrawn, SavedDrawn, useSaveDrawn } from './SaveDrawn';
import { snapshotTitle } from './words';

interface Props {
  me: MeView;
  /** What can be taken, the main thing first; nothing for whoever may not. */
  takable: Takable[] | undefined;
  onTake: (streamId: number) => void;
  /** The one that is open on the stage. */
  drawnOn?: string | undefined;
  /** Draws on a snapshot together with the others, or looks on; nothing for whoever has no board. */
  onDraw: ((fileId: string) => void) | undefined;
  onClose: () => void;
}

/** The snapshots of this visit, and the way to one more. */
export function Gallery({ me, takable, onTake, drawnOn, onDraw, onClose }: Props) {
  const { t } = useTranslation();
  const { past } = useEngine();
  const { gallery } = useTools();
  const [large, setLarge] = useState<string>();
  const at = gallery.findIndex(({ file }) => file.info.file_id === large);
  const shown = gallery[at];
  return (
    <Panel
      title={t('gallery.title')}
      onClose={onClose}
      testid="gallery-panel"
      head={
        gallery.length > 0 && (
          <span className={styles.count}>{t('gallery.count', { count: gallery.length })}</span>
        )
      }
    >
      <div className={styles.body}>
        {takable && <Take takable={takable} onTake={onTake} />}
        {/* An owner of rooms finds them among past visits. */}
        {gallery.length > 0 && !(me.is_admin && past) && <SaveAll gallery={gallery} />}
        {gallery.length === 0 ? (
          <Empty
            icon={Camera}
            title={t('gallery.empty')}
            text={t('gallery.emptyText')}
            testid="gallery-empty"
          />
        ) : (
          <ul className={styles.list} aria-label={t('gallery.list')}>
            {gallery.map((one) => (
              <Snapshot
                key={one.file.info.file_id}
                snapshot={one}
                me={me}
                here={one.file.info.file_id === drawnOn}
                onDraw={onDraw}
                onLarge={() => setLarge(one.file.info.file_id)}
              />
            ))}
          </ul>
        )}
      </div>
      {shown && (
        <Large
          snapshot={shown}
          me={me}
          onDraw={onDraw}
          onNewer={at > 0 ? () => setLarge(gallery[at - 1]?.file.info.file_id) : undefined}
          onOlder={at < gallery.length - 1 ? () => setLarge(gallery[at + 1]?.file.info.file_id) : undefined}
          onClose={() => setLarge(undefined)}
        />
      )}
      <News gallery={gallery} me={me} />
    </Panel>
  );
}

/** Takes what is large on the stage, or another picture that is chosen. */
function Take({ takable, onTake }: { takable: Takable[]; onTake: (streamId: number) => void }) {
  const { t } = useTranslation();
  const [first, ...others] = takable;
  const name = ({ person, stream }: Takable) => {
    const screen = stream.source === 'screen';
    if (!person) return screen ? t('share.banner') : t('call.you');
    return t(screen ? 'gallery.screen' : 'gallery.camera', { name: person.display_name });
  };
  const help = ({ person, stream }: Takable) => {
    const screen = stream.source === 'screen';
    if (!person) return t(screen ? 'gallery.ofYours' : 'gallery.ofYou');
    return t(screen ? 'gallery.ofScreen' : 'gallery.ofCamera', { name: person.display_name });
  };
  return (
    <section className={styles.take}>
      <div className={styles.takeRow}>
        <Button
          kind="primary"
          icon={Camera}
          className={styles.takeButton}
          unavailable={!first}
          aria-describedby="take-help"
          onPress={() => first && onTake(first.stream.stream_id)}
          data-testid="take-snapshot"
        >
          {t('gallery.take')}
        </Button>
        {others.length > 0 && (
          <MenuTrigger>
            <AriaButton
              className={styles.choose ?? ''}
              aria-label={t('gallery.choose')}
              data-testid="choose-snapshot"
            >
              <ChevronDown size={18} strokeWidth={1.8} aria-hidden />
            </AriaButton>
            <Menu
              placement="bottom end"
              offset={6}
              aria-label={t('gallery.choose')}
              className={styles.menu}
              onAction={(key) => onTake(Number(key))}
            >
              {takable.map((one) => (
                <Item
                  key={one.stream.stream_id}
                  id={String(one.stream.stream_id)}
                  icon={Camera}
                  words={name(one)}
                  data-testid="take-of"
                />
              ))}
            </Menu>
          </MenuTrigger>
        )}
      </div>
      <p id="take-help" className={styles.help}>
        <Info size={16} strokeWidth={1.8} aria-hidden />
        {first ? help(first) : t('gallery.nothing')}
      </p>
    </section>
  );
}

interface SnapshotProps {
  snapshot: SnapshotView;
  me: MeView;
  onDraw: ((fileId: string) => void) | undefined;
}

interface CardProps extends SnapshotProps {
  /** It is open on the stage. */
  here: boolean;
  onLarge: () => void;
}

function Snapshot({ snapshot, me, here, onDraw, onLarge }: CardProps) {
  const { t } = useTranslation();
  const words = useWords(snapshot, me);
  const draw = useDraw(snapshot, me);
  const { info } = snapshot.file;
  const picture = usePicture(info.file_id, false);
  const editors = useEditors(snapshot);
  const place = useRef<HTMLLIElement>(null);
  const drawing = useDrawing(info.file_id, useInSight(place));
  const saved = { file: snapshot.file, title: words.fileTitle, label: words.title, atMs: snapshot.at_ms };
  const saving = useSaveDrawn(saved);
  const name = t('gallery.enlarge', { name: words.title, time: words.time });
  const moved = progress(snapshot.file);
  const [width, height] = info.size_px ?? [16, 9];
  return (
    <li
      ref={place}
      className={`${styles.snapshot} ${here ? styles.here : ''}`}
      {...(here && { 'aria-current': true })}
      data-testid="snapshot"
      data-file-id={info.file_id}
    >
      <div className={styles.shown}>
        <AriaButton
          className={styles.picture ?? ''}
          style={{ aspectRatio: `${width} / ${height}` }}
          aria-label={drawing ? `${name}, ${t('past.drawnOn')}` : name}
          {...(editors && { 'aria-describedby': `drawing-${info.file_id}` })}
          onPress={onLarge}
          data-testid="snapshot-enlarge"
        >
          {picture && <img src={picture} alt="" draggable={false} />}
          {picture && drawing && info.size_px && <Drawn drawing={drawing} size={info.size_px} />}
        </AriaButton>
        {editors && (
          <p id={`drawing-${info.file_id}`} className={styles.drawing} data-testid="snapshot-drawing">
            <PencilLine size={15} strokeWidth={1.8} aria-hidden />
            <span>{editors}</span>
          </p>
        )}
        <PointedChip fileId={info.file_id} onOpen={onLarge} />
      </div>
      {moved && <ProgressBar label={info.name} share={moved.share} />}
      <div className={styles.row}>
        <p className={styles.words}>
          <b>{words.title}</b>
          <span>{words.by}</span>
        </p>
        {here && (
          <span className={styles.hereChip} data-testid="snapshot-here">
            <PencilLine size={15} strokeWidth={1.8} aria-hidden />
            {t('gallery.here')}
          </span>
        )}
        {onDraw && draw && !here && (
          <IconButton
            icon={draw.icon}
            label={`${draw.words}: ${words.title}, ${words.time}`}
            onPress={() => onDraw(info.file_id)}
            data-testid="snapshot-draw"
          />
        )}
        <SaveDrawn {...saved} drawing={drawing} saving={saving} look="sign" testid="snapshot">
          <Keep snapshot={snapshot} onLarge={onLarge} />
        </SaveDrawn>
      </div>
      <SavedDrawn saving={saving} />
    </li>
  );
}

/** Brings it onto this computer, or not after all, or shows it there. */
function Keep({ snapshot: { file }, onLarge }: { snapshot: SnapshotView; onLarge: () => void }) {
  const { t } = useTranslation();
  const { tools: commands, browser } = useEngine();
  const { file_id: id, name } = file.info;
  switch (file.state.state) {
    case 'saved':
      return (
        <IconButton
          icon={FolderOpen}
          label={t('file.openName', { name })}
          // A browser opens nothing of what it has saved.
          onPress={() => (browser ? onLarge() : void commands?.openFile(id))}
          data-testid="snapshot-open"
        />
      );
    case 'downloading':
      return (
        <IconButton
          icon={X}
          label={t('file.stopName', { name })}
          onPress={() => void commands?.cancelDownload(id)}
          data-testid="snapshot-stop"
        />
      );
    default:
      return (
        <IconButton
          icon={Download}
          label={t('file.saveName', { name })}
          onPress={() => void commands?.download(id)}
          data-testid="snapshot-save"
        />
      );
  }
}

/** Who draws on it just now; nothing while nobody does. */
function useEditors({ editing }: SnapshotView): string | undefined {
  const { t } = useTranslation();
  const [name, other, ...rest] = editing;
  if (name === undefined) return undefined;
  if (other === undefined) return t('gallery.editing1', { name });
  if (rest.length === 0) return t('gallery.editing2', { name, other });
  return t('gallery.editingMore', { name, count: rest.length + 1 });
}

interface LargeProps extends SnapshotProps {
  onNewer: (() => void) | undefined;
  onOlder: (() => void) | undefined;
  onClose: () => void;
}

/** One of them large, with what can be done with it. */
function Large({ snapshot, me, onDraw, onNewer, onOlder, onClose }: LargeProps) {
  const { t } = useTranslation();
  const { tools: commands } = useEngine();
  const words = useWords(snapshot, me);
  const draw = useDraw(snapshot, me);
  const editors = useEditors(snapshot);
  const { info, may_delete } = snapshot.file;
  const id = info.file_id;
  const drawing = useDrawing(id, true);
  const saved = { file: snapshot.file, title: words.fileTitle, label: words.title, atMs: snapshot.at_ms };
  const saving = useSaveDrawn(saved);
  const [asks, setAsks] = useState<string>();
  return (
    <PictureSheet
      fileId={id}
      title={words.title}
      text={[words.taken, editors].filter(Boolean).join(' · ')}
      size={info.size_px}
      drawing={drawing}
      onClose={onClose}
    >
      {asks === id ? (
        <DeleteQuestion
          words={t('gallery.deleteSure')}
          onYes={() => {
            void commands?.deleteFile(id);
            onClose();
          }}
          onNot={() => setAsks(undefined)}
        />
      ) : (
        <>
          {onDraw && draw && (
            <Button
              kind="primary"
              icon={draw.icon}
              onPress={() => {
                onClose();
                onDraw(id);
              }}
              data-testid="large-draw"
            >
              {draw.words}
            </Button>
          )}
          <SaveDrawn {...saved} drawing={drawing} saving={saving} look="word" testid="large">
            <SaveFile file={snapshot.file} testid="large" />
          </SaveDrawn>
          <SavedDrawn saving={saving} />
          {may_delete && (
            <Button icon={Trash2} onPress={() => setAsks(id)} data-testid="large-delete">
              {t('file.delete')}
            </Button>
          )}
          <span className={styles.steps}>
            {onNewer && (
              <IconButton
                icon={ChevronLeft}
                label={t('gallery.newer')}
                onPress={onNewer}
                data-testid="newer"
              />
            )}
            {onOlder && (
              <IconButton
                icon={ChevronRight}
                label={t('gallery.older')}
                onPress={onOlder}
                data-testid="older"
              />
            )}
          </span>
        </>
      )}
    </PictureSheet>
  );
}

/** Whoever may not draw on a snapshot looks on as the others do: without snapshots of one's own, once they have begun. */
function useDraw(
  { editing }: SnapshotView,
  { tools }: MeView,
): { icon: LucideIcon; words: string } | undefined {
  const { t } = useTranslation();
  if (!tools.snapshot && editing.length === 0) return undefined;
  return tools.live_edit && tools.snapshot
    ? { icon: PencilLine, words: t('gallery.draw') }
    : { icon: Eye, words: t('gallery.watch') };
}

/** What, when and by whom. */
function useWords(snapshot: SnapshotView, me: MeView) {
  const { t, i18n } = useTranslation();
  const locale = dateLocale(i18n.language, navigator.languages);
  const at = snapshot.at_ms ?? 0;
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at);
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }).format(at);
  const mine = snapshot.by_name === me.display_name;
  const name = snapshot.by_name || t('notice.somebody');
  return {
    title: snapshotTitle(t, snapshot, me.participant_id),
    fileTitle: snapshotTitle(t, snapshot),
    time,
    by: mine ? t('gallery.takenByYou', { time }) : t('gallery.takenBy', { time, name }),
    taken: mine ? t('gallery.takenYou', { day, time }) : t('gallery.taken', { day, time, name }),
  };
}

/** Says that one has come. */
function News({ gallery, me }: { gallery: SnapshotView[]; me: MeView }) {
  const { t } = useTranslation();
  const known = useRef<Set<string>>(undefined);
  const [came, setCame] = useState<SnapshotView>();
  useEffect(() => {
    const before = known.current;
    known.current = new Set(gallery.map(({ file }) => file.info.file_id));
    const fresh = before && gallery.find(({ file }) => !before.has(file.info.file_id));
    if (fresh) setCame(fresh);
  }, [gallery]);
  const name = came?.of_name || t('notice.somebody');
  const ofMe = came?.file.info.of === me.participant_id;
  const arrivedOfMe = ({ by_name, of_screen }: SnapshotView) => {
    if (by_name === me.display_name) return t(of_screen ? 'gallery.tookYours' : 'gallery.tookYou');
    return t(of_screen ? 'gallery.arrivedYours' : 'gallery.arrivedYou');
  };
  return (
    <div className="sr-only" role="status" data-testid="gallery-news">
      {came &&
        (ofMe
          ? arrivedOfMe(came)
          : t(came.of_screen ? 'gallery.arrivedScreen' : 'gallery.arrived', { name }))}
    </div>
  );
}
