import { Mic, Video, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Button } from '../../components/Button';
import { Logo } from '../../components/Logo';
import { useEngine } from '../../engine/context';
import type { AppView, IncomingCallView } from '../../engine/view';
import styles from './Incoming.module.css';

/** A window of its own, on top of everything: somebody calls. */
export function Incoming({ view: { incoming } }: { view: AppView }) {
  const { t } = useTranslation();
  return (
    <main className={styles.window} data-testid="screen-incoming">
      {incoming ? <Rings call={incoming} /> : <p className={styles.over}>{t('incoming.over')}</p>}
    </main>
  );
}

function Rings({ call }: { call: IncomingCallView }) {
  const { t } = useTranslation();
  const { windows } = useEngine();
  const { call_id: id, caller_name, title, call_type } = call;
  const left = useSecondsUntil(call.rings_until_ms);
  const name = caller_name ?? title ?? t('incoming.somebody');
  const seen = call_type !== 'audio_only';
  const decline = () => void windows?.declineCall(id);
  useEffect(() => {
    const key = (event: KeyboardEvent) => event.key === 'Escape' && void windows?.declineCall(id);
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, [windows, id]);
  return (
    <>
      <header className={styles.head}>
        <Logo size={18} />
        <span className={styles.what}>{t('incoming.title')}</span>
        <span aria-hidden>{t('incoming.ringsFor', { count: left })}</span>
      </header>
      <div className={styles.who} role="alert">
        <Avatar name={name} size={60} />
        <div className={styles.words}>
          <h1 className={styles.name}>{name}</h1>
          <p className={styles.text}>
            {caller_name && title ? `${title} · ` : ''}
            {seen
              ? t('newRoom.audio_video').toLocaleLowerCase()
              : t('newRoom.audio_only').toLocaleLowerCase()}
          </p>
          {call.recording !== 'none' && <p className={styles.text}>{t(`recording.${call.recording}`)}</p>}
        </div>
      </div>
      <div className={styles.ways}>
        <Button size="bar" className={styles.way} icon={X} onPress={decline} data-testid="decline">
          {t('incoming.decline')}
        </Button>
        {seen && (
          <Button
            size="bar"
            className={styles.way}
            icon={Mic}
            onPress={() => void windows?.answerCall(id, false)}
            data-testid="answer-sound"
          >
            {t('incoming.soundOnly')}
          </Button>
        )}
        <Button
          kind="primary"
          size="bar"
          className={styles.answer}
          icon={seen ? Video : Mic}
          onPress={() => void windows?.answerCall(id, seen)}
          autoFocus
          data-testid="answer"
        >
          {t('incoming.answer')}
        </Button>
      </div>
    </>
  );
}

/** Whole seconds until a time, counting down. */
function useSecondsUntil(at: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.floor((at - now) / 1000));
}
