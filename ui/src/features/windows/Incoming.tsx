import { Mic, Video, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Button } from '../../components/Button';
import { Logo } from '../../components/Logo';
import { useEngine } from '../../engine/context';
import type { AppView, IncomingCallView } from '../../engine/view';
import styles from './Incoming.module.css';

interface Props {
  view: Pick<AppView, 'incoming'>;
  /** Grows when the keyboard comes; where it is not told, the window takes it at once. */
  keyboard?: number | undefined;
}

/** A window of its own, on top of everything: somebody calls. */
export function Incoming({ view: { incoming }, keyboard }: Props) {
  const { t } = useTranslation();
  return (
    <main className={styles.window} data-testid="screen-incoming">
      {incoming ? (
        <Rings key={incoming.call_id} call={incoming} keyboard={keyboard} />
      ) : (
        <p className={styles.over}>{t('incoming.over')}</p>
      )}
    </main>
  );
}

function Rings({ call, keyboard }: { call: IncomingCallView; keyboard: number | undefined }) {
  const { t } = useTranslation();
  const { windows, frame } = useEngine();
  const commands = windows ?? frame;
  const { call_id: id, caller_name, title, call_type } = call;
  const left = useSecondsUntil(call.rings_until_ms);
  const name = caller_name ?? title ?? t('incoming.somebody');
  const seen = call_type !== 'audio_only';
  const decline = () => void commands?.declineCall(id);
  useEffect(() => {
    const key = (event: KeyboardEvent) => event.key === 'Escape' && void commands?.declineCall(id);
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, [commands, id]);
  const ways = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const answer = ways.current?.lastElementChild;
    if (keyboard && answer instanceof HTMLElement) answer.focus();
  }, [keyboard]);
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
      <div className={styles.ways} ref={ways}>
        <Button size="bar" className={styles.way} icon={X} onPress={decline} data-testid="decline">
          {t('incoming.decline')}
        </Button>
        {seen && (
          <Button
            size="bar"
            className={styles.way}
            icon={Mic}
            onPress={() => void commands?.answerCall(id, false)}
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
          onPress={() => void commands?.answerCall(id, seen)}
          autoFocus={keyboard === undefined}
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
