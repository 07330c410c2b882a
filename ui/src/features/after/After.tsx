import {
  Annoyed,
  CircleCheck,
  Download,
  Frown,
  History,
  Laugh,
  type LucideIcon,
  Meh,
  Mic,
  RotateCcw,
  Smile,
  TriangleAlert,
  Video,
  Volume2,
  Wifi,
} from 'lucide-react';
import { useState } from 'react';
import { Label, Radio, RadioGroup, TextArea, TextField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { GuestHeader } from '../../components/GuestHeader';
import { useEngine } from '../../engine/context';
import type { AfterView, QualityReport, Settings } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { useSessionOf } from '../past/useSessionOf';
import { AskForLink } from '../problem/AskForLink';
import styles from './After.module.css';
import { asksRating, bars, faults, network, overall, saysTime, spell, weakest } from './derive';
import { LeftFiles } from './LeftFiles';
import { SaveChat } from './SaveChat';

interface Props {
  after: AfterView;
  settings: Settings;
  /** The start begins with past visits, when it is shown next. */
  onPast: () => void;
}

/** Why it is over, how it was, and the way on. */
export function After({ after, settings, onPast }: Props) {
  const { t, i18n } = useTranslation();
  const engine = useEngine();
  const [stars, setStars] = useState<string | null>(null);
  const [comment, setComment] = useState('');
  const { unit, count } = spell(after.seconds);
  const test = after.is_test_call && after.reason === 'left';
  const again = after.can_rejoin || after.is_test_call;
  const asks = engine.after !== undefined && asksRating(after);
  const sent = after.rating?.state === 'sent';
  const names = after.with_names?.length
    ? new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(after.with_names)
    : undefined;
  const until =
    after.good_until == null
      ? undefined
      : new Intl.DateTimeFormat(dateLocale(i18n.language, navigator.languages), {
          day: 'numeric',
          month: 'long',
        }).format(after.good_until * 1000);
  const kept = useSessionOf(after);
  const openKept = async () => {
    if (!kept) return;
    await engine.past?.act({ do: 'open', room: kept.room_id, session: kept.session_id });
    onPast();
    await engine.goHome();
  };
  const send = () => {
    if (stars) void engine.after?.rate(Number(stars), comment.trim());
  };
  return (
    <div className={styles.screen} data-testid="screen-after">
      <GuestHeader title={after.company || t('app.name')} settings={settings} />
      <main
        className={`${styles.main} ${after.report && !test ? styles.two : ''}`}
        data-testid="after-call"
        data-reason={after.reason}
      >
        <div className={styles.left}>
          <h1 className={styles.title}>{test ? t('after.test') : t(`after.${after.reason}`)}</h1>
          <div className={styles.text}>
            {saysTime(after) && !test && (
              <p>
                {names
                  ? unit === 'minutes'
                    ? t('after.spokeWith', { count, names })
                    : t('after.spokeWithSeconds', { count, names })
                  : unit === 'minutes'
                    ? t('after.spoke', { count })
                    : t('after.spokeSeconds', { count })}
              </p>
            )}
            <p>
              {test
                ? t('after.testText')
                : after.reason === 'left' && until && after.can_rejoin
                  ? t('after.leftUntil', { date: until })
                  : t(`after.${after.reason}Text`)}
            </p>
            {test && <p>{t('after.testHelp')}</p>}
            {engine.browser && window.parent === window && <p>{t('invite.close')}</p>}
          </div>
          {asks && !sent && (
            <Rating stars={stars} onStars={setStars} comment={comment} onComment={setComment} />
          )}
          {asks && sent && (
            <p className={styles.thanks} role="status" data-testid="rating-sent">
              <CircleCheck size={22} strokeWidth={1.8} aria-hidden />
              {t('after.thanks')}
            </p>
          )}
          {after.rating?.state === 'failed' && (
            <p className={styles.trouble} role="alert" data-testid="rating-failed">
              <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
              {t('after.notSent')}
            </p>
          )}
          <div className={styles.ways}>
            {asks && !sent && stars ? (
              <Button
                kind="primary"
                size="guest"
                unavailable={after.rating?.state === 'sending'}
                onPress={send}
                data-testid="send-rating"
              >
                {t('after.send')}
              </Button>
            ) : engine.browser && !engine.frame ? null : (
              <Button
                kind={again || after.reason === 'removed' ? 'second' : 'primary'}
                size="guest"
                onPress={() => void engine.goHome()}
                data-testid="go-home"
              >
                {engine.frame ? t('embed.close') : t('after.home')}
              </Button>
            )}
            {again && (
              <Button
                kind={stars && !sent ? 'second' : 'primary'}
                size="guest"
                icon={RotateCcw}
                onPress={() => void engine.rejoin()}
                data-testid="rejoin"
              >
                {after.is_test_call ? t('after.testAgain') : t('after.rejoin')}
              </Button>
            )}
            {after.reason === 'removed' && !again && (
              <AskForLink code="removed" name={settings.display_name} size="guest" />
            )}
            {/* The last of them: it comes when the server has answered. */}
            {kept && (
              <Button size="guest" icon={History} onPress={() => void openKept()} data-testid="open-kept">
                {t('past.afterOpen')}
              </Button>
            )}
          </div>
          {!kept && !after.is_test_call && (
            <>
              <SaveChat after={after} />
              <LeftFiles after={after} />
            </>
          )}
        </div>
        {after.report && !test && <Report report={after.report} reason={after.reason} />}
      </main>
    </div>
  );
}

const faces: LucideIcon[] = [Frown, Annoyed, Meh, Smile, Laugh];

interface RatingProps {
  stars: string | null;
  onStars: (stars: string) => void;
  comment: string;
  onComment: (comment: string) => void;
}

/** One to five, with a word each; and what could be better. */
function Rating({ stars, onStars, comment, onComment }: RatingProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.rating}>
      <RadioGroup
        className={styles.stars ?? ''}
        orientation="horizontal"
        value={stars}
        onChange={onStars}
        data-testid="rating"
      >
        <Label className={styles.question ?? ''}>{t('after.question')}</Label>
        <div className={styles.faces}>
          {faces.map((Face, n) => (
            <Radio
              key={Face.displayName ?? n}
              value={String(n + 1)}
              className={styles.face ?? ''}
              data-testid={`rate-${n + 1}`}
            >
              <Face size={32} strokeWidth={1.8} aria-hidden />
              <span>{t(`after.star${(n + 1) as 1 | 2 | 3 | 4 | 5}`)}</span>
            </Radio>
          ))}
        </div>
      </RadioGroup>
      {stars && (
        <TextField
          className={styles.comment ?? ''}
          value={comment}
          onChange={onComment}
          maxLength={2000}
          aria-label={t('after.better')}
        >
          <TextArea
            className={styles.area ?? ''}
            rows={3}
            placeholder={t('after.betterMore')}
            data-testid="rating-comment"
          />
        </TextField>
      )}
    </div>
  );
}

/** How the line was, and what that meant. */
function Report({ report, reason }: { report: QualityReport; reason: AfterView['reason'] }) {
  const { t, i18n } = useTranslation();
  const engine = useEngine();
  const locale = dateLocale(i18n.language, navigator.languages);
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const all = overall(report, reason);
  const weak = weakest(report);
  const bad = faults(report, reason);
  const line = network(report, reason);
  const { sound_gaps_s: gaps, picture_reduced_s: reduced, lost_times, lost_s } = report;
  // Sign, name, what is said, and whether that is what made it weak.
  const rows: [LucideIcon, string, string, boolean][] = [
    [
      Volume2,
      t('after.sound'),
      gaps === 0 ? t('after.soundClear') : t('after.soundGaps', { count: Math.ceil(gaps) }),
      bad.sound,
    ],
    [
      Video,
      t('after.picture'),
      reduced === 0 ? t('after.pictureSharp') : t('after.pictureSofter', { count: Math.ceil(reduced) }),
      false,
    ],
    [
      Wifi,
      t('after.network'),
      line === 'times'
        ? t('after.network_times', { count: Math.ceil(lost_s), times: lost_times })
        : t(`after.network_${line}`, { count: Math.ceil(lost_s) }),
      bad.network,
    ],
    [Mic, t('after.microphone'), t(`after.microphone_${report.microphone}`), false],
  ];
  return (
    <section className={styles.report} aria-label={t('after.report')} data-testid="report">
      <header className={styles.reportHead}>
        <h2 className={styles.reportTitle}>{t('after.report')}</h2>
        <span className={`${styles.overall} ${all <= 2 ? styles.bad : ''}`}>
          {all <= 2 ? (
            <TriangleAlert size={16} strokeWidth={1.8} aria-hidden />
          ) : (
            <CircleCheck size={16} strokeWidth={1.8} aria-hidden />
          )}
          {t(`quality.q${all}`)}
        </span>
      </header>
      <div className={styles.bars} aria-hidden>
        {bars(report).map(({ at, value }) => (
          <i
            key={at}
            className={value <= 2 ? styles.low : ''}
            style={{ height: `${Math.max(12, value * 20)}%` }}
          />
        ))}
      </div>
      <p className={styles.scale}>
        <span>{time.format(report.started_at * 1000)}</span>
        <span>
          {weak
            ? t('after.weakAt', { count: Math.round(weak.seconds), time: time.format(weak.at * 1000) })
            : report.quality.length > 0 && t('after.neverWeak')}
        </span>
        <span>{time.format(report.ended_at * 1000)}</span>
      </p>
      <dl className={styles.rows}>
        {rows.map(([Icon, name, value, weak]) => (
          <div key={name} className={styles.row}>
            <dt>
              <Icon size={20} strokeWidth={1.8} aria-hidden />
              {name}
            </dt>
            <dd className={weak ? styles.fault : ''}>
              {weak && <TriangleAlert size={16} strokeWidth={1.8} aria-hidden />}
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {engine.after && (
        <Button
          className={styles.save}
          icon={Download}
          onPress={() => void engine.after?.saveReport()}
          data-testid="save-report"
        >
          {t('after.save')}
        </Button>
      )}
      <p className={styles.saved} role="status">
        {report.saved_to && t('after.savedTo', { path: report.saved_to })}
        {report.not_saved && t('after.reportNotSaved')}
      </p>
    </section>
  );
}
