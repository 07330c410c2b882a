import {
  ALargeSmall,
  Camera,
  ClipboardCheck,
  Ellipsis,
  MessageCircle,
  MonitorUp,
  PencilLine,
  Users,
} from 'lucide-react';
import { MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Item, Line, Menu } from '../../components/Menu';
import { useEngine } from '../../engine/context';
import { useTools } from '../../engine/tools';
import type { CallView, Settings } from '../../engine/view';
import { largeAgain } from '../../simple';
import type { BoardOpen } from '../board/useBoardOpen';
import { useUnseenSnapshots } from '../gallery/Unseen';
import { BarSlot } from './BarSlot';
import type { Panel } from './Call';
import { FullscreenItem } from './FullscreenItem';
import { useFullscreen } from './useFullscreen';
import { useSpotlight } from './useSpotlight';

interface Props {
  call: CallView;
  settings: Settings;
  onPanel: (panel: Panel) => void;
  /** My answer to being recorded can be changed. */
  onConsent: (() => void) | undefined;
  /** For what has no place in the bar: no room for it, or no right to it when the call began. */
  onShare: (() => void) | undefined;
  chat: boolean;
  gallery: boolean;
  board: BoardOpen | undefined;
}

/** What has no place in the bar: first what most people look for here, then what is needed seldom. */
export function MoreSlot({ call, settings, onPanel, onConsent, onShare, chat, gallery, board }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { share } = engine;
  const spotlight = useSpotlight(call);
  const { gallery: snapshots } = useTools();
  const news = useUnseenSnapshots();
  // Where they have a place in the bar it is told there.
  const unseen = gallery ? news : 0;
  const { tools, muted_by_admin } = call.me;
  const { full, toggle } = useFullscreen();
  const { consent } = call.me;
  return (
    <MenuTrigger>
      <BarSlot icon={Ellipsis} word={t('more.slot')} badge={unseen} testid="more" />
      <Menu
        placement="top"
        offset={16}
        aria-label={t('more.slot')}
        onAction={(key) => {
          if (key === 'people' || key === 'chat' || key === 'gallery') onPanel(key);
          if (key === 'share') void (call.share ? share?.stop() : onShare?.());
          spotlight.find(({ id }) => id === key)?.act();
          if (key === 'board') board?.toggle();
          if (key === 'full') toggle();
          if (key === 'consent') onConsent?.();
          if (key === 'large') void engine.updateSettings(largeAgain(settings));
        }}
      >
        {chat && (tools.chat || tools.file_upload) && (
          <Item id="chat" icon={MessageCircle} words={t('chat.open')} data-testid="more-chat" />
        )}
        {gallery && (tools.snapshot || snapshots.length > 0) && (
          <Item
            id="gallery"
            icon={Camera}
            words={unseen > 0 ? t('gallery.simpleUnseen', { count: unseen }) : t('gallery.title')}
            data-testid="more-gallery"
          />
        )}
        {board && (
          <Item
            id="board"
            icon={PencilLine}
            words={board.open ? t('board.close') : t('board.open')}
            data-testid="more-board"
          />
        )}
        <Item id="people" icon={Users} words={t('people.title')} data-testid="more-show-people" />
        <Line />
        {spotlight.map(({ id, icon, words, help }) => (
          <Item key={id} id={id} icon={icon} words={words} help={help} data-testid={`more-${id}`} />
        ))}
        {onShare && !muted_by_admin.screen && (
          <Item
            id="share"
            icon={MonitorUp}
            words={call.share ? t('share.stop') : t('share.slotLabel')}
            data-testid="more-share"
          />
        )}
        <FullscreenItem full={full} />
        {!call.me.is_admin && (
          <Item id="large" icon={ALargeSmall} words={t('settings.simple')} data-testid="more-large" />
        )}
        {onConsent && (
          <Item
            id="consent"
            icon={ClipboardCheck}
            words={t('consent.mine')}
            help={
              consent === 'yes'
                ? t('consent.saidYes')
                : consent === 'no'
                  ? t('consent.saidNo')
                  : t('consent.saidNothing')
            }
            data-testid="more-consent"
          />
        )}
      </Menu>
    </MenuTrigger>
  );
}
