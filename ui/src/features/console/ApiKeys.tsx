import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { type ApiKey, told } from './api';
import { useConsole } from './context';
import { useAct, useLive } from './live';
import {
  DeleteQuestion,
  Field,
  FormSheet,
  fieldOf,
  Head,
  Listing,
  ListTable,
  Name,
  Once,
  useOpened,
  useTimes,
} from './parts';
import styles from './parts.module.css';

type Opened = { what: 'make' } | { what: 'made'; key: string } | { what: 'delete'; key: ApiKey };

/** Keys by which back ends use this server. */
export function ApiKeys() {
  const { t } = useTranslation();
  const { api } = useConsole();
  const { date, moment } = useTimes();
  const { opened, open, close } = useOpened<Opened>();
  const live = useLive(() => told(api.GET('/v2/api-keys')), 'keys');
  const nameOf = (key: ApiKey) => key.name ?? t('console.keyOfSettings');
  return (
    <main className={styles.main}>
      <Head title={t('console.apiKeys')}>
        <Button kind="primary" icon={Plus} onPress={() => open({ what: 'make' })} data-testid="make-key">
          {t('console.newKey')}
        </Button>
      </Head>
      <p className={styles.lead}>{t('console.keysText')}</p>
      <Listing
        live={live}
        count={({ keys }) => keys.length}
        icon={KeyRound}
        none={t('console.noKeys')}
        testid="console-keys"
      >
        {({ keys }) => (
          <ListTable
            label={t('console.apiKeys')}
            items={keys}
            idOf={({ key_id }) => key_id}
            nameOf={nameOf}
            testid="keys-table"
            columns={[
              {
                id: 'name',
                label: t('console.name'),
                names: true,
                wide: true,
                cell: (key) => <Name more={isFirst(key) ? undefined : key.key_id}>{nameOf(key)}</Name>,
              },
              { id: 'made', label: t('console.made'), cell: ({ created_at }) => date(created_at) },
              {
                id: 'used',
                label: t('console.lastUsed'),
                // When the settings' own was used is not written down.
                cell: (key) =>
                  key.last_used_at ? moment(key.last_used_at) : isFirst(key) ? '–' : t('console.neverUsed'),
              },
              {
                id: 'more',
                label: t('console.actions'),
                quiet: true,
                cell: (key) =>
                  !isFirst(key) && (
                    <IconButton
                      icon={Trash2}
                      label={t('past.deleteName', { name: nameOf(key) })}
                      onPress={() => open({ what: 'delete', key })}
                      data-testid="key-delete"
                    />
                  ),
              },
            ]}
          />
        )}
      </Listing>
      {opened?.what === 'make' && (
        <KeyForm onMade={(key) => (key ? open({ what: 'made', key }) : close())} onClose={close} />
      )}
      {opened?.what === 'made' && (
        <Once
          title={t('console.keyMade')}
          text={t('console.keyMadeText')}
          secret={opened.key}
          label={t('console.apiKey')}
          onClose={close}
        />
      )}
      {opened?.what === 'delete' && <DeleteKey apiKey={opened.key} onClose={close} />}
    </main>
  );
}

/** The one that the server's settings give is changed there. */
const isFirst = ({ name }: ApiKey) => !name;

const FIELDS = ['name'] as const;

function KeyForm({ onMade, onClose }: { onMade: (key: string | undefined) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const act = useAct();
  const [name, setName] = useState('');
  const submit = async () => {
    let key: string | undefined;
    const asked = async () => {
      const made = await told(api.POST('/v2/api-keys', { body: { name: name.trim() } }));
      key = made.key ?? undefined;
    };
    if (await act.run(asked)) onMade(key);
  };
  return (
    <FormSheet
      title={t('console.newKey')}
      done={t('console.makeKey')}
      act={act}
      fields={FIELDS}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Field
        label={t('console.name')}
        help={t('console.keyNameHelp')}
        value={name}
        onChange={setName}
        wrong={fieldOf(act.refused, FIELDS) && t('console.nameWrong')}
        autoFocus
        testid="key-name"
      />
    </FormSheet>
  );
}

function DeleteKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const params = { path: { key_id: apiKey.key_id } };
  return (
    <DeleteQuestion
      title={t('console.deleteSure', { name: apiKey.name ?? '' })}
      text={t('console.deleteKeyText')}
      onDelete={() => told(api.DELETE('/v2/api-keys/{key_id}', { params, parseAs: 'text' }))}
      onClose={onClose}
    />
  );
}
