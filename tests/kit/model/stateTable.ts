import { STATE_SIZE, type State } from "./world";

const WORDS = STATE_SIZE / 4;

/** Numbers states in the order in which they come, in typed arrays: there are millions, and objects for them would cost more than all else. */
export class StateTable {
  size = 0;
  private bytes = new Uint8Array(STATE_SIZE << 16);
  private words = new Int32Array(this.bytes.buffer);
  /** Open addressing; 0 is free, else number + 1. */
  private slots = new Int32Array(1 << 17);
  private readonly wanted = new Int32Array(WORDS);
  private readonly wantedBytes = new Uint8Array(this.wanted.buffer);

  /** The state's number, which is `size` before the call if the state is new. */
  numberOf(state: State): number {
    const { wanted, words, slots } = this;
    this.wantedBytes.set(state);
    const mask = slots.length - 1;
    let slot = hash(wanted, 0) & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const at = (slots[slot]! - 1) * WORDS;
      let word = 0;
      while (word < WORDS && words[at + word] === wanted[word]) word++;
      if (word === WORDS) return slots[slot]! - 1;
    }
    const number = this.size++;
    words.set(wanted, number * WORDS);
    slots[slot] = number + 1;
    if (this.size * 2 === slots.length) this.grow();
    return number;
  }

  /** A copy. */
  stateOf(number: number): State {
    return this.bytes.slice(number * STATE_SIZE, (number + 1) * STATE_SIZE);
  }

  private grow(): void {
    const bytes = new Uint8Array(this.bytes.length * 2);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer);
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.size; number++) {
      let slot = hash(this.words, number * WORDS) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    }
  }
}

/** MurmurHash3 of a state's words. */
function hash(words: Int32Array, at: number): number {
  let mixed = 0;
  for (let word = 0; word < WORDS; word++) {
    let next = Math.imul(words[at + word]!, 0xcc9e2d51);
    next = Math.imul((next << 15) | (next >>> 17), 0x1b873593);
    mixed ^= next;
    mixed = (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
