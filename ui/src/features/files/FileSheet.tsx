import { type LucideIcon, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/IconButton';
import { Sheet } from '../../components/Sheet';
import { Spinner } from '../../components/Spinner';
import styles from './FileSheet.module.css';

interface Props {
  title: string;
  /** Under the title. */
  text?: string | undefined;
  /** How it is looked at. */
  controls: ReactNode;
  /** What is shown. */
  children: ReactNode;
  /** What can be done with it. */
  foot?: ReactNode;
  onClose: () => void;
  testid: string;
}

/** A file as large as the window: what it is, how it is looked at, what can be done with it. */
export function FileSheet({ title, text, controls, children, foot, onClose, testid }: Props) {
  const { t } = useTranslation();
  return (
    <Sheet className={styles.modal} dismissable onClose={onClose}>
      <Dialog className={styles.dialog ?? ''} data-testid={testid}>
        <header className={styles.head}>
          <div className={styles.words}>
            <Heading slot="title" className={styles.title ?? ''}>
              {title}
            </Heading>
            {text && <p className={styles.text}>{text}</p>}
          </div>
          <div className={styles.controls}>{controls}</div>
          <IconButton icon={X} label={t('file.close')} onPress={onClose} data-testid="picture-close" />
        </header>
        {children}
        {foot && <footer className={styles.foot}>{foot}</footer>}
      </Dialog>
    </Sheet>
  );
}

/** In place of what is on its way. */
export function Coming({ words }: { words: string }) {
  return (
    <div className={styles.instead} role="status" data-testid="viewer-coming">
      <Spinner size={40} />
      <span>{words}</span>
    </div>
  );
}

interface InsteadProps {
  icon: LucideIcon;
  title: string;
  text: string;
  /** The way on. */
  children?: ReactNode;
}

/** In place of what cannot be shown: why, and what can be done. */
export function Instead({ icon: Icon, title, text, children }: InsteadProps) {
  return (
    <div className={styles.instead} role="alert" data-testid="viewer-instead">
      <Icon size={40} strokeWidth={1.6} aria-hidden />
      <h3 className={styles.insteadTitle}>{title}</h3>
      <p className={styles.insteadText}>{text}</p>
      {children && <div className={styles.ways}>{children}</div>}
    </div>
  );
}
