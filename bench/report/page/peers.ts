/** Whether other servers are shown beside our architectures. */
import { remember } from './memory.ts';

const root = document.documentElement;

export function showsPeers(): boolean {
  return root.dataset.peers !== 'hidden';
}

/** Lets the box be ticked, if there are other servers at all. */
export function onPeersChange(hasPeers: boolean, changed: () => void): void {
  const box = document.getElementById('peers') as HTMLInputElement;
  box.checked = showsPeers();
  box.closest('label')!.hidden = !hasPeers;
  box.addEventListener('change', () => {
    const state = box.checked ? 'shown' : 'hidden';
    root.dataset.peers = state;
    remember('peers', state);
    changed();
  });
}
