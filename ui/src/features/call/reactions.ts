// A sign for each reaction. Icons, not emoji: not every system has a font for those.

import { CircleHelp, Heart, Laugh, type LucideIcon, PartyPopper, ThumbsUp } from 'lucide-react';
import type { Reaction } from '../../engine/view';

export const REACTION_ICONS: Record<Reaction, LucideIcon> = {
  thumbs_up: ThumbsUp,
  heart: Heart,
  laugh: Laugh,
  celebrate: PartyPopper,
  question: CircleHelp,
};
