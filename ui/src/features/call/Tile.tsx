import { MicOff, Pause, ScreenShare } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Bars } from '../../components/Bars';
import { SpeakingBars } from '../../components/SpeakingBars';
import { useEngine } from '../../engine/context';
import { StreamCanvas } from '../../engine/frames/StreamCanvas';
import { LOCAL_PREVIEW } from '../../engine/frameWire';
import type { CallView, PersonView, StreamView } from '../../ipc/bindings';
import { cameraStream, quality, saysQuality } from './derive';
import styles from './Tile.module.css';

interface TileProps {
  person: PersonView;
  /** Fills the stage. */
  single?: boolean;
  /** One's own picture may lie over its lower right. */
  under?: boolean;
  simple?: boolean;
  /** The line is down: this is the last picture. */
  frozen?: boolean;
  crowded?: boolean;
}

/** Somebody else. */
export function Tile(props: TileProps) {
  const { person, single = false, under = false, simple = false, frozen = false, crowded = false } = props;
  const { t } = useTranslation();
  const { pictures } = useEngine();
  const { participant_id: id, display_name: name, microphone, speaking } = person;
  const stream = pictures.supported ? cameraStream(person) : undefined;
  const speaks = speaking && microphone && !frozen;
  const words = [name, !microphone && t('call.muted'), speaks && t('call.speaking')]
    .filter(Boolean)
    .join(', ');
  return (
    <article
      className={`${styles.tile} ${speaks ? styles.speaking : ''} ${frozen ? styles.frozen : ''} ${single ? styles.single : ''} ${under ? styles.under : ''} ${crowded ? styles.crowded : ''}`}
      data-testid="tile"
      data-participant-id={id}
      data-microphone={microphone ? 'on' : 'off'}
      data-camera={stream ? 'on' : 'off'}
      data-speaking={speaks}
      aria-label={words}
    >
      {stream ? (
        <StreamCanvas key={stream.stream_id} streamId={stream.stream_id} className={styles.picture} />
      ) : (
        <NoPicture name={name} id={id} />
      )}
      <Label>
        {frozen && <Pause size={16} strokeWidth={1.8} aria-hidden />}
        {!frozen && !microphone && <MicOff size={16} strokeWidth={1.8} aria-hidden />}
        {speaks && <SpeakingBars />}
        <span className={styles.name}>
          {frozen && t('call.lastPicture', { name })}
          {!frozen && (simple && speaks ? t('simple.speaks', { name }) : name)}
        </span>
      </Label>
      {saysQuality(person.quality) && !frozen && (
        <span className={single || under ? styles.qualityTop : styles.quality} data-testid="quality">
          <Bars quality={quality(person.quality)} size={16} />
          {single
            ? t('call.connection', { word: t(`quality.q${quality(person.quality)}`) })
            : t(`quality.q${quality(person.quality)}`)}
        </span>
      )}
    </article>
  );
}

/** Oneself, as a tile among the others. */
export function OwnTile({ call, crowded }: { call: CallView; crowded: boolean }) {
  const { t } = useTranslation();
  const { me } = call;
  return (
    <article
      className={`${styles.tile} ${me.speaking && me.microphone.state === 'on' ? styles.speaking : ''} ${crowded ? styles.crowded : ''}`}
      data-testid="self-preview"
      data-camera={me.camera.state}
      aria-label={t('call.you')}
    >
      <OwnInside call={call} />
    </article>
  );
}

/** One's own picture and label, for a tile or for what floats. */
export function OwnInside({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { pictures } = useEngine();
  const { me } = call;
  const on = me.camera.state === 'on' && pictures.supported;
  const muted = me.microphone.state !== 'on' && me.microphone.state !== 'starting';
  return (
    <>
      {on ? (
        <StreamCanvas streamId={LOCAL_PREVIEW} className={styles.picture} fit="cover" mirrored />
      ) : (
        <NoPicture name={me.display_name} id={me.participant_id} />
      )}
      <Label>
        {muted && <MicOff size={16} strokeWidth={1.8} aria-hidden />}
        {!muted && me.speaking && <SpeakingBars />}
        <span className={styles.name}>{t('call.you')}</span>
      </Label>
    </>
  );
}

interface ScreenTileProps {
  owner: PersonView;
  stream: StreamView;
  frozen: boolean;
}

/** A screen that somebody shows; never cut. */
export function ScreenTile({ owner, stream, frozen }: ScreenTileProps) {
  const { t } = useTranslation();
  const words = t('call.shares', { name: owner.display_name });
  return (
    <article
      className={`${styles.tile} ${styles.screen} ${frozen ? styles.frozen : ''}`}
      data-testid="shared-screen"
      data-participant-id={owner.participant_id}
      aria-label={words}
    >
      <StreamCanvas
        key={stream.stream_id}
        streamId={stream.stream_id}
        className={styles.picture}
        fit="contain"
      />
      <Label>
        <ScreenShare size={16} strokeWidth={1.8} aria-hidden />
        <span className={styles.name}>{words}</span>
      </Label>
    </article>
  );
}

function NoPicture({ name, id }: { name: string; id: string }) {
  return (
    <div className={styles.none}>
      <Avatar name={name} id={id} size="clamp(36px, min(43cqh, 22cqw), 120px)" />
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
