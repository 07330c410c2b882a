import {
  Camera,
  CircleCheck,
  CircleStop,
  Hand,
  Lock,
  type LucideIcon,
  MicOff,
  Pause,
  Pin,
  PinOff,
  Projector,
  ScreenShare,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Bars } from '../../components/Bars';
import { SpeakingBars } from '../../components/SpeakingBars';
import { useEngine } from '../../engine/context';
import { StreamPicture } from '../../engine/frames/StreamPicture';
import { LOCAL_PREVIEW, LOCAL_SHARE } from '../../engine/frameWire';
import type {
  CallView,
  MeView,
  PersonView,
  Reaction,
  ReactionView,
  ShareView,
  StreamView,
} from '../../engine/view';
import { PointerLayer } from '../pointer/PointerLayer';
import { cameraStream, microphoneButton, muted, quality, saysQuality } from './derive';
import { isTakable } from './layout';
import { REACTION_ICONS } from './reactions';
import styles from './Tile.module.css';

interface TileProps {
  person: PersonView;
  /** Fills the stage. */
  single?: boolean;
  /** Large beside a strip of others. */
  large?: boolean;
  /** One's own picture may lie over its lower right. */
  under?: boolean;
  simple?: boolean;
  /** The line is down: this is the last picture. */
  frozen?: boolean;
  crowded?: boolean;
  /** Place of the raised hand, from 1. */
  hand?: number | undefined;
  /** What they showed just now. */
  reaction?: Reaction | undefined;
  pinned?: boolean;
  /** Keeps this person large, or not any more. */
  onPin?: (() => void) | undefined;
  /** They agreed to being recorded; told to admins. */
  agreed?: boolean;
  /** Everybody is to look at them. */
  presents?: boolean;
  /** Ends that. */
  onStopPresenting?: (() => void) | undefined;
  /** Takes a picture of it. */
  onSnapshot?: ((streamId: number) => void) | undefined;
}

/** Somebody else. */
export function Tile(props: TileProps) {
  const { person, single = false, large = false, under = false, simple = false, frozen = false } = props;
  const { crowded = false, hand, reaction, pinned = false, onPin, agreed = false } = props;
  const { presents = false, onStopPresenting, onSnapshot } = props;
  const { t } = useTranslation();
  const { pictures } = useEngine();
  const { participant_id: id, display_name: name, speaking } = person;
  const stream = pictures.supported ? cameraStream(person) : undefined;
  const mute = muted(person);
  const speaks = speaking && mute === 'no' && !frozen;
  const words = [
    name,
    mute === 'self' && t('call.muted'),
    mute === 'admin' && t('call.mutedByHost'),
    speaks && t('call.speaking'),
    presents && t('present.by', { name }),
    hand !== undefined && t('call.handAt', { place: hand }),
  ]
    .filter(Boolean)
    .join(', ');
  const look = [
    styles.tile,
    speaks && styles.speaking,
    frozen && styles.frozen,
    single && styles.single,
    large && styles.large,
    under && styles.under,
    crowded && styles.crowded,
  ];
  const line = saysQuality(person.quality) && !frozen;
  return (
    <article
      className={look.filter(Boolean).join(' ')}
      data-testid="tile"
      data-participant-id={id}
      data-microphone={mute === 'no' ? 'on' : 'off'}
      data-muted={mute}
      data-camera={stream ? 'on' : 'off'}
      data-speaking={speaks}
      aria-label={words}
    >
      {stream ? (
        <StreamPicture
          key={stream.stream_id}
          streamId={stream.stream_id}
          className={styles.picture}
          over={(fitted) => <PointerLayer target={{ kind: 'camera', participant_id: id }} fitted={fitted} />}
        />
      ) : (
        <NoPicture name={name} />
      )}
      <Label>
        {frozen && <Pause size={16} strokeWidth={1.8} aria-hidden />}
        {!frozen && mute !== 'no' && <MicOff size={16} strokeWidth={1.8} aria-hidden />}
        {!frozen && mute === 'admin' && <Lock size={15} strokeWidth={1.8} aria-hidden />}
        {speaks && <SpeakingBars />}
        {!frozen && presents && <Projector size={16} strokeWidth={1.8} aria-hidden />}
        <span className={styles.name}>
          {frozen && t('call.lastPicture', { name })}
          {!frozen && presents && t('present.by', { name })}
          {!frozen && !presents && (simple && speaks ? t('simple.speaks', { name }) : name)}
        </span>
        {!frozen && mute === 'admin' && !crowded && (
          <span className={styles.locked}>{t('call.mutedByHost')}</span>
        )}
      </Label>
      {line && (
        <span className={single || under ? styles.qualityTop : styles.quality} data-testid="quality">
          <Bars quality={quality(person.quality)} size={16} />
          {single
            ? t('call.connection', { word: t(`quality.q${quality(person.quality)}`) })
            : t(`quality.q${quality(person.quality)}`)}
        </span>
      )}
      <Signs hand={hand} reaction={reaction} agreed={agreed && !crowded} />
      <div className={styles.acts}>
        {onStopPresenting && <StopPresenting name={name} onPress={onStopPresenting} />}
        {onPin && (
          <Act
            icon={pinned ? PinOff : Pin}
            word={!crowded && (pinned ? t('call.unpin') : t('call.pin'))}
            label={pinned ? t('call.unpinName', { name }) : t('call.pinName', { name })}
            held={pinned}
            onPress={onPin}
            testid="pin"
          />
        )}
        {onSnapshot && stream && (
          <Act
            icon={Camera}
            word={(single || large) && t('gallery.tile')}
            label={t('gallery.takeOf', { name })}
            onPress={() => onSnapshot(stream.stream_id)}
            testid="tile-snapshot"
          />
        )}
      </div>
    </article>
  );
}

interface ActProps {
  icon: LucideIcon;
  word: string | false;
  label: string;
  /** Seen all the time, not only under the pointer or the keyboard. */
  held?: boolean;
  onPress: () => void;
  testid: string;
}

/** What can be done about what a tile shows. */
function Act({ icon: Icon, word, label, held = false, onPress, testid }: ActProps) {
  return (
    <Button
      className={`${styles.act} ${held ? styles.held : ''}`}
      onPress={onPress}
      aria-label={label}
      data-testid={testid}
    >
      <Icon size={16} strokeWidth={1.8} aria-hidden />
      {word && <span>{word}</span>}
    </Button>
  );
}

/** For admins: everybody may look where they like again. */
function StopPresenting({ name, onPress }: { name: string; onPress: () => void }) {
  const { t } = useTranslation();
  return (
    <Act
      icon={CircleStop}
      word={t('present.stopShort')}
      label={t('present.stopName', { name })}
      held
      onPress={onPress}
      testid="stop-presenter"
    />
  );
}

interface SignsProps {
  hand: number | undefined;
  reaction: Reaction | undefined;
  agreed?: boolean;
}

/** What somebody does right now. */
function Signs({ hand, reaction, agreed = false }: SignsProps) {
  const { t } = useTranslation();
  if (hand === undefined && !reaction && !agreed) return null;
  const Icon = reaction && REACTION_ICONS[reaction];
  return (
    <span className={styles.signs} aria-hidden>
      {agreed && (
        <span className={styles.sign}>
          <CircleCheck size={16} strokeWidth={1.8} aria-hidden />
          <span className={styles.signWord}>{t('call.agreed')}</span>
        </span>
      )}
      {Icon && reaction && (
        <span className={styles.sign} data-testid="reaction">
          <Icon size={18} strokeWidth={1.8} aria-hidden />
          <span className={styles.signWord}>{t(`reaction.${reaction}`)}</span>
        </span>
      )}
      {hand !== undefined && (
        <span className={styles.sign} data-testid="hand">
          <Hand size={16} strokeWidth={1.8} aria-hidden />
          {t('call.handPlace', { count: hand, ordinal: true })}
          <span className={styles.signWord}>{t('call.toSpeak')}</span>
        </span>
      )}
    </span>
  );
}

/** The latest reaction of somebody. */
export function reactionOf(reactions: ReactionView[] | undefined, id: string): Reaction | undefined {
  return reactions?.findLast(({ participant_id }) => participant_id === id)?.reaction;
}

/** Those for whom there is no tile. */
export function MoreTile({ count, onPress }: { count: number; onPress: () => void }) {
  const { t } = useTranslation();
  return (
    <Button className={styles.more ?? ''} onPress={onPress} data-testid="more-people">
      {t('call.morePeople', { count })}
    </Button>
  );
}

interface OwnProps {
  call: CallView;
  hand: number | undefined;
  mirrored: boolean;
  /** Takes a picture of it. */
  onSnapshot: ((streamId: number) => void) | undefined;
}

/** Oneself, as a tile among the others. */
export function OwnTile({ crowded, ...own }: OwnProps & { crowded: boolean }) {
  const { t } = useTranslation();
  const { me } = own.call;
  return (
    <article
      className={`${styles.tile} ${me.speaking && me.microphone.state === 'on' ? styles.speaking : ''} ${crowded ? styles.crowded : ''}`}
      data-testid="self-preview"
      data-camera={me.camera.state}
      aria-label={t('call.you')}
    >
      <OwnInside {...own} />
    </article>
  );
}

/** One's own picture, label and signs, for a tile or for what floats. */
export function OwnInside({ call, hand, mirrored, onSnapshot }: OwnProps) {
  const { t } = useTranslation();
  const { pictures } = useEngine();
  const { me } = call;
  const on = me.camera.state === 'on' && pictures.supported;
  const { on: heard, locked } = microphoneButton(me);
  return (
    <>
      {on ? (
        <StreamPicture
          streamId={LOCAL_PREVIEW}
          className={styles.picture}
          fit="cover"
          mirrored={mirrored}
          over={(fitted) => (
            <PointerLayer
              target={{ kind: 'camera', participant_id: me.participant_id }}
              fitted={fitted}
              mirrored={mirrored}
            />
          )}
        />
      ) : (
        <NoPicture name={me.display_name} />
      )}
      <Label>
        {!heard && <MicOff size={16} strokeWidth={1.8} aria-hidden />}
        {locked && <Lock size={15} strokeWidth={1.8} aria-hidden />}
        {heard && me.speaking && <SpeakingBars />}
        <span className={styles.name}>{t('call.you')}</span>
      </Label>
      <Signs hand={hand} reaction={reactionOf(call.reactions, me.participant_id)} />
      {onSnapshot && on && (
        // What it lies on may be dragged.
        <div className={styles.acts} onPointerDown={(event) => event.stopPropagation()}>
          <Act
            icon={Camera}
            word={false}
            label={t('gallery.takeOfYou')}
            onPress={() => onSnapshot(LOCAL_PREVIEW)}
            testid="own-snapshot"
          />
        </div>
      )}
    </>
  );
}

interface ScreenTileProps {
  owner: PersonView;
  stream: StreamView;
  frozen: boolean;
  /** Everybody is to look at it. */
  presents: boolean;
  onStopPresenting: (() => void) | undefined;
  onSnapshot: ((streamId: number) => void) | undefined;
}

/** A screen that somebody shows; never cut. */
export function ScreenTile(props: ScreenTileProps) {
  const { owner, stream, frozen, presents, onStopPresenting, onSnapshot } = props;
  const { t } = useTranslation();
  const { participant_id: id, display_name: name } = owner;
  const words = presents ? t('present.screenBy', { name }) : t('call.shares', { name });
  return (
    <article
      className={`${styles.tile} ${styles.screen} ${frozen ? styles.frozen : ''}`}
      data-testid="shared-screen"
      data-participant-id={id}
      aria-label={words}
    >
      <StreamPicture
        key={stream.stream_id}
        streamId={stream.stream_id}
        className={styles.picture}
        fit="contain"
        over={(fitted) => <PointerLayer target={{ kind: 'screen', participant_id: id }} fitted={fitted} />}
      />
      <Label>
        {presents ? (
          <Projector size={16} strokeWidth={1.8} aria-hidden />
        ) : (
          <ScreenShare size={16} strokeWidth={1.8} aria-hidden />
        )}
        <span className={styles.name}>{words}</span>
      </Label>
      <div className={styles.acts}>
        {onStopPresenting && <StopPresenting name={name} onPress={onStopPresenting} />}
        {onSnapshot && (
          <Act
            icon={Camera}
            word={t('gallery.tile')}
            label={t('gallery.takeOf', { name: t('gallery.screen', { name }) })}
            onPress={() => onSnapshot(stream.stream_id)}
            testid="tile-snapshot"
          />
        )}
      </div>
    </article>
  );
}

/** What I show myself. A whole screen is not shown to oneself: it would show itself without end. */
export function OwnShare({
  share,
  me,
  onSnapshot,
}: {
  share: ShareView;
  me: MeView;
  onSnapshot: ((streamId: number) => void) | undefined;
}) {
  const { t } = useTranslation();
  const words = share.kind === 'window' ? t('share.youWindow') : t('share.youScreen');
  return (
    <article className={`${styles.tile} ${styles.ownShare}`} data-testid="own-share" aria-label={words}>
      {share.stream_id === null || share.paused ? (
        <div className={styles.shareWords}>
          <ScreenShare size={40} strokeWidth={1.6} aria-hidden />
          <p className={styles.shareTitle}>{share.paused ? t('share.paused') : words}</p>
          <p>{share.label}</p>
        </div>
      ) : (
        <StreamPicture
          key={share.stream_id}
          streamId={share.stream_id}
          className={styles.picture}
          fit="contain"
          over={(fitted) => (
            <PointerLayer target={{ kind: 'screen', participant_id: me.participant_id }} fitted={fitted} />
          )}
        />
      )}
      {onSnapshot && isTakable(share) && (
        <div className={styles.acts}>
          <Act
            icon={Camera}
            word={t('gallery.tile')}
            label={t('gallery.takeOfYours')}
            onPress={() => onSnapshot(LOCAL_SHARE)}
            testid="share-snapshot"
          />
        </div>
      )}
    </article>
  );
}

function NoPicture({ name }: { name: string }) {
  return (
    <div className={styles.none}>
      <Avatar name={name} size="clamp(36px, min(43cqh, 22cqw), 120px)" />
    </div>
  );
}

function Label({ children }: { children: ReactNode }) {
  return (
    <span className={styles.label} aria-hidden>
      {children}
    </span>
  );
}
