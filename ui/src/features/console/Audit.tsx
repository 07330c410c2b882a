import { RefreshCw, ScrollText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { type AuditEntry, told } from './api';
import { useConsole } from './context';
import { knownAction } from './derive';
import { Narrowed, PagedList, usePaged } from './PagedList';
import { Head, Name, useTimes } from './parts';
import styles from './parts.module.css';

/** Who looked at, changed and deleted what. Looking at it is an entry too, so it is not asked for by itself. */
export function Audit() {
  const { t } = useTranslation();
  const { api } = useConsole();
  const { exact } = useTimes();
  const list = usePaged(
    ({ search, ...page }) =>
      told(api.GET('/v2/audit', { params: { query: { ...page, ...(search && { room_id: search }) } } })),
    { settleMs: 600, everyMs: null },
  );
  const what = ({ action }: AuditEntry) => {
    const known = knownAction(action);
    return known ? t(`console.action_${known}`) : action;
  };
  return (
    <main className={styles.main}>
      <Head title={t('console.audit')}>
        <Button icon={RefreshCw} onPress={list.live.refresh} data-testid="audit-again">
          {t('console.lookAgain')}
        </Button>
      </Head>
      <Narrowed list={list} label={t('console.searchAudit')} />
      <PagedList
        list={list}
        name="audit"
        label={t('console.audit')}
        icon={ScrollText}
        none={t('console.noAudit')}
        noneText={t('console.noAuditText')}
        noneFoundText={t('console.noAuditRoom')}
        items={({ entries, total }) => entries.map((entry, n) => ({ ...entry, n: total - list.offset - n }))}
        idOf={({ n }) => String(n)}
        nameOf={what}
        columns={[
          { id: 'at', label: t('console.when'), cell: ({ at }) => exact(at) },
          {
            id: 'what',
            label: t('console.what'),
            names: true,
            wide: true,
            cell: (entry) => <Name more={entry.subject ?? entry.participant_id}>{what(entry)}</Name>,
          },
          {
            id: 'who',
            label: t('console.who'),
            cell: ({ actor, actor_kind }) => (
              <Name more={actor ? t(`console.by_${actor_kind}`) : undefined}>
                {actor ?? t(`console.by_${actor_kind}`)}
              </Name>
            ),
          },
          { id: 'room', label: t('console.room'), cell: ({ room_id }) => room_id ?? '' },
        ]}
      />
    </main>
  );
}
