import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/IconButton';
import { Sheet } from '../../components/Sheet';
import { Spinner } from '../../components/Spinner';
import styles from './PictureSheet.module.css';
import { usePicture } from './usePicture';

interface Props {
  fileId: string;
  title: string;
  /** Under the title. */
  text?: string;
  /** What can be done with it. */
  children?: ReactNode;
  onClose: () => void;
}

/** A picture as large as the window. */
export function PictureSheet({ fileId, title, text, children, onClose }: Props) {
  const { t } = useTranslation();
  const large = usePicture(fileId, true);
  // The small one serves until the large one is there.
  const small = usePicture(fileId, false);
  const picture = large ?? small;
  return (
    <Sheet className={styles.modal} dismissable onClose={onClose}>
      <Dialog className={styles.dialog ?? ''} data-testid="picture-sheet">
        <header className={styles.head}>
          <div className={styles.words}>
            <Heading slot="title" className={styles.title ?? ''}>
              {title}
            </Heading>
            {text && <p className={styles.text}>{text}</p>}
          </div>
          <IconButton icon={X} label={t('file.close')} onPress={onClose} data-testid="picture-close" />
        </header>
        <div className={styles.picture}>
          {picture ? <img src={picture} alt={title} draggable={false} /> : <Spinner size={40} />}
        </div>
        {children && <footer className={styles.foot}>{children}</footer>}
      </Dialog>
    </Sheet>
  );
}
