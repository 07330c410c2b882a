import { KeyRound, X } from 'lucide-react';
import { Dialog, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Sheet } from '../../components/Sheet';
import { useEngine } from '../../engine/context';
import type { SignInAskedView } from '../../engine/view';
import styles from './SignInAsked.module.css';

/** A sign-in link came, which anybody may have sent: whether to use it. */
export function SignInAsked({ asked }: { asked: SignInAskedView }) {
  const { t } = useTranslation();
  const { account } = useEngine();
  const answer = (yes: boolean) => void account?.answerSignIn(yes);
  const { server, replaces } = asked;
  return (
    <Sheet className={styles.modal} onClose={() => answer(false)}>
      <Dialog className={styles.dialog ?? ''} role="alertdialog" data-testid="sign-in-asked">
        <Heading slot="title" className={styles.title ?? ''}>
          {t('home.signInAsked', { server })}
        </Heading>
        <p className={styles.text}>{t('home.signInAskedText')}</p>
        {replaces !== null && <p className={styles.text}>{t('home.signInReplaces', { server: replaces })}</p>}
        <div className={styles.ways}>
          <Button icon={X} onPress={() => answer(false)} autoFocus data-testid="sign-in-no">
            {t('home.signInNo')}
          </Button>
          <Button kind="primary" icon={KeyRound} onPress={() => answer(true)} data-testid="sign-in-yes">
            {t('home.signInYes')}
          </Button>
        </div>
      </Dialog>
    </Sheet>
  );
}
