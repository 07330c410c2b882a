import { CircleCheck, RefreshCw, TriangleAlert, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { Spinner } from '../../components/Spinner';
import { languageNames } from '../../i18n';
import { type Company, told } from './api';
import { useConsole } from './context';
import { useAct, useLive } from './live';
import { Field, fieldOf, Head, Refused, useRefusalWords } from './parts';
import styles from './parts.module.css';

/** What guests see of the company, and what its pages and back end are. */
export function Branding() {
  const { t } = useTranslation();
  const { api } = useConsole();
  const words = useRefusalWords();
  // Not by itself: what is being written here is not written over.
  const live = useLive(() => told(api.GET('/v2/company')), 'company', null);
  return (
    <main className={styles.main} data-testid="console-branding">
      <Head title={t('console.branding')} />
      {!live.data && live.problem && (
        <div className={styles.problem} role="alert" data-testid="console-branding-problem">
          <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
          <p>{words(live.problem)}</p>
          <Button size="dense" icon={RefreshCw} onPress={live.refresh} data-testid="console-branding-again">
            {t('problem.tryAgain')}
          </Button>
        </div>
      )}
      {!live.data && !live.problem && (
        <p className={styles.state} role="status" data-testid="console-branding-loading">
          <Spinner size={22} />
          {t('console.loading')}
        </p>
      )}
      {live.data && <CompanyForm company={live.data} />}
    </main>
  );
}

/** As it is written: all of it is text. */
interface Draft {
  name: string;
  default_language: string;
  end_of_call_redirect_url: string;
  user_details_provider_url: string;
  embed_origins: string;
  web_app_id: string;
  mobile_app_id: string;
  recording_retention_days: string;
}

const FIELDS = [
  'name',
  'default_language',
  'end_of_call_redirect_url',
  'user_details_provider_url',
  'embed_origins',
  'web_app_id',
  'mobile_app_id',
  'recording_retention_days',
] as const satisfies (keyof Draft)[];

export function draftOf(company: Company): Draft {
  return {
    name: company.name,
    default_language: company.default_language,
    end_of_call_redirect_url: company.end_of_call_redirect_url ?? '',
    user_details_provider_url: company.user_details_provider_url ?? '',
    embed_origins: (company.embed_origins ?? []).join('\n'),
    web_app_id: company.web_app_id ?? '',
    mobile_app_id: company.mobile_app_id ?? '',
    recording_retention_days: String(company.recording_retention_days ?? ''),
  };
}

/** What is different, as the API takes it. */
export function changeOf(draft: Draft, company: Company) {
  const before = draftOf(company);
  const changed = FIELDS.filter((field) => draft[field].trim() !== before[field].trim());
  return Object.fromEntries(changed.map((field) => [field, value(field, draft[field].trim())]));
}

function value(field: keyof Draft, text: string): string | number | string[] | null {
  switch (field) {
    case 'name':
    case 'default_language':
      return text;
    case 'embed_origins':
      return text.split(/\s+/).filter(Boolean);
    case 'recording_retention_days':
      return text === '' ? null : Number(text);
    default:
      return text || null;
  }
}

function CompanyForm({ company }: { company: Company }) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const act = useAct();
  const [draft, setDraft] = useState(() => draftOf(company));
  const [saved, setSaved] = useState(company);
  const [said, say] = useState(false);
  const [days, setDays] = useState(false);
  const change = changeOf(draft, saved);
  const changed = Object.keys(change).length > 0;
  const edit = (field: keyof Draft) => (text: string) => {
    say(false);
    if (field === 'recording_retention_days') setDays(false);
    setDraft({ ...draft, [field]: text });
  };
  const at = fieldOf(act.refused, FIELDS);
  const taken = act.refused?.code === 'conflict';
  const save = async () => {
    // A number that is none would be sent as nothing, and nothing means for ever.
    if (!/^\d*$/.test(draft.recording_retention_days.trim())) return setDays(true);
    const done = await act.run(async () => {
      const now = await told(api.PATCH('/v2/company', { body: change }));
      setSaved(now);
      setDraft(draftOf(now));
    });
    if (done) say(true);
  };
  const undo = () => {
    act.forget();
    setDays(false);
    setDraft(draftOf(saved));
  };
  const field = (name: Exclude<keyof Draft, 'default_language'>) => ({
    label: t(`console.company_${name}`),
    help: t(`console.company_${name}Help`),
    value: draft[name],
    onChange: edit(name),
    wrong:
      at === name || (name === 'recording_retention_days' && days)
        ? taken
          ? t('console.companyTaken')
          : t(`console.company_${name}Wrong`)
        : undefined,
    testid: `company-${name}`,
  });
  const languages = Object.entries(languageNames).map(([id, label]) => ({ id, label }));
  if (!languages.some(({ id }) => id === saved.default_language))
    languages.push({ id: saved.default_language, label: saved.default_language });
  return (
    <Form
      className={styles.company ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !act.busy) void save();
      }}
    >
      <section className={styles.group} aria-label={t('console.forGuests')}>
        <h2 className={styles.groupTitle}>{t('console.forGuests')}</h2>
        <Field {...field('name')} maxLength={120} />
        <div className={styles.option}>
          <Choice
            label={t('console.company_default_language')}
            value={draft.default_language}
            options={languages}
            onChange={edit('default_language')}
            data-testid="company-default_language"
          />
          <p className={styles.help}>
            {at === 'default_language'
              ? t('console.wrong_invalid')
              : t('console.company_default_languageHelp')}
          </p>
        </div>
        <Field {...field('end_of_call_redirect_url')} placeholder="https://" inputMode="url" />
        <Field {...field('recording_retention_days')} inputMode="numeric" />
      </section>
      <section className={styles.group} aria-label={t('console.forPages')}>
        <h2 className={styles.groupTitle}>{t('console.forPages')}</h2>
        <Field {...field('embed_origins')} placeholder="https://clinic.example.org" lines={3} />
        <Field {...field('web_app_id')} />
        <Field {...field('mobile_app_id')} />
        <Field {...field('user_details_provider_url')} placeholder="https://" inputMode="url" />
      </section>
      <div className={styles.save}>
        {at === undefined && <Refused act={act} own={{ conflict: t('console.companyTaken') }} />}
        <p className={styles.said} role="status" data-testid="company-said">
          {said && !changed && (
            <>
              <CircleCheck size={18} strokeWidth={1.8} aria-hidden />
              {t('console.saved')}
            </>
          )}
        </p>
        <Button icon={Undo2} unavailable={!changed} onPress={undo} data-testid="company-undo">
          {t('console.undo')}
        </Button>
        <Button
          kind="primary"
          type="submit"
          busy={act.busy}
          unavailable={!changed}
          data-testid="company-save"
        >
          {t('console.save')}
        </Button>
      </div>
    </Form>
  );
}
