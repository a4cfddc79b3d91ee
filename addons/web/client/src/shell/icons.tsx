/** The icons that view data may name, and a guess for menus that name none. */
import {
  Activity, Bell, BookOpen, Briefcase, Building2, Calendar, ChartColumn, CircleDollarSign, CircleHelp, Clock, CreditCard,
  FileText, Flag, Folder, Gift, Globe, Heart, House, Inbox, Layers, LayoutGrid, Link, List, Mail, MapPin, Megaphone,
  MessageSquare, Package, Phone, Receipt, Settings, ShoppingCart, SquareCheck, SquareKanban, Star, Tag, Target, Ticket,
  Truck, User, Users, Wrench, type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';

const ICONS: Record<string, LucideIcon> = {
  activity: Activity, bell: Bell, book: BookOpen, briefcase: Briefcase, building: Building2, calendar: Calendar,
  chart: ChartColumn, 'check-square': SquareCheck, clock: Clock, 'credit-card': CreditCard, dollar: CircleDollarSign,
  'file-text': FileText, flag: Flag, folder: Folder, gift: Gift, globe: Globe, grid: LayoutGrid, heart: Heart, help: CircleHelp,
  home: House, inbox: Inbox, kanban: SquareKanban, layers: Layers, link: Link, list: List, mail: Mail, 'map-pin': MapPin,
  megaphone: Megaphone, message: MessageSquare, package: Package, phone: Phone, receipt: Receipt, settings: Settings,
  'shopping-cart': ShoppingCart, star: Star, tag: Tag, target: Target, ticket: Ticket, truck: Truck, user: User, users: Users,
  wrench: Wrench,
};

const GUESSES: [RegExp, string][] = [
  [/pipeline|deal|opportunit/i, 'target'], [/contact|people|partner|team/i, 'users'], [/account|compan|organi/i, 'building'],
  [/lead|inbox/i, 'inbox'], [/activit|task|to.?do/i, 'check-square'], [/calendar|booking|appointment/i, 'calendar'],
  [/setting|config/i, 'settings'], [/user/i, 'user'], [/product|stock/i, 'package'], [/tag/i, 'tag'], [/stage/i, 'layers'],
  [/report|forecast|dashboard/i, 'chart'], [/loyal|purchase|gift/i, 'gift'], [/currenc|invoice|payment/i, 'dollar'],
  [/reason/i, 'flag'], [/source|campaign/i, 'megaphone'], [/group|right|access/i, 'layers'], [/language|countr/i, 'globe'],
];

/** The icon of a name; without a known name, one that fits the title. */
export function Icon({ name, title = '', size = 16 }: { name?: string; title?: string; size?: number }): ReactNode {
  const guess = GUESSES.find(([pattern]) => pattern.test(title))?.[1] ?? 'list';
  const Shape = ICONS[name ?? ''] ?? ICONS[guess] ?? List;
  return <Shape size={size} strokeWidth={1.75} aria-hidden />;
}
