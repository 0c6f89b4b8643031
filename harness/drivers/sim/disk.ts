/** The disk of one simulated node: it belongs to the node, so it survives the node's restarts. */
export class NodeDisk {
  readonly #files = new Map<string, Uint8Array>();

  read(name: string): Uint8Array | undefined {
    return this.#files.get(name)?.slice();
  }

  write(name: string, bytes: Uint8Array): void {
    this.#files.set(name, bytes.slice());
  }
}
