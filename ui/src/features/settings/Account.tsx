import { CircleCheck, KeyRound, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Form, Input, Label, Text, TextField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import fieldStyles from '../../components/Field.module.css';
import { Spinner } from '../../components/Spinner';
import { Toggle } from '../../components/Toggle';
import { useEngine } from '../../engine/context';
import type { AccountView, AppView, SignInRefusedView } from '../../engine/view';
import { looksLikeLink } from './derive';
import styles from './SettingsPanel.module.css';

/** The server of this computer, and another one's account. */
export function Account({ view, account }: { view: AppView; account: AccountView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { server, network, about } = view;
  return (
    <div className={styles.columns}>
      <section className={`${styles.card} ${styles.column}`} data-testid="account" data-state={account.state}>
        <p className={styles.label}>{t('settings.account')}</p>
        <State account={account} />
        {account.state === 'signed_in' ? (
          <Button onPress={() => void engine.account?.signOut()} data-testid="sign-out">
            {t('settings.signOut')}
          </Button>
        ) : (
          engine.account && account.state !== 'signing_in' && <SignIn />
        )}
        {about && (
          <p className={`${styles.note} ${about.keyring === 'file' ? styles.warn : ''}`}>
            <KeyRound size={18} strokeWidth={1.8} aria-hidden />
            {t(`settings.keyring_${about.keyring}`)}
          </p>
        )}
      </section>
      <section className={`${styles.card} ${styles.column}`}>
        <p className={styles.label}>{t('settings.ownServer')}</p>
        <p className={styles.help}>
          {server.state === 'running' && t('settings.serverAt', { url: server.url })}
          {server.state === 'starting' && t('home.serverStarting')}
          {server.state === 'failed' && t('home.serverFailedMore')}
        </p>
        {network && engine.account && server.state === 'running' && (
          <div className={styles.divided}>
            <Toggle
              label={t('home.network')}
              help={
                network.problem
                  ? t('home.networkProblem')
                  : network.on && network.url
                    ? t('home.networkOn', { url: network.url })
                    : t('settings.networkHelp')
              }
              on={network.on}
              onChange={(on) => void engine.account?.allowNetwork(on)}
              data-testid="settings-network"
            />
          </div>
        )}
      </section>
    </div>
  );
}

function State({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  switch (account.state) {
    case 'local':
      return <p className={styles.help}>{t('settings.accountLocal')}</p>;
    case 'signing_in':
      return (
        <p className={styles.note} role="status">
          <Spinner size={18} />
          {t('home.accountSigningIn', { server: account.server })}
        </p>
      );
    case 'signed_in':
      return (
        <>
          <p className={`${styles.note} ${styles.good}`}>
            <CircleCheck size={18} strokeWidth={1.8} aria-hidden />
            <span>
              {t('settings.signedIn', { user: account.user_id, server: account.server })}{' '}
              {account.role === 'plus' ? t('settings.mayCreate') : t('settings.mayJoin')}
            </span>
          </p>
          {account.refused && <NotSignedIn refused={account.refused} />}
        </>
      );
    case 'expired':
      return (
        <p className={`${styles.note} ${styles.warn}`} role="alert">
          <TriangleAlert size={18} strokeWidth={1.8} aria-hidden />
          {t('home.expiredTitle', { server: account.server })}
        </p>
      );
    case 'refused':
      return <NotSignedIn refused={account} />;
  }
}

function NotSignedIn({ refused: { server, problem } }: { refused: SignInRefusedView }) {
  const { t } = useTranslation();
  return (
    <p className={`${styles.note} ${styles.warn}`} role="alert" data-testid="sign-in-refused">
      <TriangleAlert size={18} strokeWidth={1.8} aria-hidden />
      <span>
        {server === '' ? '' : `${t('home.accountRefused', { server })}. `}
        {t(`problem.${problem.code}`)}
      </span>
    </p>
  );
}

/** By a link, or by a token and its server. */
function SignIn() {
  const { t } = useTranslation();
  const engine = useEngine();
  const [given, setGiven] = useState('');
  const [server, setServer] = useState('');
  const token = given.trim() !== '' && !looksLikeLink(given);
  const ready = given.trim() !== '' && (!token || server.trim() !== '');
  return (
    <Form
      className={styles.form ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        void engine.account?.signIn(given.trim(), token ? server.trim() : null);
        // A secret does not stay on the screen.
        setGiven('');
      }}
    >
      <TextField
        className={`${fieldStyles.field} ${styles.field}`}
        value={given}
        onChange={setGiven}
        type="password"
        autoComplete="off"
      >
        <Label className={fieldStyles.label ?? ''}>{t('settings.signInWith')}</Label>
        <Input className={fieldStyles.input ?? ''} data-testid="sign-in-secret" spellCheck={false} />
        <Text slot="description" className={styles.help ?? ''}>
          {t('settings.signInHelp')}
        </Text>
      </TextField>
      {token && (
        <TextField
          className={`${fieldStyles.field} ${styles.field}`}
          value={server}
          onChange={setServer}
          autoComplete="off"
        >
          <Label className={fieldStyles.label ?? ''}>{t('settings.signInServer')}</Label>
          <Input
            className={fieldStyles.input ?? ''}
            placeholder="https://"
            data-testid="sign-in-server"
            spellCheck={false}
          />
        </TextField>
      )}
      <Button kind="primary" type="submit" unavailable={!ready} data-testid="sign-in">
        {t('home.signIn')}
      </Button>
    </Form>
  );
}
