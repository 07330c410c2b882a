import {
  Activity,
  ArrowLeft,
  CircleDot,
  Clapperboard,
  DoorOpen,
  Folder,
  KeyRound,
  type LucideIcon,
  Palette,
  ScrollText,
  Users as UsersIcon,
  Webhook,
} from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Logo } from '../../components/Logo';
import { SideBar, SideButton } from '../../components/SideBar';
import { useEngine } from '../../engine/context';
import { usePast } from '../../engine/past';
import { Kept } from '../past/Kept';
import { ApiKeys } from './ApiKeys';
import { Audit } from './Audit';
import { told, useApi } from './api';
import { Branding } from './Branding';
import { Compositions } from './Compositions';
import styles from './Console.module.css';
import { ConsoleContext, useConsole } from './context';
import { Files } from './Files';
import { useLive } from './live';
import { Recordings } from './Recordings';
import { Rooms } from './Rooms';
import { Sessions } from './Sessions';
import { StatusBox } from './StatusBox';
import { Users } from './Users';
import { Webhooks } from './Webhooks';

const SECTIONS = [
  ['rooms', DoorOpen],
  ['sessions', Activity],
  ['users', UsersIcon],
  ['recordings', CircleDot],
  ['compositions', Clapperboard],
  ['files', Folder],
  ['webhooks', Webhook],
  ['branding', Palette],
  ['apiKeys', KeyRound],
  ['audit', ScrollText],
] as const satisfies [string, LucideIcon][];

type Section = (typeof SECTIONS)[number][0];

interface Props {
  /** The operator's user id, where that is known, and the server. */
  me: string | undefined;
  server: string;
  /** Where rooms can be made. */
  onNew: (() => void) | undefined;
  onBack: () => void;
}

/** The company's rooms, sessions and people, and how its server is used: for operators. */
export default function Console({ me, server, onNew, onBack }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const api = useApi();
  const [section, setSection] = useState<Section>('rooms');
  const [changes, setChanges] = useState(0);
  const changed = useCallback(() => setChanges((before) => before + 1), []);
  const [looks, setLooks] = useState(false);
  const past = usePast();
  const commands = engine.past;
  const openSession = useMemo(
    () =>
      commands &&
      ((room: string, session: string) => {
        setLooks(true);
        void commands.act({ do: 'open', room, session });
      }),
    [commands],
  );
  const closeSession = useCallback(() => {
    setLooks(false);
    void commands?.act({ do: 'close' });
  }, [commands]);
  // Whoever leaves for another page does not find a session opened there.
  const left = useRef(() => {});
  left.current = () => {
    if (looks) closeSession();
  };
  useEffect(() => () => left.current(), []);
  const shared = useMemo(
    () => ({ api, me, changes, changed, openSession }),
    [api, me, changes, changed, openSession],
  );
  const show = (next: Section) => {
    if (looks) closeSession();
    setSection(next);
  };
  const opened = looks ? past?.opened : undefined;
  return (
    <ConsoleContext value={shared}>
      <div className={styles.console} data-testid="screen-console">
        <SideBar
          label={t('console.title')}
          dense
          brand={
            <>
              <Logo size={28} />
              <span className={styles.brandWords}>
                <span className={styles.brandName}>{t('console.title')}</span>
                <CompanyName server={server} />
              </span>
            </>
          }
          foot={<StatusBox />}
        >
          {SECTIONS.map(([id, icon]) => (
            <SideButton
              key={id}
              icon={icon}
              words={t(`console.${id}`)}
              current={section === id}
              onPress={() => show(id)}
              data-testid={`console-${id}-nav`}
            />
          ))}
          <SideButton
            icon={ArrowLeft}
            words={t('console.leave')}
            apart
            onPress={onBack}
            data-testid="leave-console"
          />
        </SideBar>
        {opened ? (
          <Kept kept={opened} onBack={closeSession} />
        ) : (
          <>
            {section === 'rooms' && <Rooms onNew={onNew} />}
            {section === 'sessions' && <Sessions />}
            {section === 'users' && <Users />}
            {section === 'recordings' && <Recordings onComposed={() => show('compositions')} />}
            {section === 'compositions' && <Compositions />}
            {section === 'files' && <Files />}
            {section === 'webhooks' && <Webhooks />}
            {section === 'branding' && <Branding />}
            {section === 'apiKeys' && <ApiKeys />}
            {section === 'audit' && <Audit />}
          </>
        )}
      </div>
    </ConsoleContext>
  );
}

/** Whose server it is; until that is known, which. */
function CompanyName({ server }: { server: string }) {
  const { api } = useConsole();
  const { data } = useLive(() => told(api.GET('/v2/company')), 'company', null);
  return <span className={styles.company}>{data?.name ?? server}</span>;
}
