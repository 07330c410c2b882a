import {
  CircleCheck,
  Clapperboard,
  Clock,
  Copy,
  CopyCheck,
  LoaderCircle,
  Play,
  Trash2,
  TriangleAlert,
} from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../../components/Choice';
import { IconButton } from '../../components/IconButton';
import { useCopy } from '../../components/useCopy';
import { useEngine } from '../../engine/context';
import { clock } from '../call/derive';
import { sizeWords } from '../files/sizes';
import { type Composition, told } from './api';
import { useConsole } from './context';
import { useAct } from './live';
import { PagedList, usePaged } from './PagedList';
import { DeleteQuestion, Head, Name, Pill, Refused, useOpened, useTimes } from './parts';
import styles from './parts.module.css';

const STATES = ['all', 'enqueued', 'processing', 'completed', 'failed'] as const;

const signs = {
  enqueued: Clock,
  processing: LoaderCircle,
  completed: CircleCheck,
  failed: TriangleAlert,
} as const;
const looks = { enqueued: undefined, processing: undefined, completed: 'good', failed: 'warn' } as const;

/** How often it is asked how far one is that is being made. */
const MAKING_MS = 1_500;

/** Films made of what was recorded in separate files, the latest first. */
export function Compositions() {
  const { t } = useTranslation();
  const { api } = useConsole();
  const openUrl = useEngine().windows?.openUrl;
  const { moment, date, locale } = useTimes();
  const { copied, copy } = useCopy();
  const act = useAct();
  const [linked, setLinked] = useState<{ id: string; url: string }>();
  const [state, setState] = useState<(typeof STATES)[number]>('all');
  const [making, setMaking] = useState(false);
  const { opened, open, close } = useOpened<Composition>();
  const list = usePaged(
    async (page) => {
      const query = { ...page, ...(state !== 'all' && { state }) };
      const data = await told(api.GET('/v2/compositions', { params: { query } }));
      setMaking(data.compositions.some((one) => one.state === 'enqueued' || one.state === 'processing'));
      return data;
    },
    { by: state, ...(making && { everyMs: MAKING_MS }) },
  );
  const link = ({ room_id, composition_id }: Composition, then: (url: string) => void) =>
    act.run(async () => {
      const path = { room_id, composition_id };
      const made = await told(
        api.POST('/v2/rooms/{room_id}/compositions/{composition_id}/link', {
          params: { path },
          body: { expires_in: 3600 },
        }),
      );
      then(made.url);
    });
  return (
    <main className={styles.main}>
      <Head title={t('console.compositions')}>
        <div className={styles.filter}>
          <Choice
            label={t('console.status')}
            hidden
            value={state}
            options={STATES.map((id) => ({
              id,
              label: id === 'all' ? t('console.status_all') : t(`console.composition_${id}`),
            }))}
            onChange={(id) => list.ask(() => setState(id))}
            data-testid="filter-state"
          />
        </div>
      </Head>
      <Refused act={act} />
      <PagedList
        list={list}
        name="compositions"
        label={t('console.compositions')}
        icon={Clapperboard}
        none={t('console.noCompositions')}
        noneText={t('console.noCompositionsText')}
        narrowed={state !== 'all'}
        items={({ compositions }) => compositions}
        idOf={({ composition_id }) => composition_id}
        nameOf={({ created_at }) => moment(created_at)}
        columns={[
          {
            id: 'made',
            label: t('console.composition'),
            names: true,
            wide: true,
            cell: ({ created_at, room_id, layout, width, height }) => (
              <Name
                more={`${layout ? t(`recording.layout_${layout}`) : t('console.regions')} · ${width} × ${height} · ${room_id}`}
              >
                {moment(created_at)}
              </Name>
            ),
          },
          {
            id: 'state',
            label: t('console.status'),
            cell: ({ state, reason, progress, kept_until }) => (
              <span className={styles.stack}>
                <Pill icon={signs[state]} look={looks[state]}>
                  {state === 'processing'
                    ? t('console.composing', { percent: Math.round(progress * 100) })
                    : t(`console.composition_${state}`)}
                </Pill>
                {reason && <span className={styles.quiet}>{t(`console.reason_${reason}`)}</span>}
                {kept_until && (
                  <span className={styles.quiet}>{t('past.keptUntil', { date: date(kept_until) })}</span>
                )}
              </span>
            ),
          },
          {
            id: 'length',
            label: t('console.length'),
            cell: ({ state, duration_ms, bytes, format }) =>
              state === 'completed' && (
                <Name more={`${format.toUpperCase()} · ${sizeWords(bytes, locale)}`}>
                  {clock(duration_ms / 1000)}
                </Name>
              ),
          },
          {
            id: 'more',
            label: t('console.actions'),
            quiet: true,
            cell: (one) => {
              const name = moment(one.created_at);
              const isCopied = linked?.id === one.composition_id && copied === linked.url;
              return (
                <span className={styles.rowWays}>
                  {one.state === 'completed' && (
                    <>
                      {openUrl && (
                        <IconButton
                          icon={Play}
                          label={t('console.playName', { name })}
                          onPress={() => void link(one, (url) => void openUrl(url))}
                          data-testid="play-composition"
                        />
                      )}
                      <IconButton
                        icon={isCopied ? CopyCheck : Copy}
                        label={isCopied ? t('console.copied') : t('console.copyHourLink', { name })}
                        onPress={() =>
                          void link(one, (url) => {
                            setLinked({ id: one.composition_id, url });
                            copy(url);
                          })
                        }
                        data-testid="link-composition"
                      />
                    </>
                  )}
                  <IconButton
                    icon={Trash2}
                    label={t('past.deleteName', { name })}
                    onPress={() => open(one)}
                    data-testid="delete-composition"
                  />
                </span>
              );
            },
          },
        ]}
      />
      {opened && <DeleteComposition composition={opened} onClose={close} />}
    </main>
  );
}

function DeleteComposition({ composition, onClose }: { composition: Composition; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const { moment } = useTimes();
  const { room_id, composition_id } = composition;
  const params = { path: { room_id, composition_id } };
  return (
    <DeleteQuestion
      title={t('console.deleteCompositionSure', { time: moment(composition.created_at) })}
      text={t('console.deleteCompositionText')}
      onDelete={() =>
        told(api.DELETE('/v2/rooms/{room_id}/compositions/{composition_id}', { params, parseAs: 'text' }))
      }
      onClose={onClose}
    />
  );
}
