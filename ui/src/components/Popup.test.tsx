import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { Button as AriaButton, Dialog, DialogTrigger } from 'react-aria-components';
import { describe, expect, it, vi } from 'vitest';
import { Button } from './Button';
import { Choice } from './Choice';
import { Popup } from './Popup';
import { Sheet } from './Sheet';

const SIZES = [
  { id: 'small', label: 'Small' },
  { id: 'large', label: 'Large' },
];

function Form({ onClose, onPress }: { onClose: () => void; onPress: () => void }) {
  const [size, setSize] = useState('small');
  return (
    <Sheet className="sheet" onClose={onClose}>
      <Dialog aria-label="A form">
        <Choice label="Size" value={size} options={SIZES} onChange={setSize} data-testid="size" />
        <Button onPress={onPress} data-testid="else">
          Something else
        </Button>
      </Dialog>
    </Sheet>
  );
}

function openForm() {
  const [onClose, onPress] = [vi.fn(), vi.fn()];
  render(<Form onClose={onClose} onPress={onPress} />);
  return { onClose, onPress, choice: () => screen.getByRole('button', { name: /Size/ }) };
}

describe('a choice in a sheet', () => {
  it('leaves the sheet open when something else in it is pressed', async () => {
    const { onClose, onPress } = openForm();
    await userEvent.click(screen.getByTestId('else'));
    expect(onPress).toHaveBeenCalledTimes(1);
    expect(onClose).not.toHaveBeenCalled();
  });

  it('leaves it open while something is chosen', async () => {
    const { onClose, onPress, choice } = openForm();
    await userEvent.click(choice());
    await userEvent.click(await screen.findByRole('option', { name: 'Large' }));
    await waitFor(() => expect(choice().textContent).toContain('Large'));
    await userEvent.click(screen.getByTestId('else'));
    expect(onPress).toHaveBeenCalledTimes(1);
    expect(onClose).not.toHaveBeenCalled();
  });

  it('closes its list alone when something else is pressed', async () => {
    const { onClose, choice } = openForm();
    await userEvent.click(choice());
    await screen.findByRole('listbox');
    await userEvent.click(screen.getByTestId('else'));
    await waitFor(() => expect(screen.queryByRole('listbox')).toBeNull());
    expect(onClose).not.toHaveBeenCalled();
  });

  it('lets the keyboard go on to the next field', async () => {
    const { onClose, choice } = openForm();
    choice().focus();
    await userEvent.tab();
    expect(document.activeElement).toBe(screen.getByTestId('else'));
    expect(onClose).not.toHaveBeenCalled();
  });
});

describe('a popup', () => {
  it('closes by a press elsewhere, which does what it is meant to do', async () => {
    const onPress = vi.fn();
    render(
      <>
        <DialogTrigger>
          <AriaButton>Open</AriaButton>
          <Popup>
            <Dialog aria-label="Beside">
              <p>Words</p>
            </Dialog>
          </Popup>
        </DialogTrigger>
        <Button onPress={onPress}>Elsewhere</Button>
      </>,
    );
    await userEvent.click(screen.getByRole('button', { name: 'Open' }));
    await userEvent.click(await screen.findByText('Words'));
    expect(screen.getByRole('dialog')).toBeTruthy();
    await userEvent.click(screen.getByText('Elsewhere'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(onPress).toHaveBeenCalledTimes(1);
  });
});
