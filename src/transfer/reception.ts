/** What is told while the octets of an upload are stored. */
export interface Reception {
  /** Octets have been stored. */
  onMoved(bytes: number): void;
  /** Octets as they come, in their order. With somebody to hear of them all of them come through this process. */
  onOctets?(chunk: Uint8Array): void;
}
