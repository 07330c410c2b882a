import { Copy, CopyCheck, Mic, MonitorUp, Play, Video } from 'lucide-react';
import { useState } from 'react';
import { Dialog, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { IconButton } from '../../components/IconButton';
import { Sheet } from '../../components/Sheet';
import { useCopy } from '../../components/useCopy';
import { useEngine } from '../../engine/context';
import { clock } from '../call/derive';
import { sizeWords } from '../files/sizes';
import { type Recording, told } from './api';
import { useConsole } from './context';
import { useAct, useLive } from './live';
import { Refused, useTimes } from './parts';
import styles from './parts.module.css';

const KINDS = { audio: Mic, video: Video, screen: MonitorUp } as const;
const LAYOUTS = ['grid', 'speaker'] as const;

interface Props {
  recording: Recording;
  onMade: () => void;
  onClose: () => void;
}

/** The files of a recording in separate tracks, and the way to one film of them. */
export function Tracks({ recording, onMade, onClose }: Props) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const openUrl = useEngine().windows?.openUrl;
  const { moment, locale } = useTimes();
  const { copied, copy } = useCopy();
  const [linked, setLinked] = useState<{ id: string; url: string }>();
  const [layout, setLayout] = useState<(typeof LAYOUTS)[number]>('grid');
  const act = useAct();
  const { room_id, recording_id, session_id } = recording;
  const { data } = useLive(
    () =>
      told(
        api.GET('/v2/rooms/{room_id}/recordings/{recording_id}', {
          params: { path: { room_id, recording_id } },
        }),
      ),
    recording_id,
    null,
  );
  const link = (track_id: string, then: (url: string) => void) =>
    act.run(async () => {
      const path = { room_id, recording_id, track_id };
      const made = await told(
        api.POST('/v2/rooms/{room_id}/recordings/{recording_id}/tracks/{track_id}/link', {
          params: { path },
          body: { expires_in: 3600 },
        }),
      );
      then(made.url);
    });
  const make = async () => {
    const params = { path: { room_id, session_id } };
    const done = await act.run(() =>
      told(
        api.POST('/v2/rooms/{room_id}/sessions/{session_id}/compositions', {
          params,
          body: { layout, format: 'mp4' },
        }),
      ),
    );
    if (done) onMade();
  };
  return (
    <Sheet onClose={onClose} className={styles.sheet}>
      <Dialog className={styles.dialog ?? ''} data-testid="tracks">
        <Heading slot="title" className={styles.dialogTitle ?? ''}>
          {t('console.tracksOf', { time: moment(recording.started_at) })}
        </Heading>
        <p className={styles.dialogText}>{t('console.tracksText')}</p>
        <ul className={styles.tracks} aria-label={t('console.tracks')} aria-busy={data === undefined}>
          {data?.tracks?.map(({ track_id, kind, display_name, participant_id, duration_ms, bytes }) => {
            const Kind = KINDS[kind];
            const name = `${display_name || participant_id}, ${t(`console.kind_${kind}`)}`;
            const isCopied = linked?.id === track_id && copied === linked.url;
            return (
              <li key={track_id} data-testid="track">
                <Kind size={18} strokeWidth={1.8} aria-hidden />
                <span className={styles.trackName}>
                  {display_name || participant_id}
                  <span className={styles.quiet}>
                    {t(`console.kind_${kind}`)} · {clock(duration_ms / 1000)} · {sizeWords(bytes, locale)}
                  </span>
                </span>
                {openUrl && (
                  <IconButton
                    icon={Play}
                    label={t('console.playName', { name })}
                    onPress={() => void link(track_id, (url) => void openUrl(url))}
                    data-testid="play-track"
                  />
                )}
                <IconButton
                  icon={isCopied ? CopyCheck : Copy}
                  label={isCopied ? t('console.copied') : t('console.copyHourLink', { name })}
                  onPress={() =>
                    void link(track_id, (url) => {
                      setLinked({ id: track_id, url });
                      copy(url);
                    })
                  }
                  data-testid="link-track"
                />
              </li>
            );
          })}
        </ul>
        <Choice
          label={t('console.filmLayout')}
          value={layout}
          options={LAYOUTS.map((id) => ({ id, label: t(`recording.layout_${id}`) }))}
          onChange={setLayout}
          data-testid="film-layout"
        />
        <Refused act={act} own={{ recording_unavailable: t('console.cannotCompose') }} />
        <div className={styles.dialogWays}>
          <Button onPress={onClose}>{t('console.closeTracks')}</Button>
          <Button kind="primary" busy={act.busy} onPress={() => void make()} data-testid="make-composition">
            {t('console.makeFilm')}
          </Button>
        </div>
      </Dialog>
    </Sheet>
  );
}
