/** Runs before the page is seen: what its reader chose at an earlier visit. */
import { recall } from './memory.ts';

const { dataset } = document.documentElement;
const theme = recall('theme');
if (theme !== undefined) dataset.theme = theme;
if (recall('peers') === 'hidden') dataset.peers = 'hidden';
