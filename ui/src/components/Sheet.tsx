import type { ReactNode } from 'react';
import { Modal, ModalOverlay } from 'react-aria-components';
import styles from './Sheet.module.css';

interface Props {
  onClose: () => void;
  /** A press beside it closes it. */
  dismissable?: boolean;
  /** Its width, its corners, and whether it scrolls. */
  className: string | undefined;
  /** A dialog. */
  children: ReactNode;
}

/** Something to decide before the page goes on, which stays dark behind it. */
export function Sheet({ onClose, dismissable = false, className = '', children }: Props) {
  return (
    <ModalOverlay
      className={styles.overlay ?? ''}
      isOpen
      isDismissable={dismissable}
      onOpenChange={(open) => !open && onClose()}
    >
      <Modal className={`${styles.sheet} ${className}`}>{children}</Modal>
    </ModalOverlay>
  );
}
