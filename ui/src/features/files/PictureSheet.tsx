import { ImageOff } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import type { Size } from '../../engine/frames/fit';
import { type Drawing, Drawn } from '../board/Drawn';
import { PointerLayer } from '../pointer/PointerLayer';
import { usePointing } from '../pointer/Pointing';
import { Coming, FileSheet, Instead } from './FileSheet';
import styles from './PictureSheet.module.css';
import { useFetched, usePicture } from './usePicture';
import { PointControl, ZoomControls } from './ViewControls';
import { useZoom, useZoomKeys, ZoomArea } from './ZoomArea';

interface Props {
  fileId: string;
  title: string;
  /** Under the title. */
  text?: string;
  /** Width and height in pixels, where they are known. */
  size?: [number, number] | null | undefined;
  /** What is drawn over it. */
  drawing?: Drawing | undefined;
  /** What can be done with it. */
  children?: ReactNode;
  onClose: () => void;
}

/** A picture as large as the window, or larger. */
export function PictureSheet({ fileId, title, text, size, drawing, children, onClose }: Props) {
  const { t } = useTranslation();
  const { on } = usePointing();
  const large = useFetched(fileId, true);
  // The small one serves until the large one is there.
  const small = usePicture(fileId, false);
  const picture = large.state === 'there' ? large.address : small;
  const [found, setFound] = useState<Size & { of: string }>();
  const own = size ? { width: size[0], height: size[1] } : found?.of === fileId ? found : undefined;
  const zooming = useZoom(own);
  useZoomKeys(zooming);
  const { shown } = zooming;
  const missing = large.state === 'missing' && !small;
  return (
    <FileSheet
      title={title}
      text={text}
      controls={
        !missing && (
          <>
            <ZoomControls zooming={zooming} />
            <PointControl />
          </>
        )
      }
      foot={children}
      onClose={onClose}
      testid="picture-sheet"
    >
      {missing && (
        <Instead icon={ImageOff} title={t('viewer.missing')} text={t('viewer.missingText')}>
          <Button onPress={large.again} data-testid="viewer-again">
            {t('viewer.again')}
          </Button>
        </Instead>
      )}
      {!missing && !picture && <Coming words={t('viewer.loadingPicture')} />}
      {!missing && picture && (
        <ZoomArea zooming={zooming} label={title} describedby="viewer-keys" busy={on}>
          <img
            className={shown ? styles.sized : styles.picture}
            src={picture}
            alt={drawing ? `${title}, ${t('past.drawnOn')}` : title}
            draggable={false}
            onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
              // The small one is not as large as it is.
              if (width > 0 && large.state === 'there') setFound({ of: fileId, width, height });
            }}
          />
          {own && drawing && <Drawn drawing={drawing} size={[own.width, own.height]} large />}
          {own && shown && (
            <PointerLayer
              target={{ kind: 'file', file_id: fileId, page: 1 }}
              fitted={{ picture: own, box: shown, fit: 'contain' }}
            />
          )}
        </ZoomArea>
      )}
      <p id="viewer-keys" className="sr-only">
        {t('viewer.keysPicture')}
      </p>
    </FileSheet>
  );
}
