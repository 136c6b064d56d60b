import type { FileInKernel } from './file-system.ts';
import type { Medium } from './local-file-systems.ts';

/** Where in a file reading or writing goes on, for all who do it in turn. */
export class FileCursor {
  /** Offset in octets. */
  position: number;

  constructor(position: number) {
    this.position = position;
  }

  /** The same place, for who lets the kernel go on from here. @param descriptor of the file. */
  inKernel(descriptor: number, medium: Medium): FileInKernel {
    const here = () => this.position;
    return {
      descriptor,
      medium,
      get position() {
        return here();
      },
      advance: (octets) => {
        this.position += octets;
      },
    };
  }
}
