import { BellRing, ChevronDown, MousePointer2, Projector, Users, WifiOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import type { CallView, PersonView } from '../../engine/view';
import { usePointing } from '../pointer/Pointing';
import { handPlaces } from './derive';
import { arrange, CROWD, gapFor, type Layout, presenterOf } from './layout';
import { OwnPicture } from './OwnPicture';
import { ShareCard } from './ShareCard';
import styles from './Stage.module.css';
import { StageCard } from './StageCard';
import { MoreTile, type OwnInside, OwnShare, OwnTile, reactionOf, ScreenTile, Tile } from './Tile';

interface Props {
  call: CallView;
  simple: boolean;
  /** One's own picture as in a mirror. */
  mirrored: boolean;
  /** How it lies. */
  now: Layout;
  /** Who is to stay large. */
  pinned: string | undefined;
  /** Pins somebody, or nobody. */
  onPin: (id: string | undefined) => void;
  onShowPeople: () => void;
  /** Takes a picture of a stream; nothing for whoever may not. */
  onSnapshot: ((streamId: number) => void) | undefined;
  /** A board in the main place, with somebody's picture in its corner where there is but one other. */
  board: ((face: ReactNode) => ReactNode) | undefined;
}

/** On a stage narrower or lower than this a board has all of it. */
const BOARD_AND_STRIP = { width: 620, height: 320 };

/** On a stage lower or narrower than this there is no room for cards under a strip. */
const CARDS_BESIDE = 480;

/** On one that is not even this wide the strip is a row. There, and on one so low, several cards are counted. */
const UPRIGHT = 600;
const LYING = 300;

/** The people, and oneself. */
export function Stage(props: Props) {
  const { call, simple, mirrored, pinned, onPin, onShowPeople, onSnapshot, board } = props;
  const now = board ? ({ kind: 'board' } as const) : props.now;
  const { t } = useTranslation();
  const { pictures, admin, tools } = useEngine();
  const pointing = usePointing();
  const stage = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setBox({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const frozen = call.connection.state === 'reconnecting';
  const floats = now.kind === 'alone' || now.kind === 'single' || (now.kind === 'grid' && !now.ownTile);
  const hands = handPlaces(call);
  const rings = call.rings.some(({ state }) => state === 'ringing');
  const consents = new Map(call.consents.map(({ participant_id, answer }) => [participant_id, answer]));
  const presenter = presenterOf(call);
  const stop = call.me.is_admin && tools ? () => void tools.present(false) : undefined;
  const tile = (person: PersonView) => {
    const { participant_id: id } = person;
    return {
      person,
      frozen,
      hand: hands.get(id),
      reaction: reactionOf(call.reactions, id),
      pinned: pinned === id,
      // With one other person there is nothing to choose between; in simple mode nothing to decide.
      // While somebody presents, nothing else is made large.
      onPin:
        simple || presenter || call.people.length < 2
          ? undefined
          : () => onPin(pinned === id ? undefined : id),
      agreed: call.me.is_admin && consents.get(id) === true,
      presents: presenter === person && (now.kind === 'focus' || now.kind === 'single'),
      onStopPresenting: presenter === person && now.kind !== 'shared' ? stop : undefined,
      onSnapshot,
    };
  };
  const own = { call, hand: hands.get(call.me.participant_id), mirrored, onSnapshot };
  const onlyOther = call.people.length === 1 ? call.people[0] : undefined;
  const presenting = call.presenter === call.me.participant_id && tools !== undefined;
  const count = [presenting, pointing.on, call.share].filter(Boolean).length;
  const cards = count > 0 && (
    <>
      {presenting && (
        <StageCard
          icon={Projector}
          words={t('present.you')}
          end={t('present.stopShort')}
          onEnd={() => void tools.present(false)}
          testid="presenting"
        />
      )}
      {pointing.on && (
        <StageCard
          icon={MousePointer2}
          words={t('pointer.on')}
          end={t('pointer.off')}
          onEnd={() => pointing.set(false)}
          testid="pointing"
        />
      )}
      {call.share && <ShareCard share={call.share} />}
    </>
  );
  // Whoever is alone after others were there waits for nobody who is still to come.
  const met = useRef<PersonView[]>([]);
  if (call.people.length > 0) met.current = call.people;
  const [last, ...before] = met.current;
  const lastLeft = before.length === 0 ? last?.display_name : undefined;
  // Over the tiles they would hide a raised hand, and under a strip that is short the half of it.
  const strip = now.kind === 'shared' || now.kind === 'focus' || now.kind === 'board';
  const narrow = box.width > 0 && box.width <= UPRIGHT;
  const low = box.height > 0 && box.height < CARDS_BESIDE;
  const beside = strip && !narrow && !low;
  const sideCards = beside && cards;
  const { width, height } = BOARD_AND_STRIP;
  const besideBoard = box.width === 0 || (box.width >= width && box.height >= height);
  return (
    <div ref={stage} className={styles.stage} data-testid="stage" data-layout={now.kind}>
      {cards && !beside && (
        <Above count={count} folds={narrow || (box.height > 0 && box.height < LYING)}>
          {cards}
        </Above>
      )}
      {now.kind === 'joining' && (
        <div className={styles.message} role="status">
          <Spinner size={40} />
          <h2 className={styles.messageTitle}>{t('call.joining')}</h2>
          <p>{t('call.joiningText')}</p>
        </div>
      )}
      {now.kind === 'alone' && (
        <div className={styles.message}>
          <span className={styles.sign}>
            <Users size={32} strokeWidth={1.8} aria-hidden />
          </span>
          <h2 className={styles.messageTitle}>
            {lastLeft !== undefined
              ? t('call.lastLeft', { name: lastLeft })
              : last
                ? t('call.allLeft')
                : t('call.alone')}
          </h2>
          {last && !call.is_test_call && <p data-testid="wait-or-leave">{t('call.waitOrLeave')}</p>}
          <p>{call.is_test_call ? t('call.testHint') : last ? t('call.allLeftText') : t('call.aloneText')}</p>
          {admin && call.me.is_admin && !call.is_test_call && (
            <Button
              size="bar"
              icon={BellRing}
              unavailable={rings}
              onPress={() => void admin.ring(null)}
              data-testid="ring-others"
            >
              {rings ? t('people.ring_ringing') : t('people.ringOthers')}
            </Button>
          )}
        </div>
      )}
      {now.kind === 'single' && <Tile {...tile(now.person)} single simple={simple} />}
      {now.kind === 'grid' && <Grid now={now} box={box} tile={tile} own={own} onMore={onShowPeople} />}
      {now.kind === 'focus' && (
        <div className={styles.shared}>
          <Tile key={now.person.participant_id} {...tile(now.person)} large simple={simple} />
          <Side cards={sideCards}>
            <Strip people={now.people} tile={tile} own={own} />
          </Side>
        </div>
      )}
      {now.kind === 'shared' && (
        <div className={styles.shared}>
          {'own' in now.shown ? (
            <OwnShare share={now.shown.own} me={call.me} onSnapshot={onSnapshot} />
          ) : (
            <ScreenTile
              owner={now.shown.owner}
              stream={now.shown.stream}
              frozen={frozen}
              presents={presenter === now.shown.owner}
              onStopPresenting={presenter === now.shown.owner ? stop : undefined}
              onSnapshot={onSnapshot}
            />
          )}
          <Side cards={sideCards}>
            <Strip people={now.people} tile={tile} own={own} />
          </Side>
        </div>
      )}
      {board && (
        <div className={styles.shared}>
          {board(onlyOther && !sideCards && <Tile {...tile(onlyOther)} crowded />)}
          {(call.people.length > 1 || sideCards) && besideBoard && (
            <Side cards={sideCards}>
              <Strip people={call.people.filter(({ role }) => role !== 'audience')} tile={tile} own={own} />
            </Side>
          )}
        </div>
      )}
      {floats && <OwnPicture call={call} simple={simple} mirrored={mirrored} onSnapshot={onSnapshot} />}
      {!pictures.supported && (
        <div className={styles.noPictures} role="status" data-testid="no-decoder">
          <b>{t('call.noDecoderTitle')}</b>
          <span>{t('call.noDecoder')}</span>
        </div>
      )}
      {frozen && <Reconnecting />}
    </div>
  );
}

/** Over the upper edge of the stage: nothing is moved by it, and what else lies there makes room. */
function Above({ count, folds, children }: { count: number; folds: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const counted = folds && count > 1;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    const stage = element?.parentElement;
    if (!element || !stage) return;
    const measure = () => stage.style.setProperty('--cards', `${element.offsetHeight + 8}px`);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
      stage.style.removeProperty('--cards');
    };
  }, []);
  return (
    <div ref={box} className={styles.cardsAbove}>
      {counted && (
        <AriaButton
          className={styles.count ?? ''}
          aria-expanded={open}
          onPress={() => setOpen(!open)}
          data-testid="cards-count"
        >
          {t('call.goesOn', { count })}
          <ChevronDown size={18} strokeWidth={1.8} aria-hidden />
        </AriaButton>
      )}
      {(!counted || open) && children}
    </div>
  );
}

type TileOf = (person: PersonView) => ComponentProps<typeof Tile>;
type Own = ComponentProps<typeof OwnInside>;

/** The strip, and under it what of mine is shown. */
function Side({ cards, children }: { cards: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.side}>
      {children}
      {cards && <div className={styles.cards}>{cards}</div>}
    </div>
  );
}

/** The others, small, beside what is large; oneself among them. */
function Strip({ people, tile, own }: { people: PersonView[]; tile: TileOf; own: Own }) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it
    <section className={styles.strip} aria-label={t('call.people')} tabIndex={0}>
      <div className={styles.stripTile}>
        <OwnTile {...own} crowded />
      </div>
      {people.map((person) => (
        <div key={person.participant_id} className={styles.stripTile}>
          <Tile {...tile(person)} crowded />
        </div>
      ))}
    </section>
  );
}

interface GridProps {
  now: Extract<Layout, { kind: 'grid' }>;
  box: { width: number; height: number };
  tile: TileOf;
  own: Own;
  onMore: () => void;
}

function Grid({ now: { people, ownTile, more }, box, tile, own, onMore }: GridProps) {
  const count = people.length + (ownTile ? 1 : 0) + (more > 0 ? 1 : 0);
  const gap = gapFor(count);
  const { columns, rows, width, height } = arrange(count, box.width, box.height, gap);
  const size = { width, height };
  const first = ownTile ? 1 : 0;
  const rowOf = (place: number) =>
    [place < (rows - 1) * columns && styles.higher, place >= columns && styles.lower]
      .filter(Boolean)
      .join(' ');
  const crowded = count > CROWD;
  return (
    <div className={styles.grid} style={{ gap, maxWidth: columns * width + (columns - 1) * gap }}>
      {ownTile && (
        <div style={size} className={rowOf(0)}>
          <OwnTile {...own} crowded={crowded} />
        </div>
      )}
      {people.map((person, n) => (
        <div key={person.participant_id} style={size} className={rowOf(n + first)}>
          <Tile {...tile(person)} under={!ownTile} crowded={crowded} />
        </div>
      ))}
      {more > 0 && (
        <div style={size}>
          <MoreTile count={more} onPress={onMore} />
        </div>
      )}
    </div>
  );
}

/** Over the frozen picture: what happens by itself, and since when. */
function Reconnecting() {
  const { t } = useTranslation();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const since = performance.now();
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - since) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={styles.reconnecting} role="alert" data-testid="reconnecting">
      <WifiOff size={26} strokeWidth={1.8} aria-hidden />
      <div>
        <p className={styles.reconnectingTitle}>{t('call.reconnecting')}</p>
        {/* The count is for eyes: read out every second it would drown the rest. */}
        <p aria-hidden>{t('call.reconnectingText', { count: seconds })}</p>
      </div>
      <Spinner size={24} />
    </div>
  );
}
