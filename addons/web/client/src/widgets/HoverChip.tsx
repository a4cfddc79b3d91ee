/** A chip with the card that opens when the pointer rests on it. */
import { HoverCard } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import type { Id } from '../rpc/types';
import RecordCard from './RecordCard';

interface Props {
  chip: ReactElement;
  model: string;
  id: Id;
  title: string;
}

export default function HoverChip({ chip, model, id, title }: Props): ReactNode {
  return (
    <HoverCard width={280} position="bottom-start">
      <HoverCard.Target>{chip}</HoverCard.Target>
      <HoverCard.Dropdown>
        <RecordCard model={model} id={id} title={title} />
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
