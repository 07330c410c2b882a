import { Headphones, VideoOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { FlipButton } from '../../components/FlipButton';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import { StreamPicture } from '../../engine/frames/StreamPicture';
import { LOCAL_PREVIEW } from '../../engine/frameWire';
import type { LobbyView } from '../../engine/view';
import { deviceWord, inTrouble, joinAs } from './derive';
import styles from './Preview.module.css';

/** One's own picture, or why there is none. */
export function Preview({ lobby, mirrored }: { lobby: LobbyView; mirrored: boolean }) {
  const { t } = useTranslation();
  const { pictures } = useEngine();
  const { camera } = lobby;
  const word = deviceWord(camera);
  const name = lobby.display_name.trim();
  const as = joinAs(lobby);
  const shown = word === 'on' && pictures.supported;
  return (
    <div className={styles.preview} data-testid="self-preview">
      {shown ? (
        <>
          <StreamPicture streamId={LOCAL_PREVIEW} className={styles.picture} mirrored={mirrored} />
          <FlipButton />
        </>
      ) : (
        <div className={styles.none}>
          <span className={styles.sign}>
            {word === 'starting' && <Spinner size={32} />}
            {word === 'notAllowed' && <Headphones size={32} strokeWidth={1.8} aria-hidden />}
            {word !== 'starting' && word !== 'notAllowed' && (
              <VideoOff size={32} strokeWidth={1.8} aria-hidden />
            )}
          </span>
          <div>
            <p className={styles.words}>{word === 'on' ? t('lobby.noDecoder') : t(`camera.${word}`)}</p>
            {inTrouble(camera) && as !== 'all' && (
              <p className={styles.still}>{t(as === 'sound' ? 'lobby.stillJoin' : 'lobby.stillAttend')}</p>
            )}
          </div>
        </div>
      )}
      <span className={styles.label}>{name ? t('lobby.you', { name }) : t('lobby.youNobody')}</span>
    </div>
  );
}
