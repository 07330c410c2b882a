import {
  CalendarX2,
  Clock,
  DoorClosed,
  Link2Off,
  MonitorSmartphone,
  TriangleAlert,
  Unplug,
} from 'lucide-react';
import type { ErrorCode } from '../../engine/view';
import { type Sign, sign } from './derive';

const icons: Record<Sign, typeof Unplug> = {
  link: Link2Off,
  time: CalendarX2,
  clock: Clock,
  room: DoorClosed,
  network: Unplug,
  device: MonitorSmartphone,
  fault: TriangleAlert,
};

export function ProblemIcon({ code, size }: { code: ErrorCode; size: number }) {
  const Icon = icons[sign(code)];
  return <Icon size={size} strokeWidth={1.8} aria-hidden />;
}
