import {
  Check,
  CircleCheck,
  CirclePause,
  Clock,
  Ellipsis,
  Pencil,
  Plus,
  Power,
  Send,
  Trash2,
  TriangleAlert,
  Webhook as WebhookIcon,
} from 'lucide-react';
import { useState } from 'react';
import { Checkbox, CheckboxGroup, Label, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import fieldStyles from '../../components/Field.module.css';
import { IconButton } from '../../components/IconButton';
import { Item, Line, Menu } from '../../components/Menu';
import { Toggle } from '../../components/Toggle';
import { type EventKind, told, type Webhook } from './api';
import { useConsole } from './context';
import { useAct } from './live';
import { PagedList, usePaged } from './PagedList';
import {
  DeleteQuestion,
  Field,
  FormSheet,
  fieldOf,
  Head,
  Name,
  Once,
  Pill,
  Refused,
  useOpened,
  useTimes,
} from './parts';
import styles from './parts.module.css';

/** What a webhook can be told of; `on_test` is told only where it is asked for. */
export const EVENTS = [
  'on_call_incoming',
  'on_session_started',
  'on_session_ended',
  'on_participant_joined',
  'on_participant_left',
  'on_file_uploaded',
  'on_recording_started',
  'on_recording_available',
  'on_recording_failed',
] as const satisfies EventKind[];

type Opened =
  | { what: 'make' }
  | { what: 'change' | 'delete'; webhook: Webhook }
  | { what: 'made'; secret: string };

/** Who is told of what happens, and whether that gets through. */
export function Webhooks() {
  const { t } = useTranslation();
  const { api } = useConsole();
  const { opened, open, close } = useOpened<Opened>();
  const act = useAct();
  const [said, say] = useState('');
  const list = usePaged((query) => told(api.GET('/v2/webhooks', { params: { query } })));
  const onAction = async (key: string, webhook: Webhook) => {
    const params = { path: { webhook_id: webhook.webhook_id } };
    say('');
    switch (key) {
      case 'test':
        if (
          await act.run(() => told(api.POST('/v2/webhooks/{webhook_id}/test', { params, parseAs: 'text' })))
        )
          say(t('console.testSent'));
        return;
      case 'switch':
        await act.run(() =>
          told(api.PATCH('/v2/webhooks/{webhook_id}', { params, body: { enabled: !webhook.enabled } })),
        );
        return;
      default:
        act.forget();
        open({ what: key as 'change' | 'delete', webhook });
    }
  };
  return (
    <main className={styles.main}>
      <Head title={t('console.webhooks')}>
        <Button kind="primary" icon={Plus} onPress={() => open({ what: 'make' })} data-testid="make-webhook">
          {t('console.newWebhook')}
        </Button>
      </Head>
      <Refused act={act} />
      <p className={styles.said} role="status">
        {said}
      </p>
      <PagedList
        list={list}
        name="webhooks"
        label={t('console.webhooks')}
        icon={WebhookIcon}
        none={t('console.noWebhooks')}
        noneText={t('console.noWebhooksText')}
        items={({ webhooks }) => webhooks}
        idOf={({ webhook_id }) => webhook_id}
        nameOf={({ url }) => url}
        columns={[
          {
            id: 'url',
            label: t('console.address'),
            names: true,
            wide: true,
            cell: (webhook) => (
              <Name
                more={
                  webhook.events.length === 0
                    ? t('console.everyEvent')
                    : webhook.events.map((event) => t(`console.event_${event}`)).join(', ')
                }
              >
                {webhook.url}
              </Name>
            ),
          },
          {
            id: 'state',
            label: t('console.status'),
            cell: ({ enabled }) => (
              <Pill icon={enabled ? CircleCheck : CirclePause} look={enabled ? 'good' : undefined}>
                {t(enabled ? 'console.on' : 'console.off')}
              </Pill>
            ),
          },
          {
            id: 'last',
            label: t('console.deliveries'),
            cell: (webhook) => <Deliveries webhook={webhook} />,
          },
          {
            id: 'more',
            label: t('console.actions'),
            quiet: true,
            cell: (webhook) => {
              const label = t('console.moreName', { name: webhook.url });
              return (
                <MenuTrigger>
                  <IconButton icon={Ellipsis} label={label} data-testid="webhook-more" />
                  <Menu
                    placement="bottom end"
                    aria-label={label}
                    onAction={(key) => void onAction(String(key), webhook)}
                  >
                    <Item id="test" icon={Send} words={t('console.sendTest')} data-testid="webhook-test" />
                    <Item
                      id="switch"
                      icon={Power}
                      words={t(webhook.enabled ? 'console.switchOff' : 'console.switchOn')}
                      data-testid="webhook-switch"
                    />
                    <Item
                      id="change"
                      icon={Pencil}
                      words={t('console.change')}
                      data-testid="webhook-change"
                    />
                    <Line />
                    <Item
                      id="delete"
                      icon={Trash2}
                      end
                      words={t('console.delete')}
                      data-testid="webhook-delete"
                    />
                  </Menu>
                </MenuTrigger>
              );
            },
          },
        ]}
      />
      {opened?.what === 'make' && (
        <WebhookForm
          onMade={(secret) => (secret ? open({ what: 'made', secret }) : close())}
          onClose={close}
        />
      )}
      {opened?.what === 'change' && <WebhookForm webhook={opened.webhook} onMade={close} onClose={close} />}
      {opened?.what === 'made' && (
        <Once
          title={t('console.webhookMade')}
          text={t('console.webhookMadeText')}
          secret={opened.secret}
          label={t('console.secret')}
          onClose={close}
        />
      )}
      {opened?.what === 'delete' && <DeleteWebhook webhook={opened.webhook} onClose={close} />}
    </main>
  );
}

/** What became of the last event, and how many wait. */
function Deliveries({ webhook: { waiting, last } }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const { moment } = useTimes();
  const time = last ? moment(last.at) : '';
  return (
    <span className={styles.stack}>
      {last ? (
        <Pill icon={last.delivered ? CircleCheck : TriangleAlert} look={last.delivered ? undefined : 'warn'}>
          {last.delivered
            ? t('console.delivered', { time })
            : last.status
              ? t('console.notDelivered', { time, status: last.status })
              : t('console.noAnswer', { time })}
        </Pill>
      ) : (
        <span className={styles.quiet}>{t('console.neverSent')}</span>
      )}
      {(waiting ?? 0) > 0 && (
        <span className={styles.waiting}>
          <Clock size={14} strokeWidth={1.8} aria-hidden />
          {t('console.eventsWait', { count: waiting ?? 0 })}
        </span>
      )}
    </span>
  );
}

const FIELDS = ['url', 'events'] as const;

interface FormProps {
  webhook?: Webhook;
  /** With the secret, where it is told. */
  onMade: (secret: string | undefined) => void;
  onClose: () => void;
}

function WebhookForm({ webhook, onMade, onClose }: FormProps) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const act = useAct();
  const [url, setUrl] = useState(webhook?.url ?? '');
  // None chosen means all to the server; here that is said by a switch of its own.
  const [every, setEvery] = useState((webhook?.events.length ?? 0) === 0);
  const [events, setEvents] = useState<EventKind[]>(webhook?.events ?? []);
  const [lacking, setLacking] = useState(false);
  const submit = async () => {
    if (!every && events.length === 0) return setLacking(true);
    const body = { url: url.trim(), events: every ? [] : events };
    let secret: string | undefined;
    const asked = async () => {
      const made = webhook
        ? await told(
            api.PATCH('/v2/webhooks/{webhook_id}', {
              params: { path: { webhook_id: webhook.webhook_id } },
              body,
            }),
          )
        : await told(api.POST('/v2/webhooks', { body }));
      secret = made.secret ?? undefined;
    };
    if (await act.run(asked)) onMade(secret);
  };
  const at = fieldOf(act.refused, FIELDS);
  return (
    <FormSheet
      title={t(webhook ? 'console.changeWebhook' : 'console.newWebhook')}
      done={t(webhook ? 'console.save' : 'console.makeWebhook')}
      act={act}
      fields={FIELDS}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Field
        label={t('console.address')}
        help={t('console.addressHelp')}
        value={url}
        onChange={setUrl}
        placeholder="https://"
        inputMode="url"
        wrong={at === 'url' ? t('console.addressWrong') : undefined}
        autoFocus
        testid="webhook-url"
      />
      <Toggle
        label={t('console.everyEvent')}
        help={t('console.everyEventText')}
        on={every}
        onChange={setEvery}
        data-testid="webhook-every"
      />
      {!every && (
        <CheckboxGroup
          className={fieldStyles.field ?? ''}
          value={events}
          onChange={(chosen) => {
            setLacking(false);
            setEvents(chosen as EventKind[]);
          }}
          isInvalid={lacking || at === 'events'}
        >
          <Label className={fieldStyles.label ?? ''}>{t('console.events')}</Label>
          <div className={styles.checks}>
            {EVENTS.map((event) => (
              <Checkbox
                key={event}
                value={event}
                className={styles.check ?? ''}
                data-testid={`event-${event}`}
              >
                <span className={styles.box}>
                  <Check size={14} strokeWidth={3} aria-hidden />
                </span>
                {t(`console.event_${event}`)}
              </Checkbox>
            ))}
          </div>
          {(lacking || at === 'events') && (
            <p className={styles.fieldWrong} role="alert" data-testid="webhook-events-wrong">
              <TriangleAlert size={16} strokeWidth={1.8} aria-hidden />
              <span>{t('console.eventsWrong')}</span>
            </p>
          )}
        </CheckboxGroup>
      )}
    </FormSheet>
  );
}

function DeleteWebhook({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const params = { path: { webhook_id: webhook.webhook_id } };
  return (
    <DeleteQuestion
      title={t('console.deleteWebhookSure')}
      text={t('console.deleteWebhookText', { url: webhook.url })}
      onDelete={() => told(api.DELETE('/v2/webhooks/{webhook_id}', { params, parseAs: 'text' }))}
      onClose={onClose}
    />
  );
}
