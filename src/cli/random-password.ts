import { randomInt } from 'node:crypto';

/** Letters and digits without those that look like another; nothing that a shell or a URL takes for itself. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** 13 of 56 characters: 75 bits, more than can be tried over a network. */
const LENGTH = 13;

/** A password that can be read aloud and pasted anywhere. */
export function randomPassword(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
