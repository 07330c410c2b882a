import { Camera, Maximize, Minimize, Pause, Play, TriangleAlert, Volume2, VolumeX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button as AriaButton, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { Item, Menu } from '../../components/Menu';
import { Spinner } from '../../components/Spinner';
import { clock } from '../call/derive';
import type { Mark } from './derive';
import styles from './Player.module.css';

/** One press of an arrow key, in seconds. */
const STEP_S = 5;

interface Props {
  url: string;
  /** As the server says, until the file itself does. */
  length: number;
  marks: readonly Mark[];
  /** What a mark is called. */
  nameOf: (mark: Mark) => string;
}

/** Plays a recording: one large button, one bar. Space, arrows, M and F do what they do elsewhere. */
export function Player({ url, length, marks, nameOf }: Props) {
  const { t } = useTranslation();
  const player = usePlayer(url, length);
  const { video, frame, state, now, total, muted, seek } = player;
  const done = total > 0 ? Math.min(1, now / total) : 0;
  usePlayerKeys(player);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      ref={frame}
      role="group"
      aria-label={t('past.player')}
      className={styles.player}
      data-testid="player"
      data-state={state}
    >
      <div className={styles.screen}>
        {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote down what was said */}
        <video ref={video} className={styles.video} src={url} preload="metadata" playsInline />
        {state === 'failed' ? (
          <div className={styles.failed} role="alert">
            <TriangleAlert size={24} strokeWidth={1.8} aria-hidden />
            <p>{t('past.cannotPlay')}</p>
            <Button onPress={player.again} data-testid="player-again">
              {t('problem.tryAgain')}
            </Button>
          </div>
        ) : (
          <AriaButton
            className={styles.cover ?? ''}
            aria-label={state === 'playing' ? t('past.pause') : t('past.play')}
            // The same button stands below, where the keyboard finds it.
            excludeFromTabOrder
            onPress={player.toggle}
            data-testid="player-toggle"
          >
            {state === 'waiting' && (
              <span className={styles.sign}>
                <Spinner size={32} />
              </span>
            )}
            {state === 'paused' && (
              <span className={styles.sign}>
                <Play className={styles.play} size={30} strokeWidth={1.8} fill="currentColor" aria-hidden />
              </span>
            )}
          </AriaButton>
        )}
      </div>
      <div className={styles.controls}>
        <div className={styles.bar} style={{ '--done': done } as React.CSSProperties}>
          {marks.map(({ id, at }) => (
            <i
              key={id}
              style={{ '--at': total > 0 ? Math.min(1, at / total) : 0 } as React.CSSProperties}
              aria-hidden
            />
          ))}
          <input
            type="range"
            min={0}
            max={Math.max(0.1, total)}
            step={0.1}
            value={Math.min(now, total)}
            aria-label={t('past.position')}
            aria-valuetext={t('past.positionOf', { at: clock(now), length: clock(total) })}
            onChange={({ target }) => seek(Number(target.value))}
            data-testid="player-position"
          />
        </div>
        <div className={styles.row}>
          <span className={styles.now} data-testid="player-now">
            {clock(now)}
          </span>
          <span className={styles.middle}>
            {/* What opens beside a button lies behind a player that fills the screen. */}
            {marks.length > 0 && !player.filled && (
              <MenuTrigger>
                <AriaButton className={styles.marks ?? ''} data-testid="player-marks">
                  <Camera size={16} strokeWidth={1.8} aria-hidden />
                  {t('past.snapshots', { count: marks.length })}
                </AriaButton>
                <Menu
                  placement="top"
                  aria-label={t('past.toSnapshot')}
                  onAction={(key) => {
                    const mark = marks.find(({ id }) => id === key);
                    if (mark) seek(mark.at);
                  }}
                >
                  {marks.map((mark) => (
                    <Item
                      key={mark.id}
                      id={mark.id}
                      icon={Camera}
                      words={nameOf(mark)}
                      help={clock(mark.at)}
                      data-testid="player-mark"
                    />
                  ))}
                </Menu>
              </MenuTrigger>
            )}
          </span>
          <span className={styles.right}>
            <IconButton
              icon={state === 'playing' ? Pause : Play}
              label={state === 'playing' ? t('past.pause') : t('past.play')}
              onPress={player.toggle}
              data-testid="player-play"
            />
            <IconButton
              icon={muted ? VolumeX : Volume2}
              label={muted ? t('past.soundOn') : t('past.soundOff')}
              onPress={player.mute}
              data-testid="player-mute"
            />
            {document.fullscreenEnabled && (
              <IconButton
                icon={player.filled ? Minimize : Maximize}
                label={player.filled ? t('past.smaller') : t('past.fill')}
                onPress={player.fill}
                data-testid="player-fill"
              />
            )}
            <span data-testid="player-length">{clock(total)}</span>
          </span>
        </div>
      </div>
    </div>
  );
}

/** Where keys have a meaning of their own. */
const OTHERS =
  'input, textarea, [contenteditable], [role="menu"], [role="listbox"], [role="dialog"], section[tabindex]';

/** Space, arrows, M and F, wherever on the page the keyboard is, unless it is in something else that wants them. */
function usePlayerKeys(player: ReturnType<typeof usePlayer>) {
  const latest = useRef(player);
  latest.current = player;
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
      const { frame, now, seek, toggle, mute, fill } = latest.current;
      if (!frame.current?.contains(event.target) && event.target.closest(OTHERS)) return;
      // Space presses the button it is on.
      if (event.key === ' ' && event.target.closest('button')) return;
      switch (event.key) {
        case ' ':
          toggle();
          break;
        case 'ArrowLeft':
          seek(now - STEP_S);
          break;
        case 'ArrowRight':
          seek(now + STEP_S);
          break;
        case 'm':
          mute();
          break;
        case 'f':
          fill();
          break;
        default:
          return;
      }
      event.preventDefault();
      event.stopPropagation();
    };
    // Before the range takes the arrows.
    document.addEventListener('keydown', key, true);
    return () => document.removeEventListener('keydown', key, true);
  }, []);
}

type State = 'paused' | 'playing' | 'waiting' | 'failed';

/** The video, and what it says of itself. */
function usePlayer(url: string, length: number) {
  const video = useRef<HTMLVideoElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<State>('paused');
  const [now, setNow] = useState(0);
  const [own, setOwn] = useState<number>();
  const [muted, setMuted] = useState(false);
  const [filled, setFilled] = useState(false);
  const total = own ?? length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another recording begins anew
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    setState('paused');
    setNow(0);
    setOwn(undefined);
    const hears: [keyof HTMLMediaElementEventMap, () => void][] = [
      ['timeupdate', () => setNow(element.currentTime)],
      ['seeking', () => setNow(element.currentTime)],
      // A file that is not indexed knows no length of its own.
      ['durationchange', () => setOwn(Number.isFinite(element.duration) ? element.duration : undefined)],
      ['playing', () => setState('playing')],
      ['waiting', () => setState('waiting')],
      ['pause', () => setState('paused')],
      ['ended', () => setState('paused')],
      ['error', () => setState('failed')],
      ['volumechange', () => setMuted(element.muted)],
    ];
    for (const [name, heard] of hears) element.addEventListener(name, heard);
    return () => {
      for (const [name, heard] of hears) element.removeEventListener(name, heard);
      element.pause();
    };
  }, [url]);
  // Between two of its own words the bar goes on smoothly.
  useEffect(() => {
    if (state !== 'playing') return;
    let asked = 0;
    const step = () => {
      if (video.current) setNow(video.current.currentTime);
      asked = requestAnimationFrame(step);
    };
    asked = requestAnimationFrame(step);
    return () => cancelAnimationFrame(asked);
  }, [state]);
  useEffect(() => {
    const changed = () => setFilled(document.fullscreenElement === frame.current && frame.current !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  return {
    video,
    frame,
    state,
    now,
    total,
    muted,
    filled,
    toggle: () => {
      const element = video.current;
      if (!element || state === 'failed') return;
      // Whether it could begin, its events tell.
      if (element.paused || element.ended) void element.play()?.catch(() => {});
      else element.pause();
    },
    seek: (to: number) => {
      if (!video.current) return;
      const at = Math.min(total, Math.max(0, to));
      video.current.currentTime = at;
      setNow(at);
    },
    mute: () => {
      if (video.current) video.current.muted = !video.current.muted;
    },
    fill: () => {
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
      else void frame.current?.requestFullscreen?.().catch(() => {});
    },
    again: () => {
      setState('paused');
      video.current?.load();
    },
  };
}
