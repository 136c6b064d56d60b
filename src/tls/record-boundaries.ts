/** Of a record: its type, its version, and how many octets follow (RFC 8446 section 5.1). */
const HEADER_OCTETS = 5;

/** Follows what crosses a connection from record to record, without knowing what is in them. */
export class RecordBoundaries {
  readonly #header = Buffer.alloc(HEADER_OCTETS);
  #headerOctets = 0;
  /** Of the record that has begun. */
  #missing = 0;

  /** Whether the last record that has begun is whole. */
  get reached(): boolean {
    return this.#missing === 0 && this.#headerOctets === 0;
  }

  pass(octets: Uint8Array): void {
    for (let at = 0; at < octets.length; ) {
      if (this.#missing > 0) {
        const passed = Math.min(this.#missing, octets.length - at);
        this.#missing -= passed;
        at += passed;
        continue;
      }
      this.#header[this.#headerOctets++] = octets[at++]!;
      if (this.#headerOctets < HEADER_OCTETS) continue;
      this.#headerOctets = 0;
      this.#missing = this.#header.readUInt16BE(3);
    }
  }
}
